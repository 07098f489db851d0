/** Evaluates what gives a table: names, pipes, functions, unions. */
import { enterFunction, listIn, part, valueOf } from './expressions';
import { applyOperator } from './operators';
import type { Scope } from './scope';
import type { Syntax } from './syntax';
import { union } from './union';
import { MissingTableError, rowOf, textOf, UnsupportedQueryError, type Table } from './values';

/** @throws UnsupportedQueryError naming what the sandbox does not have */
export function evaluateTable(syntax: Syntax, scope: Scope): Table {
  switch (syntax.kind) {
    case 'ParenthesizedExpression':
    case 'MaterializeExpression':
    case 'SimpleNamedExpression':
      return evaluateTable(part(syntax, 'Expression'), scope);
    case 'PipeExpression':
      return applyOperator(part(syntax, 'Operator'), evaluateTable(part(syntax, 'Expression'), scope), scope);
    case 'NameReference':
      return tableNamed(syntax.name, scope);
    case 'FunctionCallExpression':
      return callTable(syntax, scope);
    case 'UnionOperator':
      return union(syntax, undefined, scope);
    case 'PrintOperator':
      return print(syntax, scope);
    case 'DataTableExpression':
      return datatable(syntax, scope);
    default:
      throw new UnsupportedQueryError(`The sandbox does not evaluate ${syntax.kind}: ${syntax.text}`);
  }
}

function tableNamed(name: string, scope: Scope): Table {
  const table = scope.tables.get(name)?.() ?? scope.tableOf(name);
  if (!table) throw new MissingTableError(`There is no table ${name}.`);
  return table;
}

function callTable(syntax: Syntax, scope: Scope): Table {
  const given = listIn(syntax, 'ArgumentList');
  const called = part(syntax, 'Name').name;
  if (syntax.called) {
    const [expression, inside] = enterFunction(syntax.called, given, scope);
    return evaluateTable(expression, inside);
  }
  const [argument] = given;
  if (argument && called === 'materialize') return evaluateTable(argument, scope);
  if (argument && called === 'table') return tableNamed(textOf(valueOf(argument, scope)), scope);
  throw new UnsupportedQueryError(`The sandbox has no table function ${called}().`);
}

function print(syntax: Syntax, scope: Scope): Table {
  const columns = syntax.columns ?? [];
  const values = part(syntax, 'Expressions').items.map((expression) => valueOf(expression, scope));
  return { columns, rows: [rowOf(columns, values)] };
}

function datatable(syntax: Syntax, scope: Scope): Table {
  const columns = syntax.columns ?? [];
  const values = part(syntax, 'Values').items.map((value) => valueOf(value, scope));
  const { length } = columns;
  const rows = Array.from({ length: values.length / length }, (_, index) =>
    rowOf(columns, values.slice(index * length, (index + 1) * length)),
  );
  return { columns, rows };
}
