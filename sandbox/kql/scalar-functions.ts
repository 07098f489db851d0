/**
 * Functions of single values. Each takes the values of its arguments; conditions (`iff`, `case`) and what depends on
 * other rows (`prev`) or on the query itself (`ago`, `column_ifexists`) are compiled in `expressions.ts`.
 * https://learn.microsoft.com/kusto/query/scalar-functions
 */
import { convert, toDynamic, toMoment, toReal } from './conversions';
import { placeOf } from './geography';
import { isInAnyRange, isInRange, isPrivate } from './ipv4';
import { toRegExp } from './text-matching';
import { add, bin, difference, format } from './time';
import { compare, isBag, isList, keyOf, textOf, Timespan, UnsupportedQueryError, type Value } from './values';

/** Arguments may be left out. */
type ScalarFunction = (...values: (Value | undefined)[]) => Value;

const text = (value: Value | undefined): string => textOf(value ?? null);
const list = (value: Value | undefined): readonly Value[] => (value !== undefined && isList(value) ? value : []);
const lists = (values: readonly (Value | undefined)[]): readonly (readonly Value[])[] => values.map(list);
/** Texts, those in lists among them. */
const texts = (values: readonly (Value | undefined)[]): string[] =>
  values.flatMap((each) => (each !== undefined && isList(each) ? each.map(textOf) : [text(each)]));
const number = (value: Value | undefined): number | null => toReal(value ?? null);
const isNothing = (value: Value | undefined): boolean => value === null || value === undefined || value === '';

/** A function of one number that is null where there is none, or where mathematics has no answer. */
const ofNumber =
  (calculate: (value: number) => number): ScalarFunction =>
  (value) => {
    const known = number(value);
    const result = known === null ? Number.NaN : calculate(known);
    return Number.isNaN(result) ? null : result;
  };

const ofMoment =
  (calculate: (date: Date) => Value): ScalarFunction =>
  (value) => {
    const date = toMoment(value ?? null);
    return date === null ? null : calculate(date);
  };

const startOf = (days: number): ScalarFunction => ofMoment((date) => bin(date, new Timespan(days * 86_400_000)));

/** The greatest or the least of its arguments; nulls don't count. */
const extreme =
  (sign: 1 | -1): ScalarFunction =>
  (...values) =>
    values.reduce<Value>((best, value = null) => {
      if (best === null) return value;
      return (compare(value, best) ?? 0) * sign > 0 ? value : best;
    }, null);

const bagOf: ScalarFunction = (...pairs) =>
  Object.fromEntries(
    pairs.flatMap((key, index) => (index % 2 === 0 ? [[text(key), pairs[index + 1] ?? null] as const] : [])),
  );

const distinct = (values: readonly Value[]): Value[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];
const isAmong = (values: readonly Value[]): ((value: Value) => boolean) => {
  const keys = new Set(values.map(keyOf));
  return (value) => keys.has(keyOf(value));
};

/** Every `to…()` is null, or the empty text, where the value does not fit. */
const conversion =
  (type: string): ScalarFunction =>
  (value) =>
    convert(value ?? null, type);

/** @returns metres between two points on a sphere of the Earth's mean radius; arguments are degrees, longitude first. */
function distance(...degrees: readonly (number | null)[]): number | null {
  if (degrees.length !== 4 || degrees.some((each) => each === null)) return null;
  const [fromLongitude = 0, fromLatitude = 0, toLongitude = 0, toLatitude = 0] = degrees.map(
    (each) => ((each ?? 0) * Math.PI) / 180,
  );
  const half = (angle: number): number => Math.sin(angle / 2) ** 2;
  const chord =
    half(toLatitude - fromLatitude) + Math.cos(fromLatitude) * Math.cos(toLatitude) * half(toLongitude - fromLongitude);
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(Math.min(chord, 1)));
}

function extract(
  pattern: Value | undefined,
  group: Value | undefined,
  source: Value | undefined,
  type = 'string',
): Value {
  const found = toRegExp(text(pattern)).exec(text(source))?.[Number(group ?? 0)];
  return convert(found ?? (type === 'string' ? '' : null), type);
}

const FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  // Conversions
  tostring: conversion('string'),
  toint: conversion('int'),
  tolong: conversion('long'),
  todouble: conversion('real'),
  toreal: conversion('real'),
  tobool: conversion('bool'),
  todatetime: conversion('datetime'),
  totimespan: conversion('timespan'),
  toguid: conversion('guid'),
  parse_json: (value) => toDynamic(value ?? null),
  todynamic: (value) => toDynamic(value ?? null),

  // Nothing
  isempty: (value) => isNothing(value),
  isnotempty: (value) => !isNothing(value),
  isnull: (value) => value === null || value === undefined,
  isnotnull: (value) => value !== null && value !== undefined,
  not: (value) => (typeof value === 'boolean' ? !value : null),
  coalesce: (...values) => values.find((value) => !isNothing(value)) ?? values.at(-1) ?? null,

  // Text
  tolower: (value) => text(value).toLowerCase(),
  toupper: (value) => text(value).toUpperCase(),
  strlen: (value) => Array.from(text(value)).length,
  strcat: (...values) => values.map(text).join(''),
  strcat_delim: (separator, ...values) => values.map(text).join(text(separator)),
  strcat_array: (values, separator) => list(values).map(textOf).join(text(separator)),
  substring: (source, start, length) => {
    const from = Math.max(number(start) ?? 0, 0);
    return text(source).slice(from, length === undefined ? undefined : from + (number(length) ?? 0));
  },
  indexof: (source, sought) => text(source).indexOf(text(sought)),
  replace_string: (source, sought, by) => text(source).replaceAll(text(sought), () => text(by)),
  replace_regex: (source, pattern, by) =>
    text(source).replace(
      toRegExp(text(pattern), 'g'),
      text(by)
        .replaceAll('$', '$$$$')
        .replace(/\\(\d)/g, '$$$1'),
    ),
  trim: (pattern, source) =>
    text(source)
      .replace(toRegExp(`^(?:${text(pattern)})+`), '')
      .replace(toRegExp(`(?:${text(pattern)})+$`), ''),
  trim_start: (pattern, source) => text(source).replace(toRegExp(`^(?:${text(pattern)})+`), ''),
  trim_end: (pattern, source) => text(source).replace(toRegExp(`(?:${text(pattern)})+$`), ''),
  split: (source, separator, index) => {
    const parts = text(source).split(text(separator));
    return index === undefined ? parts : parts.slice(Number(index), Number(index) + 1);
  },
  extract: (pattern, group, source, type) =>
    extract(pattern, group, source, typeof type === 'string' ? type : 'string'),

  // Numbers
  abs: (value) =>
    value instanceof Timespan ? new Timespan(Math.abs(value.milliseconds)) : ofNumber(Math.abs)(value ?? null),
  round: (value, digits) => ofNumber((each) => Number(each.toFixed(number(digits) ?? 0)))(value ?? null),
  ceiling: ofNumber(Math.ceil),
  sqrt: ofNumber(Math.sqrt),
  log: ofNumber(Math.log),
  pow: (base, exponent) => ofNumber((each) => each ** (number(exponent) ?? Number.NaN))(base ?? null),
  bin: (value, step) => bin(value ?? null, step ?? null),
  floor: (value, step) => bin(value ?? null, step ?? null),
  max_of: extreme(1),
  min_of: extreme(-1),

  // Time
  datetime_diff: (period, later, earlier) => {
    const [to, from] = [toMoment(later ?? null), toMoment(earlier ?? null)];
    return to === null || from === null ? null : difference(text(period), to, from);
  },
  datetime_add: (period, count, date) => ofMoment((from) => add(text(period), number(count) ?? 0, from))(date ?? null),
  format_datetime: (date, pattern) => ofMoment((known) => format(known, text(pattern)))(date ?? null) ?? '',
  startofday: startOf(1),
  hourofday: ofMoment((date) => date.getUTCHours()),
  dayofweek: ofMoment((date) => new Timespan(date.getUTCDay() * 86_400_000)),
  unixtime_seconds_todatetime: (value) => {
    const seconds = number(value);
    return seconds === null ? null : new Date(seconds * 1000);
  },

  // Dynamic
  bag_pack: bagOf,
  pack: bagOf,
  pack_array: (...values) => values.map((value) => value ?? null),
  array_length: (value) => (value !== undefined && isList(value) ? value.length : null),
  array_concat: (...values) => lists(values).flat(),
  bag_keys: (value) => (value !== undefined && isBag(value) ? Object.keys(value) : null),
  set_union: (...values) => distinct(lists(values).flat()),
  set_difference: (from, ...others) => {
    const isOut = isAmong(lists(others).flat());
    return distinct(list(from).filter((value) => !isOut(value)));
  },
  set_intersect: (first, ...others) =>
    distinct(lists(others).reduce((kept, each) => kept.filter(isAmong(each)), list(first))),
  set_has_element: (values, sought) => (isList(values ?? null) ? isAmong(list(values))(sought ?? null) : null),
  gettype: (value) =>
    value === null || value === undefined
      ? 'null'
      : isList(value)
        ? 'array'
        : isBag(value)
          ? 'dictionary'
          : value instanceof Date
            ? 'datetime'
            : ({ boolean: 'bool', number: Number.isInteger(value) ? 'long' : 'double' }[typeof value as string] ??
              'string'),

  // Places
  ipv4_is_private: (address) => isPrivate(text(address)),
  ipv4_is_in_range: (address, range) => isInRange(text(address), text(range)),
  ipv4_is_in_any_range: (address, ...ranges) => isInAnyRange(text(address), texts(ranges)),
  ipv4_is_match: (one, other) => isInRange(text(one), text(other)),
  geo_info_from_ip_address: (address) => placeOf(text(address)),
  geo_distance_2points: (...degrees) => distance(...degrees.map(number)),
};

/** @throws UnsupportedQueryError for a function the sandbox does not have */
export function scalarFunction(name: string): ScalarFunction {
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!known) throw new UnsupportedQueryError(`The sandbox has no function ${name}().`);
  return known;
}
