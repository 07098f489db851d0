/** Values of any size as compressed JSON in table rows. A report says the same many times: a tenth is left of it. */
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip, gzip } from 'node:zlib';
import { StorageError } from './errors';
import type { Key, Row, StoredRow, Table } from './table';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** The fastest level: the others take three times as long for a quarter less. */
const COMPRESSION = { level: 1 };

/**
 * A binary property holds 64 KiB and a row 1 MiB, both with some room left; Azurite counts the base64 on the wire.
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */
const PROPERTY_BYTES = 64_000;
const PROPERTIES_A_ROW = 11;
const ROW_BYTES = PROPERTY_BYTES * PROPERTIES_A_ROW;

/** The first row bears the key, the others the key and a number. */
export function toRows(key: Key, bytes: Uint8Array): readonly [Row, ...Row[]] {
  const [first = new Uint8Array(), ...others] = cut(bytes, ROW_BYTES);
  return [
    { ...toProperties(first), ...key, rows: others.length + 1 },
    ...others.map((part, index) => ({ ...toProperties(part), ...nthKey(key, index + 1) })),
  ];
}

/** A value's JSON: whole, or in pieces. */
export type Json = string | Uint8Array | Generator<string>;

/**
 * The first row comes last, so that a value is there whole or not at all.
 */
export async function writeDocument(table: Table, key: Key, json: Json, signal?: AbortSignal): Promise<void> {
  const isWhole = typeof json === 'string' || json instanceof Uint8Array;
  // A stream takes three times as long to get it there and back.
  const bytes = isWhole ? await compress(json, COMPRESSION) : await pipeline(json, createGzip(COMPRESSION), buffer);
  for (const row of toRows(key, bytes).toReversed()) {
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
  try {
    const json = await decompress(Buffer.concat(rows.flatMap(fromProperties)));
    return JSON.parse(json.toString()) as T;
  } catch (cause) {
    throw new StorageError(`The value of ${key.partitionKey}/${key.rowKey} is damaged.`, { cause });
  }
}

function toProperties(bytes: Uint8Array): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(cut(bytes, PROPERTY_BYTES).map((part, index) => [property(index), part]));
}

function fromProperties(row: StoredRow): readonly Uint8Array[] {
  const parts = Array.from({ length: PROPERTIES_A_ROW }, (_, index) => row[property(index)]);
  return parts.filter((part) => part instanceof Uint8Array);
}

function nthKey({ partitionKey, rowKey }: Key, index: number): Key {
  return { partitionKey, rowKey: `${rowKey}.${index}` };
}

function property(index: number): string {
  return `gzip${String(index).padStart(2, '0')}`;
}

function cut(bytes: Uint8Array, length: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
}
