/**
 * Moments that a query declares. Each audit asks for another time, and the parser takes longer than the query does; so
 * they stand beside the query that is parsed, and queries that differ in nothing else are one.
 */
import { parseMoment, type Value } from './values';

/** A whole statement, so that a text that only looks like one is left alone. */
const DECLARATION = /^(let \w+ = datetime\()([^()\n]+)(\);)$/gm;

/** The first moment there is stands for the first one of a query, a millisecond later for the second. */
const PLACE = Date.parse('0001-01-01T00:00:00.000Z');

export interface TimelessQuery {
  readonly text: string;
  readonly moments: readonly Date[];
}

export function withoutMoments(query: string): TimelessQuery {
  const moments: Date[] = [];
  const text = query.replace(DECLARATION, (whole, before: string, literal: string, after: string) => {
    const moment = parseMoment(literal);
    return moment === null ? whole : `${before}${new Date(PLACE + moments.push(moment) - 1).toISOString()}${after}`;
  });
  return { text, moments };
}

/** The moment whose place this value is; the value itself where it is none. */
export function momentInPlace(value: Value, moments: readonly Date[]): Value {
  return value instanceof Date ? (moments[value.getTime() - PLACE] ?? value) : value;
}
