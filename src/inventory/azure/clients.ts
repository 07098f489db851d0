/** Builds the clients of every service the audit reads. Loads the ARM SDKs: import it lazily from HTTP functions' paths. */
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { SynapseManagementClient } from '@azure/arm-synapse';
import type { TokenCredential } from '@azure/core-auth';
import type { Cloud } from '../../clouds';
import { createGraph, type Graph } from './graph';
import { createLogAnalytics, type LogAnalytics } from './logs';
import { requestPolicies } from './request-policies';
import { createRestClient, type RestClient } from './rest-client';
import { USER_AGENT } from './user-agent';

export interface AzureClients {
  readonly graph: Graph;
  readonly resourceManager: RestClient;
  readonly resourceManagerEndpoint: string;
  /** For any workspace's development endpoint. */
  readonly synapse: RestClient;
  readonly resourceGraph: ResourceGraphClient;
  readonly logs: LogAnalytics;
  workspacesOf(subscriptionId: string): SynapseManagementClient;
  authorizationOf(subscriptionId: string): AuthorizationManagementClient;
  identitiesOf(subscriptionId: string): ManagedServiceIdentityClient;
}

export function createAzureClients(cloud: Cloud, credential: TokenCredential): AzureClients {
  const scope = `${cloud.resourceManagerAudience}/.default`;
  const options = {
    endpoint: cloud.resourceManager,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: requestPolicies,
    userAgentOptions: { userAgentPrefix: USER_AGENT },
  };
  const older = { ...options, credentialScopes: scope };
  const newer = { ...options, credentials: { scopes: [scope] } };
  return {
    graph: createGraph(createRestClient(credential, cloud.graphAudience), cloud.graph),
    resourceManager: createRestClient(credential, cloud.resourceManagerAudience),
    resourceManagerEndpoint: cloud.resourceManager,
    synapse: createRestClient(credential, cloud.synapseAudience),
    resourceGraph: new ResourceGraphClient(credential, newer),
    logs: createLogAnalytics(cloud, credential),
    workspacesOf: once((id) => new SynapseManagementClient(credential, id, older)),
    authorizationOf: once((id) => new AuthorizationManagementClient(credential, id, older)),
    identitiesOf: once((id) => new ManagedServiceIdentityClient(credential, id, older)),
  };
}

/** One client a subscription: each has a pipeline of its own, which takes longer to build than a request to send. */
function once<C>(create: (subscriptionId: string) => C): (subscriptionId: string) => C {
  const clients = new Map<string, C>();
  return (subscriptionId) => {
    const client = clients.get(subscriptionId) ?? create(subscriptionId);
    clients.set(subscriptionId, client);
    return client;
  };
}
