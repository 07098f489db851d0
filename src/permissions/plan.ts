/** What has to be done so that the identity has what it needs, or so that nothing of it is left. Pure. */
import { grantsDataAction } from '../audit/rbac';
import type { Role } from '../inventory/model';
import { uuidOf } from '../uuid';
import { allows, allowsData, hasAppRole, isWholeWorkspace } from './find-missing';
import type { AzureRights, Granted, WorkspaceRights } from './granted';
import { neededIn } from './needed';

/** One request to Azure. Names come from the tenant: untrusted text. */
export type Step =
  | {
      readonly kind: 'assignAppRole';
      readonly permission: string;
      readonly principalId: string;
      readonly resourceId: string;
      readonly roleId: string;
    }
  | { readonly kind: 'removeAppRole'; readonly permission: string; readonly principalId: string; readonly id: string }
  | {
      readonly kind: 'defineRole';
      /** Where the definition is written. */
      readonly subscriptionId: string;
      readonly roleId: string;
      readonly roleName: string;
      readonly actions: readonly string[];
      /** ARM ids of subscriptions. */
      readonly assignableScopes: readonly string[];
      readonly exists: boolean;
    }
  | {
      readonly kind: 'assignRole';
      readonly subscriptionId: string;
      readonly subscriptionName: string;
      readonly principalId: string;
      readonly roleId: string;
      readonly roleName: string;
      /** GUID of the new assignment: the same each time, so that it is never made twice. */
      readonly name: string;
    }
  | {
      readonly kind: 'removeRole';
      readonly subscriptionId: string;
      readonly subscriptionName: string;
      readonly roleId: string;
      readonly roleName: string;
      /** ARM id. */
      readonly id: string;
    }
  | { readonly kind: 'deleteRole'; readonly subscriptionId: string; readonly roleId: string; readonly roleName: string }
  | {
      readonly kind: 'assignSynapseRole';
      readonly workspace: string;
      readonly endpoint: string;
      readonly principalId: string;
      readonly roleId: string;
      readonly roleName: string;
      readonly name: string;
    }
  | {
      readonly kind: 'removeSynapseRole';
      readonly workspace: string;
      readonly endpoint: string;
      readonly roleName: string;
      readonly id: string;
    };

export interface Plan {
  readonly steps: readonly Step[];
  /** What no step can do, one sentence each. */
  readonly impossible: readonly string[];
}

/** The templates in infra/ put the name of the installation in brackets behind it. */
const ROLE_TITLE = 'Synapse Authentication Auditor';

/** The steps to what is missing; none where nothing is. Of what could not be looked at nothing is planned. */
export function planGrant(granted: Granted): Plan {
  const plans = [planAppRoles(granted), planAzureRoles(granted), ...granted.workspaces.map(planSynapseRole(granted))];
  return {
    steps: plans.flatMap(({ steps }) => steps),
    impossible: plans.flatMap(({ impossible }) => impossible),
  };
}

/** Takes back what {@link planGrant} gives: those permissions and roles of this identity, and no others. */
export function planRevoke(granted: Granted): Plan {
  const { principal, graph, workspaces } = granted;
  const permissions = neededIn('Microsoft Graph');
  return {
    steps: [
      ...(graph.ok
        ? permissions.flatMap((permission) =>
            graph.value.assignments
              .filter(({ roleId }) => roleId === graph.value.roleIds.get(permission))
              .map(({ id }): Step => ({ kind: 'removeAppRole', permission, principalId: principal.id, id })),
          )
        : []),
      ...planRemovedAzureRoles(granted),
      ...workspaces.flatMap(({ name: workspace, endpoint, rights }) => {
        const role = rights.ok ? leastRole(rights.value.roles) : undefined;
        return !rights.ok || role === undefined
          ? []
          : rights.value.assignments
              .filter(({ roleId, scope }) => roleId === role.id && isWholeWorkspace(scope, workspace))
              .map(({ id }): Step => ({ kind: 'removeSynapseRole', workspace, endpoint, roleName: role.name, id }));
      }),
    ],
    impossible: [],
  };
}

function planAppRoles({ principal, graph }: Granted): Plan {
  if (!graph.ok) {
    return { steps: [], impossible: [] };
  }
  const { resourceId, roleIds } = graph.value;
  const missing = neededIn('Microsoft Graph').filter((permission) => !hasAppRole(graph.value, permission));
  return {
    steps: missing.flatMap((permission): Step[] => {
      const roleId = roleIds.get(permission);
      return roleId === undefined
        ? []
        : [{ kind: 'assignAppRole', permission, principalId: principal.id, resourceId, roleId }];
    }),
    impossible: missing
      .filter((permission) => !roleIds.has(permission))
      .map((permission) => `Microsoft Graph offers no application permission ${permission} in this cloud.`),
  };
}

function planAzureRoles(granted: Granted): Plan {
  const { principal } = granted;
  const actions = neededIn('Azure RBAC');
  const held = heldRoles(granted);
  const steps = granted.subscriptions.flatMap(({ id, name: subscriptionName, rights }): Step[] => {
    if (!rights.ok) {
      return [];
    }
    const own = ownRole(principal.id, id);
    const definition =
      rights.value.roles.find((role) => held.has(role.id)) ?? rights.value.roles.find((role) => role.id === own.id);
    const { id: roleId, name: roleName } = definition ?? own;
    const isHeld = heldAt(id, principal.id, rights.value).some((assignment) => assignment.roleId === roleId);
    if (!isHeld && actions.every(allows(rights.value))) {
      return [];
    }
    const define: Step = {
      kind: 'defineRole',
      subscriptionId: id,
      roleId,
      roleName,
      actions,
      assignableScopes: definition?.assignableScopes ?? [scopeOf(id)],
      exists: definition !== undefined,
    };
    const assign: Step = {
      kind: 'assignRole',
      subscriptionId: id,
      subscriptionName,
      principalId: principal.id,
      roleId,
      roleName,
      name: uuidOf(`role assignment ${scopeOf(id)} ${principal.id} ${roleId}`),
    };
    const isAsNeeded = definition !== undefined && hasExactly(definition, actions);
    return [...(isAsNeeded ? [] : [define]), ...(isHeld ? [] : [assign])];
  });
  return { steps: onceEachRole(steps), impossible: [] };
}

/** A role of the templates is for several subscriptions. */
function onceEachRole(steps: readonly Step[]): Step[] {
  const defined = new Set<string>();
  return steps.filter((step) => {
    if (step.kind !== 'defineRole') {
      return true;
    }
    const isNew = !defined.has(step.roleId);
    defined.add(step.roleId);
    return isNew;
  });
}

function planRemovedAzureRoles({ principal, subscriptions }: Granted): Step[] {
  return subscriptions.flatMap(({ id: subscriptionId, name: subscriptionName, rights }): Step[] => {
    if (!rights.ok) {
      return [];
    }
    const { roles } = rights.value;
    const own = ownRole(principal.id, subscriptionId);
    return [
      ...heldAt(subscriptionId, principal.id, rights.value).flatMap(({ id, roleId }): Step[] => {
        const role = roles.find((each) => each.id === roleId && isAuditors(each));
        return role === undefined
          ? []
          : [{ kind: 'removeRole', subscriptionId, subscriptionName, roleId, roleName: role.name, id }];
      }),
      // A role of the templates is theirs, and others may be using it.
      ...roles
        .filter(({ id }) => id === own.id)
        .map(({ id: roleId, name: roleName }): Step => ({ kind: 'deleteRole', subscriptionId, roleId, roleName })),
    ];
  });
}

/** Ids of the auditor's roles that the identity has in any subscription. */
function heldRoles({ principal, subscriptions }: Granted): ReadonlySet<string> {
  return new Set(
    subscriptions.flatMap(({ id, rights }) => {
      if (!rights.ok) {
        return [];
      }
      const ids = heldAt(id, principal.id, rights.value).map(({ roleId }) => roleId);
      return rights.value.roles.filter((role) => ids.includes(role.id) && isAuditors(role)).map((role) => role.id);
    }),
  );
}

/**
 * The role for an identity that has none of the auditor's yet. One for each subscription, as one for several could only be
 * changed by who may see all of them; names of roles are unique in a tenant.
 */
function ownRole(principalId: string, subscriptionId: string): { readonly id: string; readonly name: string } {
  return {
    id: uuidOf(`${ROLE_TITLE} ${principalId} ${subscriptionId}`),
    name: `${ROLE_TITLE} (${principalId}, ${subscriptionId})`,
  };
}

function isAuditors({ name, builtIn }: Role): boolean {
  return !builtIn && (name === ROLE_TITLE || name.startsWith(`${ROLE_TITLE} (`));
}

/** Assigned to the identity itself, at the subscription itself. */
function heldAt(subscriptionId: string, principalId: string, { assignments }: AzureRights) {
  return assignments.filter((each) => each.principalId === principalId && each.scope === scopeOf(subscriptionId));
}

function hasExactly({ permissions }: Role, actions: readonly string[]): boolean {
  const given = new Set(permissions.flatMap((permission) => permission.actions));
  const others = permissions.flatMap(({ notActions, dataActions }) => [...notActions, ...dataActions]);
  return others.length === 0 && given.size === actions.length && actions.every((action) => given.has(action));
}

function scopeOf(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}`;
}

function planSynapseRole({ principal }: Granted): (workspace: WorkspaceRights) => Plan {
  return ({ name: workspace, endpoint, rights }) => {
    if (!rights.ok || neededIn('Synapse RBAC').every(allowsData(workspace, rights.value))) {
      return { steps: [], impossible: [] };
    }
    const role = leastRole(rights.value.roles);
    if (role === undefined) {
      const actions = neededIn('Synapse RBAC').join(' and ');
      return { steps: [], impossible: [`Workspace ${workspace} has no built-in Synapse role with ${actions}.`] };
    }
    const { id: roleId, name: roleName } = role;
    const name = uuidOf(`synapse role assignment workspaces/${workspace} ${principal.id} ${roleId}`);
    const step: Step = {
      kind: 'assignSynapseRole',
      workspace,
      endpoint,
      principalId: principal.id,
      roleId,
      roleName,
      name,
    };
    return { steps: [step], impossible: [] };
  };
}

/** The built-in role that allows all that is needed, and the least beside it. */
export function leastRole(roles: readonly Role[]): Role | undefined {
  const allowed = ({ permissions }: Role): number => permissions.flatMap(({ dataActions }) => dataActions).length;
  const [least] = roles
    .filter((role) => role.builtIn && neededIn('Synapse RBAC').every((action) => grantsDataAction(role, action)))
    .sort((a, b) => allowed(a) - allowed(b));
  return least;
}
