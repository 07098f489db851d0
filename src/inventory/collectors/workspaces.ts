import type { SynapseManagementClient, Workspace as SdkWorkspace } from '@azure/arm-synapse';
import type { Subscription, Workspace } from '../model';

/** https://learn.microsoft.com/rest/api/synapse/resourcemanager/workspaces/list */
export async function listWorkspaces(
  client: SynapseManagementClient,
  subscription: Subscription,
): Promise<Workspace[]> {
  const workspaces: Workspace[] = [];
  for await (const item of client.workspaces.list()) {
    workspaces.push(toWorkspace(item, subscription));
  }
  return workspaces;
}

/** @throws Error where Azure leaves out what a workspace can't be without */
export function toWorkspace(item: SdkWorkspace, subscription: Subscription): Workspace {
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
