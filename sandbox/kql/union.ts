/** `union`: columns of one name and type are one; of different types they part into `Name_string` and `Name_dynamic`. */
import { expressionsOf, parameterOf, reshape } from './operators';
import type { Scope } from './scope';
import type { Syntax } from './syntax';
import { evaluateTable } from './tables';
import { MissingTableError, type Column, type Row, type Table } from './values';

/** @param input what stands before the pipe, where there is a pipe */
export function union(operator: Syntax, input: Table | undefined, scope: Scope): Table {
  const columns = operator.columns ?? [];
  const source = parameterOf(operator, 'withsource');
  const fuzzy = parameterOf(operator, 'isfuzzy') === 'true';
  const legs = expressionsOf(operator).flatMap((expression, index) => {
    const table = legOf(expression, scope, fuzzy);
    return table === undefined ? [] : [{ name: nameOf(expression, index), table }];
  });
  const all = input === undefined ? legs : [{ name: 'union_arg0', table: input }, ...legs];
  const rows: Row[] = [];
  for (const { name, table } of all) {
    const values = columns.map((column) => {
      const from = sourceOf(column, table.columns);
      return column.name === source ? () => name : (row: Row) => row[from] ?? null;
    });
    for (const row of reshape(columns, values, table.rows)) rows.push(row);
  }
  return { columns, rows };
}

/** `undefined` where a table is missing and may be. */
function legOf(expression: Syntax, scope: Scope, fuzzy: boolean): Table | undefined {
  try {
    return evaluateTable(expression, scope);
  } catch (error) {
    if (fuzzy && error instanceof MissingTableError) return undefined;
    throw error;
  }
}

/** Where the leg has the column that becomes this one; -1 where it has none. */
function sourceOf(wanted: Column, columns: readonly Column[]): number {
  return columns.findIndex(
    ({ name, type }) => type === wanted.type && (name === wanted.name || `${name}_${type}` === wanted.name),
  );
}

function nameOf(expression: Syntax, index: number): string {
  return expression.kind === 'NameReference' ? expression.name : `union_arg${index}`;
}
