/** From one type to another, as `tolong()` and its relatives do: what does not fit becomes null, never an error. */
import { isBag, isList, parseMoment, parseSpan, textOf, Timespan, type Value } from './values';

/** The value as that type; `typeof(dynamic)` leaves it as it is. */
export function convert(value: Value, type: string): Value {
  switch (type) {
    case 'string':
      return textOf(value);
    case 'int':
    case 'long':
      return toLong(value);
    case 'real':
    case 'decimal':
      return toReal(value);
    case 'bool':
      return toBool(value);
    case 'datetime':
      return toMoment(value);
    case 'timespan':
      return toSpan(value);
    case 'guid':
      return toGuid(value);
    default:
      return value;
  }
}

export function toReal(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return null;
  const text = value.trim();
  const number = /^-?0x[0-9a-f]+$/i.test(text) ? Number.parseInt(text, 16) : Number(text);
  return Number.isNaN(number) ? null : number;
}

/** A fraction is cut off a number; a text with a fraction is no whole number. */
export function toLong(value: Value): number | null {
  const number = toReal(value);
  if (number === null || !Number.isFinite(number)) return null;
  if (typeof value === 'string' && !Number.isInteger(number)) return null;
  return Math.trunc(number);
}

export function toBool(value: Value): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value !== 'string') return null;
  const text = value.trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
}

export function toMoment(value: Value): Date | null {
  if (value instanceof Date) return value;
  return typeof value === 'string' ? parseMoment(value) : null;
}

export function toSpan(value: Value): Timespan | null {
  if (value instanceof Timespan) return value;
  return typeof value === 'string' ? parseSpan(value) : null;
}

function toGuid(value: Value): string | null {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    ? value.toLowerCase()
    : null;
}

/** What `parse_json()` makes of it; a text that is no JSON stays a text. */
export function toDynamic(value: Value): Value {
  if (typeof value !== 'string') return value;
  if (value === '') return null;
  try {
    return JSON.parse(value) as Value;
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

/** A member of a bag or an element of a list, from the end where the index is negative; null where there is none. */
export function member(value: Value, key: Value): Value {
  if (isList(value) && typeof key === 'number') return value.at(key) ?? null;
  return isBag(value) && typeof key === 'string' && Object.hasOwn(value, key) ? (value[key] ?? null) : null;
}
