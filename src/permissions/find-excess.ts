import { grantsDataAction, matchesAction } from '../audit/rbac';
import type { Role } from '../inventory/model';
import type { Place } from './find-missing';
import type { Granted } from './granted';
import { neededIn, type System } from './needed';
import { leastRole } from './plan';

/** Something the identity has and does not need. */
export interface Excess {
  readonly system: System;
  /** Of an application permission or a role: untrusted text. */
  readonly name: string;
  readonly place: Place;
}

/**
 * What the identity was granted beyond its need, of what could be looked at: whoever takes it over has that as well. Roles on
 * single resources are not looked at, as those of its own storage are.
 */
export function findExcess({ graph, subscriptions, workspaces }: Granted): Excess[] {
  return [
    ...(graph.ok ? excessOfGraph(graph.value) : []),
    ...subscriptions.flatMap(({ id, name, rights }) =>
      rights.ok
        ? excessive(rights.value, allowsMoreInAzure).map((role) => ({
            system: 'Azure RBAC' as const,
            name: role.name,
            place: { kind: 'subscription' as const, id, name },
          }))
        : [],
    ),
    ...workspaces.flatMap(({ name, rights }) => {
      const least = rights.ok ? leastRole(rights.value.roles) : undefined;
      return rights.ok
        ? excessive(rights.value, (role) => allowsMoreThan(least, role)).map((role) => ({
            system: 'Synapse RBAC' as const,
            name: role.name,
            place: { kind: 'workspace' as const, name },
          }))
        : [];
    }),
  ];
}

function excessOfGraph({ roleIds, assignments }: Extract<Granted['graph'], { ok: true }>['value']): Excess[] {
  const needed = neededIn('Microsoft Graph').map((name) => roleIds.get(name));
  const names = new Map([...roleIds].map(([name, id]) => [id, name]));
  return assignments
    .filter(({ roleId }) => !needed.includes(roleId))
    .map(({ roleId }) => ({
      system: 'Microsoft Graph',
      name: names.get(roleId) ?? `the application permission ${roleId}`,
      place: { kind: 'tenant' },
    }));
}

/** The roles held that allow more, each once. */
function excessive<R extends Role>(
  {
    roles,
    assignments,
  }: { readonly roles: readonly R[]; readonly assignments: readonly { readonly roleId: string }[] },
  allowsMore: (role: R) => boolean,
): R[] {
  const held = new Set(assignments.map(({ roleId }) => roleId));
  return roles.filter((role) => held.has(role.id) && allowsMore(role));
}

/** Anything on data, or an action that no needed one covers; a wildcard is covered by none. */
function allowsMoreInAzure({ permissions }: Role): boolean {
  const needed = neededIn('Azure RBAC');
  return permissions.some(
    ({ actions, dataActions }) =>
      dataActions.length > 0 || actions.some((action) => !needed.some((each) => matchesAction(each, action))),
  );
}

/** The least role there is allows a little more than is needed, which cannot be helped. */
function allowsMoreThan(least: Role | undefined, role: Role): boolean {
  const given = role.permissions.flatMap(({ dataActions }) => dataActions);
  const needed = neededIn('Synapse RBAC');
  return given.some((action) => !needed.includes(action) && (least === undefined || !grantsDataAction(least, action)));
}
