import type {
  AuthorizationManagementClient,
  RoleAssignment as SdkRoleAssignment,
  RoleDefinition,
} from '@azure/arm-authorization';
import { lastSegment, withAncestors } from '../arm-id';
import type { Permission, Role, RoleAssignment } from '../model';
import { kindOf } from './synapse-role-assignments';

/**
 * @param resources ARM ids (lower-cased) of workspaces and their storage: of users and groups only assignments that touch
 *   one of them are kept; service principals keep all, as they tell what stops when a credential does
 */
export function createAzureRoleReader(
  resources: readonly string[],
): (client: AuthorizationManagementClient, subscriptionId: string) => Promise<RoleAssignment[]> {
  const isOfInterest = concerning(resources);
  // Microsoft's roles are the same in every subscription: several hundred definitions, asked for once.
  let builtIn: Promise<ReadonlyMap<string, Role>> | undefined;

  async function builtInRoles(client: AuthorizationManagementClient, subscriptionId: string) {
    const pending = (builtIn ??= listRoles(client, subscriptionId, 'BuiltInRole'));
    try {
      return await pending;
    } catch (error) {
      builtIn = undefined;
      throw error;
    }
  }

  return async (client, subscriptionId) => {
    const [shared, custom, assignments] = await Promise.all([
      builtInRoles(client, subscriptionId),
      listRoles(client, subscriptionId, 'CustomRole'),
      listAssignments(client, subscriptionId),
    ]);
    return assignments
      .map((item) => toRoleAssignment(item, subscriptionId, (id) => shared.get(id) ?? custom.get(id)))
      .filter(isOfInterest);
  };
}

async function listRoles(
  client: AuthorizationManagementClient,
  subscriptionId: string,
  type: 'BuiltInRole' | 'CustomRole',
): Promise<ReadonlyMap<string, Role>> {
  const roles = new Map<string, Role>();
  // The path template has a slash of its own in front of the scope.
  for await (const item of client.roleDefinitions.list(`subscriptions/${subscriptionId}`, {
    filter: `type eq '${type}'`,
  })) {
    const role = toRole(item);
    roles.set(role.id, role);
  }
  return roles;
}

/** At, above and below the subscription. */
async function listAssignments(
  client: AuthorizationManagementClient,
  subscriptionId: string,
): Promise<SdkRoleAssignment[]> {
  const assignments: SdkRoleAssignment[] = [];
  for await (const item of client.roleAssignments.listForSubscription()) {
    if (!item.id || !item.principalId || !item.roleDefinitionId || item.scope === undefined) {
      throw new Error(`A role assignment of subscription ${subscriptionId} came incomplete.`);
    }
    assignments.push(item);
  }
  return assignments;
}

/** A role definition as everything here compares it. */
export function toRole(item: RoleDefinition): Role {
  return {
    id: lastSegment(item.id ?? item.name ?? '').toLowerCase(),
    name: item.roleName ?? item.name ?? 'unnamed role',
    builtIn: item.roleType === 'BuiltInRole',
    permissions: (item.permissions ?? []).map((permission): Permission => ({
      actions: permission.actions ?? [],
      notActions: permission.notActions ?? [],
      dataActions: permission.dataActions ?? [],
      notDataActions: permission.notDataActions ?? [],
    })),
  };
}

function toRoleAssignment(
  item: SdkRoleAssignment,
  subscriptionId: string,
  roleOf: (id: string) => Role | undefined,
): RoleAssignment {
  const roleId = lastSegment(item.roleDefinitionId ?? '').toLowerCase();
  return {
    system: 'azure',
    id: (item.id ?? '').toLowerCase(),
    principalId: (item.principalId ?? '').toLowerCase(),
    principalKind: kindOf(item.principalType),
    // A role may be defined where this identity can't look; then nothing is known to be granted by it.
    role: roleOf(roleId) ?? { id: roleId, name: `unknown role ${roleId}`, builtIn: false, permissions: [] },
    scope: (item.scope ?? '').toLowerCase(),
    readFrom: subscriptionId,
    condition: item.condition ?? null,
  };
}

function concerning(resources: readonly string[]): (assignment: RoleAssignment) => boolean {
  const touches = touching(resources);
  return ({ scope, principalKind }) =>
    principalKind === 'servicePrincipal' || principalKind === 'unknown' || touches(scope);
}

/** Answers whether an Azure scope (lower-cased) is at, above or below one of the resources. */
function touching(resources: readonly string[]): (scope: string) => boolean {
  const ids = new Set(resources);
  const idsAndAbove = new Set(resources.flatMap(withAncestors));
  return (scope) =>
    // `/` and management groups lie above everything that is read here.
    scope === '/' ||
    scope.startsWith('/providers/microsoft.management/') ||
    idsAndAbove.has(scope) ||
    withAncestors(scope).some((id) => ids.has(id));
}
