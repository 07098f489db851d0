import type { Scenario } from '../scenarios/schema';
import { guidOf } from '../scenarios/symbolic-id';

type Workspace = Scenario['workspaces'][number];
type StorageAccount = Scenario['storageAccounts'][number];
type KeyVault = Scenario['keyVaults'][number];
type Identity = Scenario['userAssignedIdentities'][number];

/** ARM id of a subscription, given its symbol. */
export function subscriptionIdOf(symbol: string): string {
  return `/subscriptions/${guidOf(symbol)}`;
}

/** ARM id of a workspace. */
export function workspaceIdOf({
  subscription,
  resourceGroup,
  name,
}: Pick<Workspace, 'subscription' | 'resourceGroup' | 'name'>): string {
  return `${subscriptionIdOf(subscription)}/resourceGroups/${resourceGroup}/providers/Microsoft.Synapse/workspaces/${name}`;
}

/** ARM id of a Log Analytics workspace. */
export function logAnalyticsIdOf({
  subscription,
  resourceGroup,
  name,
}: Pick<Scenario['logAnalyticsWorkspaces'][number], 'subscription' | 'resourceGroup' | 'name'>): string {
  return `${subscriptionIdOf(subscription)}/resourceGroups/${resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
}

/** ARM id of a storage account. */
export function storageAccountIdOf({ subscription, resourceGroup, name }: StorageAccount): string {
  return `${subscriptionIdOf(subscription)}/resourceGroups/${resourceGroup}/providers/Microsoft.Storage/storageAccounts/${name}`;
}

/** ARM id of a key vault. */
export function keyVaultIdOf({
  subscription,
  resourceGroup,
  name,
}: Pick<KeyVault, 'subscription' | 'resourceGroup' | 'name'>): string {
  return `${subscriptionIdOf(subscription)}/resourceGroups/${resourceGroup}/providers/Microsoft.KeyVault/vaults/${name}`;
}

/** ARM id of a user-assigned identity. Its provider writes `resourcegroups` in lower case, as Azure does. */
export function identityIdOf(identity: Identity): string {
  return `${subscriptionIdOf(identity.subscription)}/resourcegroups/${identity.resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${identityNameOf(identity)}`;
}

/** Name of a user-assigned identity: its own, or that in its symbol. */
export function identityNameOf({ id, name }: Identity): string {
  return name ?? id.replace(/^mi:/, '');
}

/** ARM id of a scope as scenarios write it: `/`, `mg:root`, `sub:production`, `rg:production/data`, `storage:lake`, … */
export function scopeIdOf(scope: string, scenario: Scenario): string {
  if (scope === '/') return '/';
  const kind = scope.slice(0, scope.indexOf(':'));
  const name = scope.slice(kind.length + 1);
  const [first = '', second = ''] = name.split('/');
  switch (kind) {
    case 'mg':
      return `/providers/Microsoft.Management/managementGroups/${name}`;
    case 'rg':
      return `${subscriptionIdOf(`sub:${first}`)}/resourceGroups/${second}`;
    case 'storage':
      return storageAccountIdOf(find(scenario.storageAccounts, name));
    case 'container':
      return `${storageAccountIdOf(find(scenario.storageAccounts, first))}/blobServices/default/containers/${second}`;
    case 'vault':
      return keyVaultIdOf(find(scenario.keyVaults, name));
    case 'workspace':
      return workspaceIdOf(find(scenario.workspaces, name));
    default:
      return subscriptionIdOf(scope);
  }
}

function find<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((each) => each.name === name);
  if (!found) throw new Error(`The scenario has no ${name}.`);
  return found;
}
