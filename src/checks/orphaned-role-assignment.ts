import { z } from 'zod';
import { defineTenantCheck, type Verdict } from '../audit/check';
import { accessControlLink, resourceLink } from '../audit/links';
import { groupsById, servicePrincipalsById, usersById } from '../audit/lookup';
import { concernedWorkspaces } from '../audit/synapse-usage';
import { command, evidenceList, quoted, quotedList, steps } from '../audit/wording';

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
  evaluate: (facts, { portal, tenantId }) => {
    const concerned = concernedWorkspaces(facts.workspaces, facts.storageAccounts);
    // Deleted, but restorable with its roles: the check principal-disabled speaks of these.
    const restorable = new Set(facts.deletedServicePrincipals.map((principal) => principal.id));
    const nameOf = (id: string): string | undefined =>
      servicePrincipalsById(facts.servicePrincipals).get(id)?.displayName ??
      usersById(facts.users).get(id)?.displayName ??
      groupsById(facts.groups).get(id)?.displayName;
    return [...facts.synapseRoleAssignments, ...facts.azureRoleAssignments].flatMap((assignment): Verdict[] => {
      const { system, id, principalId, principalKind, role, scope, readFrom } = assignment;
      const workspaces = concerned(assignment);
      if (principalKind === 'other' || restorable.has(principalId) || workspaces.length === 0) {
        return [];
      }
      const inSynapse = system === 'synapse';
      const base = {
        subject: {
          id: inSynapse ? `${readFrom}/roleAssignments/${id}` : id,
          kind: 'roleAssignment' as const,
          name: `${role.name} of ${principalId}`,
          link: inSynapse ? resourceLink(portal, tenantId, readFrom) : accessControlLink(portal, tenantId, scope),
        },
        scope: readFrom,
        evidence: { principalId, principalKind, role: role.name, scope, workspaces: evidenceList(workspaces) },
      };
      const what = `${role.name} on ${scope}`;
      const name = nameOf(principalId);
      if (name !== undefined) {
        return [{ ...base, status: 'pass', message: `${what} is held by ${quoted(name)}.` }];
      }
      const affected = `${workspaces.length === 1 ? 'workspace' : 'workspaces'} ${quotedList(workspaces)}`;
      return [
        {
          ...base,
          status: 'fail',
          severity: inSynapse ? 'medium' : 'low',
          message: `${what} (${affected}) is assigned to ${principalId}, and no user, group or service principal has that object id: it was deleted. The assignment grants nothing, and one made anew under the old name does not get the role.`,
          remediation: steps(
            'If somebody took its place, assign the role to the new object id first. Then delete the assignment:',
            inSynapse
              ? deletion(id, workspaces)
              : command('az', 'role', 'assignment', 'delete', '--ids', id),
          ),
        },
      ];
    });
  },
});
