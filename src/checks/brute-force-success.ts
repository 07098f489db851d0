import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { group } from '../audit/lookup';
import { inNetworks } from '../audit/networks';
import { codeOf } from '../audit/sign-in-codes';
import { countOf, GUESSES, isAttempt, mergeRows, rowsOf } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { accountKey, principalSubject } from '../audit/sign-in-subjects';
import {
  describeOrigin,
  describePrincipal,
  describeResults,
  describeTimes,
  minute,
  nameOf,
} from '../audit/sign-in-wording';
import { command, counted } from '../audit/wording';
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
    const failed = group(
      mergeRows(rows.filter(isGuess)).flatMap((row) =>
        row.address === '' || isTrusted(row.address) ? [] : [[source(row), row] as const],
      ),
    );
    const suspects = new Map([...failed].filter(([, own]) => countOf(own) >= context.options.failures));
    const succeeded = group(
      mergeRows(rows.filter((row) => codeOf(row).kind === 'success' && suspects.has(source(row)))).map((row) => [
        source(row),
        row,
      ]),
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
  readonly failures: readonly SignIns[];
  /** The first success after enough of them. */
  readonly success: SignIns;
  readonly at: Date;
}

/**
 * Of the successes in a slot the times of the first and the last are known, and one of these two follows on any failures
 * that one between them would.
 */
function guessAmong(failures: readonly SignIns[], successes: readonly SignIns[], limits: Options): Guess | null {
  const length = limits.withinMinutes * MINUTE_MS;
  const byLast = [...failures].sort((a, b) => a.last.getTime() - b.last.getTime());
  const byFirst = [...failures].sort((a, b) => a.first.getTime() - b.first.getTime());
  const times = successes
    .flatMap((success) => [
      { success, at: success.first },
      { success, at: success.last },
    ])
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const before = new Set<SignIns>();
  let sum = 0;
  let entered = 0;
  let left = 0;
  for (const { success, at } of times) {
    const since = at.getTime() - length;
    for (let next = byLast[entered]; next !== undefined && next.last <= at; next = byLast[entered]) {
      entered += 1;
      if (next.first.getTime() >= since) {
        before.add(next);
        sum += next.count;
      }
    }
    for (let next = byFirst[left]; next !== undefined && next.first.getTime() < since; next = byFirst[left]) {
      left += 1;
      if (before.delete(next)) {
        sum -= next.count;
      }
    }
    if (sum >= limits.failures) {
      return { failures: [...before], success, at };
    }
  }
  return null;
}

function judge({ failures, success, at }: Guess, context: CheckContext<Options>): Verdict {
  const sql = success.kind === 'sqlLogin';
  return incident({
    subject: sourceSubject(failures, context),
    severity: sql ? 'critical' : 'high',
    message: `${describePrincipal(failures)} failed to sign in ${counted(countOf(failures), 'time')} ${describeOrigin(failures)}, ${describeTimes(failures)}, and got in from there at ${minute(at)} UTC: ${describeResults(failures)}. Take the password for guessed until its owner says that it was they.`,
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

function disabling(failures: readonly SignIns[]): readonly string[] {
  return [
    'In the database master of the server, and then end its sessions with KILL:',
    `ALTER LOGIN [${nameOf(failures).replaceAll(']', ']]')}] DISABLE;`,
  ];
}

function revoking(userId: string): readonly string[] {
  return [
    'Set a new password, see that the second factor is the owner’s, and revoke the sessions:',
    command`Revoke-MgUserSignInSession -UserId ${userId}`,
  ];
}

/** One account may be guessed from several addresses, and each is an incident. */
function sourceSubject(failures: readonly SignIns[], { portal }: CheckContext<Options>) {
  const subject = principalSubject(failures, portal);
  return { ...subject, id: `${subject.id}/${failures[0]?.address ?? ''}` };
}
