import type { SynapseManagementClient, Workspace as SdkWorkspace } from '@azure/arm-synapse';
import * as z from 'zod';
import { parseAnswer } from '../azure/parse-answer';
import type { Subscription, Workspace } from '../model';

/** The SDK takes `extraProperties` for a map of maps and breaks its texts into letters: this part is read as it came. */
const rawPage = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      properties: z.object({ extraProperties: z.object({ WorkspaceType: z.string().nullish() }).nullish() }).nullish(),
    }),
  ),
});

/** https://learn.microsoft.com/rest/api/synapse/resourcemanager/workspaces/list */
export async function listWorkspaces(
  client: SynapseManagementClient,
  subscription: Subscription,
): Promise<Workspace[]> {
  const workspaces: Workspace[] = [];
  const types = new Map<string, string | null>();
  const onResponse = ({ status, bodyAsText }: { status: number; bodyAsText?: string | null }): void => {
    if (status !== 200) {
      return;
    }
    for (const { id, properties } of parseAnswer(rawPage, JSON.parse(bodyAsText ?? ''), 'Workspaces').value) {
      types.set(id.toLowerCase(), properties?.extraProperties?.WorkspaceType ?? null);
    }
  };
  for await (const item of client.workspaces.list({ onResponse })) {
    workspaces.push(toWorkspace(item, subscription, types.get(item.id?.toLowerCase() ?? '') ?? null));
  }
  return workspaces;
}

/** @throws Error where Azure leaves out what a workspace can't be without */
function toWorkspace(item: SdkWorkspace, subscription: Subscription, workspaceType: string | null): Workspace {
  const { id, name } = item;
  if (!id || !name) {
    throw new Error(`A workspace of subscription ${subscription.name} came without id or name.`);
  }
  const userAssigned = Object.entries(item.identity?.userAssignedIdentities ?? {});
  return {
    id: id.toLowerCase(),
    name,
    subscriptionId: subscription.id,
    resourceGroup: id.split('/')[4] ?? '',
    location: item.location,
    tags: item.tags ?? {},
    devEndpoint: devEndpointOf(item),
    identity: {
      systemAssigned: item.identity?.type?.includes('SystemAssigned') ?? false,
      principalId: item.identity?.principalId?.toLowerCase() ?? null,
      tenantId: item.identity?.tenantId?.toLowerCase() ?? null,
      userAssigned: userAssigned.map(([armId, identity]) => ({
        id: armId.toLowerCase(),
        clientId: identity.clientId?.toLowerCase() ?? null,
        principalId: identity.principalId?.toLowerCase() ?? null,
      })),
    },
    defaultStorage: defaultStorageOf(item),
    customerManagedKey: customerManagedKeyOf(item),
    workspaceType,
    entraOnlyAuthentication: item.azureADOnlyAuthentication ?? null,
    publicNetworkAccess: item.publicNetworkAccess === undefined ? null : item.publicNetworkAccess !== 'Disabled',
    approvedPrivateEndpoints: (item.privateEndpointConnections ?? []).filter(
      ({ privateLinkServiceConnectionState }) => privateLinkServiceConnectionState?.status === 'Approved',
    ).length,
  };
}

/** Some answers leave the scheme out. A token only ever goes over https. */
function devEndpointOf(item: SdkWorkspace): string | null {
  const given = item.connectivityEndpoints?.['dev'];
  return given === undefined || given === ''
    ? null
    : `https://${given.replace(/^https?:\/\//, '').replace(/\/+$/, '')}`;
}

function defaultStorageOf(item: SdkWorkspace): Workspace['defaultStorage'] {
  const { accountUrl, filesystem, resourceId } = item.defaultDataLakeStorage ?? {};
  if (!accountUrl) {
    return null;
  }
  const host = accountUrl.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return {
    accountName: host.split('.')[0] ?? '',
    filesystem: filesystem ?? '',
    accountId: resourceId?.toLowerCase() ?? null,
  };
}

/** `https://kv.vault.azure.net/keys/name`, with or without a version. */
function customerManagedKeyOf({ encryption }: SdkWorkspace): Workspace['customerManagedKey'] {
  const { status, key, kekIdentity } = encryption?.cmk ?? {};
  if (!key?.keyVaultUrl) {
    return null;
  }
  const { hostname, pathname } = new URL(key.keyVaultUrl);
  return {
    status: status ?? null,
    vault: hostname,
    keyName: pathname.split('/')[2] ?? '',
    identityId: kekIdentity?.userAssignedIdentity?.toLowerCase() || null,
  };
}
