/** Which principals Synapse uses, or may use Synapse, by all that tells of any. */
import type {
  Application,
  EntraAdministrator,
  Group,
  LinkedService,
  RoleAssignment,
  ServicePrincipal,
  StorageAccount,
  User,
  UserAssignedIdentity,
  Workspace,
  WorkspaceCredential,
} from '../inventory/model';
import type { WatchedPrincipal } from '../inventory/sign-ins';
import {
  applicationsByAppId,
  groupsById,
  servicePrincipalsByAppId,
  servicePrincipalsById,
  userAssignedIdentitiesById,
  usersById,
  workspacesById,
} from './lookup';
import { roleHoldersOf } from './role-holders';
import { concernedWorkspaces } from './synapse-usage';

export interface WatchFacts {
  readonly workspaces: readonly Workspace[];
  readonly storageAccounts: readonly StorageAccount[];
  /** Of Azure and of Synapse. */
  readonly assignments: readonly RoleAssignment[];
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly servicePrincipals: readonly ServicePrincipal[];
  readonly applications: readonly Application[];
  readonly linkedServices: readonly LinkedService[];
  readonly workspaceCredentials: readonly WorkspaceCredential[];
  readonly userAssignedIdentities: readonly UserAssignedIdentity[];
  readonly entraAdministrators: readonly EntraAdministrator[];
}

/** A principal as one reason to watch it has it. */
type Watched = Omit<WatchedPrincipal, 'workspaces'>;

/** Each once, in no particular order; the names of its workspaces are sorted. */
export function watchedPrincipals(facts: WatchFacts): readonly WatchedPrincipal[] {
  const byId = new Map<string, { readonly watched: Watched; readonly workspaces: Set<string> }>();
  const reasons = [
    ...roleHolders(facts),
    ...namedByDefinitions(facts),
    ...workspaceIdentities(facts),
    ...sqlAdministrators(facts),
  ];
  for (const { watched, workspaces } of reasons) {
    const known = byId.get(watched.id) ?? { watched, workspaces: new Set() };
    workspaces.forEach((name) => known.workspaces.add(name));
    byId.set(watched.id, known);
  }
  return [...byId.values()].map(({ watched, workspaces }) => ({ ...watched, workspaces: [...workspaces].sort() }));
}

/** Why a principal is watched: what it may use, or what uses it. */
interface Reason {
  readonly watched: Watched;
  /** Names. */
  readonly workspaces: readonly string[];
}

/** Those with a Synapse role, or with an Azure role on a workspace or its default storage, also as members of groups. */
function roleHolders(facts: WatchFacts): readonly Reason[] {
  const concerned = concernedWorkspaces(facts.workspaces, facts.storageAccounts);
  const concerning = facts.assignments.filter((assignment) => concerned(assignment).length > 0);
  const workspacesOf = new Map<string, Set<string>>();
  for (const assignment of concerning) {
    const names = workspacesOf.get(assignment.principalId) ?? new Set();
    concerned(assignment).forEach((name) => names.add(name));
    workspacesOf.set(assignment.principalId, names);
  }
  return roleHoldersOf(concerning, facts).map((holder) => ({
    watched: 'user' in holder ? watchedUser(holder.user) : watchedServicePrincipal(holder.servicePrincipal, facts),
    // A group carries many roles, in the same workspaces.
    workspaces: [...new Set([holder.id, ...holder.through.map(({ id }) => id)])].flatMap((id) => [
      ...(workspacesOf.get(id) ?? []),
    ]),
  }));
}

/** Those that linked services and credentials of workspaces name; what an expression decides is known at run time only. */
function namedByDefinitions(facts: WatchFacts): readonly Reason[] {
  return [...facts.linkedServices, ...facts.workspaceCredentials].flatMap(({ servicePrincipalId: appId, readFrom }) =>
    appId === null || appId === 'expression'
      ? []
      : [{ watched: watchedApplication(appId, facts), workspaces: namesOf([readFrom], facts) }],
  );
}

/** The workspaces' own, and the user-assigned ones that are attached to them. */
function workspaceIdentities(facts: WatchFacts): readonly Reason[] {
  return facts.workspaces.flatMap((workspace) => [
    ...identity(workspace.identity.principalId, null, workspace.name, workspace, facts),
    ...workspace.identity.userAssigned.flatMap(({ id, clientId, principalId }) => {
      const known = userAssignedIdentitiesById(facts.userAssignedIdentities).get(id);
      const name = known?.name ?? id.slice(id.lastIndexOf('/') + 1);
      return identity(
        principalId ?? known?.principalId ?? null,
        clientId ?? known?.clientId ?? null,
        name,
        workspace,
        facts,
      );
    }),
  ]);
}

function identity(
  principalId: string | null,
  clientId: string | null,
  name: string,
  workspace: Workspace,
  { servicePrincipals }: WatchFacts,
): readonly Reason[] {
  if (principalId === null) {
    return [];
  }
  const id = principalId.toLowerCase();
  const known = servicePrincipalsById(servicePrincipals).get(id);
  const applicationId = (clientId ?? known?.appId ?? '').toLowerCase();
  const watched: Watched = { kind: 'managedIdentity', id, applicationId, name, enabled: known?.enabled ?? null };
  return [{ watched, workspaces: [workspace.name] }];
}

/** Groups resolved; an application may be named by its client id. */
function sqlAdministrators(facts: WatchFacts): readonly Reason[] {
  return facts.entraAdministrators.flatMap(({ principalId, readFrom }) => {
    const user = usersById(facts.users).get(principalId);
    const group = groupsById(facts.groups).get(principalId);
    const byId = servicePrincipalsById(facts.servicePrincipals);
    const servicePrincipals = [
      byId.get(principalId) ?? servicePrincipalsByAppId(facts.servicePrincipals).get(principalId),
      ...(group?.servicePrincipalIds ?? []).map((id) => byId.get(id)),
    ].flatMap((one) => one ?? []);
    return [
      ...[...(user === undefined ? [] : [user]), ...(group?.users ?? [])].map(watchedUser),
      ...servicePrincipals.map((one) => watchedServicePrincipal(one, facts)),
    ].map((watched) => ({ watched, workspaces: namesOf([readFrom], facts) }));
  });
}

function watchedUser({ id, displayName, userPrincipalName, enabled }: User): Watched {
  return { kind: 'user', id, applicationId: '', name: userPrincipalName || displayName, enabled };
}

function watchedServicePrincipal(
  { id, appId, displayName, kind, enabled }: ServicePrincipal,
  facts: WatchFacts,
): Watched {
  const application = applicationsByAppId(facts.applications).get(appId);
  return {
    kind: kind === 'managedIdentity' ? kind : 'servicePrincipal',
    id,
    applicationId: appId,
    name: displayName,
    enabled: enabled && application?.disabledByMicrosoft !== true,
  };
}

function watchedApplication(appId: string, facts: WatchFacts): Watched {
  const servicePrincipal = servicePrincipalsByAppId(facts.servicePrincipals).get(appId);
  if (servicePrincipal !== undefined) {
    return watchedServicePrincipal(servicePrincipal, facts);
  }
  const application = applicationsByAppId(facts.applications).get(appId);
  const name = application?.displayName ?? appId;
  return { kind: 'servicePrincipal', id: appId, applicationId: appId, name, enabled: null };
}

function namesOf(workspaceIds: readonly string[], { workspaces }: WatchFacts): readonly string[] {
  return workspaceIds.flatMap((id) => workspacesById(workspaces).get(id)?.name ?? []);
}
