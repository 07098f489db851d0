/** What names stand for while a query runs. */
import { UnsupportedQueryError, type Table, type Value } from './values';

export interface Scope {
  /** The moment that `now()` and `ago()` mean, the same all through a query. */
  readonly now: Date;
  /** A table of the workspace; `undefined` where it has none of that name. */
  readonly tableOf: (name: string) => Table | undefined;
  /** Those that stand beside the query. */
  readonly lists: readonly Value[];
  readonly moments: readonly Date[];
  readonly values: ReadonlyMap<string, Value>;
  readonly tables: ReadonlyMap<string, () => Table>;
}

export function withValue(scope: Scope, name: string, value: Value): Scope {
  return { ...scope, values: new Map([...scope.values, [name, value]]) };
}

/** The table is made when it is first asked for, and once. */
export function withTable(scope: Scope, name: string, make: () => Table): Scope {
  let made: Table | undefined;
  return { ...scope, tables: new Map([...scope.tables, [name, () => (made ??= make())]]) };
}

export function valueIn(scope: Scope, name: string): Value {
  const value = scope.values.get(name);
  if (value === undefined) throw new UnsupportedQueryError(`The sandbox does not know what ${name} stands for.`);
  return value;
}
