/** Calendar arithmetic, UTC. Kusto counts bins from 0001-01-01. */
import { Timespan, UnsupportedQueryError, type Value } from './values';

const ORIGIN_MS = 62_135_596_800_000;
const DAY_MS = 86_400_000;

/** The value rounded down to a multiple; null where the step is none. */
export function bin(value: Value, step: Value): Value {
  const size = step instanceof Timespan ? step.milliseconds : step;
  if (typeof size !== 'number' || size <= 0) return null;
  const down = (number: number): number => Math.floor(number / size) * size;
  if (value instanceof Date) return new Date(down(value.getTime() + ORIGIN_MS) - ORIGIN_MS);
  if (value instanceof Timespan) return new Timespan(down(value.milliseconds));
  return typeof value === 'number' ? down(value) : null;
}

const LENGTHS: Readonly<Record<string, number>> = {
  week: 7 * DAY_MS,
  day: DAY_MS,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

/** How many boundaries of that period lie between, `later` minus `earlier`: years by number, weeks from Sunday on. */
export function difference(period: string, later: Date, earlier: Date): number {
  const unit = period.toLowerCase();
  const months = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth();
  if (unit === 'year') return later.getUTCFullYear() - earlier.getUTCFullYear();
  if (unit === 'quarter') return Math.floor(months(later) / 3) - Math.floor(months(earlier) / 3);
  if (unit === 'month') return months(later) - months(earlier);
  const length = LENGTHS[unit];
  if (length === undefined) throw new UnsupportedQueryError(`The sandbox has no period ${period}.`);
  // 1970-01-01 was a Thursday.
  const shift = unit === 'week' ? 4 * DAY_MS : 0;
  const boundary = (date: Date): number => Math.floor((date.getTime() + shift) / length);
  return boundary(later) - boundary(earlier);
}

/** That many periods later. */
export function add(period: string, count: number, date: Date): Date {
  const unit = period.toLowerCase();
  const months = { month: 1, quarter: 3, year: 12 }[unit];
  if (months !== undefined) {
    const moved = new Date(date);
    moved.setUTCDate(1);
    moved.setUTCMonth(moved.getUTCMonth() + months * count);
    const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
    moved.setUTCDate(Math.min(date.getUTCDate(), lastDay));
    return moved;
  }
  const length = LENGTHS[unit];
  if (length === undefined) throw new UnsupportedQueryError(`The sandbox has no period ${period}.`);
  return new Date(date.getTime() + count * length);
}

/** https://learn.microsoft.com/kusto/query/format-datetime-function */
export function format(date: Date, pattern: string): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const parts: Readonly<Record<string, string>> = {
    yyyy: String(date.getUTCFullYear()).padStart(4, '0'),
    yy: two(date.getUTCFullYear() % 100),
    MM: two(date.getUTCMonth() + 1),
    M: String(date.getUTCMonth() + 1),
    dd: two(date.getUTCDate()),
    d: String(date.getUTCDate()),
    HH: two(date.getUTCHours()),
    H: String(date.getUTCHours()),
    hh: two(((date.getUTCHours() + 11) % 12) + 1),
    mm: two(date.getUTCMinutes()),
    m: String(date.getUTCMinutes()),
    ss: two(date.getUTCSeconds()),
    s: String(date.getUTCSeconds()),
    fff: String(date.getUTCMilliseconds()).padStart(3, '0'),
    tt: date.getUTCHours() < 12 ? 'AM' : 'PM',
  };
  return pattern.replace(/([A-Za-z])\1*/g, (token) => {
    const part = parts[token];
    if (part === undefined) throw new UnsupportedQueryError(`The sandbox does not format ${token} in ${pattern}.`);
    return part;
  });
}
