/**
 * Indexes over the facts, so that no check scans a list within a loop over another. They are kept as long as their array
 * is: the runner passes the same directory to a workspace check for each workspace.
 */
import type {
  Application,
  FederatedCredential,
  Group,
  RoleAssignment,
  ServicePrincipal,
  StorageAccount,
  User,
  UserAssignedIdentity,
  Workspace,
  WorkspaceCredential,
} from '../inventory/model';
import type { CollectedScope } from '../inventory/sources';
import { remembered } from './remembered';
import { evidenceList, quoted } from './wording';

/** A role that a principal holds, itself or as a member of a group. */
export interface HeldRole {
  readonly assignment: RoleAssignment;
  /** The group that carries the role; `null`: the principal itself. */
  readonly through: Group | null;
}

export const applicationsByAppId = remembered((all: readonly Application[]) => index(all, (app) => app.appId));
export const servicePrincipalsById = remembered((all: readonly ServicePrincipal[]) => index(all, (sp) => sp.id));
export const servicePrincipalsByAppId = remembered((all: readonly ServicePrincipal[]) => index(all, (sp) => sp.appId));
export const usersById = remembered((all: readonly User[]) => index(all, (user) => user.id));
export const groupsById = remembered((all: readonly Group[]) => index(all, (group) => group.id));
export const workspacesById = remembered((all: readonly Workspace[]) => index(all, (workspace) => workspace.id));
export const userAssignedIdentitiesById = remembered((all: readonly UserAssignedIdentity[]) =>
  index(all, (identity) => identity.id),
);

/** Credentials of one workspace by name, which Azure compares without case. */
export const credentialsByName = remembered((all: readonly WorkspaceCredential[]) =>
  index(all, (credential) => credential.name.toLowerCase()),
);

/** Groups by the object id of each member, nested membership included. */
export const groupsByMember = remembered((groups: readonly Group[]) =>
  group(
    groups.flatMap((one) => [...one.users.map((user) => user.id), ...one.servicePrincipalIds].map((id) => [id, one])),
  ),
);

export const assignmentsByPrincipal = remembered((assignments: readonly RoleAssignment[]) =>
  group(assignments.map((assignment) => [assignment.principalId, assignment])),
);

/** By the object id of the application. */
export const federatedCredentialsByApplication = remembered((all: readonly FederatedCredential[]) =>
  group(all.map((credential) => [credential.applicationId, credential])),
);

const scopesById = remembered((all: readonly CollectedScope<unknown>[]) =>
  // Of two with the same id the first counts.
  index(all.toReversed(), ({ scope }) => scope.id),
);

/** What became of a scope, which every check asks for in every workspace; `undefined`: it was not looked at. */
export function scopeById<T>(
  scopes: readonly CollectedScope<T>[] | undefined,
  id: string,
): CollectedScope<T> | undefined {
  return scopes && (scopesById(scopes).get(id) as CollectedScope<T> | undefined);
}

/** Every role a principal holds among the assignments, also through the groups it is a member of. */
export function rolesHeldBy(
  principalId: string,
  assignments: readonly RoleAssignment[],
  groups: readonly Group[],
): readonly HeldRole[] {
  const byPrincipal = assignmentsByPrincipal(assignments);
  const heldBy = (id: string, through: Group | null): readonly HeldRole[] =>
    (byPrincipal.get(id) ?? []).map((assignment) => ({ assignment, through }));
  const memberships = groupsByMember(groups).get(principalId) ?? [];
  return [...heldBy(principalId, null), ...memberships.flatMap((membership) => heldBy(membership.id, membership))];
}

/** `Synapse Contributor on workspaces/ws through group “Loaders”` */
export function describeRole({ assignment, through }: HeldRole): string {
  const group = through === null ? '' : ` through group ${quoted(through.displayName)}`;
  return `${assignment.role.name} on ${assignment.scope}${group}`;
}

/** For evidence: one list for all findings about whoever holds these roles. */
export const describeRoles = remembered((roles: readonly HeldRole[]) => evidenceList(roles.map(describeRole)));

/**
 * ARM id (lower-cased) of the account of a workspace's default storage; `null` where it has none, or where no account of
 * that name was found (older workspaces give its name only).
 */
export function defaultStorageId(workspace: Workspace, accounts: readonly StorageAccount[]): string | null {
  if (workspace.defaultStorage === null) {
    return null;
  }
  const { accountId, accountName } = workspace.defaultStorage;
  return accountId ?? storageAccountsByName(accounts).get(accountName)?.id ?? null;
}

const storageAccountsByName = remembered((all: readonly StorageAccount[]) => index(all, (account) => account.name));

function index<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]));
}

/** Items by key, in their order. */
export function group<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, item] of entries) {
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, [item]);
    } else {
      known.push(item);
    }
  }
  return groups;
}
