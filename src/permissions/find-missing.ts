import { grantsAction, grantsDataAction } from '../audit/rbac';
import type { AzureRights, Granted, GraphRights, SynapseRights } from './granted';
import { NEEDED, type NeededPermission, type System } from './needed';

/** Where a permission counts. Names are untrusted text. */
export type Place =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'subscription'; readonly id: string; readonly name: string }
  | { readonly kind: 'workspace'; readonly name: string };

export interface Missing {
  readonly permission: NeededPermission;
  readonly place: Place;
}

/** Every permission that the identity needs and does not have, of what could be looked at. */
export function findMissing({ graph, subscriptions, workspaces }: Granted): Missing[] {
  const missing = (system: System, place: Place, has: (name: string) => boolean): Missing[] =>
    NEEDED.filter((permission) => permission.system === system && !has(permission.name)).map((permission) => ({
      permission,
      place,
    }));
  return [
    ...(graph.ok ? missing('Microsoft Graph', { kind: 'tenant' }, (name) => hasAppRole(graph.value, name)) : []),
    ...subscriptions.flatMap(({ id, name, rights }) =>
      rights.ok ? missing('Azure RBAC', { kind: 'subscription', id, name }, allows(rights.value)) : [],
    ),
    ...workspaces.flatMap(({ name, rights }) =>
      rights.ok ? missing('Synapse RBAC', { kind: 'workspace', name }, allowsData(name, rights.value)) : [],
    ),
  ];
}

export function hasAppRole({ roleIds, assignments }: GraphRights, name: string): boolean {
  const id = roleIds.get(name);
  return id !== undefined && assignments.some(({ roleId }) => roleId === id);
}

/** Whether an action is allowed in a whole subscription. An assignment with a condition allows some of it at most. */
export function allows({ roles, assignments }: AzureRights): (action: string) => boolean {
  const held = assignments
    .filter(({ isConditional }) => !isConditional)
    .flatMap(({ roleId }) => roles.filter(({ id }) => id === roleId));
  return (action) => held.some((role) => grantsAction(role, action));
}

/** Whether an action is allowed in a whole workspace. */
export function allowsData(workspace: string, { roles, assignments }: SynapseRights): (action: string) => boolean {
  const held = assignments
    .filter(({ scope }) => isWholeWorkspace(scope, workspace))
    .flatMap(({ roleId }) => roles.filter(({ id }) => id === roleId));
  return (action) => held.some((role) => grantsDataAction(role, action));
}

export function isWholeWorkspace(scope: string, workspace: string): boolean {
  return scope.toLowerCase() === `workspaces/${workspace}`.toLowerCase();
}
