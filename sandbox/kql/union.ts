/** `union`: columns of one name and type are one; of different types they part into `Name_string` and `Name_dynamic`. */
import { expressionsOf, parameterOf } from './operators';
import type { Scope } from './scope';
import type { Syntax } from './syntax';
import { evaluateTable } from './tables';
import { MissingTableError, rowOf, type Column, type Table } from './values';

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
  return {
    columns,
    rows: all.flatMap(({ name, table }) => {
      const from = columns.map((column) => sourceOf(column, table.columns));
      return table.rows.map((row) =>
        rowOf(columns, (index) => (columns[index]?.name === source ? name : row[from[index] ?? ''])),
      );
    }),
  };
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

/** The leg's column that becomes this one. */
function sourceOf(wanted: Column, columns: readonly Column[]): string | undefined {
  return columns.find(
    ({ name, type }) => type === wanted.type && (name === wanted.name || `${name}_${type}` === wanted.name),
  )?.name;
}

function nameOf(expression: Syntax, index: number): string {
  return expression.kind === 'NameReference' ? expression.name : `union_arg${index}`;
}
