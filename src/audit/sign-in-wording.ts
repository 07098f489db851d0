/** How sign-ins are told: who, from where, when, how often, with what result. */
import type { SignInKind, SignIns } from '../inventory/sign-ins';
import { countryName } from './countries';
import { compareText } from './order';
import { codeOf, describeResult } from './sign-in-codes';
import { countOf, groupRows, principalKey, type SomeRows } from './sign-in-events';
import { counted, quoted } from './wording';

/** Results in a sentence stop here. */
const RESULTS_IN_SENTENCE = 2;

/** What signs in, as a sentence begins with it and as it is counted. */
export const KIND_NAMES: Readonly<Record<SignInKind, { readonly one: string; readonly many: string }>> = {
  user: { one: 'User', many: 'users' },
  servicePrincipal: { one: 'Service principal', many: 'service principals' },
  managedIdentity: { one: 'Managed identity', many: 'managed identities' },
  sqlLogin: { one: 'SQL login', many: 'SQL logins' },
};

/** The newest name in the rows of one principal; its id where no row has one. */
export function nameOf(rows: SomeRows): string {
  let named: SignIns | null = null;
  for (const row of rows) {
    if (row.principalName !== '' && (named === null || row.last > named.last)) {
      named = row;
    }
  }
  return named?.principalName ?? rows[0].principalId;
}

/** `User “ada@contoso.example” (11111111-…)`, `SQL login “sa”` */
export function describePrincipal(rows: SomeRows): string {
  const [row] = rows;
  const name = nameOf(rows);
  const id = row.principalId === '' || row.principalId === name.toLowerCase() ? '' : ` (${row.principalId})`;
  return `${KIND_NAMES[row.kind].one} ${quoted(name)}${id}`;
}

/** `Berlin, Germany`; empty where unknown. */
export function placeOf({ city, country }: SignIns): string {
  return [city, country === '' ? '' : countryName(country)].filter((part) => part !== '').join(', ');
}

/** `from 203.0.113.7 (Berlin, Germany)`, `from 3 addresses, among them 203.0.113.7 (Berlin, Germany)` */
export function describeOrigin(rows: SomeRows): string {
  const byAddress = byCount(rows, ({ address }) => address);
  const row = newest(byAddress[0]);
  if (row.address === '') {
    return byAddress.length > 1 ? `from ${byAddress.length} addresses` : 'from an address that the log does not tell';
  }
  const place = placeOf(row);
  const address = `${row.address} (${place === '' ? 'unknown place' : place})`;
  return byAddress.length > 1 ? `from ${byAddress.length} addresses, among them ${address}` : `from ${address}`;
}

/** `from 2026-11-22 02:10 to 02:34 UTC`, `at 2026-11-22 02:10 UTC` */
export function describeTimes(rows: SomeRows): string {
  const { first, last } = spanOf(rows);
  const [begin, end] = [minute(first), minute(last)];
  if (begin === end) {
    return `at ${begin} UTC`;
  }
  return `from ${begin} to ${end.slice(0, 10) === begin.slice(0, 10) ? end.slice(11) : end} UTC`;
}

/** `2026-11-22 02:10` (UTC) */
export function minute(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}

/** `AADSTS50126 (wrong name or password) and AADSTS50053 (…)`, the most frequent first. */
export function describeResults(rows: SomeRows): string {
  const results = onePerResult(rows).map(describeResult);
  const more = results.length - RESULTS_IN_SENTENCE;
  const shown = results.slice(0, RESULTS_IN_SENTENCE);
  return more > 0 ? `${shown.join(', ')} and ${counted(more, 'other result')}` : shown.join(' and ');
}

/** What to do about the results, each advice once, that for the most frequent first. */
export function adviceFor(rows: SomeRows): readonly string[] {
  return [...new Set(onePerResult(rows).map((row) => codeOf(row).advice))].slice(0, RESULTS_IN_SENTENCE);
}

/** A row with each result, that of the most frequent first. */
function onePerResult(rows: SomeRows): readonly SignIns[] {
  return byCount(rows, (row) => codeOf(row).number).map(([row]) => row);
}

/** `3 users`, of the kind of the first row. */
export function countPrincipals(rows: SomeRows): string {
  const count = new Set(rows.map(principalKey)).size;
  const { one, many } = KIND_NAMES[rows[0].kind];
  return count === 1 ? `1 ${one === 'SQL login' ? one : one.toLowerCase()}` : `${count} ${many}`;
}

/** Of all rows together. */
export function spanOf(rows: SomeRows): { readonly first: Date; readonly last: Date } {
  let first = Infinity;
  let last = -Infinity;
  for (const row of rows) {
    first = Math.min(first, row.first.getTime());
    last = Math.max(last, row.last.getTime());
  }
  return { first: new Date(first), last: new Date(last) };
}

/** Rows with the same key together, the most sign-ins first; where as many, in the order of the keys. */
export function byCount(rows: SomeRows, keyOf: (row: SignIns) => string): readonly [SomeRows, ...SomeRows[]] {
  const groups = [...groupRows(rows, keyOf)]
    .map(([key, same]) => ({ key, same, count: countOf(same) }))
    .sort((a, b) => b.count - a.count || compareText(a.key, b.key));
  const [most = rows, ...others] = groups.map(({ same }) => same);
  return [most, ...others];
}

function newest(rows: SomeRows): SignIns {
  return rows.reduce((found, row) => (row.last > found.last ? row : found));
}

/** The end of the latest of these rows. */
export function latestOf(rows: SomeRows): Date {
  return spanOf(rows).last;
}
