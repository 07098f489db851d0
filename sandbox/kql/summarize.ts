/** `summarize`: one row for each group; without `by` one row, even of nothing. */
import { aggregate, extremeIndex, isAggregate, ROW_PICKERS } from './aggregates';
import { compile, listIn, part, type Scalar } from './expressions';
import type { Scope } from './scope';
import type { Syntax } from './syntax';
import { keyOf, nothingOf, rowOf, type Column, type Row, type Table, type Value } from './values';

/** The values of one aggregate expression for a group: one, or several where it picks a row. */
type Aggregated = (rows: readonly Row[]) => readonly Value[];

export function summarize(operator: Syntax, input: Table, scope: Scope): Table {
  const columns = operator.columns ?? [];
  const by = operator.children['ByClause']?.children['Expressions']?.items ?? [];
  const keys = by.map((expression) => compile(expression, { scope }));
  const grouped = columns.slice(0, keys.length).map(({ name }) => name);
  const rest = input.columns.filter(({ name }) => !grouped.includes(name));
  const aggregates = part(operator, 'Aggregates').items.map((each) => compileAggregate(each, rest, scope));
  const groups = new Map<string, { readonly values: readonly Value[]; readonly rows: Row[] }>();
  if (by.length === 0) groups.set('', { values: [], rows: [] });
  input.rows.forEach((row, index) => {
    const values = keys.map((key) => key(row, input.rows, index));
    const key = values.map(keyOf).join();
    const group = groups.get(key) ?? { values, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  });
  const rows = [...groups.values()].map((group) => {
    const values = [...group.values, ...aggregates.flatMap((each) => each(group.rows))];
    return rowOf(columns, (index) => values[index]);
  });
  return { columns, rows };
}

function compileAggregate(expression: Syntax, rest: readonly Column[], scope: Scope): Aggregated {
  if (expression.kind === 'SimpleNamedExpression' || expression.kind === 'CompoundNamedExpression') {
    return compileAggregate(part(expression, 'Expression'), rest, scope);
  }
  const name = expression.kind === 'FunctionCallExpression' ? part(expression, 'Name').name : '';
  const sign = ROW_PICKERS[name];
  if (sign !== undefined) return pickRow(expression, sign, rest, scope);
  if (name === 'take_any' && takesSeveral(expression)) return anyRow(expression, rest, scope);
  return compileAround(expression, scope);
}

function takesSeveral(call: Syntax): boolean {
  const given = listIn(call, 'ArgumentList');
  return given.length > 1 || given[0]?.kind === 'StarExpression';
}

/** `arg_max(Time, *)`: the greatest value and what stands beside it; `*` are all columns but that and the groups'. */
function pickRow(call: Syntax, sign: 1 | -1, rest: readonly Column[], scope: Scope): Aggregated {
  const [by, ...others] = listIn(call, 'ArgumentList');
  const value = by === undefined ? () => null : compile(by, { scope });
  const beside = besides(
    others,
    rest.filter(({ name }) => name !== by?.name),
    scope,
  );
  return (rows) => {
    const values = rows.map((row, index) => value(row, rows, index));
    const found = extremeIndex(values, sign);
    const at = found < 0 ? 0 : found;
    const row = rows[at];
    return [values[at] ?? null, ...beside.map((each) => (row === undefined ? null : each(row, rows, at)))];
  };
}

function anyRow(call: Syntax, rest: readonly Column[], scope: Scope): Aggregated {
  const beside = besides(listIn(call, 'ArgumentList'), rest, scope);
  return (rows) => beside.map((each) => (rows[0] === undefined ? null : each(rows[0], rows, 0)));
}

function besides(expressions: readonly Syntax[], rest: readonly Column[], scope: Scope): Scalar[] {
  return expressions.flatMap((expression): Scalar[] =>
    expression.kind === 'StarExpression'
      ? rest.map(
          ({ name, type }) =>
            (row) =>
              row[name] ?? nothingOf(type),
        )
      : [compile(expression, { scope })],
  );
}

/** An expression around aggregates, such as `sum(a) / count()`: those first, then what is calculated with them. */
function compileAround(expression: Syntax, scope: Scope): Aggregated {
  const calls = aggregatesIn(expression);
  const known = new Map(calls.map(({ text }): [string, Scalar] => [text, (row) => row[text] ?? null]));
  const whole = compile(expression, { scope, known });
  const parts = calls.map((call): [string, (rows: readonly Row[]) => Value] => {
    const calculate = aggregate(part(call, 'Name').name);
    const given = listIn(call, 'ArgumentList').map((argument) => compile(argument, { scope }));
    return [
      call.text,
      (rows) =>
        calculate(
          given.map((argument) => rows.map((row, index) => argument(row, rows, index))),
          rows.length,
        ),
    ];
  });
  return (rows) => [whole(Object.fromEntries(parts.map(([text, value]) => [text, value(rows)])), [], 0)];
}

function aggregatesIn(syntax: Syntax): Syntax[] {
  if (syntax.kind === 'FunctionCallExpression' && isAggregate(part(syntax, 'Name').name)) return [syntax];
  return [...syntax.items, ...Object.values(syntax.children)].flatMap(aggregatesIn);
}
