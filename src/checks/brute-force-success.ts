import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import type { Subject } from '../audit/finding';
import { inNetworks } from '../audit/networks';
import { codeOf } from '../audit/sign-in-codes';
import {
  areSome,
  countOf,
  groupRows,
  GUESSES,
  isAttempt,
  mergeRows,
  rowsOf,
  SLOT_MS,
  type SomeRows,
} from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { accountKey, principalSubject } from '../audit/sign-in-subjects';
import {
  describeOrigin,
  describePrincipal,
  describeResults,
  describeTimes,
  minute,
  nameOf,
  spanOf,
} from '../audit/sign-in-wording';
import { command, counted, sentences } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

const MINUTE_MS = 60_000;

const options = z.strictObject({
  failures: z
    .int()
    .min(2)
    .default(5)
    .describe('So many failures before a success from the same address are more than typing errors.'),
  withinMinutes: z
    .int()
    .min(10)
    .max(600)
    .default(60)
    .describe('The success comes within so many minutes of all these failures.'),
});
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'brute-force-success',
  title: 'Nobody gets in after many failures',
  severity: 'high',
  why: 'An address that fails with an account again and again and then gets in may have guessed the password: from then on whoever sits there can do what the account can.',
  remediation: [
    'Ask the owner whether that was they.',
    'Otherwise change the password, revoke the sessions, and look at what the account did since.',
    'Demand a second factor of the account; replace a SQL login by an Entra principal.',
  ],
  link: 'https://learn.microsoft.com/entra/identity/users/users-revoke-access',
  techniques: ['T1110.001', 'T1078'],
  requires: ['userSignIns', 'sqlLogins'],
  partial: true,
  options,
  evaluate: ({ userSignIns, sqlLogins }, context) => {
    const rows = rowsOf(userSignIns, sqlLogins);
    const isTrusted = inNetworks(context.signIns.trustedNetworks);
    const failed = groupRows(
      mergeRows(rows.filter(isGuess)).filter(({ address }) => address !== '' && !isTrusted(address)),
      source,
    );
    const suspects = new Map([...failed].filter(([, own]) => countOf(own) >= context.options.failures));
    const succeeded = groupRows(
      mergeRows(rows.filter((row) => codeOf(row).kind === 'success' && suspects.has(source(row)))),
      source,
    );
    const found = [...suspects].flatMap(([key, own]) => {
      const guess = guessAmong(own, succeeded.get(key) ?? [], context.options);
      return guess === null ? [] : [guess];
    });
    return [
      ...found.map((guess) => judge(guess, context)),
      ...passes(
        rows,
        found.flatMap(({ failures }) => failures),
        'nobody got in after many failures',
        context,
      ),
    ];
  },
});

/** A secret of an application is too long to be guessed: where it fits after failures, somebody mended it. */
function isGuess(row: SignIns): boolean {
  return isAttempt(row) && GUESSES.has(codeOf(row).kind);
}

/** An account, and where it is tried from. */
function source(row: SignIns): string {
  return `${accountKey(row)} ${row.address}`;
}

interface Guess {
  readonly failures: SomeRows;
  /** The first success after enough of them. */
  readonly success: SignIns;
  readonly at: Date;
}

/**
 * Of the rows only their first and last times are known, and a run in the middle of a slot knows an earlier last one. So
 * that it finds nothing that a later run would not, whole rows count: the failures that began before the last success of
 * an hour, and ended no longer than the limit before the first.
 */
function guessAmong(failures: readonly SignIns[], successes: readonly SignIns[], limits: Options): Guess | null {
  const byFirst = [...failures].sort((a, b) => a.first.getTime() - b.first.getTime());
  const byLast = [...failures].sort((a, b) => a.last.getTime() - b.last.getTime());
  const before = new Set<SignIns>();
  let count = 0;
  let entered = 0;
  let left = 0;
  for (const hour of byHour(successes)) {
    const { first, last: until } = spanOf(hour);
    const since = first.getTime() - limits.withinMinutes * MINUTE_MS;
    for (let next = byFirst[entered]; next !== undefined && next.first <= until; next = byFirst[entered]) {
      entered += 1;
      count += next.count;
      before.add(next);
    }
    for (let next = byLast[left]; next !== undefined && next.last.getTime() < since; next = byLast[left]) {
      left += 1;
      count -= next.count;
      before.delete(next);
    }
    const found = [...(count >= limits.failures ? before : [])];
    if (areSome(found)) {
      return { failures: found, ...successAfter(found, hour, limits) };
    }
  }
  return null;
}

/** Successes of the same hour of the clock, hour by hour. */
function byHour(successes: readonly SignIns[]): readonly SomeRows[] {
  const sorted = [...successes].sort((a, b) => a.first.getTime() - b.first.getTime());
  return [...groupRows(sorted, ({ first }) => String(Math.floor(first.getTime() / SLOT_MS.success))).values()];
}

/** The first that is known of after enough failures had begun: there is one, as all of them began before the last. */
function successAfter(failures: SomeRows, hour: SomeRows, limits: Options): Omit<Guess, 'failures'> {
  return hour
    .flatMap((success) => [
      { success, at: success.first },
      { success, at: success.last },
    ])
    .filter(({ at }) => countOf(failures.filter(({ first }) => first <= at)) >= limits.failures)
    .reduce((a, b) => (b.at < a.at ? b : a));
}

function judge({ failures, success, at }: Guess, context: CheckContext<Options>): Verdict {
  const sql = success.kind === 'sqlLogin';
  return incident({
    subject: sourceSubject(failures, context),
    severity: sql ? 'critical' : 'high',
    message: sentences(
      `${describePrincipal(failures)} failed to sign in ${counted(countOf(failures), 'time')} ${describeOrigin(failures)}, ${describeTimes(failures)}, and got in from there at ${minute(at)} UTC: ${describeResults(failures)}.`,
      'Take the password for guessed until its owner says that it was they.',
    ),
    rows: failures,
    technique: 'T1110.001',
    evidence: { techniqueAfter: 'T1078', signedInAt: at.toISOString(), signedInTo: success.resource },
    remediation: [
      'Ask the owner of the account whether that was they, by another way than mail. If not, at once:',
      ...(sql ? disabling(failures) : revoking(success.principalId)),
      'Look at what the account did since, and from where else it signed in.',
    ],
    lookBy: 'principal',
  });
}

function disabling(failures: SomeRows): readonly string[] {
  // A line of its own could end the batch.
  const name = nameOf(failures)
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll(']', ']]');
  return [
    'In the database master of the server, and then end its sessions with KILL:',
    `ALTER LOGIN [${name}] DISABLE;`,
  ];
}

function revoking(userId: string): readonly string[] {
  return [
    'Set a new password, see that the second factor is the owner’s, and revoke the sessions:',
    command`Revoke-MgUserSignInSession -UserId ${userId}`,
  ];
}

/** One account may be guessed from several addresses, and each is an incident. */
function sourceSubject(failures: SomeRows, { portal }: CheckContext<Options>): Subject {
  const subject = principalSubject(failures, portal);
  return { ...subject, id: `${subject.id}/${failures[0].address}` };
}
