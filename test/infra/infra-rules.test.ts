import { AUDITOR_ROLES } from '../../src/audit/auditor-roles';
import { findProblems, type Options, type PlannedResource } from '../../scripts/infra-rules';
import { DEPLOYED_SETTINGS } from '../../scripts/infra-settings';
import { SOURCE_NAMES, SOURCES } from '../../src/inventory/sources';

const SUBSCRIPTION = '22222222-3333-4444-5555-666666666666';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers`;
const STORAGE = 'Microsoft.Storage/storageAccounts';
const VAULT = 'Microsoft.KeyVault/vaults';
const COMMUNICATION = 'Microsoft.Communication/communicationServices';
const WORKSPACE = 'Microsoft.OperationalInsights/workspaces';
const PRINCIPAL =
  "[reference(resourceId('Microsoft.Resources/deployments', format('identity-{0}', uniqueString('identity', deployment().name))), '2025-04-01').outputs.principalId.value]";
const OWN_ROLE = `[subscriptionResourceId('${SUBSCRIPTION}', 'Microsoft.Authorization/roleDefinitions', reference(subscriptionResourceId('${SUBSCRIPTION}', 'Microsoft.Resources/deployments', format('auditorRole-{0}', 'x')), '2025-04-01').outputs.id.value)]`;
const REFERENCE = "[coalesce(tryGet(reference('webhook'), 'outputs', 'urlReference', 'value'), '')]";

const EVERYTHING: Options = {
  mails: true,
  webhook: true,
  privateNetwork: true,
  locks: true,
  accessLogs: true,
  operators: 1,
  subscriptions: [SUBSCRIPTION],
  settings: { AUDIT_SCHEDULE: '0 1 1 * * *' },
};
const ALERTS = { 'no-finished-audit': 'AppTraces | take 1' };

type Draft = PlannedResource & { properties: Record<string, unknown> };

function resource(type: string, properties: Record<string, unknown> = {}, name = 'it'): Draft {
  return { id: `${GROUP}/${type}/${name}`, type, name, tags: { 'azd-env-name': 'test' }, properties };
}

function about(id: string, type: string): Draft {
  return { ...resource(type), id: `${id}/providers/${type}/it` };
}

function assignment(type: string, role: string): Draft {
  const properties = { roleDefinitionId: `/providers/${role}`, principalId: PRINCIPAL };
  return {
    ...resource('Microsoft.Authorization/roleAssignments', properties),
    id: `[extensionResourceId('${GROUP}/${type}/it', 'Microsoft.Authorization/roleAssignments', guid('x'))]`,
  };
}

/** The least deployment of everything without a problem. */
function plan(): Draft[] {
  const account = `${GROUP}/${STORAGE}/it`;
  const closed = { publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Deny' } };
  const settings = {
    ...Object.fromEntries(DEPLOYED_SETTINGS.map((name) => [name, ''])),
    ALERT_WEBHOOK_URL: REFERENCE,
    AUDIT_SCHEDULE: '0 1 1 * * *',
  };
  const documented = SOURCE_NAMES.filter((name) => SOURCES[name].grantedIn === 'Azure RBAC').flatMap(
    (name) => SOURCES[name].permission.match(/Microsoft\.\w+(\/\w+)+\/read/g) ?? [],
  );
  return [
    resource('Microsoft.ManagedIdentity/userAssignedIdentities'),
    resource(STORAGE, {
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      minimumTlsVersion: 'TLS1_2',
      supportsHttpsTrafficOnly: true,
      ...closed,
    }),
    resource('Microsoft.Web/sites', {
      httpsOnly: true,
      siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2' },
    }),
    resource('Microsoft.Web/sites/config', settings, 'it/appsettings'),
    resource('Microsoft.Web/sites/basicPublishingCredentialsPolicies', { allow: false }, 'it/ftp'),
    resource('Microsoft.Web/sites/basicPublishingCredentialsPolicies', { allow: false }, 'it/scm'),
    resource(WORKSPACE, { features: { disableLocalAuth: true } }),
    resource('Microsoft.Insights/components', { DisableLocalAuth: true }),
    resource(COMMUNICATION, { disableLocalAuth: true }),
    resource(VAULT, { enableRbacAuthorization: true, enableSoftDelete: true, ...closed }),
    { ...resource('Microsoft.KeyVault/vaults/secrets'), condition: "[not(empty(parameters('url')))]" },
    resource('Microsoft.Network/virtualNetworks'),
    ...['blob', 'queue', 'table', 'vault'].map((group) =>
      resource('Microsoft.Network/privateEndpoints', {
        privateLinkServiceConnections: [{ properties: { groupIds: [group] } }],
      }),
    ),
    resource('Microsoft.Insights/actionGroups'),
    resource('Microsoft.Insights/scheduledQueryRules', {
      enabled: true,
      criteria: { allOf: [{ query: ALERTS['no-finished-audit'] }] },
      actions: { actionGroups: ['people'] },
    }),
    resource('Microsoft.OperationalInsights/queryPacks'),
    about(`${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/it`, 'Microsoft.Authorization/locks'),
    about(account, 'Microsoft.Authorization/locks'),
    ...['blobServices', 'queueServices', 'tableServices'].map((service) =>
      about(`${account}/${service}/default`, 'Microsoft.Insights/diagnosticSettings'),
    ),
    ...[WORKSPACE, COMMUNICATION, VAULT].map((type) =>
      about(`${GROUP}/${type}/it`, 'Microsoft.Insights/diagnosticSettings'),
    ),
    ...AUDITOR_ROLES.map(({ id, on }) => assignment(on, id)),
    {
      ...resource('Microsoft.Authorization/roleAssignments', { roleDefinitionId: OWN_ROLE, principalId: PRINCIPAL }),
      id: `[resourceId('${SUBSCRIPTION}', 'rg', 'Microsoft.Authorization/roleAssignments', guid('y'))]`,
    },
    {
      ...resource('Microsoft.Authorization/roleAssignments', { roleDefinitionId: OWN_ROLE, principalId: PRINCIPAL }),
      id: `[subscriptionResourceId('${SUBSCRIPTION}', 'Microsoft.Authorization/roleAssignments', guid('x'))]`,
    },
    resource('Microsoft.Authorization/roleDefinitions', {
      permissions: [
        {
          actions: [
            'Microsoft.ResourceGraph/resources/read',
            'Microsoft.Resources/subscriptions/read',
            ...new Set(documented),
          ],
        },
      ],
    }),
  ];
}

/** The first of a type. */
function find(all: readonly Draft[], type: string): Draft {
  return all.find((each) => each.type === type)!;
}

function remove(all: Draft[], doomed: (each: Draft) => boolean): void {
  all.splice(all.findIndex(doomed), 1);
}

const actionsOf = (all: readonly Draft[]) =>
  (find(all, 'Microsoft.Authorization/roleDefinitions').properties['permissions'] as { actions: string[] }[])[0]!
    .actions;

test('a deployment with every door closed, the documented permissions and all that was asked for has no problem', () => {
  expect(findProblems(plan(), EVERYTHING, ALERTS)).toEqual([]);
});

test.each<[string, (all: Draft[]) => unknown, string]>([
  [
    'storage that takes a shared key',
    (all) => (find(all, STORAGE).properties['allowSharedKeyAccess'] = true),
    'Microsoft.Storage/storageAccounts: allowSharedKeyAccess is true, not false.',
  ],
  [
    'storage with public blobs',
    (all) => (find(all, STORAGE).properties['allowBlobPublicAccess'] = true),
    'Microsoft.Storage/storageAccounts: allowBlobPublicAccess is true, not false.',
  ],
  [
    'storage that does not say whether it takes plain http',
    (all) => delete find(all, STORAGE).properties['supportsHttpsTrafficOnly'],
    'Microsoft.Storage/storageAccounts: supportsHttpsTrafficOnly is undefined, not true.',
  ],
  [
    'storage that others reach although a private network was asked for',
    (all) => (find(all, STORAGE).properties['publicNetworkAccess'] = 'Enabled'),
    'Microsoft.Storage/storageAccounts: publicNetworkAccess is "Enabled", not Disabled.',
  ],
  [
    'a site that takes plain http',
    (all) => (find(all, 'Microsoft.Web/sites').properties['httpsOnly'] = false),
    'Microsoft.Web/sites: httpsOnly is false, not true.',
  ],
  [
    'a site with an old TLS version',
    (all) =>
      (find(all, 'Microsoft.Web/sites').properties['siteConfig'] = {
        minTlsVersion: '1.0',
        scmMinTlsVersion: '1.2',
      }),
    'Microsoft.Web/sites: siteConfig.minTlsVersion is "1.0", not 1.2 or 1.3.',
  ],
  [
    'publishing with a password',
    (all) => {
      remove(all, ({ name }) => name === 'it/scm');
    },
    'Microsoft.Web/sites/basicPublishingCredentialsPolicies: there are 1, not 2.',
  ],
  [
    'a vault with access policies',
    (all) => (find(all, VAULT).properties['enableRbacAuthorization'] = false),
    'Microsoft.KeyVault/vaults: enableRbacAuthorization is false, not true.',
  ],
  [
    'the address of the webhook as a setting',
    (all) =>
      (find(all, 'Microsoft.Web/sites/config').properties['ALERT_WEBHOOK_URL'] =
        "[parameters('settings').webhook.url]"),
    'App setting ALERT_WEBHOOK_URL is no reference to Key Vault.',
  ],
  [
    'a setting left out',
    (all) => delete find(all, 'Microsoft.Web/sites/config').properties['WATCH_SCHEDULE'],
    'App setting WATCH_SCHEDULE is missing.',
  ],
  [
    'a setting with another value than was asked for',
    (all) => (find(all, 'Microsoft.Web/sites/config').properties['AUDIT_SCHEDULE'] = '0 2 * * * *'),
    'App setting AUDIT_SCHEDULE is "0 2 * * * *", not "0 1 1 * * *".',
  ],
  [
    'settings given twice',
    (all) => all.push({ ...find(all, 'Microsoft.Web/sites/config') }),
    'App settings are given 2 times, not once.',
  ],
  [
    'a role too many',
    (all) => all.push(assignment(STORAGE, '8e3af657-a8ff-443c-a75c-2fe8c4bcb635')),
    'Role 8e3af657-a8ff-443c-a75c-2fe8c4bcb635 on Microsoft.Storage/storageAccounts is not in the list.',
  ],
  [
    'a role of the list twice',
    (all) => all.push(assignment(VAULT, '4633458b-17de-408a-b874-0445c86b69e6')),
    'Role 4633458b-17de-408a-b874-0445c86b69e6 on Microsoft.KeyVault/vaults is not in the list.',
  ],
  [
    'a role of the list on something else',
    (all) => {
      const wrong = all.find(({ id }) => id.includes('roleAssignments') && id.includes(VAULT))!;
      all[all.indexOf(wrong)] = { ...wrong, id: wrong.id.replace(`${VAULT}/it`, 'Microsoft.Web/sites/it') };
    },
    'Role 4633458b-17de-408a-b874-0445c86b69e6 on Microsoft.KeyVault/vaults is not assigned.',
  ],
  [
    'a role for somebody else',
    (all) => (find(all, 'Microsoft.Authorization/roleAssignments').properties['principalId'] = 'somebody'),
    'The role on Microsoft.Storage/storageAccounts is not the identity’s.',
  ],
  [
    'a wider role in place of the auditor’s own',
    (all) => (all.at(-2)!.properties['roleDefinitionId'] = '/providers/acdd72a7-3385-48ef-bd42-f606fba81ae7'),
    `Role acdd72a7-3385-48ef-bd42-f606fba81ae7 on subscription ${SUBSCRIPTION} is not in the list.`,
  ],
  [
    'the auditor’s own role on another group',
    (all) => {
      const own = all.at(-3)!;
      all[all.indexOf(own)] = { ...own, id: own.id.replace("'rg'", "'rg-of-others'") };
    },
    'Role the auditor’s own on group rg-of-others is not in the list.',
  ],
  [
    'no role on the auditor’s own group',
    (all) => all.splice(-3, 1),
    'Role the auditor’s own on group rg is not assigned.',
  ],
  [
    'an action that is not documented',
    (all) => actionsOf(all).push('Microsoft.Storage/storageAccounts/listKeys/action'),
    'Microsoft.Storage/storageAccounts/listKeys/action is granted, but not documented.',
  ],
  [
    'a documented action that is not granted',
    (all) => {
      const actions = actionsOf(all);
      actions.splice(actions.indexOf('Microsoft.Synapse/workspaces/read'), 1);
    },
    'Microsoft.Synapse/workspaces/read is documented, but not granted.',
  ],
  [
    'an alert rule left out',
    (all) => {
      remove(all, ({ type }) => type === 'Microsoft.Insights/scheduledQueryRules');
    },
    'No alert rule goes by no-finished-audit.kql.',
  ],
  [
    'an alert rule with a query of its own',
    (all) =>
      (find(all, 'Microsoft.Insights/scheduledQueryRules').properties['criteria'] = {
        allOf: [{ query: 'AppTraces' }],
      }),
    'The alert rule it goes by none of the queries.',
  ],
  [
    'an alert rule that is off',
    (all) => (find(all, 'Microsoft.Insights/scheduledQueryRules').properties['enabled'] = false),
    'The alert rule it is off.',
  ],
  [
    'an alert rule that tells nobody',
    (all) => (find(all, 'Microsoft.Insights/scheduledQueryRules').properties['actions'] = { actionGroups: [] }),
    'The alert rule it tells nobody.',
  ],
  [
    'a lock left out',
    (all) => {
      remove(all, ({ type, id }) => type === 'Microsoft.Authorization/locks' && id.includes(STORAGE));
    },
    'There is no lock of Microsoft.Storage/storageAccounts.',
  ],
  [
    'an access log left out',
    (all) => {
      remove(all, ({ type, id }) => type === 'Microsoft.Insights/diagnosticSettings' && id.includes('tableServices'));
    },
    'There is no access log of Microsoft.Storage/storageAccounts/*/tableServices.',
  ],
  [
    'a private endpoint left out',
    (all) => {
      remove(all, ({ type }) => type === 'Microsoft.Network/privateEndpoints');
    },
    'There is no private endpoint for blob.',
  ],
  [
    'a resource without tags',
    (all) => all.push({ ...resource('Microsoft.Web/serverfarms'), tags: {} }),
    'Microsoft.Web/serverfarms it has no tags.',
  ],
  [
    'a resource that may or may not be created',
    (all) =>
      all.push({ ...resource('Microsoft.Web/serverfarms'), condition: "[reference('other').outputs.yes.value]" }),
    'Microsoft.Web/serverfarms it: whether it is created cannot be told beforehand.',
  ],
])('%s is a problem', (_name, change, problem) => {
  const all = plan();
  change(all);
  expect(findProblems(all, EVERYTHING, ALERTS)).toContain(problem);
});

test('what nobody asked for is a problem', () => {
  const nothing = {
    mails: false,
    webhook: false,
    privateNetwork: false,
    locks: false,
    accessLogs: false,
    operators: 0,
  };
  expect(findProblems(plan(), { ...nothing, subscriptions: [], settings: {} }, ALERTS)).toEqual([
    'Microsoft.Insights/actionGroups: there are 1, not 0.',
    'Microsoft.Communication/communicationServices: there are 1, not 0.',
    'Microsoft.KeyVault/vaults: there are 1, not 0.',
    'Microsoft.Network/virtualNetworks: there are 1, not 0.',
    'Role 09976791-48a7-449e-bb21-39d1a415f350 on Microsoft.Communication/communicationServices is not in the list.',
    'Role 4633458b-17de-408a-b874-0445c86b69e6 on Microsoft.KeyVault/vaults is not in the list.',
    `Role the auditor’s own on subscription ${SUBSCRIPTION} is not in the list.`,
    'The alert rule it tells somebody.',
    'Nobody asked for the lock of Microsoft.ManagedIdentity/userAssignedIdentities.',
    'Nobody asked for the lock of Microsoft.Storage/storageAccounts.',
    'Nobody asked for the access log of Microsoft.Storage/storageAccounts/*/blobServices.',
    'Nobody asked for the access log of Microsoft.Storage/storageAccounts/*/queueServices.',
    'Nobody asked for the access log of Microsoft.Storage/storageAccounts/*/tableServices.',
    'Nobody asked for the access log of Microsoft.OperationalInsights/workspaces.',
    'Nobody asked for the access log of Microsoft.Communication/communicationServices.',
    'Nobody asked for the access log of Microsoft.KeyVault/vaults.',
    'Nobody asked for the private endpoint for blob.',
    'Nobody asked for the private endpoint for queue.',
    'Nobody asked for the private endpoint for table.',
    'Nobody asked for the private endpoint for vault.',
  ]);
});
