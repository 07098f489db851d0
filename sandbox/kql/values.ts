/**
 * Values of the Kusto query language. `long` beyond 2^53 and the last four digits of a `datetime` (100 ns) are lost, as
 * JavaScript's numbers and dates have neither.
 */

/** A distance in time; Kusto's `timespan`. */
export class Timespan {
  constructor(readonly milliseconds: number) {}
}

export interface Bag {
  readonly [key: string]: Value;
}

/** `null` stands for no value of any type but `string`, whose "no value" is the empty string. */
export type Value = null | boolean | number | string | Date | Timespan | readonly Value[] | Bag;

/** Values in the order of the table's columns: ten times faster than values by name, where there are millions. */
export type Row = readonly Value[];

/** `type` is Kusto's name: `string`, `long`, `int`, `real`, `bool`, `datetime`, `timespan`, `dynamic`, `guid`. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What the sandbox cannot do, or what a query may not ask: never a guess. */
export class UnsupportedQueryError extends Error {
  override readonly name = 'UnsupportedQueryError';
}

/** Only `union isfuzzy=true` goes on without it. */
export class MissingTableError extends Error {
  override readonly name = 'MissingTableError';
}

const DAY_MS = 86_400_000;

/** What a column of this type holds where there is nothing. */
export function nothingOf(type: string): Value {
  return type === 'string' ? '' : null;
}

/** Where a column stands; -1 where there is none of that name. */
export function positionOf(columns: readonly Column[], name: string): number {
  return columns.findIndex((column) => column.name === name);
}

/** A row of these columns; what has no value is nothing. */
export function rowOf(columns: readonly Column[], values: readonly (Value | undefined)[]): Row {
  return columns.map(({ type }, position) => values[position] ?? nothingOf(type));
}

export function isBag(value: Value): value is Bag {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Timespan)
  );
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** For comparing, grouping and joining: numbers by value, moments by their time. */
export function magnitudeOf(value: Value): number | null {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Timespan) return value.milliseconds;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' ? value : null;
}

/** Negative, zero or positive; `null` where one is null or they have no order. */
export function compare(a: Value, b: Value): number | null {
  if (a === null || b === null) return null;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  const [left, right] = [magnitudeOf(a), magnitudeOf(b)];
  return left === null || right === null ? null : left - right;
}

/** Equal values have equal keys; a number is never equal to a text. Keys in a row are as good a key of all of them. */
export function keyOf(value: Value): string {
  if (typeof value === 'string') return `s${value.length} ${value}`;
  if (value instanceof Date) return `d${value.getTime()} `;
  if (value instanceof Timespan) return `t${value.milliseconds} `;
  return `${JSON.stringify(value)} `;
}

export function keyOfAll(values: readonly Value[]): string {
  let key = '';
  for (const value of values) key += keyOf(value);
  return key;
}

/** `null` where one of them is null. */
export function equals(a: Value, b: Value): boolean | null {
  if (a === null || b === null) return null;
  return typeof a === 'string' || typeof b === 'string' ? a === b : keyOf(a) === keyOf(b);
}

/** `2026-03-01T02:00:00.0000000Z`, `1.02:03:04`, `True` or `true`: as `tostring()` writes it. */
export function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof Date) return `${value.toISOString().slice(0, -1)}0000Z`;
  if (value instanceof Timespan) return spanText(value);
  return typeof value === 'number' ? String(value) : jsonText(value);
}

/** `d.hh:mm:ss.fffffff`; days and fraction only where there are any. */
function spanText({ milliseconds }: Timespan): string {
  const size = Math.abs(milliseconds);
  const two = (number: number): string => String(number).padStart(2, '0');
  const days = Math.floor(size / DAY_MS);
  const fraction = Math.round((size % 1000) * 10_000);
  const clock = [Math.floor(size / 3_600_000) % 24, Math.floor(size / 60_000) % 60, Math.floor(size / 1000) % 60];
  return `${milliseconds < 0 ? '-' : ''}${days > 0 ? `${days}.` : ''}${clock.map(two).join(':')}${
    fraction > 0 ? `.${String(fraction).padStart(7, '0')}` : ''
  }`;
}

/** A dynamic value as JSON; what JSON does not know becomes text. */
export function jsonText(value: Value): string {
  return JSON.stringify(plain(value));
}

function plain(value: Value): unknown {
  if (value instanceof Date || value instanceof Timespan) return textOf(value);
  if (isList(value)) return value.map(plain);
  return isBag(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)])) : value;
}

/** A moment as Kusto reads it, UTC where it says no zone; `null` where it is none. */
export function parseMoment(text: string): Date | null {
  const trimmed = text.trim();
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(trimmed);
  if (!match) return null;
  const [, day = '', minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = match;
  const date = new Date(`${day}T${minutes}${seconds}${fraction.slice(0, 4)}${zone.toUpperCase()}`);
  return Number.isNaN(date.getTime()) ? null : date;
}

const UNITS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  tick: 0.0001,
};

/** `1d`, `-2.5h`, `1.02:03:04.5`; `null` where it is none. */
export function parseSpan(text: string): Timespan | null {
  const simple = /^(-?\d+(?:\.\d+)?)(d|h|m|s|ms|tick)$/.exec(text.trim());
  if (simple) return new Timespan(Number(simple[1]) * (UNITS[simple[2] ?? ''] ?? Number.NaN));
  const clock = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(text.trim());
  if (!clock) return null;
  const [, minus, days = 0, hours, minutes, seconds = 0] = clock;
  const size =
    Number(days) * 86_400_000 + Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return new Timespan(minus === undefined ? size : -size);
}
