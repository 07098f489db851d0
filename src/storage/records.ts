/** Small values, each in one row that people can read in a storage browser. */
import type { Key, Row, StoredRow } from './table';

/** A string property holds 32,768 UTF-16 units. */
const PROPERTY_UNITS = 32_000;

/**
 * @param columns to filter by
 * @throws RangeError where the value's JSON is longer than 32,000 characters
 */
export function toRow(key: Key, value: unknown, columns: Readonly<Record<string, string>> = {}): Row {
  const json = toAsciiJson(value);
  if (json.length > PROPERTY_UNITS) {
    throw new RangeError(`The value of ${key.rowKey} does not fit into one property.`);
  }
  return { ...columns, ...key, json };
}

/** The value of {@link toRow}. */
export function fromRow({ json }: StoredRow): unknown {
  return JSON.parse(String(json));
}

/**
 * All that is not ASCII is escaped: a lone surrogate has no UTF-8, and Azurite breaks characters whose bytes arrive in two
 * packets. `JSON.parse` reads it.
 */
function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
