import * as z from 'zod';
import { applicationsInUse, type ApplicationInUse } from '../audit/applications-in-use';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { ownersLink } from '../audit/links';
import { describeRoles, servicePrincipalsById, usersById } from '../audit/lookup';
import { applicationSubject } from '../audit/subjects';
import { describeWorkspaces } from '../audit/synapse-usage';
import { command, counted, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { Owner, ServicePrincipal, User } from '../inventory/model';

export default defineTenantCheck({
  id: 'principal-owner',
  title: 'Somebody is there for every application that Synapse uses',
  severity: 'medium',
  why: 'Without an owner whose account works, nobody is told that a secret ends, nobody may replace it without an administrator, and nobody can say what stops with it.',
  remediation: [
    'Find out from the roles and the sign-in log who works with the application.',
    'Make two people or more its owners; take away owners who left.',
  ],
  link: 'https://learn.microsoft.com/cli/azure/ad/app/owner',
  requires: [
    'applications',
    'servicePrincipals',
    'synapseRoleAssignments',
    'azureRoleAssignments',
    'workspaces',
    'groups',
    'storageAccounts',
    // Without the permission to read users, Graph shows owners and hides whether they are enabled.
    'users',
  ],
  options: z.strictObject({}),
  evaluate: (facts, context) => applicationsInUse(facts).map((one) => judge(one, facts, context)),
});

function judge(
  { application, usage }: ApplicationInUse,
  directory: { readonly users: readonly User[]; readonly servicePrincipals: readonly ServicePrincipal[] },
  context: CheckContext<unknown>,
): Verdict {
  const { appId, displayName } = application;
  const owners = application.owners.map((owner) => ({ ...owner, enabled: isEnabled(owner, directory) }));
  const names = (wanted: boolean | null): string[] =>
    owners.filter(({ enabled }) => enabled === wanted).map(({ name }) => name);
  const base = {
    subject: { ...applicationSubject(application, context), link: ownersLink(context.portal, appId) },
    evidence: {
      appId,
      owners: evidenceList(owners.map(({ name }) => name)),
      disabledOwners: evidenceList(names(false)),
      ownersOfUnknownState: evidenceList(names(null)),
      workspaces: evidenceList(usage.workspaces),
      roles: describeRoles(usage.roles),
    },
  };
  const who = `Application ${quoted(displayName)}`;
  const concerns = `It has roles that concern ${describeWorkspaces(usage)}.`;
  const add = command`az ad app owner add --id ${appId} --owner-object-id`;
  const adding = ['Make somebody who knows the application its owner, by object id:', `${add} <object id>`];
  if (names(true).length > 0) {
    return {
      ...base,
      status: 'pass',
      message: `${who} has ${counted(names(true).length, 'owner')} with an enabled account: ${quotedList(names(true))}. ${concerns}`,
    };
  }
  if (owners.length === 0) {
    return {
      ...base,
      status: 'fail',
      severity: 'medium',
      message: `${who} has no owner: nobody is told when its credentials end or who uses them. ${concerns}`,
      remediation: steps(...adding),
    };
  }
  if (names(null).length === 0) {
    return {
      ...base,
      status: 'fail',
      severity: 'medium',
      message: `${who} has only owners whose accounts are disabled: ${quotedList(names(false))}. Nobody is told when its credentials end. ${concerns}`,
      remediation: steps(
        ...adding,
        'Then take away those who left:',
        ...owners.map(({ id }) => command`az ad app owner remove --id ${appId} --owner-object-id ${id}`),
      ),
    };
  }
  return {
    ...base,
    status: 'fail',
    severity: 'low',
    message: `Whether ${quotedList(names(null))} can still sign in is unknown, and application ${quoted(displayName)} has no other owner with an enabled account. ${concerns}`,
    remediation: steps(
      'Grant the auditor’s identity User.Read.All (Microsoft Graph) if it lacks it; otherwise look at the owners in the portal. To be sure:',
      ...adding,
    ),
  };
}

/** `null`: nothing that was read tells. */
function isEnabled(
  { id, enabled }: Owner,
  directory: { readonly users: readonly User[]; readonly servicePrincipals: readonly ServicePrincipal[] },
): boolean | null {
  return (
    enabled ??
    usersById(directory.users).get(id)?.enabled ??
    servicePrincipalsById(directory.servicePrincipals).get(id)?.enabled ??
    null
  );
}
