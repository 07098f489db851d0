/**
 * Who was granted what, as long as the sandbox plays the scenario: what the scenario says, and what was granted and taken back
 * since. Where the scenario says which identity the auditor has, that decides what the auditor may read.
 */
import { SOURCES } from '../../src/inventory/sources';
import { neededIn, permissionsOf } from '../../src/permissions/needed';
import type { Scenario } from '../scenarios/schema';
import { guidOf } from '../scenarios/symbolic-id';
import { scopeIdOf, subscriptionIdOf } from './resource-ids';
import { azureRolesOf, SYNAPSE_ROLES, type AzureRole } from './roles';

type Source = Extract<Scenario['refuse'][number], string>;

/** An assignment of Azure RBAC. `principal` and `scope` may be symbols. */
export type AzureAssignment = Scenario['azureRoleAssignments'][number] & {
  /** GUID of the assignment. */
  readonly name: string;
  readonly scopeId: string;
  readonly roleId: string;
};

export interface SynapseAssignment {
  readonly id: string;
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly scope: string;
  readonly principalType?: string;
}

export interface AppRoleAssignment {
  readonly id: string;
  readonly principalId: string;
  readonly appRoleId: string;
}

export interface Grants {
  /** Counts what was changed: until then, equal questions have equal answers. */
  version: number;
  azureRoles: readonly AzureRole[];
  azureAssignments: readonly AzureAssignment[];
  /** By the workspace's name. */
  readonly synapseAssignments: Map<string, readonly SynapseAssignment[]>;
  /** Of Microsoft Graph. */
  appRoleAssignments: readonly AppRoleAssignment[];
}

export interface AppRole {
  readonly id: string;
  readonly value: string;
}

/** Application permissions of Microsoft Graph: those the auditor needs, and some that it must not have. */
export const APP_ROLES: readonly AppRole[] = [
  ...neededIn('Microsoft Graph'),
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'Mail.Send',
].map((value) => ({ value, id: guidOf(`app-role:${value}`) }));

/** What the scenario says. */
export function createGrants(scenario: Scenario): Grants {
  const azureRoles = azureRolesOf(scenario.customRoles);
  const roleIds = new Map(azureRoles.map(({ name, id }) => [name, id]));
  return {
    version: 0,
    azureRoles,
    azureAssignments: scenario.azureRoleAssignments.map((assignment) => ({
      ...assignment,
      name: guidOf(`assignment:${assignment.principal}/${assignment.role}/${assignment.scope}`),
      scopeId: scopeIdOf(assignment.scope, scenario),
      roleId: roleIds.get(assignment.role) ?? '',
    })),
    synapseAssignments: new Map(scenario.workspaces.map((workspace) => [workspace.name, assignmentsOf(workspace)])),
    appRoleAssignments: [
      ...scenario.appRoleAssignments,
      ...(scenario.auditor?.graphPermissions ?? []).map((permission) => ({
        principal: scenario.auditor?.identity ?? '',
        permission,
      })),
    ].map(({ principal, permission }) => ({
      id: guidOf(`app-role-assignment:${principal}/${permission}`),
      principalId: guidOf(principal),
      appRoleId: guidOf(`app-role:${permission}`),
    })),
  };
}

/** Whether the auditor's identity lacks what a source needs: everywhere, or in the scope given by its symbol. */
export function lacks(scenario: Scenario, grants: Grants, source: Source, scope: string | undefined): boolean {
  if (scenario.auditor === null) return false;
  const identity = scenario.auditor.identity;
  const { required } = permissionsOf(source);
  const { grantedIn } = SOURCES[source];
  if (grantedIn === 'Microsoft Graph') {
    const held = grants.appRoleAssignments.filter(({ principalId }) => principalId === guidOf(identity));
    return required.some((value) => !held.some(({ appRoleId }) => appRoleId === guidOf(`app-role:${value}`)));
  }
  if (scope === undefined) return false;
  const name = scope.slice(scope.indexOf(':') + 1);
  if (grantedIn === 'Synapse RBAC') {
    const held = (grants.synapseAssignments.get(name) ?? []).filter(
      (assignment) => assignment.principalId === guidOf(identity) && assignment.scope === `workspaces/${name}`,
    );
    const allowed = held.flatMap(
      ({ roleDefinitionId }) => SYNAPSE_ROLES.find(({ id }) => id === roleDefinitionId)?.dataActions ?? [],
    );
    return required.some((action) => !allowed.includes(action));
  }
  const subscription = subscriptionOf(scope, scenario);
  const held = reaching(grants, identity, subscription, scenario).filter(({ condition }) => condition === null);
  return required.some(
    (action) =>
      !held.some(({ roleId }) => {
        const permission = grants.azureRoles.find(({ id }) => id === roleId)?.permission;
        return permission !== undefined && covers(permission.actions, action) && !covers(permission.notActions, action);
      }),
  );
}

/** The assignments at a subscription or above it that reach a principal, through groups too. */
export function reaching(
  grants: Grants,
  principal: string,
  subscription: Scenario['subscriptions'][number] | undefined,
  scenario: Scenario,
): AzureAssignment[] {
  const ids = new Set([principal, ...groupsOf(principal, scenario)].map(guidOf));
  return grants.azureAssignments.filter(
    ({ principal: holder, scope, scopeId }) =>
      ids.has(guidOf(holder)) &&
      subscription !== undefined &&
      (scope === '/' ||
        scopeId === subscriptionIdOf(subscription.id) ||
        subscription.managementGroups.includes(scope.replace(/^mg:/, ''))),
  );
}

function groupsOf(principal: string, { groups }: Scenario): string[] {
  const found = new Set<string>();
  const visit = (member: string): void => {
    for (const { id, members } of groups) {
      if (found.has(id) || !members.some((each) => guidOf(each) === guidOf(member))) continue;
      found.add(id);
      visit(id);
    }
  };
  visit(principal);
  return [...found];
}

function covers(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => {
    const text = pattern.replace(/[.$()+?|[\]\\^{}]/g, '\\$&').replaceAll('*', '.*');
    return new RegExp(`^${text}$`, 'i').test(action);
  });
}

function subscriptionOf(scope: string, scenario: Scenario): Scenario['subscriptions'][number] | undefined {
  const name = scope.slice(scope.indexOf(':') + 1);
  const resources = {
    workspace: scenario.workspaces,
    vault: scenario.keyVaults,
    logs: scenario.logAnalyticsWorkspaces,
  }[scope.slice(0, scope.indexOf(':'))];
  const symbol = resources?.find((each) => each.name === name)?.subscription ?? scope;
  return scenario.subscriptions.find(({ id }) => id === symbol);
}

function assignmentsOf({ name, roleAssignments }: Scenario['workspaces'][number]): SynapseAssignment[] {
  return roleAssignments.map(({ principal, role, scope, principalType }) => {
    const type = principalType === undefined ? principalTypeOf(principal) : principalType;
    return {
      id: guidOf(`synapse-assignment:${name}/${principal}/${role}/${scope ?? ''}`),
      roleDefinitionId: SYNAPSE_ROLES.find((each) => each.name === role)?.id ?? '',
      principalId: guidOf(principal),
      scope: `workspaces/${name}${scope === undefined ? '' : `/${scope}`}`,
      ...(type !== null && { principalType: type }),
    };
  });
}

/** The service says nothing of a principal that is gone. */
function principalTypeOf(principal: string): string | null {
  if (principal.startsWith('gone:')) return null;
  if (principal.startsWith('user:')) return 'User';
  return principal.startsWith('group:') ? 'Group' : 'ServicePrincipal';
}
