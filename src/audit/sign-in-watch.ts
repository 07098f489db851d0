/**
 * What of the sign-in logs concerns Synapse, made of the inventory of a full audit: nobody else's sign-ins are asked for.
 * The sign-in audits until the next one go by it, so that it is plain JSON.
 */
import { dataOf } from '../inventory/scopes';
import type { SignInWatch, WatchedCredential, WatchedPrincipal, WatchGap } from '../inventory/sign-ins';
import { SOURCES, type Inventory, type Scope, type SourceName } from '../inventory/sources';
import { sortedBy } from './order';
import { credentialsOf, principalsOf } from './principals';
import { watchedPrincipals, type WatchFacts } from './watched-principals';

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
  const principals = sortedBy(watchedPrincipals(facts), ({ id }) => id);
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

/** Once each, as indexes are kept by array. */
function factsOf(inventory: Inventory): WatchFacts {
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

/** Those that sign in; the pair that signs SAML tokens does not. */
function watchedCredentials(principals: readonly WatchedPrincipal[], facts: WatchFacts): readonly WatchedCredential[] {
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
