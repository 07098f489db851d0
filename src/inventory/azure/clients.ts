/** Builds the clients of every service the audit reads, for one source. Loads the ARM SDKs: import it lazily from HTTP functions' paths. */
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { SynapseManagementClient } from '@azure/arm-synapse';
import type { TokenCredential } from '@azure/core-auth';
import type { Cloud } from '../../clouds';
import { createGraph, type Graph } from './graph';
import { httpClient } from './http-client';
import { createLogAnalytics, type LogAnalytics } from './logs';
import type { RequestContext } from './request-context';
import { requestPolicies } from './request-policies';
import { createRestClient, type RestClient } from './rest-client';
import { USER_AGENT } from './user-agent';

/** @param context on whose behalf they ask: what they send is counted there, and ends with its signal */
export type ConnectAzure = (context: RequestContext) => AzureClients;

/** Of one source; each is built when it is first used. */
export interface AzureClients {
  readonly signal: AbortSignal;
  readonly graph: Graph;
  readonly resourceManager: RestClient;
  readonly resourceManagerEndpoint: string;
  /** For any workspace's development endpoint. */
  readonly synapse: RestClient;
  readonly resourceGraph: ResourceGraphClient;
  readonly logs: LogAnalytics;
  readonly workspacesOf: (subscriptionId: string) => SynapseManagementClient;
  readonly authorizationOf: (subscriptionId: string) => AuthorizationManagementClient;
  readonly identitiesOf: (subscriptionId: string) => ManagedServiceIdentityClient;
}

/** @param credential asked for a token by the first request of each client */
export function azureConnector(cloud: Cloud, credential: TokenCredential): ConnectAzure {
  const scope = `${cloud.resourceManagerAudience}/.default`;
  return (context) => {
    const options = {
      httpClient,
      endpoint: cloud.resourceManager,
      retryOptions: { maxRetries: 0 },
      additionalPolicies: requestPolicies(context),
      userAgentOptions: { userAgentPrefix: USER_AGENT },
    };
    const older = { ...options, credentialScopes: scope };
    const newer = { ...options, credentials: { scopes: [scope] } };
    const restClient = (audience: string) => createRestClient(credential, audience, context);
    const graph = lazily(() => createGraph(restClient(cloud.graphAudience), cloud.graph, context));
    const resourceManager = lazily(() => restClient(cloud.resourceManagerAudience));
    const synapse = lazily(() => restClient(cloud.synapseAudience));
    const resourceGraph = lazily(() => new ResourceGraphClient(credential, newer));
    const logs = lazily(() => createLogAnalytics(cloud, credential, context));
    return {
      signal: context.signal,
      get graph() {
        return graph();
      },
      get resourceManager() {
        return resourceManager();
      },
      resourceManagerEndpoint: cloud.resourceManager,
      get synapse() {
        return synapse();
      },
      get resourceGraph() {
        return resourceGraph();
      },
      get logs() {
        return logs();
      },
      workspacesOf: oncePer((id) => new SynapseManagementClient(credential, id, older)),
      authorizationOf: oncePer((id) => new AuthorizationManagementClient(credential, id, older)),
      identitiesOf: oncePer((id) => new ManagedServiceIdentityClient(credential, id, older)),
    };
  };
}

function lazily<C>(create: () => C): () => C {
  let client: C | undefined;
  return () => (client ??= create());
}

/** One client a subscription: each has a pipeline of its own. */
function oncePer<C>(create: (subscriptionId: string) => C): (subscriptionId: string) => C {
  const clients = new Map<string, C>();
  return (subscriptionId) => {
    const client = clients.get(subscriptionId) ?? create(subscriptionId);
    clients.set(subscriptionId, client);
    return client;
  };
}
