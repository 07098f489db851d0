import { createAnalyzer, type Analyze } from '../../../sandbox/kql/language';
import { runQuery } from '../../../sandbox/kql/run-query';
import { declarationOf, TABLE_NAMES } from '../../../sandbox/kql/schema';
import type { Row, Value } from '../../../sandbox/kql/values';

export const NOW = new Date('2026-03-01T02:00:00Z');

let analyze: Analyze | undefined;

/** All declared tables, empty but for those given. */
export function rowsOf(query: string, tables: Readonly<Record<string, readonly Row[]>> = {}): readonly Row[] {
  const declared = TABLE_NAMES.flatMap((name) => declarationOf(name) ?? []);
  analyze ??= createAnalyzer(declared);
  const tableOf = (name: string) => {
    const found = declared.find((each) => each.name === name);
    return found && { columns: found.columns, rows: tables[name] ?? [] };
  };
  return runQuery(query, { analyze, tableOf }, NOW).rows;
}

/** The first column of each row. */
export function valuesOf(query: string): Value[] {
  return rowsOf(query).map((row) => Object.values(row)[0] ?? null);
}

/** The value of an expression. */
export function valueOf(expression: string): Value {
  return valuesOf(`print value = ${expression}`)[0] ?? null;
}
