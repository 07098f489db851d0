/** Who holds a role in the end: people and service principals, groups resolved, each once. */
import type { Group, RoleAssignment, ServicePrincipal, User } from '../inventory/model';
import { groupsById, servicePrincipalsById, usersById } from './lookup';

export type RoleHolder = Principal & {
  /** Assignments to the holder itself. */
  readonly direct: readonly RoleAssignment[];
  /** Groups that carry the role to it. */
  readonly through: readonly Group[];
};

type Principal = { readonly id: string } & ({ readonly user: User } | { readonly servicePrincipal: ServicePrincipal });

interface Directory {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly servicePrincipals: readonly ServicePrincipal[];
}

/** Principals that the directory does not know (deleted ones) hold nothing and are left out. */
export function roleHoldersOf(assignments: readonly RoleAssignment[], directory: Directory): readonly RoleHolder[] {
  // Filled as they are found: a holder may have thousands of assignments.
  const holders = new Map<string, Principal & { readonly direct: RoleAssignment[]; readonly through: Group[] }>();
  const holderOf = (principal: Principal) => {
    const known = holders.get(principal.id) ?? { ...principal, direct: [], through: [] };
    holders.set(principal.id, known);
    return known;
  };
  const users = usersById(directory.users);
  const servicePrincipals = servicePrincipalsById(directory.servicePrincipals);
  const groups = groupsById(directory.groups);
  for (const assignment of assignments) {
    const { principalId: id } = assignment;
    const user = users.get(id);
    const servicePrincipal = servicePrincipals.get(id);
    const group = groups.get(id);
    if (user !== undefined) {
      holderOf({ id, user }).direct.push(assignment);
    } else if (servicePrincipal !== undefined) {
      holderOf({ id, servicePrincipal }).direct.push(assignment);
    } else if (group !== undefined) {
      membersOf(group, servicePrincipals).forEach((member) => {
        holderOf(member).through.push(group);
      });
    }
  }
  return [...holders.values()];
}

function membersOf(group: Group, servicePrincipals: ReadonlyMap<string, ServicePrincipal>): readonly Principal[] {
  return [
    ...group.users.map((user) => ({ id: user.id, user })),
    ...group.servicePrincipalIds.flatMap((id) => {
      const servicePrincipal = servicePrincipals.get(id);
      return servicePrincipal === undefined ? [] : [{ id, servicePrincipal }];
    }),
  ];
}
