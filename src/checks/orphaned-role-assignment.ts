import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { accessControlLink, resourceLink } from '../audit/links';
import { groupsById, servicePrincipalsById, usersById } from '../audit/lookup';
import { concernedWorkspaces } from '../audit/synapse-usage';
import { command, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { RoleAssignment } from '../inventory/model';

export default defineTenantCheck({
  id: 'orphaned-role-assignment',
  title: 'Role assignments name principals that exist',
  severity: 'medium',
  why: 'An assignment outlives its deleted principal and then grants nothing. A principal that is made anew under the old name has a new object id and does not get the role: its sign-in succeeds and its calls are refused, while the list of roles looks right.',
  remediation: [
    'Find out whom the role was for; where it was made anew, assign the role to the new object id.',
    'Delete the assignment of the old object id.',
  ],
  link: 'https://learn.microsoft.com/azure/role-based-access-control/troubleshooting',
  requires: [
    'synapseRoleAssignments',
    'azureRoleAssignments',
    'servicePrincipals',
    'deletedServicePrincipals',
    'users',
    'groups',
    'workspaces',
    'storageAccounts',
  ],
  options: z.strictObject({}),
  evaluate: (facts, context) => {
    const concerned = concernedWorkspaces(facts.workspaces, facts.storageAccounts);
    // Deleted, but restorable with its roles: the check principal-disabled speaks of these.
    const restorable = new Set(facts.deletedServicePrincipals.map((principal) => principal.id));
    const servicePrincipals = servicePrincipalsById(facts.servicePrincipals);
    const users = usersById(facts.users);
    const groups = groupsById(facts.groups);
    const nameOf = (id: string): string | undefined =>
      servicePrincipals.get(id)?.displayName ?? users.get(id)?.displayName ?? groups.get(id)?.displayName;
    return [...facts.synapseRoleAssignments, ...facts.azureRoleAssignments].flatMap((assignment) => {
      const { principalId, principalKind } = assignment;
      const workspaces = concerned(assignment);
      // 'other': devices and groups of other tenants, which nobody here can look up.
      return workspaces.length === 0 || principalKind === 'other' || restorable.has(principalId)
        ? []
        : [judge(assignment, workspaces, nameOf(principalId), context)];
    });
  },
});

function judge(
  assignment: RoleAssignment,
  workspaces: readonly string[],
  holder: string | undefined,
  { portal, tenantId }: CheckContext<unknown>,
): Verdict {
  const { system, id, principalId, principalKind, role, scope, readFrom } = assignment;
  const inSynapse = system === 'synapse';
  const base = {
    subject: {
      id: inSynapse ? `${readFrom}/roleAssignments/${id}` : id,
      kind: 'roleAssignment' as const,
      name: `${role.name} of ${holder ?? principalId}`,
      link: inSynapse ? resourceLink(portal, tenantId, readFrom) : accessControlLink(portal, tenantId, scope),
    },
    scope: readFrom,
    evidence: { principalId, principalKind, role: role.name, scope, workspaces: evidenceList(workspaces) },
  };
  const what = `${role.name} on ${scope}`;
  if (holder !== undefined) {
    return { ...base, status: 'pass', message: `${what} is held by ${quoted(holder)}.` };
  }
  return {
    ...base,
    status: 'fail',
    severity: inSynapse ? 'medium' : 'low',
    message: `${what} (${workspaces.length === 1 ? 'workspace' : 'workspaces'} ${quotedList(workspaces)}) is assigned to ${principalId}, and no user, group or service principal has that object id: it was deleted. The assignment grants nothing, and a principal made anew under the old name does not get the role.`,
    remediation: steps(
      'If somebody took its place, assign the role to the new object id first. Then delete the assignment:',
      // A Synapse assignment concerns one workspace only.
      inSynapse
        ? command`az synapse role assignment delete --workspace-name ${workspaces.join()} --ids ${id} --yes`
        : command`az role assignment delete --ids ${id}`,
    ),
  };
}
