/**
 * Reads what the checks need, each source once, scopes side by side; what Log Analytics is asked for, `collect-logs.ts`
 * reads. Collectors throw; what becomes of that is "not collected, because …" for that scope alone.
 */
import pLimit, { type LimitFunction } from 'p-limit';
import type { Log } from '../log';
import { IncompleteAnswerError } from './azure/azure-request-error';
import type { AzureClients, ConnectAzure } from './azure/clients';
import type { Graph } from './azure/graph';
import { pace } from './azure/pace';
import type { RestClient } from './azure/rest-client';
import { listActivity } from './collectors/activity-log';
import { listApplications } from './collectors/applications';
import { readAuditorIdentity } from './collectors/auditor-identity';
import { readAuditorStorage } from './collectors/auditor-storage';
import { readAuthorizationPolicy } from './collectors/authorization-policy';
import { listConditionalAccessPolicies } from './collectors/conditional-access-policies';
import { listDirectoryAudits } from './collectors/directory-audits';
import { listDiagnosticSettings } from './collectors/diagnostic-settings';
import { readEntraAdministrators } from './collectors/entra-administrators';
import { readEntraOnlyAuthentication } from './collectors/entra-only-authentication';
import { listFirewallRules } from './collectors/firewall-rules';
import { readManagedIdentitySqlControl } from './collectors/managed-identity-sql-control';
import { readSecurityAlertPolicy } from './collectors/security-alert-policies';
import { readAppManagementPolicy } from './collectors/app-management-policy';
import { createAzureRoleReader } from './collectors/azure-role-assignments';
import { listFederatedCredentials } from './collectors/federated-credentials';
import { listGroups } from './collectors/groups';
import { listKeyVaultItems } from './collectors/key-vault-items';
import { findKeyVaults, readKeyVault } from './collectors/key-vaults';
import { listRoleEligibilities } from './collectors/role-eligibilities';
import { listDatasets } from './collectors/datasets';
import { listLinkedServices } from './collectors/linked-services';
import { listPipelineFailures } from './collectors/pipeline-failures';
import { listPipelines } from './collectors/pipelines';
import { listDeletedServicePrincipals, listServicePrincipals } from './collectors/service-principals';
import { readSqlAuditing } from './collectors/sql-auditing';
import { findStorageAccounts } from './collectors/storage-accounts';
import { listSubscriptions } from './collectors/subscriptions';
import { createSynapseRoleReader } from './collectors/synapse-role-assignments';
import { listTriggers } from './collectors/triggers';
import { listUserAssignedIdentities } from './collectors/user-assigned-identities';
import { listUsers } from './collectors/users';
import { listWorkspaceCredentials } from './collectors/workspace-credentials';
import { listWorkspaces } from './collectors/workspaces';
import { keyVaultOf, vaultName, vaultsNamedBy } from './vaults';
import { readingOf, type InventoryReading, type Reading } from './inventory-reading';
import { createReader, gapsBehind, gapsIn } from './read-scopes';
import { dataOf, scopeOfWorkspace } from './scopes';
import { subscriptionIn } from './arm-id';
import type { Own } from './own';
import type {
  DiagnosticSetting,
  KeyVault,
  Period,
  RoleAssignment,
  RoleEligibility,
  StorageAccount,
  Subscription,
  Workspace,
} from './model';
import type { CollectedScope, Inventory, Scope, SourceName, Sources } from './sources';

/**
 * Subscriptions or vaults read at a time. Azure Resource Manager counts requests by subscription: 250 at once, and 25 more
 * each second. What workspaces there are is waited for by almost everything else, so that a round less of it counts.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export const ARM_SCOPES_AT_A_TIME = 24;
/**
 * Workspaces of which a setting is read at a time, over all kinds of settings; two kinds begin with two requests. A
 * subscription has 20 workspaces unless its owner asked for more, so that these stay below its limit.
 */
export const SETTINGS_AT_A_TIME = 24;
/**
 * Workspaces asked at a time, over all that their data planes are asked for. No limit of theirs is published; each has a
 * host of its own, so that what counts is connections.
 */
export const SYNAPSE_SCOPES_AT_A_TIME = 24;

/** Between pages of conditional access policies, and of the directory's audit log. */
const CONDITIONAL_ACCESS_PAUSE_MILLISECONDS = 1_100;
const AUDITS_PAUSE_MILLISECONDS = 2_100;

export interface CollectOptions {
  readonly tenantId: string;
  /** `undefined`: every visible one. */
  readonly subscriptions: readonly string[] | undefined;
  /** Of which logs of changes are read. */
  readonly period: Period;
  /** Of which failed runs are read. */
  readonly runsPeriod: Period;
  /** Left out by whoever is not the app itself, such as the audit of the command line. */
  readonly own?: Own;
  /** Ends all reading; what is not read by then is "cancelled". */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * @param needed sources the checks ask for, without logs; what those depend on is read as well
 * @returns once it is known which workspaces there are
 */
export async function collectInventory(
  connect: ConnectAzure,
  needed: ReadonlySet<SourceName>,
  options: CollectOptions,
): Promise<InventoryReading> {
  const wanted = withDependencies(needed);
  const tenant: Scope = { kind: 'tenant', id: options.tenantId, name: options.tenantId };
  const reader = createReader(connect, options);
  const settingsLimit = pLimit(SETTINGS_AT_A_TIME);
  const synapseLimit = pLimit(SYNAPSE_SCOPES_AT_A_TIME);

  /** A source of the whole tenant. */
  const whole = async <S extends SourceName>(
    source: S,
    list: (azure: AzureClients) => Promise<Sources[S][]>,
  ): Promise<readonly CollectedScope<Sources[S]>[] | undefined> =>
    wanted.has(source) ? reader.read(source, [tenant], pLimit(1), list) : undefined;

  // Before anything else, as almost everything waits to know which workspaces there are.
  const subscriptions = await whole('subscriptions', ({ resourceManager, resourceManagerEndpoint }) =>
    listSubscriptions(resourceManager, resourceManagerEndpoint, options.tenantId, options.subscriptions),
  );
  const listed = wanted.has('workspaces') ? await readWorkspaces() : [];
  const known = dataOf(listed);
  /** Subscriptions, and workspaces of subscriptions, that could not be listed. */
  const unlisted = [...gapsIn(subscriptions), ...gapsIn(listed)];

  const applications = whole('applications', ({ graph }) => listApplications(graph));
  const servicePrincipals = whole('servicePrincipals', ({ graph }) => listServicePrincipals(graph));
  const deletedServicePrincipals = whole('deletedServicePrincipals', ({ graph }) =>
    listDeletedServicePrincipals(graph),
  );
  const federatedCredentials = whole('federatedCredentials', ({ graph }) => listFederatedCredentials(graph));
  const appManagementPolicies = whole('appManagementPolicies', ({ graph }) => readAppManagementPolicy(graph));
  const conditionalAccessPolicies = whole('conditionalAccessPolicies', ({ graph, signal }) =>
    listConditionalAccessPolicies(graph, pace(CONDITIONAL_ACCESS_PAUSE_MILLISECONDS, signal)),
  );
  const authorizationPolicies = whole('authorizationPolicies', ({ graph }) => readAuthorizationPolicy(graph));
  const directoryAudits = whole('directoryAudits', ({ graph, signal }) =>
    listDirectoryAudits(graph, options.period, pace(AUDITS_PAUSE_MILLISECONDS, signal)),
  );
  const auditorIdentity = whole('auditorIdentity', ({ graph }) => readAuditorIdentity(graph, options.own?.clientId));
  const auditorStorage = whole('auditorStorage', (azure) => readAuditorStorage(azure, options.own?.storageAccount));

  // First, as which users and groups are looked up depends on them.
  const entraAdministrators = inSettings('entraAdministrators', ({ workspacesOf }, one) =>
    readEntraAdministrators(workspacesOf(one.subscriptionId), one),
  );
  const entraOnlyAuthentication = inSettings('entraOnlyAuthentication', ({ workspacesOf }, one) =>
    readEntraOnlyAuthentication(workspacesOf(one.subscriptionId), one),
  );
  const sqlAuditing = inSettings('sqlAuditing', (azure, one) =>
    readSqlAuditing(azure.workspacesOf(one.subscriptionId), one, (poolId) => diagnosticsOf(azure, poolId, one)),
  );
  const diagnosticSettings = inSettings('diagnosticSettings', (azure, one) => diagnosticsOf(azure, one.id, one));
  const securityAlertPolicies = inSettings('securityAlertPolicies', ({ workspacesOf }, one) =>
    readSecurityAlertPolicy(workspacesOf(one.subscriptionId), one),
  );
  const firewallRules = inSettings('firewallRules', ({ workspacesOf }, one) =>
    listFirewallRules(workspacesOf(one.subscriptionId), one),
  );

  const managedIdentitySqlControl = inSettings('managedIdentitySqlControl', ({ workspacesOf }, one) =>
    readManagedIdentitySqlControl(workspacesOf(one.subscriptionId), one),
  );

  const synapseRoleAssignments = inWorkspaces('synapseRoleAssignments', createSynapseRoleReader());
  const linkedServices = inWorkspaces('linkedServices', (synapse, one) => listLinkedServices(synapse, one));
  const workspaceCredentials = inWorkspaces('workspaceCredentials', (synapse, one) =>
    listWorkspaceCredentials(synapse, one),
  );
  const pipelines = inWorkspaces('pipelines', (synapse, one) => listPipelines(synapse, one));
  const datasets = inWorkspaces('datasets', (synapse, one) => listDatasets(synapse, one));
  const triggers = inWorkspaces('triggers', (synapse, one) => listTriggers(synapse, one));
  const pipelineFailures = inWorkspaces('pipelineFailures', async (synapse, one) => [
    await listPipelineFailures(synapse, one, options.runsPeriod),
  ]);
  const workspaceIds = known.map(({ id }) => id);
  const attached = known.flatMap(({ identity }) => identity.userAssigned.map(({ id }) => id));
  const activityLog = inSubscriptions('activityLog', workspaceIds, ({ resourceManager, resourceManagerEndpoint }, id) =>
    listActivity(resourceManager, resourceManagerEndpoint, id, options.period),
  );
  const userAssignedIdentities = inSubscriptions(
    'userAssignedIdentities',
    [...workspaceIds, ...attached],
    ({ identitiesOf }, id) => listUserAssignedIdentities(identitiesOf(id)),
  );
  const roleEligibilities = inSubscriptions('roleEligibilities', workspaceIds, ({ authorizationOf }, id) =>
    listRoleEligibilities(authorizationOf(id), id),
  );
  const storageAccounts = wanted.has('storageAccounts') ? readStorageAccounts() : undefined;
  const keyVaults = wanted.has('keyVaults') ? readKeyVaults() : undefined;
  const keyVaultSecrets = inVaults('keyVaultSecrets', 'secrets');
  const keyVaultKeys = inVaults('keyVaultKeys', 'keys');
  const azureRoleAssignments = readAzureRoles();
  const users = readHolders('users', 'user', listUsers);
  const groups = readHolders('groups', 'group', listGroups);

  const reading: Reading = {
    applications,
    servicePrincipals,
    deletedServicePrincipals,
    subscriptions,
    workspaces: wanted.has('workspaces') ? [...listed, ...gapsBehind('workspaces', gapsIn(subscriptions))] : undefined,
    synapseRoleAssignments,
    storageAccounts,
    azureRoleAssignments,
    userAssignedIdentities,
    users,
    groups,
    entraOnlyAuthentication,
    entraAdministrators,
    sqlAuditing,
    diagnosticSettings,
    securityAlertPolicies,
    firewallRules,
    managedIdentitySqlControl,
    federatedCredentials,
    appManagementPolicies,
    roleEligibilities,
    linkedServices,
    workspaceCredentials,
    pipelines,
    datasets,
    triggers,
    pipelineFailures,
    conditionalAccessPolicies,
    authorizationPolicies,
    activityLog,
    directoryAudits,
    keyVaults,
    keyVaultSecrets,
    keyVaultKeys,
    auditorIdentity,
    auditorStorage,
  };
  return readingOf(reading);

  /** Users or groups that hold a role, which are known once all roles are read. */
  async function readHolders<S extends 'users' | 'groups'>(
    source: S,
    kind: 'user' | 'group',
    list: (graph: Graph, ids: string[]) => Promise<Sources[S][]>,
  ): Promise<readonly CollectedScope<Sources[S]>[] | undefined> {
    if (!wanted.has(source)) {
      return undefined;
    }
    const [synapse, inAzure, sql, eligible, vaults] = await Promise.all([
      synapseRoleAssignments,
      azureRoleAssignments,
      entraAdministrators,
      roleEligibilities,
      keyVaults,
    ]);
    const assignments = [...(synapse ?? []), ...(inAzure ?? [])];
    return whole(source, ({ graph }) => list(graph, holdersOf(kind, { assignments, sql, eligible, vaults })));
  }

  async function readWorkspaces(): Promise<readonly CollectedScope<Workspace>[]> {
    const byId = new Map(dataOf(subscriptions).map((subscription) => [subscription.id, subscription]));
    const read = await reader.read(
      'workspaces',
      [...byId.values()].map(subscriptionScope),
      pLimit(ARM_SCOPES_AT_A_TIME),
      ({ workspacesOf }, scope) => listWorkspaces(workspacesOf(scope.id), byId.get(scope.id) ?? scope),
    );
    return read;
  }

  /** A source that is read workspace by workspace. */
  async function ofWorkspaces<S extends SourceName>(
    source: S,
    limit: LimitFunction,
    list: (azure: AzureClients, workspace: Workspace) => Promise<Sources[S][]>,
  ): Promise<readonly CollectedScope<Sources[S]>[] | undefined> {
    if (!wanted.has(source)) {
      return undefined;
    }
    const byId = new Map(known.map((workspace) => [workspace.id, workspace]));
    const collected = await reader.read(source, known.map(scopeOfWorkspace), limit, (azure, scope) =>
      list(azure, present(byId.get(scope.id))),
    );
    return [...collected, ...gapsBehind(source, unlisted)];
  }

  /** Read through Azure Resource Manager. */
  function inSettings<S extends SourceName>(
    source: S,
    list: (azure: AzureClients, workspace: Workspace) => Promise<Sources[S][]>,
  ) {
    return ofWorkspaces(source, settingsLimit, list);
  }

  /** Read from the workspace's own data plane. */
  function inWorkspaces<S extends SourceName>(
    source: S,
    list: (synapse: RestClient, workspace: Workspace) => Promise<Sources[S][]>,
  ) {
    return ofWorkspaces(source, synapseLimit, ({ synapse }, workspace) => list(synapse, workspace));
  }

  function diagnosticsOf(
    { resourceManager, resourceManagerEndpoint }: AzureClients,
    resourceId: string,
    { id }: Workspace,
  ): Promise<DiagnosticSetting[]> {
    return listDiagnosticSettings(resourceManager, resourceManagerEndpoint, resourceId, id);
  }

  /** One look-up by name for all the workspaces that don't say where their account is, and none where all do. */
  async function readStorageAccounts(): Promise<readonly CollectedScope<StorageAccount>[]> {
    const lakes = known.flatMap((workspace) =>
      workspace.defaultStorage === null ? [] : [{ workspace, storage: workspace.defaultStorage }],
    );
    const unplaced = lakes.flatMap(({ storage }) => (storage.accountId === null ? [storage.accountName] : []));
    let lookUp: Promise<readonly StorageAccount[]> | undefined;
    const byId = new Map(lakes.map((lake) => [lake.workspace.id, lake.storage]));
    const list = async ({ resourceGraph }: AzureClients, scope: Scope) => {
      const storage = byId.get(scope.id);
      if (storage === undefined) {
        return [];
      }
      if (storage.accountId !== null) {
        return [{ id: storage.accountId, name: storage.accountName }];
      }
      const found = await (lookUp ??= findStorageAccounts(resourceGraph, unplaced));
      const account = found.find(({ name }) => name.toLowerCase() === storage.accountName.toLowerCase());
      if (account === undefined) {
        throw new IncompleteAnswerError('forbidden', `${storage.accountName} is not visible to the auditor.`);
      }
      return [account];
    };
    const read = await reader.read('storageAccounts', known.map(scopeOfWorkspace), pLimit(Infinity), list);
    return [...read, ...gapsBehind('storageAccounts', unlisted)];
  }

  /** The vaults that linked services name and those of the workspaces' own keys, all looked up by name at once. */
  async function readKeyVaults(): Promise<readonly CollectedScope<KeyVault>[]> {
    const services = await linkedServices;
    const hosts = new Set([...vaultsNamedBy(dataOf(services)), ...known.flatMap((one) => keyVaultOf(one) ?? [])]);
    const scopes = [...hosts].map((host): Scope => ({ kind: 'vault', id: host, name: vaultName(host) }));
    let lookUp: Promise<ReadonlyMap<string, string>> | undefined;
    const list = async (azure: AzureClients, { id: host, name }: Scope) => {
      lookUp ??= findKeyVaults(
        azure.resourceGraph,
        scopes.map((scope) => scope.name),
      );
      const id = (await lookUp).get(name);
      if (id === undefined) {
        throw new IncompleteAnswerError(
          'forbidden',
          `${host} is not among the vaults visible to the auditor: it lies in a subscription that it may not read, or was deleted.`,
        );
      }
      return [await readKeyVault(azure.resourceManager, azure.resourceManagerEndpoint, id, host)];
    };
    const read = await reader.read('keyVaults', scopes, pLimit(ARM_SCOPES_AT_A_TIME), list);
    return [...read, ...gapsBehind('keyVaults', gapsIn(services))];
  }

  /** A source that is read vault by vault. */
  async function inVaults<S extends 'keyVaultSecrets' | 'keyVaultKeys'>(
    source: S,
    kind: 'secrets' | 'keys',
  ): Promise<readonly CollectedScope<Sources[S]>[] | undefined> {
    if (!wanted.has(source)) {
      return undefined;
    }
    const vaults = await keyVaults;
    const byHost = new Map(dataOf(vaults).map((vault) => [vault.host, vault]));
    const scopes = (vaults ?? []).flatMap(({ scope, result }) => (result.ok ? [scope] : []));
    const list = async ({ resourceManager, resourceManagerEndpoint }: AzureClients, { id: host }: Scope) => [
      await listKeyVaultItems(resourceManager, resourceManagerEndpoint, present(byHost.get(host)), kind),
    ];
    const read = await reader.read(source, scopes, pLimit(ARM_SCOPES_AT_A_TIME), list);
    return [...read, ...gapsBehind(source, gapsIn(vaults))];
  }

  /** A source that is read subscription by subscription: those that these resources lie in. */
  async function inSubscriptions<S extends SourceName>(
    source: S,
    armIds: readonly string[],
    list: (azure: AzureClients, subscriptionId: string) => Promise<Sources[S][]>,
  ): Promise<readonly CollectedScope<Sources[S]>[] | undefined> {
    if (!wanted.has(source)) {
      return undefined;
    }
    const names = new Map(dataOf(subscriptions).map(({ id, name }) => [id, name]));
    const ids = new Set(armIds.map(subscriptionIn));
    const scopes = [...ids].map((id): Scope => ({ kind: 'subscription', id, name: names.get(id) ?? id }));
    const read = await reader.read(source, scopes, pLimit(ARM_SCOPES_AT_A_TIME), (azure, { id }) => list(azure, id));
    return [...read, ...gapsBehind(source, unlisted)];
  }

  async function readAzureRoles() {
    const [accounts, vaults] = await Promise.all([storageAccounts, keyVaults]);
    const resources = [...known, ...dataOf(accounts), ...dataOf(vaults)].map(({ id }) => id);
    const list = createAzureRoleReader([...new Set(resources)]);
    return inSubscriptions('azureRoleAssignments', resources, ({ authorizationOf }, id) =>
      list(authorizationOf(id), id),
    );
  }
}

interface Holding {
  /** Of both kinds of roles. */
  readonly assignments: readonly CollectedScope<RoleAssignment>[];
  readonly sql: Inventory['entraAdministrators'];
  readonly eligible: Inventory['roleEligibilities'];
  readonly vaults: Inventory['keyVaults'];
}

/**
 * Object ids of those of a kind who hold a role or may activate one. Where no assignment at all could be read, nobody
 * knows any: that is no empty list.
 */
function holdersOf(kind: 'user' | 'group', { assignments, sql, eligible, vaults }: Holding): string[] {
  const gaps = gapsIn(assignments);
  const [first] = gaps;
  if (first !== undefined && gaps.length === assignments.length) {
    throw new IncompleteAnswerError('upstream', `no role assignment could be read. ${first.result.message}`);
  }
  // Of a SQL administrator, and of who is in an access policy, Azure does not say what it is.
  const policies = dataOf(vaults).flatMap(({ accessPolicies }) => accessPolicies);
  return [
    ...idsOf([...dataOf(assignments), ...dataOf(eligible)], kind),
    ...dataOf(sql).map(({ principalId }) => principalId),
    ...(kind === 'group' ? policies.map(({ principalId }) => principalId) : []),
  ];
}

const DEPENDENCIES: Partial<Record<SourceName, readonly SourceName[]>> = {
  workspaces: ['subscriptions'],
  synapseRoleAssignments: ['workspaces'],
  storageAccounts: ['workspaces'],
  azureRoleAssignments: ['workspaces', 'storageAccounts'],
  userAssignedIdentities: ['workspaces'],
  entraOnlyAuthentication: ['workspaces'],
  entraAdministrators: ['workspaces'],
  sqlAuditing: ['workspaces'],
  diagnosticSettings: ['workspaces'],
  securityAlertPolicies: ['workspaces'],
  firewallRules: ['workspaces'],
  managedIdentitySqlControl: ['workspaces'],
  linkedServices: ['workspaces'],
  workspaceCredentials: ['workspaces'],
  pipelines: ['workspaces'],
  datasets: ['workspaces'],
  triggers: ['workspaces'],
  pipelineFailures: ['workspaces'],
  keyVaults: ['workspaces', 'linkedServices'],
  keyVaultSecrets: ['keyVaults'],
  keyVaultKeys: ['keyVaults'],
  users: ['synapseRoleAssignments', 'azureRoleAssignments'],
  groups: ['synapseRoleAssignments', 'azureRoleAssignments'],
  roleEligibilities: ['workspaces'],
  activityLog: ['workspaces'],
};

function withDependencies(needed: ReadonlySet<SourceName>): ReadonlySet<SourceName> {
  const all = new Set<SourceName>();
  const add = (source: SourceName): void => {
    if (!all.has(source)) {
      all.add(source);
      DEPENDENCIES[source]?.forEach(add);
    }
  };
  needed.forEach(add);
  return all;
}

/** Principals that are, or may be, of a kind. */
function idsOf(assignments: readonly (RoleAssignment | RoleEligibility)[], kind: 'user' | 'group'): string[] {
  return assignments
    .filter(({ principalKind }) => principalKind === kind || principalKind === 'unknown')
    .map(({ principalId }) => principalId);
}

function subscriptionScope({ id, name }: Subscription): Scope {
  return { kind: 'subscription', id, name };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('a scope without what it is the scope of');
  }
  return value;
}
