/**
 * What role assignments allow, in Azure RBAC and in Synapse RBAC: actions with wildcards, and scopes that contain others.
 * https://learn.microsoft.com/azure/role-based-access-control/role-definitions
 */
import type { Role, RoleAssignment, Workspace } from '../inventory/model';

/**
 * `true` where a pattern of a role definition covers an action: `*` stands for any text, slashes included, and case does
 * not count.
 */
export function matchesAction(pattern: string, action: string): boolean {
  const text = action.toLowerCase();
  const parts = pattern.toLowerCase().split('*');
  let at = 0;
  for (const [i, part] of parts.entries()) {
    // The last part ends the text; one before it is best taken where it first occurs.
    const found = i === parts.length - 1 ? text.length - part.length : text.indexOf(part, at);
    if (found < at || (i === 0 && found > 0) || !text.startsWith(part, found)) {
      return false;
    }
    at = found + part.length;
  }
  return true;
}

/** `true` where a role allows an action of the control plane (Azure Resource Manager). */
export function grantsAction(role: Role, action: string): boolean {
  return role.permissions.some((permission) => allows(permission.actions, permission.notActions, action));
}

/** `true` where a role allows an action on data: blobs, secrets, and everything in Synapse RBAC. */
export function grantsDataAction(role: Role, dataAction: string): boolean {
  let answers = dataActionsGranted.get(role);
  if (answers === undefined) {
    answers = new Map();
    dataActionsGranted.set(role, answers);
  }
  let granted = answers.get(dataAction);
  if (granted === undefined) {
    granted = role.permissions.some(({ dataActions, notDataActions }) =>
      allows(dataActions, notDataActions, dataAction),
    );
    answers.set(dataAction, granted);
  }
  return granted;
}

/** A few roles are asked the same few questions for every assignment of a tenant. */
const dataActionsGranted = new WeakMap<Role, Map<string, boolean>>();

/** The “not” list takes away from its own list only; it denies nothing that another list or role grants. */
function allows(granted: readonly string[], excepted: readonly string[], action: string): boolean {
  return (
    granted.some((pattern) => matchesAction(pattern, action)) &&
    !excepted.some((pattern) => matchesAction(pattern, action))
  );
}

/**
 * The ARM id (lower-cased) at and below which an Azure assignment counts. For a management group or the root that is the
 * subscription it was read from: Azure lists an inherited assignment in every subscription that it reaches.
 */
export function reachOf(assignment: RoleAssignment): string {
  const scope = withoutTrailingSlash(assignment.scope.toLowerCase());
  const aboveSubscriptions = scope === '' || scope.startsWith('/providers/microsoft.management/managementgroups/');
  return aboveSubscriptions ? `/subscriptions/${assignment.readFrom.toLowerCase()}` : scope;
}

/** `true` where an Azure assignment counts for a resource: it is at the resource's scope or above it. */
export function coversResource(assignment: RoleAssignment, armId: string): boolean {
  return isWithin(armId.toLowerCase(), reachOf(assignment));
}

/** The Synapse scope of a whole workspace. */
export function workspaceScope(workspace: Workspace): string {
  return `workspaces/${workspace.name}`;
}

/** `true` where a Synapse assignment counts at a scope such as `workspaces/ws/credentials/WorkspaceSystemIdentity`. */
export function coversSynapseScope(assignment: RoleAssignment, scope: string): boolean {
  return isWithin(scope.toLowerCase(), withoutTrailingSlash(assignment.scope.toLowerCase()));
}

/** `true` where a scope is the container or lies below it; both in lower case, without trailing slash. */
export function isWithin(scope: string, container: string): boolean {
  return scope.startsWith(container) && (scope.length === container.length || scope[container.length] === '/');
}

function withoutTrailingSlash(scope: string): string {
  return scope.replace(/\/+$/, '');
}
