/** Key vaults as Azure Resource Manager answers for them: who may read what is in them, and what is in them by name. */
import { momentOf } from '../scenarios/moment';
import type { Scenario } from '../scenarios/schema';
import { guidOf } from '../scenarios/symbolic-id';
import { keyVaultIdOf, subscriptionIdOf } from './resource-ids';
import { isRefused, type Answer, type Call, type Tenant } from './service';
import type { ResourceManagerParts, SettingRoute } from './workspace-settings';

type KeyVault = Scenario['keyVaults'][number];
type Item = KeyVault['secrets'][number] | KeyVault['keys'][number];

/** GET routes of vaults, their secrets and their keys. */
export function keyVaultRoutes({ tenant, list, forbidden, error }: ResourceManagerParts): SettingRoute[] {
  const { scenario } = tenant;

  const route = (
    source: 'keyVaults' | 'keyVaultSecrets' | 'keyVaultKeys',
    action: string,
    below: string,
    answer: (call: Call, vault: KeyVault) => Answer,
  ): SettingRoute => {
    const path = new RegExp(
      `^/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/Microsoft\\.KeyVault/vaults/([^/]+)${below}$`,
      'i',
    );
    return {
      method: 'GET',
      path,
      versions: ['2023-07-01'],
      answer: (call) => {
        const [, subscription = '', group = '', name = ''] = path.exec(call.path) ?? [];
        const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`;
        const vault = scenario.keyVaults.find((each) => keyVaultIdOf(each).toLowerCase() === id.toLowerCase());
        if (!vault) {
          const message = `The Resource 'Microsoft.KeyVault/vaults/${name}' under resource group '${group}' was not found.`;
          return { status: 404, body: error('ResourceNotFound', message) };
        }
        const refused = [undefined, vault.subscription, `vault:${vault.name}`].some((scope) =>
          isRefused(tenant, source, scope),
        );
        return refused ? forbidden(action, keyVaultIdOf(vault)) : answer(call, vault);
      },
    };
  };

  return [
    route('keyVaults', 'Microsoft.KeyVault/vaults/read', '', (_, vault) => ({
      status: 200,
      body: vaultObject(vault, tenant),
    })),
    route('keyVaultSecrets', 'Microsoft.KeyVault/vaults/secrets/read', '/secrets', (call, vault) =>
      list(
        call,
        vault.secrets.map((secret) => itemObject(vault, 'secrets', secret, tenant)),
      ),
    ),
    route('keyVaultKeys', 'Microsoft.KeyVault/vaults/keys/read', '/keys', (call, vault) =>
      list(
        call,
        vault.keys.map((key) => itemObject(vault, 'keys', key, tenant)),
      ),
    ),
  ];
}

/** Address of a vault, without trailing slash. */
export function vaultUriOf(name: string): string {
  return `https://${name}.vault.azure.net`;
}

function vaultObject(vault: KeyVault, tenant: Tenant): unknown {
  const { name, subscription, firewall } = vault;
  return {
    id: keyVaultIdOf(vault),
    name,
    type: 'Microsoft.KeyVault/vaults',
    location: 'westeurope',
    tags: {},
    properties: {
      sku: { family: 'A', name: 'standard' },
      tenantId: tenant.id,
      accessPolicies: vault.accessPolicies.map(({ principal, application, keys, secrets }) => ({
        tenantId: tenant.id,
        objectId: guidOf(principal),
        ...(application !== undefined && { applicationId: guidOf(application) }),
        permissions: { keys, secrets, certificates: [] },
      })),
      enabledForDeployment: false,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      enableRbacAuthorization: vault.rbac,
      // Never false: it cannot be taken back, and is left out where it was never given.
      ...(vault.purgeProtection && { enablePurgeProtection: true }),
      ...(firewall && { networkAcls: { ...firewall, ipRules: [], virtualNetworkRules: [] } }),
      ...(vault.privateEndpoints > 0 && {
        privateEndpointConnections: Array.from({ length: vault.privateEndpoints }, (_, index) => ({
          id: `${keyVaultIdOf(vault)}/privateEndpointConnections/connection-${index + 1}`,
          properties: {
            provisioningState: 'Succeeded',
            privateEndpoint: {
              id: `${subscriptionIdOf(subscription)}/resourceGroups/network/providers/Microsoft.Network/privateEndpoints/${name}-${index + 1}`,
            },
            privateLinkServiceConnectionState: { status: 'Approved', actionsRequired: 'None' },
          },
        })),
      }),
      vaultUri: `${vaultUriOf(name)}/`,
      provisioningState: 'Succeeded',
      publicNetworkAccess: vault.publicNetworkAccess,
    },
  };
}

/** Dates in seconds, and what was never given is left out. */
function itemObject(vault: KeyVault, kind: 'secrets' | 'keys', item: Item, { now }: Tenant): unknown {
  const seconds = (moment: string): number => Math.floor(momentOf(moment, now).getTime() / 1000);
  const uri = `${vaultUriOf(vault.name)}/${kind}/${item.name}`;
  const contentType = 'contentType' in item ? item.contentType : undefined;
  return {
    id: `${keyVaultIdOf(vault)}/${kind}/${item.name}`,
    name: item.name,
    type: `Microsoft.KeyVault/vaults/${kind}`,
    location: 'westeurope',
    properties: {
      attributes: {
        enabled: item.enabled,
        ...(item.starts !== null && { nbf: seconds(item.starts) }),
        ...(item.ends !== null && { exp: seconds(item.ends) }),
        created: seconds('-200d'),
        updated: seconds('-60d'),
        ...(kind === 'keys' && { recoveryLevel: 'Recoverable' }),
      },
      ...(contentType !== undefined && { contentType }),
      ...(kind === 'secrets' ? { secretUri: uri } : { keyUri: uri }),
    },
  };
}
