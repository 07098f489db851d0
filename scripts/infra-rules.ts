/** What must hold of the compiled templates whatever else changes: no secret, no open door, no permission that is not documented. */
import { SOURCE_NAMES, SOURCES } from '../src/inventory/sources';
import { SETTINGS } from '../src/settings';

/** A compiled Bicep file; modules are deployments with a template of their own. */
export interface ArmTemplate {
  readonly variables?: Readonly<Record<string, unknown>>;
  /** By symbolic name where the template uses language version 2. */
  readonly resources: readonly ArmResource[] | Readonly<Record<string, ArmResource>>;
}

interface ArmResource {
  readonly type: string;
  readonly name?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The roles that the auditor's identity may get beside its own custom role. */
const ROLES: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '09976791-48a7-449e-bb21-39d1a415f350': 'Communication and Email Service Owner',
};

/** App settings that the Functions host reads. */
const HOST_SETTINGS = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
];

/** Ours that must be there beside the required ones: without them the app would sign in or store elsewhere. */
const NEEDED_SETTINGS = ['AZURE_CLIENT_ID', 'AUDIT_STORAGE_TABLE_ENDPOINT'];

/** Ours that hold a key. */
const SECRET_SETTINGS = ['AzureWebJobsStorage', 'COMMUNICATION_SERVICES_CONNECTION_STRING'];

/** What listing subscriptions and asking Resource Graph take beside the reads that the sources name. */
const READS_OF_LISTS = ['Microsoft.ResourceGraph/resources/read', 'Microsoft.Resources/subscriptions/read'];

/** Per type the properties that close a door, with the values that do. */
const CLOSED: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  'Microsoft.Storage/storageAccounts': {
    allowBlobPublicAccess: [false],
    allowSharedKeyAccess: [false],
    minimumTlsVersion: ['TLS1_2', 'TLS1_3'],
    supportsHttpsTrafficOnly: [true],
  },
  'Microsoft.Web/sites': {
    httpsOnly: [true],
    'siteConfig.minTlsVersion': ['1.2', '1.3'],
    'siteConfig.scmMinTlsVersion': ['1.2', '1.3'],
  },
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': { allow: [false] },
  'Microsoft.OperationalInsights/workspaces': { 'features.disableLocalAuth': [true] },
  'Microsoft.Insights/components': { DisableLocalAuth: [true] },
  'Microsoft.Communication/communicationServices': { disableLocalAuth: [true] },
};

/** @returns one sentence a problem; none when the template is as it must be */
export function findProblems(template: ArmTemplate): string[] {
  const resources = [...flatten(template)];
  const ofType = (type: string) => resources.filter(({ resource }) => resource.type === type);
  const keys = /\blist(Keys|Secrets|AccountSas|ServiceSas|ConnectionStrings)\s*\(/i.exec(JSON.stringify(template));
  const settings = ofType('Microsoft.Web/sites/config').filter(({ resource }) =>
    resource.name?.includes('appsettings'),
  );
  return [
    ...(keys === null ? [] : [`The template reads a key: ${keys[0]}…).`]),
    ...Object.keys(CLOSED).flatMap((type) =>
      ofType(type).length === 0
        ? [`There is no ${type}.`]
        : ofType(type).flatMap(({ resource }) => openDoors(resource)),
    ),
    ...(settings.length === 1 ? [] : [`App settings are given ${settings.length} times, not once.`]),
    ...settings.flatMap(({ resource }) => wrongSettings(Object.keys(resource.properties ?? {}))),
    ...wrongRoles(ofType('Microsoft.Authorization/roleAssignments')),
    ...wrongReads(ofType('Microsoft.Authorization/roleDefinitions').map(({ resource }) => resource)),
  ];
}

interface Placed {
  readonly resource: ArmResource;
  readonly template: ArmTemplate;
}

function* flatten(template: ArmTemplate): Generator<Placed> {
  for (const resource of Object.values(template.resources)) {
    yield { resource, template };
    const inner = resource.properties?.['template'];
    if (inner !== undefined) {
      yield* flatten(inner as ArmTemplate);
    }
  }
}

function openDoors({ type, properties }: ArmResource): string[] {
  return Object.entries(CLOSED[type] ?? {}).flatMap(([path, closed]) => {
    const value = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], properties);
    return closed.includes(value) ? [] : [`${type}: ${path} is ${JSON.stringify(value)}, not ${closed.join(' or ')}.`];
  });
}

function wrongSettings(names: readonly string[]): string[] {
  const required = Object.entries(SETTINGS).flatMap(([name, schema]) =>
    schema.safeParse(undefined).success ? [] : [name],
  );
  return [
    ...names
      .filter((name) => !(name in SETTINGS) && !HOST_SETTINGS.includes(name))
      .map((name) => `App setting ${name} is neither the auditor’s nor the host’s.`),
    ...names.filter((name) => SECRET_SETTINGS.includes(name)).map((name) => `App setting ${name} would hold a key.`),
    ...[...required, ...NEEDED_SETTINGS, ...HOST_SETTINGS]
      .filter((name) => !names.includes(name))
      .map((name) => `App setting ${name} is missing.`),
  ];
}

function wrongRoles(assignments: readonly Placed[]): string[] {
  const assigned = assignments.flatMap(({ resource, template }) => {
    const definition = String(resource.properties?.['roleDefinitionId']);
    const [, variable] = /variables\('(\w+)'\)/.exec(definition) ?? [];
    const text = variable === undefined ? definition : JSON.stringify(template.variables?.[variable]);
    return text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [text];
  });
  const own = "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', parameters('auditorRoleId'))]";
  return [
    ...assigned.filter((role) => role !== own && !(role in ROLES)).map((role) => `Role ${role} is not in the list.`),
    ...Object.keys(ROLES)
      .filter((role) => !assigned.includes(role))
      .map((role) => `Role ${ROLES[role]} is not assigned.`),
    ...(assigned.includes(own) ? [] : ['The auditor’s own role is not assigned.']),
  ];
}

/** The custom role must be what docs/permissions.md says, which is made from the same list. */
function wrongReads(definitions: readonly ArmResource[]): string[] {
  const granted = definitions.flatMap(({ properties }) => {
    const permissions = properties?.['permissions'] as readonly Readonly<Record<string, readonly string[]>>[];
    return permissions.flatMap((permission) => Object.values(permission).flat());
  });
  const documented = [
    ...READS_OF_LISTS,
    ...SOURCE_NAMES.map((name) => SOURCES[name])
      .filter(({ grantedIn }) => grantedIn === 'Azure RBAC')
      .flatMap(({ permission }) => permission.match(/Microsoft\.\w+(\/\w+)+\/read/g) ?? []),
  ];
  return [
    ...granted
      .filter((action) => !documented.includes(action))
      .map((action) => `${action} is granted, but not documented.`),
    ...documented
      .filter((action) => !granted.includes(action))
      .map((action) => `${action} is documented, but not granted.`),
  ];
}
