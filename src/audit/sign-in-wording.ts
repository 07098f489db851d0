/** How sign-ins are told: who, from where, when, how often, with what result. */
import type { SignInKind, SignIns } from '../inventory/sign-ins';
import { countryName } from './countries';
import { group } from './lookup';
import { codeOf, describeResult } from './sign-in-codes';
import { countOf, principalKey } from './sign-in-events';
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
export function nameOf(rows: readonly SignIns[]): string {
  const named = rows.filter(({ principalName }) => principalName !== '');
  return newest(named)?.principalName ?? rows[0]?.principalId ?? '';
}

/** `User “ada@contoso.example” (11111111-…)`, `SQL login “sa”` */
export function describePrincipal(rows: readonly SignIns[]): string {
  const [row] = rows;
  if (row === undefined) {
    return '';
  }
  const name = nameOf(rows);
  const id = row.principalId === '' || row.principalId === name.toLowerCase() ? '' : ` (${row.principalId})`;
  return `${KIND_NAMES[row.kind].one} ${quoted(name)}${id}`;
}

/** `Berlin, Germany`; empty where unknown. */
export function placeOf({ city, country }: SignIns): string {
  return [city, country === '' ? '' : countryName(country)].filter((part) => part !== '').join(', ');
}

/** `from 203.0.113.7 (Berlin, Germany)`, `from 3 addresses, among them 203.0.113.7 (Berlin, Germany)` */
export function describeOrigin(rows: readonly SignIns[]): string {
  const byAddress = byCount(rows, ({ address }) => address);
  const [most = []] = byAddress;
  const row = newest(most);
  if (row === undefined || row.address === '') {
    return byAddress.length > 1 ? `from ${byAddress.length} addresses` : 'from an address that the log does not tell';
  }
  const place = placeOf(row);
  const address = `${row.address} (${place === '' ? 'unknown place' : place})`;
  return byAddress.length > 1 ? `from ${byAddress.length} addresses, among them ${address}` : `from ${address}`;
}

/** `from 2026-11-22 02:10 to 02:34 UTC`, `at 2026-11-22 02:10 UTC` */
export function describeTimes(rows: readonly SignIns[]): string {
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
export function describeResults(rows: readonly SignIns[]): string {
  const results = onePerResult(rows).map(describeResult);
  const more = results.length - RESULTS_IN_SENTENCE;
  const shown = results.slice(0, RESULTS_IN_SENTENCE);
  return more > 0 ? `${shown.join(', ')} and ${counted(more, 'other result')}` : shown.join(' and ');
}

/** What to do about the results, each advice once, that for the most frequent first. */
export function adviceFor(rows: readonly SignIns[]): readonly string[] {
  return [...new Set(onePerResult(rows).map((row) => codeOf(row).advice))].slice(0, RESULTS_IN_SENTENCE);
}

/** A row with each result, that of the most frequent first. */
function onePerResult(rows: readonly SignIns[]): readonly SignIns[] {
  return byCount(rows, (row) => codeOf(row).number).flatMap((same) => same.slice(0, 1));
}

/** `3 users`, of the kind of the first row. */
export function countPrincipals(rows: readonly SignIns[]): string {
  const [row] = rows;
  const count = new Set(rows.map(principalKey)).size;
  const { one, many } = KIND_NAMES[row?.kind ?? 'user'];
  return count === 1 ? `1 ${one === 'SQL login' ? one : one.toLowerCase()}` : `${count} ${many}`;
}

/** Of all rows together. */
export function spanOf(rows: readonly SignIns[]): { readonly first: Date; readonly last: Date } {
  let first = Infinity;
  let last = -Infinity;
  for (const row of rows) {
    first = Math.min(first, row.first.getTime());
    last = Math.max(last, row.last.getTime());
  }
  return { first: new Date(first), last: new Date(last) };
}

/** Rows with the same key together, the most sign-ins first; where as many, in the order of the keys. */
export function byCount(rows: readonly SignIns[], keyOf: (row: SignIns) => string): readonly (readonly SignIns[])[] {
  return [...group(rows.map((row) => [keyOf(row), row]))]
    .map(([key, same]) => ({ key, same, count: countOf(same) }))
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
    .map(({ same }) => same);
}

function newest(rows: readonly SignIns[]): SignIns | undefined {
  let found = rows[0];
  for (const row of rows) {
    if (found === undefined || row.last > found.last) {
      found = row;
    }
  }
  return found;
}

/** The end of the latest of these rows. */
export function latestOf(rows: readonly SignIns[]): Date {
  return spanOf(rows).last;
}
