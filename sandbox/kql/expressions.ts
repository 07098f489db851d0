/** Compiles an expression to a function of a row, with Kusto's three-valued logic: unknown is `null`. */
import { convert, member, toReal } from './conversions';
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
  magnitudeOf,
  nothingOf,
  parseMoment,
  parseSpan,
  textOf,
  Timespan,
  UnsupportedQueryError,
  type Row,
  type Value,
} from './values';

/** `rows` are all rows of the table and `index` says which one is meant: `prev()` looks at its neighbours. */
export type Scalar = (row: Row, rows: readonly Row[], index: number) => Value;

export interface Compiling {
  readonly scope: Scope;
  /** Calls that were calculated before, such as the aggregates within a summarized expression, by their text. */
  readonly known?: ReadonlyMap<string, Scalar>;
}

/** @throws UnsupportedQueryError naming what the sandbox does not have */
export function compile(syntax: Syntax, compiling: Compiling): Scalar {
  const { scope } = compiling;
  const known = compiling.known?.get(syntax.text);
  if (known) return known;
  const inner = (name: string): Scalar => compile(part(syntax, name), compiling);

  switch (syntax.kind) {
    case 'ParenthesizedExpression':
    case 'SimpleNamedExpression':
      return inner('Expression');
    case 'LiteralExpression':
    case 'CompoundStringLiteralExpression':
      return always(literal(syntax));
    case 'TypeOfLiteralExpression':
      return always(typeIn(syntax));
    case 'DynamicExpression':
      return always(json(part(syntax, 'Expression')));
    case 'NameReference':
      return name(syntax, scope);
    case 'PathExpression': {
      const from = inner('Expression');
      const key = part(syntax, 'Selector').name;
      return (...at) => member(from(...at), key);
    }
    case 'ElementExpression': {
      const from = inner('Expression');
      const key = compile(part(part(syntax, 'Selector'), 'Expression'), compiling);
      return (...at) => member(from(...at), key(...at));
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
      const [column] = columns;
      return always(column === undefined ? null : (rows[0]?.[column.name] ?? nothingOf(column.type)));
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

function literal({ kind, type, literal: value, text }: Syntax): Value {
  if (kind === 'CompoundStringLiteralExpression' || type === 'string') return String(value ?? '');
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
    return negative(syntax, always(json(part(syntax, 'Expression'))))({}, [], 0);
  return literal(syntax);
}

function name({ name: called, refersTo, type }: Syntax, scope: Scope): Scalar {
  if (refersTo === 'ColumnSymbol') return (row) => row[called] ?? nothingOf(type);
  return always(valueIn(scope, called));
}

function negative(syntax: Syntax, value: Scalar): Scalar {
  const minus = part(syntax, 'Operator').text === '-';
  return (...at) => {
    const known = value(...at);
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
    return (...at) => {
      const found = compare(left(...at), right(...at));
      return found === null ? null : order(found);
    };
  }
  if (operator === '==' || operator === '!=') {
    requireComparable(syntax, from, to);
    return (...at) => {
      const same = equals(left(...at), right(...at));
      return same === null ? null : same === (operator === '==');
    };
  }
  const match = matcherOf(operator);
  if (match) return (...at) => match(textOf(left(...at)), textOf(right(...at)));
  if (!'+-*/%'.includes(operator)) {
    throw new UnsupportedQueryError(`The sandbox does not evaluate the operator ${operator}: ${syntax.text}`);
  }
  const whole = isWhole(from) && isWhole(to);
  return (...at) => calculate(operator, left(...at), right(...at), whole);
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
  return (...at) => {
    const first = left(...at);
    if (first === decisive) return decisive;
    const second = right(...at);
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
      return whole ? (b === 0 ? null : Math.trunc(a / b)) : a / b;
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

/** Values of a list in parentheses: lists in it are taken apart, and of a table its first column. */
function listed(syntax: Syntax, compiling: Compiling): (...at: Parameters<Scalar>) => readonly Value[] {
  const parts = listIn(syntax, 'Right').map((item): ((...at: Parameters<Scalar>) => readonly Value[]) => {
    if (item.columns !== undefined) {
      const table = evaluateTable(item, compiling.scope);
      const values = table.rows.map((row) => row[table.columns[0]?.name ?? ''] ?? null);
      return () => values;
    }
    const value = compile(item, compiling);
    return (...at) => {
      const known = value(...at);
      return isList(known) ? known : [known];
    };
  });
  return (...at) => parts.flatMap((each) => each(...at));
}

/** A null is in no list, and out of every one. */
function within(syntax: Syntax, compiling: Compiling): Scalar {
  const operator = part(syntax, 'Operator').text;
  const value = compile(part(syntax, 'Left'), compiling);
  const values = listed(syntax, compiling);
  const fold = operator.endsWith('~');
  const key = (each: Value): string => keyOf(fold && typeof each === 'string' ? each.toLowerCase() : each);
  let last: { readonly from: readonly Value[]; readonly keys: ReadonlySet<string> } | undefined;
  return (...at) => {
    const from = values(...at);
    // Mostly the same list for every row.
    if (last?.from.length !== from.length || !from.every((each, index) => each === last?.from[index])) {
      last = { from, keys: new Set(from.map(key)) };
    }
    return last.keys.has(key(value(...at))) !== operator.startsWith('!');
  };
}

function hasSeveral(syntax: Syntax, compiling: Compiling): Scalar {
  const value = compile(part(syntax, 'Left'), compiling);
  const terms = listed(syntax, compiling);
  return (...at) => {
    const text = textOf(value(...at));
    const has = (term: Value): boolean => hasTerm(text, textOf(term));
    return syntax.kind === 'HasAllExpression' ? terms(...at).every(has) : terms(...at).some(has);
  };
}

function call(syntax: Syntax, compiling: Compiling): Scalar {
  const { scope } = compiling;
  const given = listIn(syntax, 'ArgumentList');
  const called = part(syntax, 'Name').name;
  if (syntax.called) return callOwn(syntax.called, given, compiling);
  const values = given.map((argument) => compile(argument, compiling));
  const value = (index: number, ...at: Parameters<Scalar>): Value => values[index]?.(...at) ?? null;

  switch (called) {
    case 'now':
      return (...at) => new Date(scope.now.getTime() + spanOf(value(0, ...at)));
    case 'ago':
      return (...at) => new Date(scope.now.getTime() - spanOf(value(0, ...at)));
    case 'iff':
    case 'iif':
      return (...at) => value(value(0, ...at) === true ? 1 : 2, ...at);
    case 'case':
      return (...at) => {
        const hit = values.findIndex(
          (_, index) => index % 2 === 0 && index < values.length - 1 && value(index, ...at) === true,
        );
        return value(hit < 0 ? values.length - 1 : hit + 1, ...at);
      };
    case 'column_ifexists': {
      const column = String(given[0]?.literal ?? '');
      return (row, ...rest) => (column in row ? (row[column] ?? null) : value(1, row, ...rest));
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
      return (...at) => calculate(...values.map((each) => each(...at)));
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
    const key = known.map(keyOf).join();
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
  return compile(part(body, 'Expression'), { scope: declare(part(body, 'Statements').items, scope) });
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
      : withValue(before, declared, compile(expression, { scope: before })({}, [], 0));
  }, scope);
}

/** A function of the query that gives a table: the arguments, tables among them, are bound to its parameters. */
export function enterFunction(called: CalledFunction, given: readonly Syntax[], scope: Scope): [Syntax, Scope] {
  const inside = called.parameters.reduce((before, { name: parameter, byDefault }, index) => {
    const argument = given[index] ?? byDefault;
    if (!argument) throw new UnsupportedQueryError(`The parameter ${parameter} has no value.`);
    return argument.columns !== undefined
      ? withTable(before, parameter, () => evaluateTable(argument, scope))
      : withValue(before, parameter, compile(argument, { scope })({}, [], 0));
  }, scope);
  return [part(called.body, 'Expression'), declare(part(called.body, 'Statements').items, inside)];
}
