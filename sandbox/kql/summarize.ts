/** `summarize`: one row for each group; without `by` one row, even of nothing. */
import { aggregate, extremeIndex, isAggregate, ROW_PICKERS } from './aggregates';
import { compile, listIn, part, type Scalar } from './expressions';
import type { Scope } from './scope';
import type { Syntax } from './syntax';
import { keyOfAll, positionOf, rowOf, type Column, type Row, type Table, type Value } from './values';

interface Within {
  readonly scope: Scope;
  readonly columns: readonly Column[];
  /** The columns but those of the groups. */
  readonly rest: readonly Column[];
}

/** The values of one aggregate expression for a group: one, or several where it picks a row. */
type Aggregated = (rows: readonly Row[]) => readonly Value[];

export function summarize(operator: Syntax, input: Table, scope: Scope): Table {
  const columns = operator.columns ?? [];
  const by = operator.children['ByClause']?.children['Expressions']?.items ?? [];
  const keys = by.map((expression) => compile(expression, { scope, columns: input.columns }));
  const grouped = columns.slice(0, keys.length).map(({ name }) => name);
  const within: Within = {
    scope,
    columns: input.columns,
    rest: input.columns.filter(({ name }) => !grouped.includes(name)),
  };
  const aggregates = part(operator, 'Aggregates').items.map((each) => compileAggregate(each, within));
  const groups = new Map<string, { readonly values: readonly Value[]; readonly rows: Row[] }>();
  if (by.length === 0) groups.set('', { values: [], rows: [] });
  input.rows.forEach((row, index) => {
    const values = keys.map((key) => key(row, input.rows, index));
    const key = keyOfAll(values);
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { values, rows: [row] });
  });
  const rows = [...groups.values()].map((group) => {
    const values = [...group.values];
    for (const each of aggregates) values.push(...each(group.rows));
    return rowOf(columns, values);
  });
  return { columns, rows };
}

function compileAggregate(expression: Syntax, within: Within): Aggregated {
  if (expression.kind === 'SimpleNamedExpression' || expression.kind === 'CompoundNamedExpression') {
    return compileAggregate(part(expression, 'Expression'), within);
  }
  const name = expression.kind === 'FunctionCallExpression' ? part(expression, 'Name').name : '';
  const sign = ROW_PICKERS[name];
  if (sign !== undefined) return pickRow(expression, sign, within);
  if (name === 'take_any' && takesSeveral(expression)) return anyRow(expression, within);
  return compileAround(expression, within);
}

function takesSeveral(call: Syntax): boolean {
  const given = listIn(call, 'ArgumentList');
  return given.length > 1 || given[0]?.kind === 'StarExpression';
}

/** `arg_max(Time, *)`: the greatest value and what stands beside it; `*` are all columns but that and the groups'. */
function pickRow(call: Syntax, sign: 1 | -1, within: Within): Aggregated {
  const [by, ...others] = listIn(call, 'ArgumentList');
  const value = by === undefined ? () => null : compile(by, within);
  const beside = besides(others, { ...within, rest: within.rest.filter(({ name }) => name !== by?.name) });
  return (rows) => {
    const values = rows.map((row, index) => value(row, rows, index));
    const found = extremeIndex(values, sign);
    const at = found < 0 ? 0 : found;
    const row = rows[at];
    return [values[at] ?? null, ...beside.map((each) => (row === undefined ? null : each(row, rows, at)))];
  };
}

function anyRow(call: Syntax, within: Within): Aggregated {
  const beside = besides(listIn(call, 'ArgumentList'), within);
  return (rows) => beside.map((each) => (rows[0] === undefined ? null : each(rows[0], rows, 0)));
}

function besides(expressions: readonly Syntax[], within: Within): Scalar[] {
  return expressions.flatMap((expression): Scalar | Scalar[] => {
    if (expression.kind !== 'StarExpression') return compile(expression, within);
    return within.rest.map(({ name }) => {
      const position = positionOf(within.columns, name);
      return (row) => row[position] ?? null;
    });
  });
}

/** An expression around aggregates, such as `sum(a) / count()`: those first, then what is calculated with them. */
function compileAround(expression: Syntax, within: Within): Aggregated {
  const calls = aggregatesIn(expression);
  const known = new Map(calls.map(({ text }, position): [string, Scalar] => [text, (row) => row[position] ?? null]));
  const whole = compile(expression, { ...within, known });
  const parts = calls.map((call): ((rows: readonly Row[]) => Value) => {
    const calculate = aggregate(part(call, 'Name').name);
    const given = listIn(call, 'ArgumentList').map((argument) => compile(argument, within));
    return (rows) =>
      calculate(
        given.map((argument) => rows.map((row, index) => argument(row, rows, index))),
        rows.length,
      );
  });
  return (rows) => [
    whole(
      parts.map((each) => each(rows)),
      [],
      0,
    ),
  ];
}

function aggregatesIn(syntax: Syntax): Syntax[] {
  if (syntax.kind === 'FunctionCallExpression' && isAggregate(part(syntax, 'Name').name)) return [syntax];
  return [...syntax.items, ...Object.values(syntax.children)].flatMap(aggregatesIn);
}
