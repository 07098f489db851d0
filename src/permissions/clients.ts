import type { TokenCredential } from '@azure/core-auth';
import type { Cloud } from '../clouds';
import { azureConnector, type AzureClients } from '../inventory/azure/clients';
import { createRestClient, type WritingRestClient } from '../inventory/azure/rest-client';

/** Those of an audit, and two that can change something. */
export interface PermissionClients {
  readonly azure: AzureClients;
  readonly graph: WritingRestClient;
  /** Address of Microsoft Graph, without a slash at its end. */
  readonly graphEndpoint: string;
  /** For any workspace's development endpoint. */
  readonly synapse: WritingRestClient;
}

/** @param signal ends every request of theirs */
export type ConnectPermissions = (signal: AbortSignal) => PermissionClients;

export function permissionConnector(cloud: Cloud, credential: TokenCredential): ConnectPermissions {
  return (signal) => {
    const context = { meter: { requests: 0, retries: 0 }, signal };
    return {
      azure: azureConnector(cloud, credential)(context),
      graph: createRestClient(credential, cloud.graphAudience, context),
      graphEndpoint: cloud.graph,
      synapse: createRestClient(credential, cloud.synapseAudience, context),
    };
  };
}
