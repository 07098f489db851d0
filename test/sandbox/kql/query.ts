import { createAnalyzer, type Analyze } from '../../../sandbox/kql/language';
import { runQuery } from '../../../sandbox/kql/run-query';
import { declarationOf, TABLE_NAMES } from '../../../sandbox/kql/schema';
import { rowOf, type Value } from '../../../sandbox/kql/values';

export const NOW = new Date('2026-03-01T02:00:00Z');

/** Values by the name of their column; what a described row leaves out is nothing. */
type Described = Readonly<Record<string, Value>>;

let analyze: Analyze | undefined;

/** All declared tables, empty but for those given. */
export function rowsOf(query: string, tables: Readonly<Record<string, readonly Described[]>> = {}): Described[] {
  const declared = TABLE_NAMES.flatMap((name) => declarationOf(name) ?? []);
  analyze ??= createAnalyzer(declared);
  const tableOf = (name: string) => {
    const columns = declared.find((each) => each.name === name)?.columns;
    if (!columns) return undefined;
    const rows = tables[name] ?? [];
    return {
      columns,
      rows: rows.map((row) =>
        rowOf(
          columns,
          columns.map((column) => row[column.name]),
        ),
      ),
    };
  };
  const { columns, rows } = runQuery(query, { analyze, tableOf }, NOW);
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, position) => [name, row[position] ?? null])));
}

/** The first column of each row. */
export function valuesOf(query: string): Value[] {
  return rowsOf(query).map((row) => Object.values(row)[0] ?? null);
}

/** The value of an expression. */
export function valueOf(expression: string): Value {
  return valuesOf(`print value = ${expression}`)[0] ?? null;
}
