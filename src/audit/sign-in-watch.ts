/**
 * What of the sign-in logs concerns Synapse, made of the inventory of a full audit: nobody else's sign-ins are asked for.
 * The sign-in audits until the next one go by it, so that it is plain JSON.
 */
import type { Application, ServicePrincipal, Workspace } from '../inventory/model';
import { dataOf } from '../inventory/scopes';
import type { SignInWatch, WatchedCredential, WatchedPrincipal, WatchGap } from '../inventory/sign-ins';
import { SOURCES, type Inventory, type Scope, type SourceName } from '../inventory/sources';
import {
  applicationsByAppId,
  groupsById,
  servicePrincipalsByAppId,
  servicePrincipalsById,
  userAssignedIdentitiesById,
  usersById,
  workspacesById,
} from './lookup';
import { credentialsOf, principalsOf } from './principals';
import { roleHoldersOf } from './role-holders';
import { concernedWorkspaces } from './synapse-usage';

/** What the watch is made of: a full audit reads all of it wherever sign-ins are judged. */
export const WATCH_SOURCES = [
  'workspaces',
  'storageAccounts',
  'synapseRoleAssignments',
  'azureRoleAssignments',
  'users',
  'groups',
  'servicePrincipals',
  'applications',
  'linkedServices',
  'workspaceCredentials',
  'userAssignedIdentities',
  'entraAdministrators',
  'diagnosticSettings',
] as const satisfies readonly SourceName[];

export interface WatchContext {
  /** When the inventory was read. */
  readonly now: Date;
  readonly tenantId: string;
  /** GUIDs of Log Analytics workspaces that the settings name. */
  readonly logWorkspaceIds: readonly string[];
}

/** Everything in an order that does not depend on that of the inventory. */
export function signInWatch(inventory: Inventory, context: WatchContext): SignInWatch {
  const facts = factsOf(inventory);
  const principals = watchedPrincipals(facts);
  const destinations = dataOf(inventory.diagnosticSettings).flatMap(({ logAnalyticsId }) => logAnalyticsId ?? []);
  return {
    takenAt: context.now.toISOString(),
    workspaces: sortedBy(
      facts.workspaces.map(({ id, name }) => ({ id, name })),
      ({ id }) => id,
    ),
    principals,
    credentials: watchedCredentials(principals, facts),
    logWorkspaceIds: [...new Set([...destinations, ...context.logWorkspaceIds])].sort(),
    gaps: WATCH_SOURCES.flatMap((source) => gapsOf(source, inventory, context.tenantId)),
  };
}

type Facts = ReturnType<typeof factsOf>;

/** Once each, as indexes are kept by array. */
function factsOf(inventory: Inventory) {
  return {
    workspaces: dataOf(inventory.workspaces),
    storageAccounts: dataOf(inventory.storageAccounts),
    assignments: [...dataOf(inventory.synapseRoleAssignments), ...dataOf(inventory.azureRoleAssignments)],
    users: dataOf(inventory.users),
    groups: dataOf(inventory.groups),
    servicePrincipals: dataOf(inventory.servicePrincipals),
    applications: dataOf(inventory.applications),
    linkedServices: dataOf(inventory.linkedServices),
    workspaceCredentials: dataOf(inventory.workspaceCredentials),
    userAssignedIdentities: dataOf(inventory.userAssignedIdentities),
    entraAdministrators: dataOf(inventory.entraAdministrators),
  };
}

/** A principal as one reason to watch it has it. */
type Watched = Omit<WatchedPrincipal, 'workspaces'>;

function watchedPrincipals(facts: Facts): readonly WatchedPrincipal[] {
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
  return sortedBy(
    [...byId.values()].map(({ watched, workspaces }) => ({ ...watched, workspaces: [...workspaces].sort() })),
    ({ id }) => id,
  );
}

/** Why a principal is watched: what it may use, or what uses it. */
interface Reason {
  readonly watched: Watched;
  /** Names. */
  readonly workspaces: readonly string[];
}

/** Those with a Synapse role, or with an Azure role on a workspace or its default storage, also as members of groups. */
function roleHolders(facts: Facts): readonly Reason[] {
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
    workspaces: [holder.id, ...holder.through.map(({ id }) => id)].flatMap((id) => [...(workspacesOf.get(id) ?? [])]),
  }));
}

/** Those that linked services and credentials of workspaces name; what an expression decides is known at run time only. */
function namedByDefinitions(facts: Facts): readonly Reason[] {
  return [...facts.linkedServices, ...facts.workspaceCredentials].flatMap(({ servicePrincipalId: appId, readFrom }) =>
    appId === null || appId === 'expression'
      ? []
      : [{ watched: watchedApplication(appId, facts), workspaces: namesOf([readFrom], facts) }],
  );
}

/** The workspaces' own, and the user-assigned ones that are attached to them. */
function workspaceIdentities(facts: Facts): readonly Reason[] {
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
  { servicePrincipals }: Facts,
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
function sqlAdministrators(facts: Facts): readonly Reason[] {
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

function watchedUser({ id, displayName, userPrincipalName, enabled }: Facts['users'][number]): Watched {
  return { kind: 'user', id, applicationId: '', name: userPrincipalName || displayName, enabled };
}

function watchedServicePrincipal({ id, appId, displayName, kind, enabled }: ServicePrincipal, facts: Facts): Watched {
  const application = applicationsByAppId(facts.applications).get(appId);
  return {
    kind: kind === 'managedIdentity' ? kind : 'servicePrincipal',
    id,
    applicationId: appId,
    name: displayName,
    enabled: enabled && application?.disabledByMicrosoft !== true,
  };
}

function watchedApplication(appId: string, facts: Facts): Watched {
  const servicePrincipal = servicePrincipalsByAppId(facts.servicePrincipals).get(appId);
  if (servicePrincipal !== undefined) {
    return watchedServicePrincipal(servicePrincipal, facts);
  }
  const application: Application | undefined = applicationsByAppId(facts.applications).get(appId);
  const name = application?.displayName ?? appId;
  return { kind: 'servicePrincipal', id: appId, applicationId: appId, name, enabled: null };
}

/** Those that sign in; the pair that signs SAML tokens does not. */
function watchedCredentials(principals: readonly WatchedPrincipal[], facts: Facts): readonly WatchedCredential[] {
  const watched = new Set(
    principals.flatMap(({ kind, applicationId }) => (kind === 'servicePrincipal' ? applicationId : [])),
  );
  const credentials = principalsOf(facts.applications, facts.servicePrincipals)
    .filter(({ appId }) => watched.has(appId))
    .flatMap((principal) =>
      [...credentialsOf(principal, 'secret'), ...credentialsOf(principal, 'certificate')]
        .filter(({ credential }) => credential.usage === 'signIn')
        .map(({ credential: { keyId, kind, displayName, endsAt } }): WatchedCredential => ({
          keyId: keyId.toLowerCase(),
          kind,
          name: displayName ?? '',
          applicationId: principal.appId,
          endsAt: endsAt?.toISOString() ?? null,
        })),
    );
  return sortedBy(credentials, ({ keyId, applicationId }) => `${applicationId} ${keyId}`);
}

/** A source that was not even asked for is a gap over the tenant. */
function gapsOf(source: SourceName, inventory: Inventory, tenantId: string): readonly WatchGap[] {
  const scopes = inventory[source];
  if (scopes === undefined) {
    const tenant: Scope = { kind: 'tenant', id: tenantId, name: tenantId };
    return [{ source, scope: tenant, message: `${SOURCES[source].title} were not collected.` }];
  }
  return scopes.flatMap(({ scope, result }) => (result.ok ? [] : [{ source, scope, message: result.message }]));
}

function namesOf(workspaceIds: readonly string[], { workspaces }: Facts): readonly string[] {
  return workspaceIds.flatMap((id) => workspacesById(workspaces).get(id)?.name ?? []);
}

/** By code unit: the order must not depend on the machine's language. */
function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}
