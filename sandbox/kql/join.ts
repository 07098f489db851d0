/** `join` and `lookup`. A null equals nothing, not even a null. */
import { compile, part, type Scalar } from './expressions';
import { parameterOf } from './operators';
import type { Scope } from './scope';
import type { Syntax } from './syntax';
import { evaluateTable } from './tables';
import { keyOfAll, rowOf, UnsupportedQueryError, type Column, type Row, type Table } from './values';

interface Sides {
  readonly left: Table;
  readonly right: Table;
  /** `undefined` where a key is null. */
  readonly leftKey: (row: Row) => string | undefined;
  readonly rightKey: (row: Row) => string | undefined;
}

export function join(operator: Syntax, left: Table, scope: Scope): Table {
  const sides = sidesOf(operator, left, scope);
  const kind = parameterOf(operator, 'kind') ?? 'innerunique';
  const columns = operator.columns ?? [];
  switch (kind) {
    case 'inner':
      return combine(columns, sides, false, false);
    case 'innerunique':
      return combine(columns, { ...sides, left: { ...left, rows: unique(left.rows, sides.leftKey) } }, false, false);
    case 'leftouter':
      return combine(columns, sides, true, false);
    case 'rightouter':
      return combine(columns, sides, false, true);
    case 'fullouter':
      return combine(columns, sides, true, true);
    case 'leftsemi':
    case 'leftanti':
    case 'anti':
    case 'leftantisemi':
      return { columns, rows: matching(left, sides.leftKey, sides.right, sides.rightKey, kind === 'leftsemi') };
    case 'rightsemi':
    case 'rightanti':
    case 'rightantisemi':
      return { columns, rows: matching(sides.right, sides.rightKey, left, sides.leftKey, kind === 'rightsemi') };
    default:
      throw new UnsupportedQueryError(`The sandbox has no join of kind ${kind}.`);
  }
}

/** A join that leaves the keys of the right side out. */
export function lookup(operator: Syntax, left: Table, scope: Scope): Table {
  const sides = sidesOf(operator, left, scope);
  const keys = new Set(conditionsOf(operator).map((condition) => keysIn(condition)[1].name));
  const kept = sides.right.columns.filter(({ name }) => !keys.has(name));
  const kind = parameterOf(operator, 'kind') ?? 'leftouter';
  if (kind !== 'leftouter' && kind !== 'inner')
    throw new UnsupportedQueryError(`The sandbox has no lookup of kind ${kind}.`);
  return combine(operator.columns ?? [], sides, kind === 'leftouter', false, kept);
}

function conditionsOf(operator: Syntax): readonly Syntax[] {
  const clause = operator.children['ConditionClause'] ?? operator.children['LookupClause'];
  if (!clause) throw new UnsupportedQueryError(`The sandbox does not join without a condition: ${operator.text}`);
  return part(clause, 'Expressions').items;
}

/** `on Key`, or `on $left.a == $right.b`; the parser takes no other order. */
function keysIn(condition: Syntax): readonly [Syntax, Syntax] {
  if (condition.kind === 'NameReference') return [condition, condition];
  if (condition.kind === 'BinaryExpression') {
    return [part(part(condition, 'Left'), 'Selector'), part(part(condition, 'Right'), 'Selector')];
  }
  throw new UnsupportedQueryError(`The sandbox does not join on ${condition.text}`);
}

function sidesOf(operator: Syntax, left: Table, scope: Scope): Sides {
  const right = evaluateTable(part(operator, 'Expression'), scope);
  const keys = conditionsOf(operator).map(keysIn);
  return {
    left,
    right,
    leftKey: keyFunction(keys.map(([key]) => compile(key, { scope, columns: left.columns }))),
    rightKey: keyFunction(keys.map(([, key]) => compile(key, { scope, columns: right.columns }))),
  };
}

function keyFunction(keys: readonly Scalar[]): (row: Row) => string | undefined {
  return (row) => {
    const values = keys.map((key) => key(row, [], 0));
    return values.includes(null) ? undefined : keyOfAll(values);
  };
}

function unique(rows: readonly Row[], key: Sides['leftKey']): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const own = key(row);
    if (own === undefined || seen.has(own)) return false;
    seen.add(own);
    return true;
  });
}

/** A row without a key matches none: it stays where those without a match are wanted. */
function matching(
  one: Table,
  oneKey: Sides['leftKey'],
  other: Table,
  otherKey: Sides['leftKey'],
  wanted: boolean,
): Row[] {
  const keys = new Set(other.rows.map(otherKey));
  return one.rows.filter((row) => {
    const key = oneKey(row);
    return (key !== undefined && keys.has(key)) === wanted;
  });
}

/** Columns of the left and then of the right, by their position, as the parser has renamed those of equal names. */
function combine(
  columns: readonly Column[],
  { left, right, leftKey, rightKey }: Sides,
  keepLeft: boolean,
  keepRight: boolean,
  ofRight: readonly Column[] = right.columns,
): Table {
  const byKey = new Map<string, Row[]>();
  for (const row of right.rows) {
    const key = rightKey(row);
    if (key === undefined) continue;
    const others = byKey.get(key);
    if (others) others.push(row);
    else byKey.set(key, [row]);
  }
  const positions = ofRight.map((column) => right.columns.indexOf(column));
  const merge = (one: Row | undefined, other: Row | undefined): Row =>
    rowOf(columns, [...left.columns.map((_, at) => one?.[at]), ...positions.map((at) => other?.[at])]);
  const matched = new Set<Row>();
  const rows = left.rows.flatMap((row) => {
    const key = leftKey(row);
    const partners = key === undefined ? [] : (byKey.get(key) ?? []);
    partners.forEach((partner) => matched.add(partner));
    if (partners.length === 0) return keepLeft ? [merge(row, undefined)] : [];
    return partners.map((partner) => merge(row, partner));
  });
  const alone = keepRight ? right.rows.filter((row) => !matched.has(row)) : [];
  return { columns, rows: [...rows, ...alone.map((row) => merge(undefined, row))] };
}
