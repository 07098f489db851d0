/** Who holds a role in the end: people and service principals, groups resolved, each once. */
import type { Group, RoleAssignment, ServicePrincipal, User } from '../inventory/model';
import { groupsById, servicePrincipalsById, usersById } from './lookup';

export type RoleHolder = {
  readonly id: string;
  /** Assignments to the holder itself. */
  readonly direct: readonly RoleAssignment[];
  /** Groups that carry the role to it. */
  readonly through: readonly Group[];
} & ({ readonly user: User } | { readonly servicePrincipal: ServicePrincipal });

interface Directory {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly servicePrincipals: readonly ServicePrincipal[];
}

/** Principals that the directory does not know (deleted ones) hold nothing and are left out. */
export function roleHoldersOf(assignments: readonly RoleAssignment[], directory: Directory): readonly RoleHolder[] {
  const holders = new Map<string, RoleHolder>();
  const add = (holder: RoleHolder): void => {
    const known = holders.get(holder.id);
    const direct = [...(known?.direct ?? []), ...holder.direct];
    const through = [...(known?.through ?? []), ...holder.through];
    holders.set(holder.id, { ...holder, direct, through });
  };
  for (const assignment of assignments) {
    const { principalId: id } = assignment;
    const user = usersById(directory.users).get(id);
    const servicePrincipal = servicePrincipalsById(directory.servicePrincipals).get(id);
    const group = groupsById(directory.groups).get(id);
    if (user !== undefined) {
      add({ id, user, direct: [assignment], through: [] });
    } else if (servicePrincipal !== undefined) {
      add({ id, servicePrincipal, direct: [assignment], through: [] });
    } else if (group !== undefined) {
      membersOf(group, directory).forEach((member) => {
        add({ ...member, direct: [], through: [group] });
      });
    }
  }
  return [...holders.values()];
}

function membersOf(
  group: Group,
  { servicePrincipals }: Directory,
): readonly ({ id: string; user: User } | { id: string; servicePrincipal: ServicePrincipal })[] {
  return [
    ...group.users.map((user) => ({ id: user.id, user })),
    ...group.servicePrincipalIds.flatMap((id) => {
      const servicePrincipal = servicePrincipalsById(servicePrincipals).get(id);
      return servicePrincipal === undefined ? [] : [{ id, servicePrincipal }];
    }),
  ];
}
