import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import type { Severity } from '../audit/finding';
import { codeOf } from '../audit/sign-in-codes';
import { areSome, countOf, groupRows, isAttempt, mergeRows, rowsOf, type SomeRows } from '../audit/sign-in-events';
import { incident, passes } from '../audit/sign-in-incident';
import { accountKey, principalSubject } from '../audit/sign-in-subjects';
import {
  describeOrigin,
  describePrincipal,
  describeResults,
  describeTimes,
  latestOf,
  minute,
} from '../audit/sign-in-wording';
import { watchedById, type Known } from '../audit/known-principals';
import { command, counted, sentences } from '../audit/wording';
import type { SignIns } from '../inventory/sign-ins';

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
    const knownOf = watchedById(watch);
    const takenAt = new Date(watch.takenAt);
    const isRefused = (row: SignIns): boolean => isAttempt(row) && codeOf(row).kind === 'disabled';
    // Disabled when the inventory was read, and signed in afterwards.
    const gotIn = (row: SignIns): boolean =>
      knownOf(row.principalId).principal?.enabled === false && row.last > takenAt && codeOf(row).kind === 'success';
    const found = mergeRows(rows.filter((row) => isRefused(row) || gotIn(row)));
    return [
      ...[...groupRows(found, accountKey).values()].map((own) => {
        const known = knownOf(own[0].principalId);
        const inside = own.filter(gotIn);
        return areSome(inside) ? judgeSuccess(inside, known, context) : judgeRefusal(own, known, context);
      }),
      ...passes(rows, found, 'none of a disabled principal', context),
    ];
  },
});

function judgeRefusal(own: SomeRows, { workspaces, concerns }: Known, { portal }: CheckContext<unknown>): Verdict {
  const [{ kind, principalId }] = own;
  const application = kind === 'servicePrincipal';
  const severity: Severity = application && concerns !== '' ? 'high' : 'medium';
  return incident({
    subject: principalSubject(own, portal),
    severity,
    message: sentences(
      `${describePrincipal(own)} is disabled and still tried to sign in, ${counted(countOf(own), 'time')} ${describeOrigin(own)}, ${describeTimes(own)}: ${describeResults(own)}.`,
      application
        ? 'Whatever runs with it stands still.'
        : 'It is the owner, who does not know, or somebody who has the old password.',
      concerns,
    ),
    rows: own,
    technique: 'T1078.004',
    evidence: { gotIn: false, workspaces },
    remediation: application
      ? [
          'If it was disabled by mistake, enable it:',
          command`az ad sp update --id ${principalId} --set accountEnabled=true`,
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
  own: SomeRows,
  { workspaces, concerns }: Known,
  { portal, signIns }: CheckContext<unknown>,
): Verdict {
  const [{ kind, principalId }] = own;
  const taken = minute(new Date(signIns.watch.takenAt));
  return incident({
    subject: principalSubject(own, portal),
    severity: 'high',
    message: sentences(
      `${describePrincipal(own)} was disabled at ${taken} UTC, when the directory was read, and signed in after that, last at ${minute(latestOf(own))} UTC ${describeOrigin(own)}: it was enabled since, or its sessions still hold.`,
      concerns,
    ),
    rows: own,
    technique: 'T1078.004',
    evidence: { gotIn: true, workspaces },
    remediation: [
      'See in the audit log of Entra ID who enabled it, and ask why. If nobody did, revoke its sessions:',
      kind === 'user'
        ? command`Revoke-MgUserSignInSession -UserId ${principalId}`
        : 'Delete the credentials of the service principal and of its application.',
    ],
    lookBy: 'principal',
  });
}
