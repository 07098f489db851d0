import type { TokenCredential } from '@azure/core-auth';
import type { Cloud } from '../clouds';
import { createAzureClients, type AzureClients } from '../inventory/azure/clients';
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

export function createPermissionClients(cloud: Cloud, credential: TokenCredential): PermissionClients {
  return {
    azure: createAzureClients(cloud, credential),
    graph: createRestClient(credential, cloud.graphAudience),
    graphEndpoint: cloud.graph,
    synapse: createRestClient(credential, cloud.synapseAudience),
  };
}
