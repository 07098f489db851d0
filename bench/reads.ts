/** What an audit reads: for each source the requests it takes at least, and how many the audit has under way at a time. */
import type { RecordedRequest } from '../sandbox/azure/server';
import type { Scenario, ServiceName } from '../sandbox/scenarios/schema';
import { ARM_SCOPES_AT_A_TIME, SETTINGS_AT_A_TIME, SYNAPSE_SCOPES_AT_A_TIME } from '../src/inventory/collect-inventory';
import { LOG_QUERIES_AT_A_TIME } from '../src/inventory/collect-logs';
import { RUNS_WITH_ACTIVITIES } from '../src/inventory/collectors/pipeline-failures';

/** One source as the wire shows it. */
export interface Read {
  readonly name: string;
  readonly service: ServiceName;
  /** Of its requests, without the service's prefix; of a batch `/v1.0/$batch` and, after a blank, its first part. */
  readonly path: RegExp;
  readonly atATime: number;
  /** By the documented maxima of the API, whatever the audit does. */
  readonly least: (tenant: Scenario) => number;
  /** How `least` comes about. */
  readonly because: string;
}

const GRAPH_PAGE = 999;
const GRAPH_IDS = 15;
const GRAPH_BATCH = 20;
const RESOURCE_GRAPH_PAGE = 1000;

/** A subscription's role assignments, built-in and custom role definitions are asked for together. */
const ROLE_LISTS_AT_A_TIME = 3;
/** Secrets and keys are read side by side. */
const VAULT_LISTS_AT_A_TIME = 2;
/** Users and groups are looked up side by side, four batches each. */
const LOOK_UPS_AT_A_TIME = 8;
/** Of the seven sources that hold settings of workspaces two begin with two requests. */
const REQUESTS_OF_SETTING = 9 / 7;
const SETTINGS_OF_WORKSPACE = 9;

export const READS: readonly Read[] = [
  {
    name: 'tokens',
    service: 'identity',
    path: /^\/token/,
    atATime: 4,
    least: () => 4,
    because: 'one for each audience: Graph, ARM, Synapse, Log Analytics',
  },
  {
    name: 'federated credentials',
    service: 'graph',
    path: /^\/v1\.0\/applications\?.*federatedIdentityCredentials/,
    atATime: 1,
    least: leastFederatedCredentials,
    because: 'of 20 applications in use a batch, or expanded in a list of all where shorter',
  },
  {
    name: 'applications',
    service: 'graph',
    path: /^\/v1\.0\/applications/,
    atATime: 1,
    least: ({ applications }) => pages(applications.length, GRAPH_PAGE),
    because: '999 a page, owners expanded',
  },
  {
    name: 'the auditor’s own identity',
    service: 'graph',
    path: /^\/v1\.0\/servicePrincipals(\?\$filter=|\/[^/?]+\/appRoleAssignments)/,
    // It is looked for beside the list of permissions; what it holds is asked then.
    atATime: 2,
    least: ({ settings }) => (settings['AZURE_CLIENT_ID'] === undefined ? 0 : 3),
    because: 'the principal, what it holds, and the names of permissions; none where no setting names it',
  },
  {
    name: 'service principals',
    service: 'graph',
    path: /^\/v1\.0\/servicePrincipals/,
    atATime: 1,
    least: (tenant) => pages(servicePrincipalsOf(tenant), GRAPH_PAGE),
    because: '999 a page: of applications, workspaces and user-assigned identities',
  },
  {
    name: 'deleted service principals',
    service: 'graph',
    path: /^\/v1\.0\/directory\/deletedItems/,
    atATime: 1,
    least: () => 1,
    because: 'one page',
  },
  {
    name: 'app management and authorization policy',
    service: 'graph',
    path: /^\/v1\.0\/policies\//,
    atATime: 2,
    least: () => 2,
    because: 'one object each',
  },
  {
    name: 'conditional access policies',
    service: 'graph',
    path: /^\/v1\.0\/identity\/conditionalAccess\/policies/,
    atATime: 1,
    least: () => 1,
    because: 'one page; one a second is allowed',
  },
  {
    name: 'directory audit log',
    service: 'graph',
    path: /^\/v1\.0\/auditLogs\//,
    atATime: 1,
    least: () => 1,
    because: 'one page',
  },
  {
    name: 'activity log',
    service: 'arm',
    path: /\/eventtypes\/management\/values/,
    atATime: ARM_SCOPES_AT_A_TIME,
    least: (tenant) => 3 * subscriptionsInUse(tenant),
    because: 'three providers a subscription with workspaces, as a filter takes one',
  },
  {
    name: 'users and groups',
    service: 'graph',
    path: /^\/v1\.0\/(\$batch \/)?(groups|users)/,
    atATime: LOOK_UPS_AT_A_TIME,
    least: leastLookUps,
    because: '15 ids a query, 20 queries a batch, or whole lists where shorter; members of each group',
  },
  {
    name: 'subscriptions',
    service: 'arm',
    path: /^\/subscriptions\?/,
    atATime: 1,
    least: () => 1,
    because: 'one page',
  },
  {
    name: 'settings of workspaces',
    service: 'arm',
    path: /\/Microsoft\.Synapse\/workspaces\/[^/?]+\//i,
    atATime: SETTINGS_AT_A_TIME * REQUESTS_OF_SETTING,
    least: ({ workspaces }) =>
      workspaces.reduce((sum, { sqlPools }) => sum + SETTINGS_OF_WORKSPACE + sqlPools.length, 0),
    because: 'nine a workspace and one a dedicated pool, as each is answered by itself',
  },
  {
    name: 'workspaces',
    service: 'arm',
    path: /\/Microsoft\.Synapse\//,
    atATime: ARM_SCOPES_AT_A_TIME,
    least: ({ subscriptions }) => subscriptions.length,
    because: 'one a subscription',
  },
  {
    name: 'storage accounts and vaults by name',
    service: 'arm',
    path: /\/Microsoft\.ResourceGraph\//,
    atATime: 2,
    least: (tenant) => Math.ceil((unplacedAccountsOf(tenant) + vaultsOf(tenant)) / RESOURCE_GRAPH_PAGE),
    because: '1,000 a page, of those that are named without their place',
  },
  {
    name: 'key vaults',
    service: 'arm',
    path: /\/Microsoft\.KeyVault\//i,
    atATime: ARM_SCOPES_AT_A_TIME * VAULT_LISTS_AT_A_TIME,
    least: (tenant) => 2 * vaultsOf(tenant),
    because: 'secrets and keys of each; Resource Graph could tell who may read it, some minutes late',
  },
  {
    name: 'eligible Azure roles',
    service: 'arm',
    path: /\/roleEligibilitySchedules/,
    atATime: ARM_SCOPES_AT_A_TIME,
    least: subscriptionsInUse,
    because: 'one a subscription with workspaces',
  },
  {
    name: 'Azure roles',
    service: 'arm',
    path: /\/Microsoft\.Authorization\//,
    atATime: ARM_SCOPES_AT_A_TIME * ROLE_LISTS_AT_A_TIME,
    least: (tenant) => 2 * subscriptionsInUse(tenant),
    because: 'assignments and definitions of each subscription with workspaces',
  },
  {
    name: 'user-assigned identities',
    service: 'arm',
    path: /\/Microsoft\.ManagedIdentity\//,
    atATime: ARM_SCOPES_AT_A_TIME,
    least: subscriptionsInUse,
    because: 'one a subscription with workspaces',
  },
  {
    name: 'Synapse roles, linked services, credentials, pipelines, datasets, triggers, failed runs',
    service: 'synapse',
    path: /\/(roleAssignments|roleDefinitions|linkedservices|credentials|pipelines|datasets|triggers|query\w+runs)\?/i,
    atATime: SYNAPSE_SCOPES_AT_A_TIME,
    least: ({ workspaces }) =>
      8 * workspaces.length +
      Math.min(workspaces.length, 1) +
      workspaces.reduce((sum, one) => sum + runsLookedInto(one), 0),
    because:
      'one each for each workspace, two for its failed runs, one for each of these that is looked into, and the definitions of roles once',
  },
  {
    name: 'Log Analytics workspaces',
    service: 'arm',
    path: /\/Microsoft\.OperationalInsights\/workspaces\/[^/?]+\?/i,
    atATime: LOG_QUERIES_AT_A_TIME,
    least: logWorkspacesOf,
    because: 'one for each that diagnostic settings send to',
  },
  {
    name: 'logs',
    service: 'logs',
    path: /\/query$/,
    atATime: LOG_QUERIES_AT_A_TIME,
    least: (tenant) => 7 * logWorkspacesOf(tenant),
    because:
      'which tables there are, who uses Azure PowerShell, four kinds of sign-ins and their places, in each workspace',
  },
];

/**
 * The requests of an audit by source; mails and their token are not reading.
 * @throws Error for a request that belongs to no source: then one is missing above
 */
export function sortRequests(requests: readonly RecordedRequest[]): ReadonlyMap<Read, readonly RecordedRequest[]> {
  const sorted = new Map<Read, RecordedRequest[]>(READS.map((read) => [read, []]));
  for (const request of requests.filter(isReading)) {
    const asked = [request.path, ...firstPartOf(request)].join(' ');
    const read = READS.find(({ service, path }) => service === request.service && path.test(asked));
    if (read === undefined) {
      throw new Error(`bench/reads.ts does not know ${request.service} ${request.method} ${asked}.`);
    }
    sorted.get(read)?.push(request);
  }
  return sorted;
}

/** The audit puts only parts of one source into a batch. */
function firstPartOf({ path, body }: RecordedRequest): readonly string[] {
  if (!path.endsWith('/$batch')) {
    return [];
  }
  const { requests } = body as { readonly requests: readonly { readonly url: string }[] };
  return requests.slice(0, 1).map(({ url }) => url);
}

function isReading({ service, path }: RecordedRequest): boolean {
  return service !== 'mail' && !(service === 'identity' && path.includes('communication'));
}

/** An empty list takes a request too. */
function pages(items: number, size: number): number {
  return Math.max(1, Math.ceil(items / size));
}

function servicePrincipalsOf({ applications, workspaces, userAssignedIdentities }: Scenario): number {
  return applications.length + workspaces.length + userAssignedIdentities.length;
}

function subscriptionsInUse({ workspaces }: Scenario): number {
  return new Set(workspaces.map(({ subscription }) => subscription)).size;
}

/** Of failed runs only so many are looked into. */
function runsLookedInto({ pipelineRuns }: Scenario['workspaces'][number]): number {
  return Math.min(RUNS_WITH_ACTIVITIES, pipelineRuns.filter(({ status }) => status === 'Failed').length);
}

/** Those that the diagnostic settings of workspaces send to. */
function logWorkspacesOf({ logAnalyticsWorkspaces, workspaces }: Scenario): number {
  const destinations = new Set(
    workspaces.flatMap(({ diagnosticSettings }) => diagnosticSettings.map(({ logAnalytics }) => logAnalytics)),
  );
  return logAnalyticsWorkspaces.filter(({ name }) => destinations.has(name)).length;
}

function unplacedAccountsOf({ workspaces }: Scenario): number {
  return workspaces.filter(({ storage }) => storage !== null && !storage.resourceId).length;
}

/** Vaults that linked services and workspaces name, each once. */
function vaultsOf({ workspaces }: Scenario): number {
  const named = workspaces.flatMap(({ linkedServices, customerManagedKey }) => [
    ...linkedServices.flatMap(({ type, typeProperties }) =>
      type === 'AzureKeyVault'
        ? new URL(String((typeProperties as { readonly baseUrl?: string }).baseUrl)).host.split('.')[0]
        : [],
    ),
    ...(customerManagedKey === null ? [] : [customerManagedKey.vault]),
  ]);
  return new Set(named).size;
}

/** Applications whose service principals hold a role in a workspace, themselves or through a group. */
function applicationsInUse({ applications, groups, workspaces }: Scenario): number {
  const holders = new Set(
    workspaces.flatMap(({ roleAssignments }) => roleAssignments.map(({ principal }) => principal)),
  );
  const members = groups.filter(({ id }) => holders.has(id)).flatMap((group) => group.members);
  const inUse = new Set([...holders, ...members]);
  return applications.filter(({ id }) => inUse.has(id.replace(/^app:/, 'sp:'))).length;
}

/** An application has 20 at most, which is as many as an expanded relation shows. */
function leastFederatedCredentials(tenant: Scenario): number {
  return Math.min(Math.ceil(applicationsInUse(tenant) / GRAPH_BATCH), pages(tenant.applications.length, GRAPH_PAGE));
}

/**
 * Users and groups that hold a role, with the groups' members. Of a principal that is gone Synapse does not say what it
 * was, so that it is looked for among both.
 */
function leastLookUps({ users, groups, workspaces, azureRoleAssignments }: Scenario): number {
  const synapse = workspaces.flatMap(({ roleAssignments }) => roleAssignments.map(({ principal }) => principal));
  const administrators = workspaces.flatMap(({ entraAdministrator }) => entraAdministrator ?? []);
  const holders = new Set([...synapse, ...azureRoleAssignments.map(({ principal }) => principal), ...administrators]);
  const ofKind = (kind: string, principals: Iterable<string>) =>
    [...principals].filter((principal) => principal.startsWith(`${kind}:`)).length;
  const gone = ofKind('gone', new Set(synapse));
  const groupHolders = ofKind('group', holders);
  const queries = (ids: number) => Math.ceil(ids / GRAPH_IDS);
  const byId = queries(ofKind('user', holders) + gone) + queries(groupHolders + gone) + groupHolders;
  const lists = pages(users.length, GRAPH_PAGE) + pages(groups.length, GRAPH_PAGE);
  return Math.min(Math.ceil(byId / GRAPH_BATCH), lists + Math.ceil(groupHolders / GRAPH_BATCH));
}
