/** Values of any size as JSON text in table rows. */
import { toAsciiJson } from './ascii-json';
import { StorageError } from './errors';
import type { Key, Row, StoredRow, Table } from './table';

/**
 * A string property holds 32,768 UTF-16 units and a row 1 MiB, two bytes a unit; both with some room left.
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */
const PROPERTY_UNITS = 32_000;
const PROPERTIES_A_ROW = 15;

/** JSON of this length fits into one row. */
export const ROW_UNITS = PROPERTY_UNITS * PROPERTIES_A_ROW;

/** The first row bears the key, the others the key and a number. */
export function toRows(key: Key, value: unknown): readonly [Row, ...Row[]] {
  const [first = '', ...others] = cut(toAsciiJson(value), ROW_UNITS);
  return [
    { ...textProperties(first), ...key, rows: others.length + 1 },
    ...others.map((text, index) => ({ ...textProperties(text), ...nthKey(key, index + 1) })),
  ];
}

/** A value that fits into one row, with columns to filter by. */
export function toRow(key: Key, value: unknown, columns: Readonly<Record<string, string>> = {}): Row {
  const [row, ...others] = toRows(key, value);
  if (others.length > 0) {
    throw new RangeError(`The value of ${key.rowKey} does not fit into one row.`);
  }
  return { ...columns, ...row };
}

/** The value of {@link toRow}. */
export function fromRow(row: StoredRow): unknown {
  return JSON.parse(textOf([row]));
}

/** The first row comes last, so that a value is there whole or not at all. */
export async function writeDocument(table: Table, key: Key, value: unknown, signal?: AbortSignal): Promise<void> {
  for (const row of toRows(key, value).toReversed()) {
    await table.put(row, signal);
  }
}

/** @returns `undefined` where there is none */
export async function readDocument<T>(table: Table, key: Key, signal?: AbortSignal): Promise<T | undefined> {
  const first = await table.get(key, signal);
  if (first === undefined) {
    return undefined;
  }
  const rows = [first];
  while (rows.length < Number(first['rows'])) {
    const row = await table.get(nthKey(key, rows.length), signal);
    if (row === undefined) {
      throw new StorageError(`Row ${rows.length} of ${key.partitionKey}/${key.rowKey} is missing.`);
    }
    rows.push(row);
  }
  return JSON.parse(textOf(rows)) as T;
}

function textProperties(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(cut(text, PROPERTY_UNITS).map((piece, index) => [property(index), piece]));
}

function textOf(rows: readonly StoredRow[]): string {
  const pieces = rows.flatMap((row) => Array.from({ length: PROPERTIES_A_ROW }, (_, index) => row[property(index)]));
  return pieces.filter((piece) => typeof piece === 'string').join('');
}

function nthKey({ partitionKey, rowKey }: Key, index: number): Key {
  return { partitionKey, rowKey: `${rowKey}.${index}` };
}

function property(index: number): string {
  return `text${String(index).padStart(2, '0')}`;
}

function cut(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );
}
