import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import type { Severity, Subject } from '../audit/finding';
import { inNetworks } from '../audit/networks';
import { codeOf, type ResultKind } from '../audit/sign-in-codes';
import {
  areSome,
  countOf,
  groupRows,
  GUESSES,
  isAttempt,
  mergeRows,
  principalKey,
  rowsOf,
  type SomeRows,
} from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { accountKey, addressSubject, principalSubject } from '../audit/sign-in-subjects';
import {
  adviceFor,
  countPrincipals,
  describeOrigin,
  describePrincipal,
  describeResults,
  describeTimes,
} from '../audit/sign-in-wording';
import { inSpans, KeyCounts, tallyOf, type Tally } from '../audit/spans';
import { counted, sentences } from '../audit/wording';
import type { SignInKind, SignIns } from '../inventory/sign-ins';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const options = z.strictObject({
  failures: z
    .int()
    .positive()
    .default(10)
    .describe('So many failed sign-ins of a user or service principal within `withinMinutes` are a burst.'),
  sqlFailures: z
    .int()
    .positive()
    .default(5)
    .describe('So many failed SQL logins from one address within `withinMinutes` are a burst.'),
  sqlLogins: z
    .int()
    .min(2)
    .default(3)
    .describe('So many different SQL logins that fail from one address within `withinMinutes` are a burst as well.'),
  withinMinutes: z.int().min(1).max(60).default(10).describe('Length of a burst, in minutes.'),
  failuresAnHour: z
    .int()
    .positive()
    .default(20)
    .describe('So many failures within an hour are a burst too: who is careful tries slowly.'),
});
type Options = z.infer<typeof options>;

const WITH_UNKNOWN: ReadonlySet<ResultKind> = new Set([...GUESSES, 'secondFactor', 'unknown']);

/** What counts as a failed login; the other failures have checks of their own. */
const FAILURES: Readonly<Record<SignInKind, ReadonlySet<ResultKind>>> = {
  user: WITH_UNKNOWN,
  servicePrincipal: new Set(['wrongCredential']),
  managedIdentity: new Set(),
  sqlLogin: new Set([...WITH_UNKNOWN, 'rejectedAssertion']),
};

export default defineTenantCheck({
  id: 'failed-login-burst',
  title: 'Sign-ins don’t fail in bursts',
  severity: 'medium',
  why: 'Many failures within minutes are somebody who tries passwords, or a program that goes on with an old one: the first may succeed in the end, the second locks the account for everybody.',
  remediation: [
    'See whose address it is, and whether a program of your own runs there.',
    'Ask the owner of the account; correct the password where a program has an old one.',
    'Stop a stranger: with the firewall of the workspace, with conditional access, by disabling SQL logins.',
    'Switch to Entra-only authentication, which leaves no SQL password to guess.',
  ],
  link: 'https://learn.microsoft.com/entra/identity/authentication/howto-password-smart-lockout',
  techniques: ['T1110'],
  requires: ['userSignIns', 'servicePrincipalSignIns', 'sqlLogins'],
  partial: true,
  options,
  evaluate: ({ userSignIns, servicePrincipalSignIns, sqlLogins }, context) => {
    const rows = rowsOf(userSignIns, servicePrincipalSignIns, sqlLogins);
    const failed = mergeRows(rows.filter(isFailure));
    const isTrusted = inNetworks(context.signIns.trustedNetworks);
    const bursts = [...groupRows(failed, whoOrWhere).values()]
      .map((own) => burstOf(own, context.options))
      .filter(areSome);
    return [
      ...bursts.map((burst) => judge(burst, isTrusted, context)),
      ...passes(rows, bursts.flat(), 'no burst of failures', context),
    ];
  },
});

function isFailure(row: SignIns): boolean {
  return isAttempt(row) && FAILURES[row.kind].has(codeOf(row).kind);
}

/** SQL tells no account behind a login, so that the address is what tries; an unknown address is nobody’s. */
function whoOrWhere(row: SignIns): string {
  return row.kind === 'sqlLogin' && row.address !== '' ? `sqlLogin/${row.address}` : `${row.kind} ${accountKey(row)}`;
}

/** The rows of all bursts among those of one account or address, of which only an address has several logins. */
function burstOf(rows: SomeRows, { failures, sqlFailures, sqlLogins, ...limits }: Options): readonly SignIns[] {
  const count = (row: SignIns): number => row.count;
  const found = new Set([
    ...inSpans(
      rows,
      limits.withinMinutes * MINUTE_MS,
      tallyOf(count, rows[0].kind === 'sqlLogin' ? sqlFailures : failures),
    ),
    ...inSpans(rows, limits.withinMinutes * MINUTE_MS, tallyOfLogins(sqlLogins)),
    ...inSpans(rows, HOUR_MS, tallyOf(count, limits.failuresAnHour)),
  ]);
  return rows.filter((row) => found.has(row));
}

function tallyOfLogins(atLeast: number): Tally<SignIns> {
  const logins = new KeyCounts();
  return {
    add: (row) => {
      logins.add(principalKey(row));
    },
    remove: (row) => {
      logins.remove(principalKey(row));
    },
    meets: () => logins.size >= atLeast,
  };
}

function judge(burst: SomeRows, isTrusted: (address: string) => boolean, context: CheckContext<Options>): Verdict {
  const logins = new Set(burst.map(principalKey)).size;
  const [{ kind }] = burst;
  const address = kind === 'sqlLogin' ? burst[0].address : '';
  const trusted = burst.every((row) => isTrusted(row.address));
  const subject: Subject =
    address === '' ? principalSubject(burst, context.portal) : addressSubject('sqlLogin', address);
  const who = logins > 1 ? countPrincipals(burst) : describePrincipal(burst);
  const severity: Severity = trusted ? 'low' : logins >= context.options.sqlLogins ? 'high' : 'medium';
  return incident({
    subject,
    severity,
    message: sentences(
      `${who} failed ${counted(countOf(burst), 'time')} ${describeOrigin(burst)}, ${describeTimes(burst)}, in bursts: ${describeResults(burst)}.`,
      verdictOn(trusted, logins),
    ),
    rows: burst,
    technique: 'T1110',
    evidence: { trusted },
    remediation: [
      trusted
        ? 'Find the program in your own network that has an old password, and correct it.'
        : 'See whose address it is. If it is nobody of yours, keep it out: with the firewall of the workspace, or with a named location and conditional access.',
      ...adviceFor(burst),
    ],
    lookBy: address === '' ? 'principal' : 'address',
  });
}

function verdictOn(trusted: boolean, logins: number): string {
  if (trusted) {
    return 'It comes from a trusted network: rather a program with an old password than an attack.';
  }
  return logins > 1
    ? 'Somebody tries names and passwords.'
    : 'Somebody tries passwords, or a program goes on with an old one.';
}
