import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import type { RoleEligibility } from '../model';
import { kindOf } from './synapse-role-assignments';

/**
 * Roles that can be activated at, above and below a subscription; those that begin later are among them.
 * https://learn.microsoft.com/rest/api/authorization/privileged-role-eligibility-rest-sample
 */
export async function listRoleEligibilities(
  client: AuthorizationManagementClient,
  subscriptionId: string,
): Promise<RoleEligibility[]> {
  const eligibilities: RoleEligibility[] = [];
  // The path template has a slash of its own in front of the scope.
  for await (const item of client.roleEligibilitySchedules.listForScope(`subscriptions/${subscriptionId}`)) {
    const { id, principalId, roleDefinitionId, scope } = item;
    if (!id || !principalId || !roleDefinitionId || !scope) {
      throw new Error(`An eligible role of subscription ${subscriptionId} came incomplete.`);
    }
    eligibilities.push({
      id: id.toLowerCase(),
      principalId: principalId.toLowerCase(),
      principalKind: kindOf(item.principalType),
      roleName: item.expandedProperties?.roleDefinition?.displayName ?? `role ${roleDefinitionId}`,
      scope: scope.toLowerCase(),
      readFrom: subscriptionId,
    });
  }
  return eligibilities;
}
