/**
 * Long lists of texts in a query. The parser takes seconds for thousands of elements, which would be told as the
 * service's own time; so they stand beside the query that is parsed, and queries that differ in nothing else are one.
 */
import type { Value } from './values';

/** A list of texts as JSON writes it, alone in its `dynamic()`. */
const TEXT = String.raw`"(?:[^"\\\n]|\\.)*"`;
const LIST = new RegExp(String.raw`\bdynamic\((\[${TEXT}(?:, ?${TEXT})*\])\)`, 'g');

/** Shorter ones are left where they are. */
const LONG = 1000;

/** What a list of texts stands for another with, and its number: the parser knows types of elements, too. */
const PLACE = 'list of the sandbox';

export interface ShortQuery {
  readonly text: string;
  readonly lists: readonly Value[];
}

export function withoutLongLists(query: string): ShortQuery {
  const lists: Value[] = [];
  const text = query.replace(LIST, (whole, list: string) =>
    list.length < LONG ? whole : `dynamic(["${PLACE}", "${lists.push(JSON.parse(list) as Value) - 1}"])`,
  );
  return { text, lists };
}

/** The list whose place this value is; the value itself where it is none. */
export function listInPlace(value: Value, lists: readonly Value[]): Value {
  const isPlace = Array.isArray(value) && value[0] === PLACE;
  return isPlace ? (lists[Number(value[1])] ?? null) : value;
}
