import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Enrichment, type Verdict } from '../audit/check';
import { accessControlLink } from '../audit/links';
import { describeRole, groupsByMember, rolesHeldBy, type HeldRole } from '../audit/lookup';
import { grantsAction, reachOf } from '../audit/rbac';
import { servicePrincipalSubject } from '../audit/subjects';
import { command, evidenceList, quoted, steps } from '../audit/wording';
import type { Group, Role, RoleEligibility, ServicePrincipal } from '../inventory/model';

/** Owner, User Access Administrator, Role Based Access Control Administrator and custom roles like them. */
const ROLE_WRITING = ['Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/roleDefinitions/write'];

export default defineTenantCheck({
  id: 'arm-privileged-principal',
  title: 'Service principals with Synapse rights do not rule a subscription',
  severity: 'high',
  why: 'A principal that pipelines and release jobs sign in with has its secret in many places. With Owner, Contributor or the right to assign roles on a whole subscription, whoever finds that secret gets every resource in it: keys of storage accounts, vaults, other workspaces.',
  remediation: [
    'Find out from the activity log which Azure resources the principal really writes.',
    'Assign it the role it needs on those resources or their resource group.',
    'Remove the assignment on the subscription or above. Let people, not principals, assign roles, through Privileged Identity Management.',
  ],
  link: 'https://learn.microsoft.com/azure/role-based-access-control/best-practices',
  requires: ['servicePrincipals', 'synapseRoleAssignments', 'azureRoleAssignments', 'groups'],
  uses: ['roleEligibilities'],
  options: z.strictObject({}),
  evaluate: ({ servicePrincipals, synapseRoleAssignments, azureRoleAssignments, groups }, context, uses) =>
    servicePrincipals.flatMap((servicePrincipal) => {
      const inSynapse = rolesHeldBy(servicePrincipal.id, synapseRoleAssignments, groups);
      if (inSynapse.length === 0) {
        return [];
      }
      const privileged = once(rolesHeldBy(servicePrincipal.id, azureRoleAssignments, groups).filter(isPrivileged));
      const eligible = describeEligible(servicePrincipal, groups, uses.roleEligibilities);
      return [judge(servicePrincipal, inSynapse, privileged, eligible, context)];
    }),
});

function judge(
  servicePrincipal: ServicePrincipal,
  inSynapse: readonly HeldRole[],
  privileged: readonly HeldRole[],
  eligible: readonly string[] | string,
  context: CheckContext<unknown>,
): Verdict {
  const { id, appId, displayName, enabled } = servicePrincipal;
  const [first] = privileged;
  const synapseRoles = inSynapse.map(describeRole);
  const base = {
    subject: servicePrincipalSubject(servicePrincipal, context),
    evidence: {
      principalId: id,
      appId,
      enabled,
      azureRoles: evidenceList(privileged.map(describeAssignment)),
      synapseRoles: evidenceList(synapseRoles),
      eligibleAzureRoles: eligible,
    },
  };
  const who = `Service principal ${quoted(displayName)}`;
  const may = typeof eligible === 'string' || eligible.length === 0 ? '' : ` It may activate ${listed(eligible)}.`;
  const synapse = `${listed(synapseRoles)} in Synapse`;
  if (first === undefined) {
    return {
      ...base,
      status: 'pass',
      message: `${who} has ${synapse} and rules no subscription.${may}`,
    };
  }
  const writing = privileged.filter(({ assignment }) => writesRoles(assignment.role));
  const unlimited = writing.some(({ assignment }) => assignment.condition === null);
  const power =
    writing.length === 0
      ? 'may change everything in a subscription'
      : `may assign Azure roles${unlimited ? '' : ', within a condition'}`;
  return {
    ...base,
    subject: { ...base.subject, link: accessControlLink(context.portal, context.tenantId, reachOf(first.assignment)) },
    status: 'fail',
    severity: unlimited ? 'high' : 'medium',
    message: `${who} ${power} (${listed(privileged.map(describeAssignment))}) and has ${synapse}: whoever finds its credential gets the subscription as well.${may}`,
    remediation: steps(
      'See in the activity log which resources it writes, and give it a role there, for instance on the workspace:',
      command`az role assignment create --assignee-object-id ${id} --assignee-principal-type ServicePrincipal --role Contributor --scope ${inSynapse[0]?.assignment.readFrom ?? ''}`,
      'Then take the wide one away:',
      ...privileged.map(({ assignment, through }) =>
        through === null
          ? command`az role assignment delete --ids ${assignment.id}`
          : command`az ad group member remove --group ${through.id} --member-id ${id}`,
      ),
    ),
  };
}

function isPrivileged({ assignment }: HeldRole): boolean {
  const onSubscription = /^\/subscriptions\/[^/]+$/.test(reachOf(assignment));
  return onSubscription && (writesRoles(assignment.role) || changesEverything(assignment.role));
}

function writesRoles(role: Role): boolean {
  return ROLE_WRITING.some((action) => grantsAction(role, action));
}

/** Contributor, and custom roles that begin like it. */
function changesEverything({ permissions }: Role): boolean {
  return permissions.some(({ actions }) => actions.includes('*'));
}

/** An assignment above the subscriptions was read from each of them. */
function once(roles: readonly HeldRole[]): readonly HeldRole[] {
  return [...new Map(roles.map((role) => [role.assignment.id, role])).values()];
}

/** Roles of groups have quotes of their own. */
function listed(roles: readonly string[]): string {
  return evidenceList(roles).join('; ');
}

function describeAssignment(role: HeldRole): string {
  return `${describeRole(role)}${role.assignment.condition === null ? '' : ' with a condition'}`;
}

/** What it may activate itself or as a member of a group; a text where that is unknown. Reading it takes a licence. */
function describeEligible(
  { id }: ServicePrincipal,
  groups: readonly Group[],
  { data, complete, missing }: Enrichment<RoleEligibility>,
): readonly string[] | string {
  const names = new Map<string, string>([
    [id, ''],
    ...(groupsByMember(groups).get(id) ?? []).map((group): [string, string] => [
      group.id,
      ` through group ${quoted(group.displayName)}`,
    ]),
  ]);
  const found = data.flatMap(({ principalId, roleName, scope }) => {
    const through = names.get(principalId);
    return through === undefined ? [] : [`${roleName} on ${scope}${through}`];
  });
  return complete || found.length > 0
    ? evidenceList([...found, ...(complete ? [] : [`unknown in ${missing.join(', ')}`])])
    : `unknown (${missing.join(', ')} could not be read)`;
}
