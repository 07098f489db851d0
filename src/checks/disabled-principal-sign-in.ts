import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import type { Severity } from '../audit/finding';
import { group } from '../audit/lookup';
import { codeOf } from '../audit/sign-in-codes';
import { countOf, isAttempt, mergeRows, rowsOf } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { accountKey, describeWatched, principalSubject, watchedById } from '../audit/sign-in-subjects';
import {
  describeOrigin,
  describePrincipal,
  describeResults,
  describeTimes,
  latestOf,
  minute,
} from '../audit/sign-in-wording';
import { command, counted } from '../audit/wording';
import type { SignIns, WatchedPrincipal } from '../inventory/sign-ins';

export default defineTenantCheck({
  id: 'disabled-principal-sign-in',
  title: 'Nobody signs in as a disabled principal',
  severity: 'high',
  why: 'An application that was disabled and still tries is a pipeline or job that stands still; a person who was, and tries, may be somebody who left, or somebody else with the old password. One that gets in nevertheless is not disabled at all.',
  remediation: [
    'Find out who disabled it, when and why.',
    'Enable it where that was a mistake; otherwise find what still uses it, by the addresses, and remove that.',
    'Take away its roles, and revoke its sessions.',
  ],
  link: 'https://learn.microsoft.com/entra/identity/users/users-revoke-access',
  techniques: ['T1078.004'],
  requires: ['userSignIns', 'servicePrincipalSignIns', 'sqlLogins'],
  partial: true,
  options: z.strictObject({}),
  evaluate: ({ userSignIns, servicePrincipalSignIns, sqlLogins }, context) => {
    const rows = rowsOf(userSignIns, servicePrincipalSignIns, sqlLogins);
    const { watch } = context.signIns;
    const principals = watchedById(watch);
    const takenAt = new Date(watch.takenAt);
    const isRefused = (row: SignIns): boolean => isAttempt(row) && codeOf(row).kind === 'disabled';
    // Disabled when the inventory was read, and signed in afterwards.
    const gotIn = (row: SignIns): boolean =>
      principals.get(row.principalId)?.enabled === false && row.last > takenAt && codeOf(row).kind === 'success';
    const found = mergeRows(rows.filter((row) => isRefused(row) || gotIn(row)));
    const byAccount = [...group(found.map((row) => [accountKey(row), row])).values()];
    return [
      ...byAccount.map((own) => {
        const refused = own.filter(isRefused);
        return refused.length < own.length
          ? judgeSuccess(own.filter(gotIn), principals, context)
          : judgeRefusal(refused, principals, context);
      }),
      ...passes(rows, found, 'none of a disabled principal', context),
    ];
  },
});

function judgeRefusal(
  own: readonly SignIns[],
  principals: ReadonlyMap<string, WatchedPrincipal>,
  { portal }: CheckContext<unknown>,
): Verdict {
  const principal = principals.get(own[0]?.principalId ?? '');
  const application = own[0]?.kind === 'servicePrincipal';
  const concerns = describeWatched(principal);
  const severity: Severity = application && concerns !== '' ? 'high' : 'medium';
  return incident({
    subject: principalSubject(own, portal),
    severity,
    message: [
      `${describePrincipal(own)} is disabled and still tried to sign in, ${counted(countOf(own), 'time')} ${describeOrigin(own)}, ${describeTimes(own)}: ${describeResults(own)}.`,
      application
        ? 'Whatever runs with it stands still.'
        : 'It is the owner, who does not know, or somebody who has the old password.',
      concerns,
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    rows: own,
    technique: 'T1078.004',
    evidence: { gotIn: false, workspaces: principal?.workspaces ?? [] },
    remediation: application
      ? [
          'If it was disabled by mistake, enable it:',
          command`az ad sp update --id ${own[0]?.principalId ?? ''} --set accountEnabled=true`,
          'Otherwise find by the addresses what still uses it, give that another identity, and remove the roles of this one.',
        ]
      : [
          'Ask the owner, or the manager of somebody who left. If it was not the owner, see what else comes from these addresses.',
          'Remove the account’s roles in Synapse.',
        ],
    lookBy: 'principal',
  });
}

function judgeSuccess(
  own: readonly SignIns[],
  principals: ReadonlyMap<string, WatchedPrincipal>,
  { portal, signIns }: CheckContext<unknown>,
): Verdict {
  const principal = principals.get(own[0]?.principalId ?? '');
  const taken = minute(new Date(signIns.watch.takenAt));
  return incident({
    subject: principalSubject(own, portal),
    severity: 'high',
    message: [
      `${describePrincipal(own)} was disabled at ${taken} UTC, when the directory was read, and signed in after that, last at ${minute(latestOf(own))} UTC ${describeOrigin(own)}: it was enabled since, or its sessions still hold.`,
      describeWatched(principal),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    rows: own,
    technique: 'T1078.004',
    evidence: { gotIn: true, workspaces: principal?.workspaces ?? [] },
    remediation: [
      'See in the audit log of Entra ID who enabled it, and ask why. If nobody did, revoke its sessions:',
      own[0]?.kind === 'user'
        ? command`Revoke-MgUserSignInSession -UserId ${own[0].principalId}`
        : 'Delete the credentials of the service principal and of its application.',
    ],
    lookBy: 'principal',
  });
}
