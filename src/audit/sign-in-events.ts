/**
 * What checks on sign-ins share: rows that tell the same sign-ins merged, and which of them count as what. A check first
 * picks the rows it is about and then merges them, as most rows tell of successes.
 */
import type { SignInKind, SignIns } from '../inventory/sign-ins';
import type { SignInSource } from '../inventory/sources';
import type { Facts } from './check';
import { codeOf, type ResultKind } from './sign-in-codes';

const MINUTE_MS = 60_000;

/** Slots that rows are counted in; aligned to the clock. */
export const SLOT_MS = { success: 60 * MINUTE_MS, failure: 10 * MINUTE_MS } as const;

/** Sources of rows, by what signs in. */
export const SIGN_IN_KINDS = {
  user: 'userSignIns',
  servicePrincipal: 'servicePrincipalSignIns',
  managedIdentity: 'managedIdentitySignIns',
  sqlLogin: 'sqlLogins',
} as const satisfies Readonly<Record<SignInKind, SignInSource>>;

type RowSource = (typeof SIGN_IN_KINDS)[SignInKind];

/** All rows of the sources that a check requires. */
export function rowsIn(facts: Partial<Facts<RowSource>>): readonly SignIns[] {
  const read = Object.values(SIGN_IN_KINDS).flatMap((source) => {
    const rows = facts[source];
    return rows === undefined || rows.length === 0 ? [] : [rows];
  });
  return read.length === 1 && read[0] !== undefined ? read[0] : read.flat();
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
  const slots = new Map<string, Map<string, SignIns>>();
  for (const row of rows) {
    const key = slotKey(row);
    const byWorkspace = slots.get(key) ?? new Map<string, SignIns>();
    slots.set(key, byWorkspace);
    const known = byWorkspace.get(row.readFrom);
    byWorkspace.set(row.readFrom, known === undefined ? row : joined(known, row, known.count + row.count));
  }
  return [...slots.values()].map((byWorkspace) =>
    [...byWorkspace.values()].reduce((a, b) => (b.count > a.count ? joined(b, a, b.count) : joined(a, b, a.count))),
  );
}

/** What is the same sign-ins in two workspaces. */
function slotKey(row: SignIns): string {
  const length = codeOf(row).kind === 'success' ? SLOT_MS.success : SLOT_MS.failure;
  return [
    Math.floor(row.first.getTime() / length),
    row.kind,
    principalKey(row),
    row.address,
    row.country,
    row.applicationId,
    row.resource,
    row.result,
    row.credentialKeyId,
    row.interactive,
  ].join('\n');
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
