/** Puts what an audit asked into lanes: a source each, with as many requests at a time as the audit allows itself. */
import type { RecordedRequest } from '../sandbox/azure/server';
import type { ServiceName } from '../sandbox/scenarios/schema';
import { ARM_SCOPES_AT_A_TIME, SYNAPSE_SCOPES_AT_A_TIME } from '../src/inventory/collect-inventory';

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

export interface Lane {
  readonly name: string;
  readonly audience: string;
  readonly atATime: number;
  readonly requests: readonly WireRequest[];
}

interface LaneDescription {
  readonly name: string;
  readonly service: ServiceName;
  readonly path: RegExp;
  readonly atATime: number;
}

/** A subscription's role assignments and its two lists of role definitions are asked for together. */
const LISTS_OF_ROLES = 3;
/** Users and groups are looked up side by side. */
const LOOK_UPS = 2;

const LANES: readonly LaneDescription[] = [
  { name: 'applications', service: 'graph', path: /^\/v1\.0\/applications/, atATime: 1 },
  { name: 'service principals', service: 'graph', path: /^\/v1\.0\/servicePrincipals/, atATime: 1 },
  { name: 'deleted service principals', service: 'graph', path: /^\/v1\.0\/directory\/deletedItems/, atATime: 1 },
  { name: 'users and groups', service: 'graph', path: /^\/v1\.0\/(\$batch|groups|users)/, atATime: LOOK_UPS },
  { name: 'subscriptions', service: 'arm', path: /^\/subscriptions\?/, atATime: 1 },
  { name: 'workspaces', service: 'arm', path: /Microsoft\.Synapse/, atATime: ARM_SCOPES_AT_A_TIME },
  { name: 'storage accounts', service: 'arm', path: /Microsoft\.ResourceGraph/, atATime: 1 },
  {
    name: 'Azure roles',
    service: 'arm',
    path: /Microsoft\.Authorization/,
    atATime: ARM_SCOPES_AT_A_TIME * LISTS_OF_ROLES,
  },
  { name: 'identities', service: 'arm', path: /Microsoft\.ManagedIdentity/, atATime: ARM_SCOPES_AT_A_TIME },
  { name: 'Synapse roles', service: 'synapse', path: /^/, atATime: SYNAPSE_SCOPES_AT_A_TIME },
];

const SERVICES = {
  graph: { setting: 'MICROSOFT_GRAPH_ENDPOINT', audience: 'https://graph.microsoft.com' },
  arm: { setting: 'AZURE_RESOURCE_MANAGER_ENDPOINT', audience: 'https://management.azure.com' },
  synapse: { setting: undefined, audience: 'https://dev.azuresynapse.net' },
} as const;
