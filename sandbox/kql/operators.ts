/** The operators after a pipe. What columns come out, and how they are called, the parser has worked out. */
import { convert } from './conversions';
import { compile, part, typeIn, valueOf, type Scalar } from './expressions';
import { join, lookup } from './join';
import type { Scope } from './scope';
import { summarize } from './summarize';
import type { Syntax } from './syntax';
import { union } from './union';
import {
  compare,
  isBag,
  isList,
  keyOfAll,
  nothingOf,
  positionOf,
  rowOf,
  UnsupportedQueryError,
  type Column,
  type Row,
  type Table,
  type Value,
} from './values';

/** @throws UnsupportedQueryError for an operator the sandbox does not have */
export function applyOperator(operator: Syntax, input: Table, scope: Scope): Table {
  const columns = operator.columns ?? [];
  switch (operator.kind) {
    case 'FilterOperator':
      return filter(part(operator, 'Condition'), input, scope);
    case 'ExtendOperator':
      return extend(operator, columns, input, scope);
    case 'ProjectOperator':
      return project(expressionsOf(operator), columns, input, scope);
    case 'ProjectAwayOperator':
    case 'ProjectKeepOperator':
    case 'ProjectReorderOperator':
      return pick(columns, input);
    case 'ProjectRenameOperator':
      return rename(operator, columns, input);
    case 'SummarizeOperator':
      return summarize(operator, input, scope);
    case 'DistinctOperator':
      return { columns, rows: distinct(pick(columns, input).rows) };
    case 'CountOperator':
      return { columns, rows: [[input.rows.length]] };
    case 'TakeOperator':
      return { columns, rows: input.rows.slice(0, countIn(operator, scope)) };
    case 'TopOperator': {
      const sorted = sort([part(operator, 'ByExpression')], input, scope);
      return { columns, rows: sorted.slice(0, countIn(operator, scope)) };
    }
    case 'SortOperator':
      return { columns, rows: sort(expressionsOf(operator), input, scope) };
    case 'SerializeOperator':
      return extend(operator, columns, input, scope);
    case 'MvExpandOperator':
      return expand(operator, columns, input, scope);
    case 'JoinOperator':
      return join(operator, input, scope);
    case 'LookupOperator':
      return lookup(operator, input, scope);
    case 'UnionOperator':
      return union(operator, input, scope);
    default:
      throw new UnsupportedQueryError(`The sandbox has no operator ${operator.kind}: ${operator.text}`);
  }
}

export function expressionsOf(operator: Syntax): readonly Syntax[] {
  return part(operator, 'Expressions').items;
}

/** Rows of these columns, each calculated of the row before; what has no value is nothing. Written out for speed. */
export function reshape(columns: readonly Column[], values: readonly Scalar[], rows: readonly Row[]): Row[] {
  const nothing = columns.map(({ type }) => nothingOf(type));
  return rows.map((row, index) => {
    const made = new Array<Value>(values.length);
    values.forEach((value, position) => {
      made[position] = value(row, rows, index) ?? nothing[position] ?? null;
    });
    return made;
  });
}

/** Only these columns, in their order. */
function pick(columns: readonly Column[], input: Table): Table {
  const values = columns.map(({ name }) => columnOf(input.columns, name));
  return { columns, rows: reshape(columns, values, input.rows) };
}

function columnOf(columns: readonly Column[], name: string): Scalar {
  const position = positionOf(columns, name);
  return (row) => row[position] ?? null;
}

function distinct(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [keyOfAll(row), row])).values()];
}

/** A parameter such as `kind=leftanti`, as it stands in the query. */
export function parameterOf(operator: Syntax, name: string): string | undefined {
  const parameters = operator.children['Parameters']?.items ?? [];
  const found = parameters.find((parameter) => part(parameter, 'Name').name === name);
  return found && part(found, 'Expression').text.replace(/^["']|["']$/g, '');
}

/** Unknown is not true. */
function filter(condition: Syntax, { columns, rows }: Table, scope: Scope): Table {
  const holds = compile(condition, { scope, columns });
  return { columns, rows: rows.filter((row, index) => holds(row, rows, index) === true) };
}

function project(expressions: readonly Syntax[], columns: readonly Column[], input: Table, scope: Scope): Table {
  const values = expressions.map((expression) => compile(expression, { scope, columns: input.columns }));
  return { columns, rows: reshape(columns, values, input.rows) };
}

/** What has no name would get one of the parser's making. */
function nameOf(expression: Syntax): string {
  if (expression.kind === 'SimpleNamedExpression') return part(expression, 'Name').name;
  if (expression.kind === 'NameReference') return expression.name;
  throw new UnsupportedQueryError(`The sandbox wants a name for ${expression.text}`);
}

/** Every expression sees the columns as they were before the operator. */
function extend(operator: Syntax, columns: readonly Column[], input: Table, scope: Scope): Table {
  const computed = new Map(
    expressionsOf(operator).map((expression): [string, Scalar] => [
      nameOf(expression),
      compile(expression, { scope, columns: input.columns }),
    ]),
  );
  const values = columns.map(({ name }) => computed.get(name) ?? columnOf(input.columns, name));
  return { columns, rows: reshape(columns, values, input.rows) };
}

function rename(operator: Syntax, columns: readonly Column[], input: Table): Table {
  const before = new Map(
    expressionsOf(operator).map((expression) => [part(expression, 'Name').name, part(expression, 'Expression').name]),
  );
  const values = columns.map(({ name }) => columnOf(input.columns, before.get(name) ?? name));
  return { columns, rows: reshape(columns, values, input.rows) };
}

function countIn(operator: Syntax, scope: Scope): number {
  return Number(valueOf(part(operator, 'Expression'), scope));
}

/** Descending where nothing is said; nulls stand first when ascending and last when descending. */
function sort(orderings: readonly Syntax[], { columns, rows }: Table, scope: Scope): Row[] {
  const keys = orderings.map((ordering) => {
    const ordered = ordering.kind === 'OrderedExpression';
    const clause = ordered ? ordering.children['Ordering'] : undefined;
    const ascending = clause?.children['AscOrDescKeyword']?.text === 'asc';
    const nulls = clause?.children['NullsClause']?.children['FirstOrLastKeyword']?.text;
    return {
      value: compile(ordered ? part(ordering, 'Expression') : ordering, { scope, columns }),
      sign: ascending ? 1 : -1,
      nullsFirst: nulls === undefined ? ascending : nulls === 'first',
    };
  });
  const decorated = rows.map((row, index) => ({ row, values: keys.map(({ value }) => value(row, rows, index)) }));
  decorated.sort((a, b) => {
    for (const [index, { sign, nullsFirst }] of keys.entries()) {
      const [left, right] = [a.values[index] ?? null, b.values[index] ?? null];
      if (left === null && right === null) continue;
      if (left === null || right === null) return (left === null) === nullsFirst ? -1 : 1;
      const order = (compare(left, right) ?? 0) * sign;
      if (order !== 0) return order;
    }
    return 0;
  });
  return decorated.map(({ row }) => row);
}

/** A null gives one row, an empty list none, a bag one row for each of its members. Several are expanded side by side. */
function expand(operator: Syntax, columns: readonly Column[], { columns: own, rows }: Table, scope: Scope): Table {
  const expanded = expressionsOf(operator).map((item) => {
    const expression = item.kind === 'MvExpandExpression' ? part(item, 'Expression') : item;
    const typeOf = item.children['ToTypeOf'];
    return {
      name: nameOf(expression),
      value: compile(expression, { scope, columns: own }),
      type: typeOf === undefined ? 'dynamic' : typeIn(part(typeOf, 'TypeOf')),
    };
  });
  const indexColumn = parameterOf(operator, 'with_itemindex');
  const limit = operator.children['RowLimitClause'];
  const most = limit === undefined ? Number.MAX_SAFE_INTEGER : Number(part(limit, 'RowLimit').text);
  const copied = columns.map(({ name }) => positionOf(own, name));
  return {
    columns,
    rows: rows.flatMap((row, index) => {
      const elements = expanded.map(({ value }) => elementsOf(value(row, rows, index)));
      const count = Math.min(Math.max(...elements.map(({ length }) => length)), most);
      return Array.from({ length: count }, (_, at) => {
        const values = copied.map((from) => row[from]);
        expanded.forEach(({ name, type }, which) => {
          values[positionOf(columns, name)] = convert(elements[which]?.[at] ?? null, type);
        });
        if (indexColumn !== undefined) values[positionOf(columns, indexColumn)] = at;
        return rowOf(columns, values);
      });
    }),
  };
}

function elementsOf(value: Value): readonly Value[] {
  if (isList(value)) return value;
  return isBag(value) ? Object.entries(value).map(([key, each]) => ({ [key]: each })) : [value];
}
