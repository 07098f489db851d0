import { randomUUID } from 'node:crypto';
import type { Scenario } from '../scenarios/schema';
import { momentOf } from '../scenarios/moment';
import { clientIdOf, guidOf, systemIdentityOf } from '../scenarios/symbolic-id';
import { activityEvents } from './activity-log';
import { logAnalyticsRoutes } from './log-analytics-workspaces';
import { reaching, type AzureAssignment } from './grants';
import { keyVaultRoutes, vaultUriOf } from './key-vaults';
import { pageOf, withToken } from './paging';
import { answerResourceGraph } from './resource-graph';
import {
  identityIdOf,
  identityNameOf,
  keyVaultIdOf,
  scopeIdOf,
  storageAccountIdOf,
  subscriptionIdOf,
  workspaceIdOf,
} from './resource-ids';
import { roleChangeRoutes } from './role-changes';
import { azureRolesOf } from './roles';
import { storageAccountRoute } from './storage-accounts';
import { isRefused, type Answer, type Call, type Service, type Tenant } from './service';
import { settingsOfWorkspace, workspaceSettingRoutes } from './workspace-settings';

type Subscription = Scenario['subscriptions'][number];

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly versions: readonly string[];
  readonly answer: (call: Call, subscription: Subscription) => Answer;
}

/** Azure Resource Manager, as far as the auditor asks. Paths are compared without case, as Azure does. */
export function createResourceManager(tenant: Tenant): Service {
  const { scenario, grants } = tenant;
  const visibleSubscriptions = (): readonly Subscription[] =>
    isRefused(tenant, 'subscriptions')
      ? []
      : scenario.subscriptions.filter(({ id }) => !isRefused(tenant, 'subscriptions', id));
  const roleIds = new Map(azureRolesOf(scenario.customRoles).map(({ name, id }) => [name, id]));

  const eligibilities = scenario.roleEligibilities.map((eligibility) => ({
    ...eligibility,
    scopeId: scopeIdOf(eligibility.scope, scenario),
    roleId: roleIds.get(eligibility.role) ?? '',
  }));

  const error = (code: string, message: string): unknown => ({ error: { code, message } });

  const forbidden = (action: string, scope: string): Answer => ({
    status: 403,
    body: error(
      'AuthorizationFailed',
      `The client '${clientIdOf('sp:auditor')}' with object id '${guidOf('sp:auditor')}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),
  });

  const list = (call: Call, items: readonly unknown[]): Answer => {
    const token = call.query.get('$skipToken');
    const page = pageOf(items, {
      size: scenario.paging.resourceManager,
      token,
      empty: call.emptyPage || (scenario.paging.emptyFirstPage && token === null),
    });
    if (!page) return { status: 400, body: error('InvalidSkipToken', 'The skip token is not valid.') };
    const next =
      page.next && `${tenant.address}/arm${encodeURI(call.path)}?${withToken(call.rawQuery, '$skipToken', page.next)}`;
    return { status: 200, body: { value: page.items, ...(next && { nextLink: next }) } };
  };

  /** A list that belongs to a subscription and needs a permission there. */
  const guarded = (
    source: Parameters<typeof isRefused>[1],
    action: string,
    items: (subscription: Subscription, call: Call) => readonly unknown[] | Answer,
  ): Route['answer'] => {
    return (call, subscription) => {
      if (isRefused(tenant, source) || isRefused(tenant, source, subscription.id)) {
        return forbidden(action, subscriptionIdOf(subscription.id));
      }
      const found = items(subscription, call);
      return 'status' in found ? found : list(call, found);
    };
  };

  const routes: readonly Route[] = [
    {
      method: 'GET',
      path: /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.Synapse\/workspaces$/i,
      versions: ['2021-06-01'],
      answer: guarded('workspaces', 'Microsoft.Synapse/workspaces/read', ({ id }) =>
        scenario.workspaces
          .filter(({ subscription }) => subscription === id)
          .map((workspace) => workspaceObject(workspace, tenant)),
      ),
    },
    {
      method: 'GET',
      path: /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.Authorization\/roleAssignments$/i,
      versions: ['2022-04-01'],
      answer: guarded(
        'azureRoleAssignments',
        'Microsoft.Authorization/roleAssignments/read',
        (subscription, { query }) => {
          const filter = query.get('$filter');
          const ofPrincipal = /^principalId eq '([^']+)'$/.exec(filter ?? '')?.[1]?.toLowerCase();
          const assignedTo = /^atScope\(\) and assignedTo\('([^']+)'\)$/.exec(filter ?? '')?.[1]?.toLowerCase();
          if (assignedTo !== undefined) {
            return reaching(grants, assignedTo, subscription, scenario).map((assignment) =>
              roleAssignmentObject(assignment, subscription, tenant),
            );
          }
          if (filter !== null && filter !== 'atScope()' && ofPrincipal === undefined) {
            return { status: 400, body: error('UnsupportedFilter', `The filter '${filter}' is not simulated here.`) };
          }
          return grants.azureAssignments
            .filter((assignment) => concerns(assignment, subscription))
            .filter(({ scope }) => filter !== 'atScope()' || scope === '/' || /^(mg|sub):/.test(scope))
            .map((assignment) => roleAssignmentObject(assignment, subscription, tenant))
            .filter(({ properties }) => ofPrincipal === undefined || properties.principalId === ofPrincipal);
        },
      ),
    },
    {
      method: 'GET',
      path: /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.Authorization\/roleDefinitions$/i,
      versions: ['2022-04-01'],
      answer: guarded(
        'azureRoleAssignments',
        'Microsoft.Authorization/roleDefinitions/read',
        (subscription, { query }) => {
          const filter = query.get('$filter');
          const type = /^type eq '(BuiltInRole|CustomRole)'$/i.exec(filter ?? '')?.[1]?.toLowerCase();
          if (filter !== null && type === undefined) {
            return { status: 400, body: error('UnsupportedFilter', `The filter '${filter}' is not simulated here.`) };
          }
          return grants.azureRoles
            .filter(({ builtIn, subscriptions }) => builtIn || subscriptions.includes(subscription.id))
            .filter(({ builtIn }) => type === undefined || builtIn === (type === 'builtinrole'))
            .map((role) => roleDefinitionObject(role, subscription));
        },
      ),
    },
    {
      method: 'GET',
      path: /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.Authorization\/roleEligibilitySchedules$/i,
      versions: ['2020-10-01'],
      answer: guarded('roleEligibilities', 'Microsoft.Authorization/roleAssignments/read', (subscription) =>
        eligibilities
          .filter((eligibility) => concerns(eligibility, subscription))
          .map((eligibility) => roleEligibilityObject(eligibility, subscription, tenant)),
      ),
    },
    {
      method: 'GET',
      path: /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities$/i,
      versions: ['2024-11-30'],
      answer: guarded('userAssignedIdentities', 'Microsoft.ManagedIdentity/userAssignedIdentities/read', ({ id }) =>
        scenario.userAssignedIdentities
          .filter(({ subscription, state }) => subscription === id && state !== 'deleted')
          .map((identity) => identityObject(identity, tenant)),
      ),
    },
    {
      method: 'GET',
      path: /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.Insights\/eventtypes\/management\/values$/i,
      versions: ['2015-04-01'],
      answer: guarded('activityLog', 'Microsoft.Insights/eventtypes/values/read', ({ id }, call) =>
        activityEvents(tenant, guidOf(id), call, error),
      ),
    },
    ...roleChangeRoutes({
      tenant,
      forbidden,
      error,
      roleObject: roleDefinitionObject,
      assignmentObject: (assignment, subscription) => roleAssignmentObject(assignment, subscription, tenant),
    }),
    ...workspaceSettingRoutes({ tenant, list, forbidden, error }),
    ...logAnalyticsRoutes({ tenant, list, forbidden, error }),
    ...keyVaultRoutes({ tenant, list, forbidden, error }),
    storageAccountRoute({ tenant, list, forbidden, error }),
  ];

  const tenantRoutes: readonly (Omit<Route, 'answer'> & { readonly answer: (call: Call) => Answer })[] = [
    {
      method: 'GET',
      path: /^\/subscriptions$/i,
      versions: ['2022-12-01'],
      answer: (call) =>
        list(
          call,
          visibleSubscriptions().map((subscription) => subscriptionObject(subscription, tenant)),
        ),
    },
    {
      method: 'POST',
      path: /^\/providers\/Microsoft\.ResourceGraph\/resources$/i,
      versions: ['2024-04-01'],
      answer: (call) => {
        const visible = visibleSubscriptions();
        // Resource Graph shows what the reader may see and is silent about the rest.
        const seen = <T extends { readonly name: string; readonly subscription: string }>(
          source: 'storageAccounts' | 'keyVaults',
          resources: readonly T[],
          idOf: (resource: T) => string,
        ) =>
          resources
            .filter(({ subscription }) => visible.some(({ id }) => id === subscription))
            .filter(({ subscription }) => !isRefused(tenant, source, subscription))
            .map((resource) => ({ id: idOf(resource), name: resource.name }));
        return answerResourceGraph(
          call,
          {
            'microsoft.storage/storageaccounts': isRefused(tenant, 'storageAccounts')
              ? forbidden('Microsoft.Storage/storageAccounts/read', '/')
              : seen('storageAccounts', scenario.storageAccounts, storageAccountIdOf),
            'microsoft.keyvault/vaults': isRefused(tenant, 'keyVaults')
              ? forbidden('Microsoft.KeyVault/vaults/read', '/')
              : seen('keyVaults', scenario.keyVaults, keyVaultIdOf),
          },
          { mostRows: scenario.paging.resourceManager, emptyFirstPage: scenario.paging.emptyFirstPage, error },
        );
      },
    },
  ];

  const versionProblem = (call: Call, versions: readonly string[]): Answer | undefined => {
    const version = call.query.get('api-version');
    if (version === null) {
      const message = 'The api-version query parameter (?api-version=) is required for all requests.';
      return { status: 400, body: error('MissingApiVersionParameter', message) };
    }
    if (versions.includes(version)) return undefined;
    const message = `The api-version '${version}' is invalid. The supported versions are '${versions.join(',')}'.`;
    return { status: 400, body: error('InvalidApiVersionParameter', message) };
  };

  return {
    audiences: ['https://management.azure.com', 'https://management.azure.com/'],
    constant: true,
    error,
    headers: () => {
      const id = randomUUID();
      return {
        'x-ms-request-id': id,
        'x-ms-correlation-request-id': id,
        'x-ms-ratelimit-remaining-subscription-reads': '249',
        'x-ms-ratelimit-remaining-tenant-reads': '249',
      };
    },
    unauthorized(problem) {
      const [code, message] = {
        missing: ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."],
        invalid: ['InvalidAuthenticationToken', 'The access token is invalid.'],
        expired: ['ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than current UTC time.'],
        wrongAudience: [
          'InvalidAuthenticationTokenAudience',
          "The access token has been obtained for wrong audience or resource. It should exactly match with one of the allowed audiences 'https://management.azure.com/','https://management.azure.com'.",
        ],
      }[problem] as [string, string];
      const challenge = `Bearer authorization_uri="https://login.microsoftonline.com/${tenant.id}", error="invalid_token", error_description="${message}"`;
      return { status: 401, headers: { 'www-authenticate': challenge }, body: error(code, message) };
    },
    handle(call) {
      for (const { method, path, versions, answer } of tenantRoutes) {
        if (method === call.method && path.test(call.path)) return versionProblem(call, versions) ?? answer(call);
      }
      for (const { method, path, versions, answer } of routes) {
        const id = method === call.method ? path.exec(call.path)?.[1]?.toLowerCase() : undefined;
        if (id === undefined) continue;
        const subscription = visibleSubscriptions().find((each) => guidOf(each.id) === id);
        if (!subscription) {
          return { status: 404, body: error('SubscriptionNotFound', `The subscription '${id}' could not be found.`) };
        }
        return versionProblem(call, versions) ?? answer(call, subscription);
      }
      return undefined;
    },
  };
}

type PlacedEligibility = Scenario['roleEligibilities'][number] & Pick<AzureAssignment, 'scopeId' | 'roleId'>;

/** Whether an assignment shows in the list of a subscription: those at it, above it and below it do. */
function concerns({ scope, scopeId }: Pick<AzureAssignment, 'scope' | 'scopeId'>, subscription: Subscription): boolean {
  if (scope === '/') return true;
  if (scope.startsWith('mg:')) return subscription.managementGroups.includes(scope.slice('mg:'.length));
  const own = subscriptionIdOf(subscription.id);
  return scopeId === own || scopeId.startsWith(`${own}/`);
}

function subscriptionObject({ id, name }: Subscription, tenant: Tenant): unknown {
  return {
    id: subscriptionIdOf(id),
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: guidOf(id),
    tenantId: tenant.id,
    displayName: name,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

function workspaceObject(workspace: Scenario['workspaces'][number], tenant: Tenant): unknown {
  const { name, storage } = workspace;
  const attached = workspace.userAssignedIdentities.flatMap((symbol) =>
    tenant.scenario.userAssignedIdentities.filter(({ id }) => id === symbol),
  );
  const types = [
    ...(workspace.identity === 'none' ? [] : ['SystemAssigned']),
    ...(attached.length ? ['UserAssigned'] : []),
  ];
  const account = tenant.scenario.storageAccounts.find((each) => each.name === storage?.account);
  return {
    id: workspaceIdOf(workspace),
    name,
    type: 'Microsoft.Synapse/workspaces',
    location: workspace.location,
    tags: workspace.tags,
    identity: {
      type: types.join(',') || 'None',
      ...(workspace.identity !== 'none' && { tenantId: tenant.id, principalId: systemIdentityOf(name) }),
      ...(attached.length > 0 && {
        userAssignedIdentities: Object.fromEntries(
          attached.map((identity) => [
            identityIdOf(identity),
            { clientId: clientIdOf(identity.id), principalId: guidOf(identity.id) },
          ]),
        ),
      }),
    },
    properties: {
      provisioningState: 'Succeeded',
      workspaceUID: guidOf(`uid:${name}`),
      connectivityEndpoints: {
        web: `https://web.azuresynapse.net?workspace=${encodeURIComponent(workspaceIdOf(workspace))}`,
        dev: `${tenant.address}/synapse/${name}`,
        sqlOnDemand: `${name}-ondemand.sql.azuresynapse.net`,
        sql: `${name}.sql.azuresynapse.net`,
      },
      ...(storage && {
        defaultDataLakeStorage: {
          accountUrl: `https://${storage.account}.dfs.core.windows.net`,
          filesystem: storage.filesystem,
          ...(storage.resourceId && account && { resourceId: storageAccountIdOf(account) }),
        },
      }),
      encryption: encryptionObject(workspace, tenant),
      managedResourceGroupName: `synapseworkspace-managedrg-${guidOf(`managed:${name}`)}`,
      sqlAdministratorLogin: 'sqladminuser',
      ...settingsOfWorkspace(workspace),
    },
  };
}

function encryptionObject({ customerManagedKey }: Scenario['workspaces'][number], { scenario }: Tenant): unknown {
  if (customerManagedKey === null) return { doubleEncryptionEnabled: false };
  const { vault, key, status, identity } = customerManagedKey;
  const userAssigned = scenario.userAssignedIdentities.find(({ id }) => id === identity);
  return {
    doubleEncryptionEnabled: true,
    cmk: {
      status,
      key: { name: 'default', keyVaultUrl: `${vaultUriOf(vault)}/keys/${key}` },
      kekIdentity: {
        userAssignedIdentity: userAssigned ? identityIdOf(userAssigned) : null,
        useSystemAssignedIdentity: !userAssigned,
      },
    },
  };
}

function identityObject(identity: Scenario['userAssignedIdentities'][number], tenant: Tenant): unknown {
  return {
    id: identityIdOf(identity),
    name: identityNameOf(identity),
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    location: 'westeurope',
    tags: {},
    properties: { tenantId: tenant.id, principalId: guidOf(identity.id), clientId: clientIdOf(identity.id) },
  };
}

function roleAssignmentObject(
  { name, principal, principalType, scope, condition, scopeId, roleId }: AzureAssignment,
  subscription: Subscription,
  { now }: Tenant,
) {
  const definition = `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
  const since = new Date(now.getTime() - 200 * 86_400_000).toISOString();
  return {
    id: `${scopeId === '/' ? '' : scopeId}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name,
    type: 'Microsoft.Authorization/roleAssignments',
    properties: {
      // At and below a subscription the definition is named within it, above it without.
      roleDefinitionId: /^(\/|mg:)/.test(scope) ? definition : `${subscriptionIdOf(subscription.id)}${definition}`,
      principalId: guidOf(principal),
      principalType: principalType ?? principalTypeOf(principal),
      scope: scopeId,
      condition,
      conditionVersion: condition === null ? null : '2.0',
      createdOn: since,
      updatedOn: since,
      createdBy: null,
      updatedBy: null,
      delegatedManagedIdentityResourceId: null,
      description: null,
    },
  };
}

function roleEligibilityObject(
  { principal, role, scope, starts, ends, scopeId, roleId }: PlacedEligibility,
  subscription: Subscription,
  { now, scenario }: Tenant,
): unknown {
  const name = guidOf(`eligibility:${principal}/${role}/${scope}`);
  const provider = `${scopeId === '/' ? '' : scopeId}/providers/Microsoft.Authorization`;
  const definition = `${subscriptionIdOf(subscription.id)}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
  const since = momentOf(starts, now).toISOString();
  const principalType = principalTypeOf(principal);
  const named = [...scenario.users, ...scenario.groups, ...scenario.servicePrincipals].find(
    ({ id }) => id === principal,
  );
  return {
    id: `${provider}/RoleEligibilitySchedules/${name}`,
    name,
    type: 'Microsoft.Authorization/RoleEligibilitySchedules',
    properties: {
      scope: scopeId,
      roleDefinitionId: definition,
      principalId: guidOf(principal),
      principalType,
      status: 'Provisioned',
      roleEligibilityScheduleRequestId: `${provider}/RoleEligibilityScheduleRequests/${guidOf(`request:${name}`)}`,
      startDateTime: since,
      ...(ends !== null && { endDateTime: momentOf(ends, now).toISOString() }),
      memberType: 'Direct',
      createdOn: since,
      updatedOn: since,
      condition: null,
      conditionVersion: null,
      expandedProperties: {
        scope: { id: scopeId, displayName: subscription.name, type: 'subscription' },
        roleDefinition: { id: definition, displayName: role, type: 'BuiltInRole' },
        principal: { id: guidOf(principal), displayName: named?.name ?? principal, type: principalType },
      },
    },
  };
}

function roleDefinitionObject(role: ReturnType<typeof azureRolesOf>[number], subscription: Subscription): unknown {
  return {
    id: `${subscriptionIdOf(subscription.id)}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`,
    name: role.id,
    type: 'Microsoft.Authorization/roleDefinitions',
    properties: {
      roleName: role.name,
      type: role.builtIn ? 'BuiltInRole' : 'CustomRole',
      description: '',
      assignableScopes: role.builtIn ? ['/'] : role.subscriptions.map(subscriptionIdOf),
      permissions: [role.permission],
    },
  };
}

/** Azure keeps saying what a principal was after it is gone. */
function principalTypeOf(principal: string): 'User' | 'Group' | 'ServicePrincipal' {
  if (principal.startsWith('user:')) return 'User';
  return principal.startsWith('group:') ? 'Group' : 'ServicePrincipal';
}
