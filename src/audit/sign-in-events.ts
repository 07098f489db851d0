/**
 * What checks on sign-ins share: rows that tell the same sign-ins merged, and which of them count as what. A check first
 * picks the rows it is about and then merges them, as most rows tell of successes.
 */
import type { SignIns } from '../inventory/sign-ins';
import { codeOf, type ResultKind } from './sign-in-codes';

const MINUTE_MS = 60_000;

/** Slots that rows are counted in; aligned to the clock. */
export const SLOT_MS = { success: 60 * MINUTE_MS, failure: 10 * MINUTE_MS } as const;

/** The rows of several sources as one list. */
export function rowsOf(...sources: readonly (readonly SignIns[])[]): readonly SignIns[] {
  const [first = [], ...more] = sources.filter((rows) => rows.length > 0);
  return more.length === 0 ? first : [first, ...more].flat();
}

/** Those that ended in one of these kinds of results, each sign-in once. */
export function resultingIn(rows: readonly SignIns[], kinds: ReadonlySet<ResultKind>): readonly SignIns[] {
  return mergeRows(rows.filter((row) => kinds.has(codeOf(row).kind)));
}

/**
 * Each sign-in once: several Log Analytics workspaces may have got the same ones, and then the larger number of a slot
 * counts, never the sum. Rows of one workspace are different sign-ins as they stand.
 */
export function mergeRows(rows: readonly SignIns[]): readonly SignIns[] {
  if (rows.every(({ readFrom }) => readFrom === rows[0]?.readFrom)) {
    return rows;
  }
  const slots = new Map<string, SignIns[]>();
  for (const row of rows) {
    const key = slotKey(row);
    const known = slots.get(key);
    if (known === undefined) {
      slots.set(key, [row]);
    } else {
      addTo(known, row);
    }
  }
  return [...slots.values()].map((workspaces) =>
    workspaces.reduce((a, b) => (b.count > a.count ? joined(b, a, b.count) : joined(a, b, a.count))),
  );
}

/** To the row of its workspace, of which there is one in the list at most. */
function addTo(workspaces: SignIns[], row: SignIns): void {
  const index = workspaces.findIndex(({ readFrom }) => readFrom === row.readFrom);
  const known = workspaces[index];
  if (known === undefined) {
    workspaces.push(row);
  } else {
    workspaces[index] = joined(known, row, known.count + row.count);
  }
}

/** What is the same sign-ins in two workspaces. */
function slotKey(row: SignIns): string {
  const length = codeOf(row).kind === 'success' ? SLOT_MS.success : SLOT_MS.failure;
  const slot = Math.floor(row.first.getTime() / length);
  const where = `${row.address}\n${row.country}`;
  const what = `${row.applicationId}\n${row.resource}\n${row.result}\n${row.credentialKeyId}\n${row.interactive}`;
  return `${slot}\n${row.kind}\n${principalKey(row)}\n${where}\n${what}`;
}

/** What the first says, but for number and times. */
function joined(row: SignIns, other: SignIns, count: number): SignIns {
  return {
    ...row,
    count,
    first: row.first <= other.first ? row.first : other.first,
    last: row.last >= other.last ? row.last : other.last,
  };
}

/** Who it is: the object id or login; of an account that does not exist the name that was tried, lower-cased. */
export function principalKey({ principalId, principalName }: SignIns): string {
  return principalId === '' ? principalName.toLowerCase() : principalId;
}

/** What an incident rests on. */
export type SomeRows = readonly [SignIns, ...SignIns[]];

export function areSome(rows: readonly SignIns[]): rows is SomeRows {
  return rows.length > 0;
}

/** Rows with the same key together. */
export function groupRows(rows: readonly SignIns[], keyOf: (row: SignIns) => string): ReadonlyMap<string, SomeRows> {
  const groups = new Map<string, [SignIns, ...SignIns[]]>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, [row]);
    } else {
      known.push(row);
    }
  }
  return groups;
}

/** How many sign-ins. */
export function countOf(rows: readonly SignIns[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

/** What somebody gets who tries passwords that are not theirs. */
export const GUESSES: ReadonlySet<ResultKind> = new Set(['badPassword', 'unknownAccount', 'locked', 'expiredPassword']);

/**
 * Whether a row may tell of somebody who tries. What programs of a user do of themselves does not: they go on with a
 * password that was changed, or with a session that has ended.
 */
export function isAttempt({ kind, interactive }: SignIns): boolean {
  return kind !== 'user' || interactive;
}
