import { findProblems, type ArmTemplate } from '../../scripts/infra-rules';
import { SOURCE_NAMES, SOURCES } from '../../src/inventory/sources';

const STORAGE = 'Microsoft.Storage/storageAccounts';
const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';

interface Parts {
  storage: Record<string, unknown>;
  site: Record<string, unknown>;
  appSettings: Record<string, unknown>;
  storageRoles: unknown[];
  ownRole: string;
  actions: string[];
}

/** The least template without a problem, as the compiler would write it: one module, the app within it. */
function template(change: (parts: Parts) => void = () => undefined): ArmTemplate {
  const parts: Parts = {
    storage: {
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      minimumTlsVersion: 'TLS1_2',
      supportsHttpsTrafficOnly: true,
    },
    site: { httpsOnly: true, siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2' } },
    appSettings: {
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: '',
      APPLICATIONINSIGHTS_CONNECTION_STRING: '',
      AUDIT_STORAGE_TABLE_ENDPOINT: '',
      AZURE_CLIENT_ID: '',
      AZURE_TENANT_ID: '',
      AzureWebJobsStorage__blobServiceUri: '',
      AzureWebJobsStorage__clientId: '',
      AzureWebJobsStorage__credential: '',
      AzureWebJobsStorage__queueServiceUri: '',
      AzureWebJobsStorage__tableServiceUri: '',
    },
    storageRoles: [
      { id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' },
      { id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' },
      { id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' },
    ],
    ownRole: "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', parameters('auditorRoleId'))]",
    actions: [
      'Microsoft.ResourceGraph/resources/read',
      'Microsoft.Resources/subscriptions/read',
      ...SOURCE_NAMES.filter((name) => SOURCES[name].grantedIn === 'Azure RBAC').flatMap(
        (name) => SOURCES[name].permission.match(/Microsoft\.\w+(\/\w+)+\/read/g) ?? [],
      ),
    ],
  };
  change(parts);
  const inner: ArmTemplate = {
    variables: { roles: parts.storageRoles, publisher: '3913510d-42f4-4e42-8a64-420c390055eb' },
    resources: {
      account: { type: STORAGE, properties: parts.storage },
      onStorage: { type: ASSIGNMENT, properties: { roleDefinitionId: roleOf("variables('roles')[copyIndex()].id") } },
      onInsights: { type: ASSIGNMENT, properties: { roleDefinitionId: roleOf("variables('publisher')") } },
      onMail: {
        type: ASSIGNMENT,
        properties: { roleDefinitionId: roleOf("'09976791-48a7-449e-bb21-39d1a415f350'") },
      },
      own: { type: ASSIGNMENT, properties: { roleDefinitionId: parts.ownRole } },
      role: {
        type: 'Microsoft.Authorization/roleDefinitions',
        properties: { permissions: [{ actions: parts.actions }] },
      },
      site: { type: 'Microsoft.Web/sites', properties: parts.site },
      appSettings: {
        type: 'Microsoft.Web/sites/config',
        name: "[format('{0}/{1}', parameters('name'), 'appsettings')]",
        properties: parts.appSettings,
      },
      ftp: { type: 'Microsoft.Web/sites/basicPublishingCredentialsPolicies', properties: { allow: false } },
      workspace: {
        type: 'Microsoft.OperationalInsights/workspaces',
        properties: { features: { disableLocalAuth: true } },
      },
      insights: { type: 'Microsoft.Insights/components', properties: { DisableLocalAuth: true } },
      mail: { type: 'Microsoft.Communication/communicationServices', properties: { disableLocalAuth: true } },
    },
  };
  return { resources: [{ type: 'Microsoft.Resources/deployments', properties: { template: inner } }] };
}

function roleOf(role: string): string {
  return `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', ${role})]`;
}

test('a template with every door closed and the documented permissions has no problem', () => {
  expect(findProblems(template())).toEqual([]);
});

test.each<[string, (parts: Parts) => void, string]>([
  [
    'storage that takes a shared key',
    ({ storage }) => (storage['allowSharedKeyAccess'] = true),
    'Microsoft.Storage/storageAccounts: allowSharedKeyAccess is true, not false.',
  ],
  [
    'storage that does not say whether it takes plain http',
    ({ storage }) => delete storage['supportsHttpsTrafficOnly'],
    'Microsoft.Storage/storageAccounts: supportsHttpsTrafficOnly is undefined, not true.',
  ],
  [
    'a site with an old TLS version',
    ({ site }) => (site['siteConfig'] = { minTlsVersion: '1.0', scmMinTlsVersion: '1.2' }),
    'Microsoft.Web/sites: siteConfig.minTlsVersion is "1.0", not 1.2 or 1.3.',
  ],
  [
    'a key that is read at deployment',
    ({ appSettings }) => (appSettings['AZURE_CLIENT_ID'] = "[listKeys(resourceId('x', 'y'), '2025-01-01').key1]"),
    'The template reads a key: listKeys(…).',
  ],
  [
    'the connection string of the host’s storage',
    ({ appSettings }) => (appSettings['AzureWebJobsStorage'] = ''),
    'App setting AzureWebJobsStorage would hold a key.',
  ],
  [
    'a misspelt setting',
    ({ appSettings }) => (appSettings['AUDIT_SCEDULE'] = ''),
    'App setting AUDIT_SCEDULE is neither the auditor’s nor the host’s.',
  ],
  [
    'a required setting left out',
    ({ appSettings }) => delete appSettings['AZURE_TENANT_ID'],
    'App setting AZURE_TENANT_ID is missing.',
  ],
  [
    'a role too many',
    ({ storageRoles }) => storageRoles.push({ id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635' }),
    'Role 8e3af657-a8ff-443c-a75c-2fe8c4bcb635 is not in the list.',
  ],
  ['a role too few', ({ storageRoles }) => storageRoles.pop(), 'Role Storage Table Data Contributor is not assigned.'],
  [
    'a wider role in place of the auditor’s own',
    (parts) => (parts.ownRole = roleOf("'acdd72a7-3385-48ef-bd42-f606fba81ae7'")),
    'Role acdd72a7-3385-48ef-bd42-f606fba81ae7 is not in the list.',
  ],
  [
    'an action that is not documented',
    ({ actions }) => actions.push('Microsoft.Storage/storageAccounts/listKeys/action'),
    'Microsoft.Storage/storageAccounts/listKeys/action is granted, but not documented.',
  ],
  [
    'a documented action that is not granted',
    (parts) => (parts.actions = parts.actions.filter((action) => action !== 'Microsoft.Synapse/workspaces/read')),
    'Microsoft.Synapse/workspaces/read is documented, but not granted.',
  ],
])('%s is a problem', (_name, change, problem) => {
  expect(findProblems(template(change))).toContain(problem);
});
