/**
 * Functions over the rows of a group, given the values of each argument row by row. `dcount` and `percentile` are exact
 * here and estimates in the service; the order in a set is that of the rows here and unspecified there.
 * https://learn.microsoft.com/kusto/query/aggregation-functions
 */
import { toReal } from './conversions';
import { compare, isList, keyOf, Timespan, UnsupportedQueryError, type Value } from './values';

/** `columns[i]` are the values of the i-th argument. `rows` counts the group, whatever the arguments are. */
type Aggregate = (columns: readonly (readonly Value[])[], rows: number) => Value;

const first = (columns: readonly (readonly Value[])[]): readonly Value[] => columns[0] ?? [];
const known = (values: readonly Value[]): readonly Value[] => values.filter((value) => value !== null);
const limitOf = (column: readonly Value[] | undefined): number => Number(column?.[0] ?? 1_048_576);

/** Only the rows whose condition, the last but `trailing` argument, is true. */
const where =
  (aggregate: Aggregate, position: number): Aggregate =>
  (columns) => {
    const condition = columns[position] ?? [];
    const rest = columns.filter((_, index) => index !== position);
    const kept = rest.map((column) => column.filter((_, index) => condition[index] === true));
    return aggregate(kept, condition.filter((value) => value === true).length);
  };

const extreme =
  (sign: 1 | -1): Aggregate =>
  (columns) => {
    const at = extremeIndex(first(columns), sign);
    return at < 0 ? null : (first(columns)[at] ?? null);
  };

/** Where the greatest (1) or least (-1) value is, the first of equal ones; -1 where all are null. */
export function extremeIndex(values: readonly Value[], sign: 1 | -1): number {
  let best = -1;
  values.forEach((value, index) => {
    if (value === null) return;
    if (best < 0 || (compare(value, values[best] ?? null) ?? 0) * sign > 0) best = index;
  });
  return best;
}

const sum: Aggregate = (columns) => {
  const values = known(first(columns));
  if (values.some((value) => value instanceof Timespan)) {
    return new Timespan(values.reduce<number>((total, value) => total + (value as Timespan).milliseconds, 0));
  }
  return values.reduce<number>((total, value) => total + (toReal(value) ?? 0), 0);
};

const average: Aggregate = (columns) => {
  const values = known(first(columns));
  const total = sum([values], values.length);
  if (values.length === 0) return Number.NaN;
  return total instanceof Timespan ? new Timespan(total.milliseconds / values.length) : Number(total) / values.length;
};

/** Lists are taken apart, nulls left out. */
const collect = (values: readonly Value[]): Value[] =>
  known(values).flatMap((value) => (isList(value) ? value : [value]));
const distinct = (values: readonly Value[]): Value[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];

const makeSet: Aggregate = (columns) => distinct(known(collect(first(columns)))).slice(0, limitOf(columns[1]));
const makeList: Aggregate = (columns) => known(first(columns)).slice(0, limitOf(columns[1]));
const countDistinct: Aggregate = (columns) => distinct(known(first(columns))).length;

/** The value at that rank, nearest above. */
const percentile: Aggregate = (columns) => {
  const sorted = [...known(first(columns))].sort((a, b) => compare(a, b) ?? 0);
  const rank = Math.ceil((Number(columns[1]?.[0] ?? 0) / 100) * sorted.length);
  return sorted[Math.max(rank, 1) - 1] ?? null;
};

const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  count: (_, rows) => rows,
  countif: where((_, rows) => rows, 0),
  dcount: countDistinct,
  dcountif: where(countDistinct, 1),
  sum,
  sumif: where(sum, 1),
  min: extreme(-1),
  minif: where(extreme(-1), 1),
  max: extreme(1),
  maxif: where(extreme(1), 1),
  avg: average,
  avgif: where(average, 1),
  make_set: makeSet,
  make_set_if: where(makeSet, 1),
  make_list: makeList,
  make_list_if: where(makeList, 1),
  take_any: (columns) => known(first(columns))[0] ?? null,
  take_anyif: where((columns) => known(first(columns))[0] ?? null, 1),
  percentile,
};

/** Aggregates that give several columns at once are `summarize`'s own affair. */
export const ROW_PICKERS: Readonly<Record<string, 1 | -1>> = { arg_max: 1, arg_min: -1 };

export function isAggregate(name: string): boolean {
  return Object.hasOwn(AGGREGATES, name) || Object.hasOwn(ROW_PICKERS, name);
}

/** @throws UnsupportedQueryError for one the sandbox does not have */
export function aggregate(name: string): Aggregate {
  const found = Object.hasOwn(AGGREGATES, name) ? AGGREGATES[name] : undefined;
  if (!found) throw new UnsupportedQueryError(`The sandbox has no aggregate ${name}().`);
  return found;
}
