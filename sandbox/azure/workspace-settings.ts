/** The settings below a workspace, as Azure Resource Manager and Azure Monitor answer for them. */
import type { Scenario } from '../scenarios/schema';
import { clientIdOf, guidOf } from '../scenarios/symbolic-id';
import { logAnalyticsIdOf, subscriptionIdOf, workspaceIdOf } from './resource-ids';
import { isRefused, type Answer, type Call, type Tenant } from './service';

type Workspace = Scenario['workspaces'][number];
type Source = Parameters<typeof isRefused>[1];

/** What the routes need of Azure Resource Manager. */
export interface ResourceManagerParts {
  readonly tenant: Tenant;
  readonly list: (call: Call, items: readonly unknown[]) => Answer;
  readonly forbidden: (action: string, scope: string) => Answer;
  readonly error: (code: string, message: string) => unknown;
}

export interface SettingRoute {
  readonly method: 'GET';
  /** The first group is the subscription. */
  readonly path: RegExp;
  readonly versions: readonly string[];
  readonly answer: (call: Call) => Answer;
}

/** Log categories of a workspace, with the groups that contain them. */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  SynapseRbacOperations: ['allLogs', 'audit'],
  GatewayApiRequests: ['allLogs'],
  SQLSecurityAuditEvents: ['allLogs', 'audit'],
  BuiltinSqlReqsEnded: ['allLogs'],
  IntegrationPipelineRuns: ['allLogs'],
  IntegrationActivityRuns: ['allLogs'],
  IntegrationTriggerRuns: ['allLogs'],
  SynapseLinkEvent: ['allLogs'],
};

const SYNAPSE = ['2021-06-01'];
const MONITOR = ['2021-05-01-preview'];

/** GET routes below `…/Microsoft.Synapse/workspaces/{name}`. */
export function workspaceSettingRoutes({ tenant, list, forbidden, error }: ResourceManagerParts): SettingRoute[] {
  const { scenario } = tenant;

  /** `below`: what follows the workspace in the path; its groups are handed on after the workspace. */
  const route = (
    source: Source,
    action: string,
    below: string,
    versions: readonly string[],
    answer: (call: Call, workspace: Workspace, name: string) => Answer,
  ): SettingRoute => {
    const path = new RegExp(
      `^/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/Microsoft\\.Synapse/workspaces/([^/]+)${below}$`,
      'i',
    );
    return {
      method: 'GET',
      path,
      versions,
      answer: (call) => {
        const [, subscription = '', group = '', name = '', rest = ''] = path.exec(call.path) ?? [];
        const workspace = scenario.workspaces.find(
          (each) => workspaceIdOf(each).toLowerCase() === idOf(subscription, group, name).toLowerCase(),
        );
        if (!workspace) {
          const message = `The Resource 'Microsoft.Synapse/workspaces/${name}' under resource group '${group}' was not found.`;
          return { status: 404, body: error('ParentResourceNotFound', message) };
        }
        if (
          isRefused(tenant, source) ||
          isRefused(tenant, source, workspace.subscription) ||
          isRefused(tenant, source, `workspace:${workspace.name}`)
        ) {
          return forbidden(action, workspaceIdOf(workspace));
        }
        return answer(call, workspace, rest);
      },
    };
  };
  const found = (body: unknown): Answer => ({ status: 200, body });
  const synapse = (what: string): string => `Microsoft.Synapse/workspaces/${what}/read`;

  const administrator = (setting: 'administrators' | 'sqlAdministrators'): SettingRoute =>
    route('entraAdministrators', synapse(setting), `/${setting}/activeDirectory`, SYNAPSE, (_, workspace) => {
      if (workspace.entraAdministrator === null) {
        const message = `The Resource 'Microsoft.Synapse/workspaces/${workspace.name}/${setting}/activeDirectory' was not found.`;
        return { status: 404, body: error('ResourceNotFound', message) };
      }
      return found(administratorObject(workspace, setting, workspace.entraAdministrator, tenant));
    });

  const poolOf = (workspace: Workspace, name: string, answer: (pool: Workspace['sqlPools'][number]) => Answer) => {
    const pool = workspace.sqlPools.find((each) => each.name.toLowerCase() === name.toLowerCase());
    const message = `The Resource 'Microsoft.Synapse/workspaces/${workspace.name}/sqlPools/${name}' was not found.`;
    return pool ? answer(pool) : { status: 404, body: error('ResourceNotFound', message) };
  };
  const POOL = '/sqlPools/([^/]+)';
  const DIAGNOSTICS = '/providers/Microsoft\\.Insights/diagnosticSettings';
  const READ_DIAGNOSTICS = 'Microsoft.Insights/diagnosticSettings/read';
  const READ_CATEGORIES = 'Microsoft.Insights/diagnosticSettingsCategories/read';

  return [
    route(
      'entraOnlyAuthentication',
      synapse('azureADOnlyAuthentications'),
      '/azureADOnlyAuthentications',
      SYNAPSE,
      (call, workspace) => list(call, entraOnlyObjects(workspace, tenant)),
    ),
    administrator('administrators'),
    administrator('sqlAdministrators'),
    route(
      'sqlAuditing',
      synapse('extendedAuditingSettings'),
      '/extendedAuditingSettings/default',
      SYNAPSE,
      (_, workspace) =>
        found({
          id: `${workspaceIdOf(workspace)}/extendedAuditingSettings/default`,
          name: 'default',
          type: 'Microsoft.Synapse/workspaces/extendedAuditingSettings',
          properties: auditingProperties(workspace.auditing),
        }),
    ),
    route('sqlAuditing', synapse('sqlPools'), '/sqlPools', SYNAPSE, (call, workspace) =>
      list(
        call,
        workspace.sqlPools.map((pool) => poolObject(pool, workspace, tenant)),
      ),
    ),
    route(
      'sqlAuditing',
      synapse('sqlPools/extendedAuditingSettings'),
      `${POOL}/extendedAuditingSettings/default`,
      SYNAPSE,
      (_, workspace, name) =>
        poolOf(workspace, name, (pool) =>
          found({
            id: `${poolIdOf(pool, workspace)}/extendedAuditingSettings/default`,
            name: 'default',
            type: 'Microsoft.Synapse/workspaces/sqlPools/extendedAuditingSettings',
            properties: auditingProperties(pool.auditing),
          }),
        ),
    ),
    route('sqlAuditing', READ_DIAGNOSTICS, `${POOL}${DIAGNOSTICS}`, MONITOR, (_, workspace, name) =>
      poolOf(workspace, name, (pool) =>
        found({
          value: pool.diagnosticSettings.map((each) =>
            diagnosticObject(each, poolIdOf(pool, workspace), workspace.subscription, scenario),
          ),
        }),
      ),
    ),
    route('sqlAuditing', READ_CATEGORIES, `${POOL}${DIAGNOSTICS}Categories`, MONITOR, (_, workspace, name) =>
      poolOf(workspace, name, (pool) => found({ value: categoryObjects(poolIdOf(pool, workspace)) })),
    ),
    route('diagnosticSettings', READ_DIAGNOSTICS, DIAGNOSTICS, MONITOR, (_, workspace) =>
      found({
        value: workspace.diagnosticSettings.map((each) =>
          diagnosticObject(each, workspaceIdOf(workspace), workspace.subscription, scenario),
        ),
      }),
    ),
    route('diagnosticSettings', READ_CATEGORIES, `${DIAGNOSTICS}Categories`, MONITOR, (_, workspace) =>
      found({ value: categoryObjects(workspaceIdOf(workspace)) }),
    ),
    route(
      'securityAlertPolicies',
      synapse('securityAlertPolicies'),
      '/securityAlertPolicies/Default',
      SYNAPSE,
      (_, workspace) => found(threatDetectionObject(workspace, tenant)),
    ),
    route(
      'managedIdentitySqlControl',
      synapse('managedIdentitySqlControlSettings'),
      '/managedIdentitySqlControlSettings/default',
      SYNAPSE,
      (_, workspace) =>
        found({
          id: `${workspaceIdOf(workspace)}/managedIdentitySqlControlSettings/default`,
          name: 'default',
          type: 'Microsoft.Synapse/workspaces/managedIdentitySqlControlSettings',
          properties: {
            grantSqlControlToManagedIdentity: {
              desiredState: workspace.sqlControl.desired,
              actualState: workspace.sqlControl.actual,
            },
          },
        }),
    ),
    route('firewallRules', synapse('firewallRules'), '/firewallRules', SYNAPSE, (call, workspace) =>
      list(
        call,
        workspace.firewallRules.map((rule) => ruleObject(rule, workspace)),
      ),
    ),
  ];
}

/** Properties of the workspace itself that its settings decide. */
export function settingsOfWorkspace(workspace: Workspace): Readonly<Record<string, unknown>> {
  const { type, publicNetworkAccess, privateEndpoints, entraOnly } = workspace;
  return {
    extraProperties: { ...(type !== null && { WorkspaceType: type }) },
    ...(publicNetworkAccess !== null && { publicNetworkAccess }),
    azureADOnlyAuthentication: entraOnly?.enabled ?? false,
    privateEndpointConnections: Array.from({ length: privateEndpoints }, (_, index) => ({
      id: `${workspaceIdOf(workspace)}/privateEndpointConnections/connection-${index + 1}`,
      name: `connection-${index + 1}`,
      type: 'Microsoft.Synapse/workspaces/privateEndpointConnections',
      properties: {
        provisioningState: 'Succeeded',
        privateEndpoint: {
          id: `${subscriptionIdOf(workspace.subscription)}/resourceGroups/network/providers/Microsoft.Network/privateEndpoints/${workspace.name}-${index + 1}`,
        },
        privateLinkServiceConnectionState: {
          status: 'Approved',
          description: 'Auto-approved',
          actionsRequired: 'None',
        },
      },
    })),
  };
}

function idOf(subscription: string, group: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Synapse/workspaces/${name}`;
}

function poolIdOf(pool: Workspace['sqlPools'][number], workspace: Workspace): string {
  return `${workspaceIdOf(workspace)}/sqlPools/${pool.name}`;
}

function daysAgo(days: number, { now }: Tenant): string {
  return new Date(now.getTime() - days * 86_400_000).toISOString();
}

function entraOnlyObjects(workspace: Workspace, tenant: Tenant): unknown[] {
  if (workspace.entraOnly === null) return [];
  return [
    {
      id: `${workspaceIdOf(workspace)}/azureADOnlyAuthentications/default`,
      name: 'default',
      type: 'Microsoft.Synapse/workspaces/azureADOnlyAuthentications',
      properties: {
        azureADOnlyAuthentication: workspace.entraOnly.enabled,
        creationDate: daysAgo(120, tenant),
        state: workspace.entraOnly.state,
      },
    },
  ];
}

/** Of an application Azure keeps the client id, of everybody else the object id. */
function administratorObject(workspace: Workspace, setting: string, principal: string, tenant: Tenant): unknown {
  const { users, groups, servicePrincipals, applications } = tenant.scenario;
  const known = [...users, ...groups, ...servicePrincipals].find(({ id }) => id === principal)?.name;
  const application = applications.find(({ id }) => id === principal.replace(/^sp:/, 'app:'))?.name;
  return {
    id: `${workspaceIdOf(workspace)}/${setting}/activeDirectory`,
    name: 'activeDirectory',
    type: `Microsoft.Synapse/workspaces/${setting}`,
    properties: {
      administratorType: 'ActiveDirectory',
      login: known ?? application ?? principal.replace(/^[^:]*:/, ''),
      sid: principal.startsWith('sp:') ? clientIdOf(principal) : guidOf(principal),
      tenantId: tenant.id,
    },
  };
}

function auditingProperties(auditing: Workspace['auditing']): unknown {
  return {
    state: auditing.state,
    storageEndpoint: auditing.storage === null ? '' : `https://${auditing.storage}.blob.core.windows.net/`,
    retentionDays: auditing.retentionDays,
    auditActionsAndGroups: auditing.state === 'Enabled' ? auditing.actionGroups : [],
    storageAccountSubscriptionId: '00000000-0000-0000-0000-000000000000',
    isStorageSecondaryKeyInUse: false,
    ...(auditing.predicate !== null && { predicateExpression: auditing.predicate }),
    isAzureMonitorTargetEnabled: auditing.azureMonitor,
  };
}

function poolObject(pool: Workspace['sqlPools'][number], workspace: Workspace, tenant: Tenant): unknown {
  return {
    id: poolIdOf(pool, workspace),
    name: pool.name,
    type: 'Microsoft.Synapse/workspaces/sqlPools',
    location: workspace.location,
    properties: {
      status: pool.status,
      collation: 'SQL_Latin1_General_CP1_CI_AS',
      maxSizeBytes: 263882790666240,
      creationDate: daysAgo(400, tenant),
      provisioningState: 'Succeeded',
      storageAccountType: 'GRS',
    },
    sku: { name: 'DW100c' },
  };
}

function diagnosticObject(
  setting: Workspace['diagnosticSettings'][number],
  resource: string,
  subscription: string,
  scenario: Scenario,
): unknown {
  const { name, logAnalytics, groups, categories } = setting;
  const retentionPolicy = { enabled: false, days: 0 };
  const target = scenario.logAnalyticsWorkspaces.find((each) => each.name === logAnalytics);
  // One that the scenario does not describe was deleted, and the setting still names it.
  const deleted = { name: logAnalytics ?? '', subscription, resourceGroup: 'monitoring' };
  const logAnalyticsId = logAnalyticsIdOf(target ?? deleted);
  return {
    id: `${resource}/providers/microsoft.insights/diagnosticSettings/${name}`,
    type: 'Microsoft.Insights/diagnosticSettings',
    name,
    properties: {
      storageAccountId: null,
      eventHubAuthorizationRuleId: null,
      workspaceId: logAnalytics === null ? null : logAnalyticsId,
      metrics: [],
      logs: [
        ...groups.map((categoryGroup) => ({ categoryGroup, enabled: true, retentionPolicy })),
        ...categories.map((category) => ({ category, enabled: true, retentionPolicy })),
        // The portal writes what is switched off as well.
        ...(groups.length > 0
          ? []
          : Object.keys(CATEGORIES)
              .filter((category) => !categories.includes(category))
              .map((category) => ({ category, enabled: false, retentionPolicy }))),
      ],
    },
  };
}

function categoryObjects(resource: string): unknown[] {
  return [
    ...Object.entries(CATEGORIES).map(([name, categoryGroups]) => ({
      id: `${resource}/providers/microsoft.insights/diagnosticSettingsCategories/${name}`,
      type: 'microsoft.insights/diagnosticSettingsCategories',
      name,
      properties: { categoryType: 'Logs', categoryGroups },
    })),
    {
      id: `${resource}/providers/microsoft.insights/diagnosticSettingsCategories/AllMetrics`,
      type: 'microsoft.insights/diagnosticSettingsCategories',
      name: 'AllMetrics',
      properties: { categoryType: 'Metrics' },
    },
  ];
}

function threatDetectionObject(workspace: Workspace, tenant: Tenant): unknown {
  const { state, disabledAlerts, mails } = workspace.threatDetection;
  return {
    id: `${workspaceIdOf(workspace)}/securityAlertPolicies/Default`,
    name: 'Default',
    type: 'Microsoft.Synapse/workspaces/securityAlertPolicies',
    properties: {
      state,
      emailAccountAdmins: false,
      // An empty list is one empty text.
      emailAddresses: mails.length === 0 ? [''] : mails,
      disabledAlerts: disabledAlerts.length === 0 ? [''] : disabledAlerts,
      creationTime: daysAgo(300, tenant),
      retentionDays: 0,
      storageAccountAccessKey: '',
      storageEndpoint: '',
    },
  };
}

function ruleObject(rule: Workspace['firewallRules'][number], workspace: Workspace): unknown {
  return {
    id: `${workspaceIdOf(workspace)}/firewallRules/${rule.name}`,
    name: rule.name,
    type: 'Microsoft.Synapse/workspaces/firewallRules',
    properties: { provisioningState: 'Succeeded', startIpAddress: rule.start, endIpAddress: rule.end },
  };
}
