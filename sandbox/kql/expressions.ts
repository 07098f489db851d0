/** Compiles an expression to a function of a row, with Kusto's three-valued logic: unknown is `null`. */
import { convert, member, toReal } from './conversions';
import { listInPlace } from './long-lists';
import { momentInPlace } from './moments';
import { scalarFunction } from './scalar-functions';
import { valueIn, withTable, withValue, type Scope } from './scope';
import type { CalledFunction, Syntax } from './syntax';
import { evaluateTable } from './tables';
import { hasTerm, matcherOf } from './text-matching';
import {
  compare,
  equals,
  isList,
  keyOf,
  keyOfAll,
  magnitudeOf,
  nothingOf,
  parseMoment,
  parseSpan,
  positionOf,
  textOf,
  Timespan,
  UnsupportedQueryError,
  type Column,
  type Row,
  type Value,
} from './values';

/** `rows` are all rows of the table and `index` says which one is meant: `prev()` looks at its neighbours. */
export type Scalar = (row: Row, rows: readonly Row[], index: number) => Value;

export interface Compiling {
  readonly scope: Scope;
  /** Of the rows that the function will be given. */
  readonly columns: readonly Column[];
  /** Calls that were calculated before, such as the aggregates within a summarized expression, by their text. */
  readonly known?: ReadonlyMap<string, Scalar>;
}

/** The value of an expression that stands for itself, without a row. */
export function valueOf(syntax: Syntax, scope: Scope): Value {
  return compile(syntax, { scope, columns: [] })([], [], 0);
}

/** @throws UnsupportedQueryError naming what the sandbox does not have */
export function compile(syntax: Syntax, compiling: Compiling): Scalar {
  const known = compiling.known?.get(syntax.text);
  if (known) return known;
  const calculate = compileFresh(syntax, compiling);
  return !compiling.known && isConstant(syntax) ? once(calculate) : calculate;
}

/** Whether the same comes out for every row. */
function isConstant(syntax: Syntax): boolean {
  const { kind, refersTo, called, children, items } = syntax;
  if (refersTo === 'ColumnSymbol' || called) return false;
  const ofRows = ['prev', 'next', 'row_number', 'column_ifexists'];
  if (kind === 'FunctionCallExpression' && ofRows.includes(part(syntax, 'Name').name)) return false;
  return items.every(isConstant) && Object.values(children).every(isConstant);
}

/** Calculated when it is first asked for. */
function once(calculate: Scalar): Scalar {
  let value: Value | undefined;
  return (row, rows, index) => (value === undefined ? (value = calculate(row, rows, index)) : value);
}

function compileFresh(syntax: Syntax, compiling: Compiling): Scalar {
  const { scope } = compiling;
  const inner = (name: string): Scalar => compile(part(syntax, name), compiling);

  switch (syntax.kind) {
    case 'ParenthesizedExpression':
    case 'SimpleNamedExpression':
      return inner('Expression');
    case 'LiteralExpression':
    case 'CompoundStringLiteralExpression':
      return always(momentInPlace(literal(syntax), scope.moments));
    case 'TypeOfLiteralExpression':
      return always(typeIn(syntax));
    case 'DynamicExpression':
      return always(listInPlace(json(part(syntax, 'Expression')), scope.lists));
    case 'NameReference':
      return name(syntax, compiling);
    case 'PathExpression': {
      const from = inner('Expression');
      const key = part(syntax, 'Selector').name;
      return (row, rows, index) => member(from(row, rows, index), key);
    }
    case 'ElementExpression': {
      const from = inner('Expression');
      const key = compile(part(part(syntax, 'Selector'), 'Expression'), compiling);
      return (row, rows, index) => member(from(row, rows, index), key(row, rows, index));
    }
    case 'PrefixUnaryExpression':
      return negative(syntax, inner('Expression'));
    case 'BinaryExpression':
      return binary(syntax, inner('Left'), inner('Right'));
    case 'BetweenExpression':
      return between(syntax, compiling);
    case 'InExpression':
      return within(syntax, compiling);
    case 'HasAnyExpression':
    case 'HasAllExpression':
      return hasSeveral(syntax, compiling);
    case 'ToScalarExpression': {
      const { columns, rows } = evaluateTable(part(syntax, 'Expression'), scope);
      return always(rows[0]?.[0] ?? nothingOf(columns[0]?.type ?? ''));
    }
    case 'FunctionCallExpression':
      return call(syntax, compiling);
    default:
      throw new UnsupportedQueryError(`The sandbox does not evaluate ${syntax.kind}: ${syntax.text}`);
  }
}

export function part(syntax: Syntax, name: string): Syntax {
  const child = syntax.children[name];
  if (!child) throw new UnsupportedQueryError(`The sandbox misses ${name} in ${syntax.kind}: ${syntax.text}`);
  return child;
}

/** Arguments of a call, elements of a list in parentheses. */
export function listIn(syntax: Syntax, list: string): readonly Syntax[] {
  return part(part(syntax, list), 'Expressions').items;
}

/** The type that a `typeof(…)` names. */
export function typeIn(syntax: Syntax): string {
  return part(syntax, 'Types').items[0]?.text ?? 'dynamic';
}

function always(value: Value): Scalar {
  return () => value;
}

function literal(syntax: Syntax): Value {
  const { kind, type, literal: value } = syntax;
  if (kind === 'CompoundStringLiteralExpression' || type === 'string') return String(value ?? '');
  const { text } = syntax;
  const inner = (/^\w+\s*\(\s*["']?(.*?)["']?\s*\)$/s.exec(text)?.[1] ?? text).trim();
  if (inner === 'null' || type === 'null') return null;
  if (type === 'datetime') return parseMoment(inner) ?? unreadable(text);
  if (type === 'timespan') return parseSpan(inner) ?? unreadable(text);
  if (type === 'guid') return inner.toLowerCase();
  return typeof value === 'number' || typeof value === 'boolean' ? value : (convert(inner, type) ?? unreadable(text));
}

function unreadable(text: string): never {
  throw new UnsupportedQueryError(`The sandbox cannot read the literal ${text}.`);
}

function json(syntax: Syntax): Value {
  if (syntax.kind === 'JsonArrayExpression') return part(syntax, 'Values').items.map(json);
  if (syntax.kind === 'JsonObjectExpression') {
    return Object.fromEntries(
      part(syntax, 'Pairs').items.map((pair) => [
        JSON.parse(part(pair, 'Name').text.replace(/^'(.*)'$/s, '"$1"')) as string,
        json(part(pair, 'Value')),
      ]),
    );
  }
  if (syntax.kind === 'PrefixUnaryExpression')
    return negative(syntax, always(json(part(syntax, 'Expression'))))([], [], 0);
  return literal(syntax);
}

function name({ name: called, refersTo }: Syntax, { scope, columns }: Compiling): Scalar {
  if (refersTo !== 'ColumnSymbol') return always(valueIn(scope, called));
  const position = positionOf(columns, called);
  if (position < 0) throw new UnsupportedQueryError(`The sandbox does not find the column ${called}.`);
  return (row) => row[position] ?? null;
}

function negative(syntax: Syntax, value: Scalar): Scalar {
  const minus = part(syntax, 'Operator').text === '-';
  return (row, rows, index) => {
    const known = value(row, rows, index);
    if (!minus) return known;
    if (known instanceof Timespan) return new Timespan(-known.milliseconds);
    return typeof known === 'number' ? -known : null;
  };
}

const isWhole = (type: string): boolean => type === 'long' || type === 'int';
/** Types that may be compared with each other. */
const familyOf = (type: string): string => (isWhole(type) || type === 'real' || type === 'decimal' ? 'number' : type);

function binary(syntax: Syntax, left: Scalar, right: Scalar): Scalar {
  const operator = part(syntax, 'Operator').text;
  const [from, to] = [part(syntax, 'Left').type, part(syntax, 'Right').type];
  if (operator === 'and' || operator === 'or') return logic(operator === 'or', left, right);
  const order = ORDERS[operator];
  if (order && !(operator === '==' || operator === '!=')) {
    requireComparable(syntax, from, to);
    return (row, rows, index) => {
      const found = compare(left(row, rows, index), right(row, rows, index));
      return found === null ? null : order(found);
    };
  }
  if (operator === '==' || operator === '!=') {
    requireComparable(syntax, from, to);
    return (row, rows, index) => {
      const same = equals(left(row, rows, index), right(row, rows, index));
      return same === null ? null : same === (operator === '==');
    };
  }
  const match = matcherOf(operator);
  if (match) return (row, rows, index) => match(textOf(left(row, rows, index)), textOf(right(row, rows, index)));
  if (!'+-*/%'.includes(operator)) {
    throw new UnsupportedQueryError(`The sandbox does not evaluate the operator ${operator}: ${syntax.text}`);
  }
  const whole = isWhole(from) && isWhole(to);
  return (row, rows, index) => calculate(operator, left(row, rows, index), right(row, rows, index), whole);
}

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
};

/** The parser lets `ResultType == 0` pass, although one is text and the other a number: never true, so never meant. */
function requireComparable(syntax: Syntax, from: string, to: string): void {
  const loose = ['dynamic', 'unknown', 'null', ''];
  if (loose.includes(from) || loose.includes(to) || familyOf(from) === familyOf(to)) return;
  throw new UnsupportedQueryError(`The query compares ${from} with ${to}: ${syntax.text}`);
}

/** `false and unknown` is false, `true or unknown` is true, anything else with an unknown is unknown. */
function logic(decisive: boolean, left: Scalar, right: Scalar): Scalar {
  return (row, rows, index) => {
    const first = left(row, rows, index);
    if (first === decisive) return decisive;
    const second = right(row, rows, index);
    if (second === decisive) return decisive;
    return first === null || second === null ? null : !decisive;
  };
}

function calculate(operator: string, left: Value, right: Value, whole: boolean): Value {
  const [a, b] = [magnitudeOf(left) ?? toReal(left), magnitudeOf(right) ?? toReal(right)];
  if (a === null || b === null) return null;
  const result = arithmetic(operator, a, b, whole);
  if (result === null) return null;
  const dates = [left, right].filter((value) => value instanceof Date).length;
  const spans = [left, right].filter((value) => value instanceof Timespan).length;
  if (dates === 2 || (dates === 0 && spans === 1 && operator !== '%')) return new Timespan(result);
  if (dates === 1) return new Date(result);
  return spans === 2 && operator !== '/' ? new Timespan(result) : result;
}

/** Whole numbers divide to a whole number, cut towards zero; by zero there is none. The sign of `%` is always positive. */
function arithmetic(operator: string, a: number, b: number, whole: boolean): number | null {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      // Whole numbers have no negative zero.
      return whole ? (b === 0 ? null : Math.trunc(a / b) + 0) : a / b;
    default:
      return b === 0 ? null : ((a % b) + Math.abs(b)) % Math.abs(b);
  }
}

function between(syntax: Syntax, compiling: Compiling): Scalar {
  const value = compile(part(syntax, 'Left'), compiling);
  const range = part(syntax, 'Right');
  const low = compile(part(range, 'First'), compiling);
  const high = compile(part(range, 'Second'), compiling);
  const wanted = part(syntax, 'Operator').text === 'between';
  return (...at) => {
    const [known, from, to] = [value(...at), low(...at), high(...at)];
    // `between (datetime .. 1d)`: that long from there on.
    const end = from instanceof Date && to instanceof Timespan ? new Date(from.getTime() + to.milliseconds) : to;
    const [above, below] = [compare(known, from), compare(known, end)];
    return above === null || below === null ? null : (above >= 0 && below <= 0) === wanted;
  };
}

type At<T> = (...at: Parameters<Scalar>) => T;

/**
 * What is made of the values of a list in parentheses: lists in it are taken apart, and of a table its first column.
 * Mostly they are the same for every row, and then it is made once.
 */
function ofListed<T>(syntax: Syntax, compiling: Compiling, make: (values: readonly Value[]) => T): At<T> {
  const items = listIn(syntax, 'Right');
  const parts = items.map((item): At<readonly Value[]> => {
    if (item.columns !== undefined) {
      const values = evaluateTable(item, compiling.scope).rows.map(([first = null]) => first);
      return () => values;
    }
    const value = compile(item, compiling);
    return (...at) => {
      const known = value(...at);
      return isList(known) ? known : [known];
    };
  });
  const fresh: At<T> = (...at) => make(parts.flatMap((each) => each(...at)));
  if (!items.every((item) => item.columns !== undefined || isConstant(item))) return fresh;
  let made: { readonly value: T } | undefined;
  return (...at) => (made ??= { value: fresh(...at) }).value;
}

/** A null is in no list, and out of every one. */
function within(syntax: Syntax, compiling: Compiling): Scalar {
  const operator = part(syntax, 'Operator').text;
  const value = compile(part(syntax, 'Left'), compiling);
  const fold = operator.endsWith('~');
  const wanted = !operator.startsWith('!');
  const key = (each: Value): string => keyOf(fold && typeof each === 'string' ? each.toLowerCase() : each);
  const keys = ofListed(syntax, compiling, (values) => new Set(values.map(key)));
  return (row, rows, index) => keys(row, rows, index).has(key(value(row, rows, index))) === wanted;
}

function hasSeveral(syntax: Syntax, compiling: Compiling): Scalar {
  const value = compile(part(syntax, 'Left'), compiling);
  const terms = ofListed(syntax, compiling, (values) => values.map(textOf));
  const all = syntax.kind === 'HasAllExpression';
  return (row, rows, index) => {
    const text = textOf(value(row, rows, index));
    const has = (term: string): boolean => hasTerm(text, term);
    return all ? terms(row, rows, index).every(has) : terms(row, rows, index).some(has);
  };
}

function call(syntax: Syntax, compiling: Compiling): Scalar {
  const { scope } = compiling;
  const given = listIn(syntax, 'ArgumentList');
  const called = part(syntax, 'Name').name;
  if (syntax.called) return callOwn(syntax.called, given, compiling);
  const values = given.map((argument) => compile(argument, compiling));
  const value = (argument: number, ...[row, rows, index]: Parameters<Scalar>): Value =>
    values[argument]?.(row, rows, index) ?? null;

  switch (called) {
    case 'now':
      return (...at) => new Date(scope.now.getTime() + spanOf(value(0, ...at)));
    case 'ago':
      return (...at) => new Date(scope.now.getTime() - spanOf(value(0, ...at)));
    case 'iff':
    case 'iif':
      return (row, rows, index) => value(value(0, row, rows, index) === true ? 1 : 2, row, rows, index);
    case 'case':
      return (...at) => {
        const hit = values.findIndex(
          (_, index) => index % 2 === 0 && index < values.length - 1 && value(index, ...at) === true,
        );
        return value(hit < 0 ? values.length - 1 : hit + 1, ...at);
      };
    case 'column_ifexists': {
      const position = positionOf(compiling.columns, String(given[0]?.literal ?? ''));
      return position < 0 ? (values[1] ?? always(null)) : (row) => row[position] ?? null;
    }
    case 'prev':
    case 'next': {
      const [column] = values;
      return (row, rows, index) => {
        const step = Number(values[1]?.(row, rows, index) ?? 1);
        const there = called === 'prev' ? index - step : index + step;
        const neighbour = rows[there];
        if (column && neighbour) return column(neighbour, rows, there);
        return values[2]?.(row, rows, index) ?? nothingOf(syntax.type);
      };
    }
    case 'row_number':
      return (row, rows, index) => Number(values[0]?.(row, rows, index) ?? 1) + index;
    default: {
      const calculate = scalarFunction(called);
      const [only] = values;
      if (only && values.length === 1) return (row, rows, index) => calculate(only(row, rows, index));
      return (row, rows, index) => calculate(...values.map((each) => each(row, rows, index)));
    }
  }
}

function spanOf(value: Value): number {
  return value instanceof Timespan ? value.milliseconds : 0;
}

/** A function that the query defines: its arguments are bound to its parameters, row by row. */
function callOwn(called: CalledFunction, given: readonly Syntax[], compiling: Compiling): Scalar {
  const values = called.parameters.map(({ name: parameter, byDefault }, index) => {
    const argument = given[index] ?? byDefault;
    if (!argument) throw new UnsupportedQueryError(`The parameter ${parameter} has no value.`);
    return compile(argument, compiling);
  });
  let last: { readonly key: string; readonly compiled: Scalar } | undefined;
  return (...at) => {
    const known = values.map((each) => each(...at));
    const key = keyOfAll(known);
    if (last?.key !== key) {
      const scope = called.parameters.reduce(
        (inside, parameter, index) => withValue(inside, parameter.name, known[index] ?? null),
        compiling.scope,
      );
      last = { key, compiled: compileBody(called.body, scope) };
    }
    return last.compiled(...at);
  };
}

function compileBody(body: Syntax, scope: Scope): Scalar {
  const inside = declare(part(body, 'Statements').items, scope);
  return compile(part(body, 'Expression'), { scope: inside, columns: [] });
}

/** The scope after `let` statements. */
export function declare(statements: readonly Syntax[], scope: Scope): Scope {
  return statements.reduce((before, statement) => {
    if (statement.kind !== 'LetStatement') {
      throw new UnsupportedQueryError(`The sandbox does not run the statement ${statement.text}`);
    }
    const declared = part(statement, 'Name').name;
    const expression = part(statement, 'Expression');
    // A call of the function carries its body.
    if (expression.kind === 'FunctionDeclaration') return before;
    return expression.columns !== undefined
      ? withTable(before, declared, () => evaluateTable(expression, before))
      : withValue(before, declared, valueOf(expression, before));
  }, scope);
}

/** A function of the query that gives a table: the arguments, tables among them, are bound to its parameters. */
export function enterFunction(called: CalledFunction, given: readonly Syntax[], scope: Scope): [Syntax, Scope] {
  const inside = called.parameters.reduce((before, { name: parameter, byDefault }, index) => {
    const argument = given[index] ?? byDefault;
    if (!argument) throw new UnsupportedQueryError(`The parameter ${parameter} has no value.`);
    return argument.columns !== undefined
      ? withTable(before, parameter, () => evaluateTable(argument, scope))
      : withValue(before, parameter, valueOf(argument, scope));
  }, scope);
  return [part(called.body, 'Expression'), declare(part(called.body, 'Statements').items, inside)];
}
