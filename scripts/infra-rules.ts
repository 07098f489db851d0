/** What must hold of what a deployment would create, for every choice of options: no open door, no permission that is not documented, everything that was asked for. */
import { AUDITOR_ROLES, type AuditorRole } from '../src/audit/auditor-roles';
import { neededIn } from '../src/permissions/needed';
import { findWrongSettings, findWrongValues } from './infra-settings';

/**
 * One resource that a deployment would create, as `bicep snapshot` predicts it. What is known only while deploying stands
 * there as an expression, in brackets.
 */
export interface PlannedResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** Where it could not be told whether it would be created. */
  readonly condition?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What was asked for. */
export interface Options {
  readonly mails: boolean;
  readonly webhook: boolean;
  readonly privateNetwork: boolean;
  readonly locks: boolean;
  readonly accessLogs: boolean;
  /** How many addresses get the mails of Azure Monitor. */
  readonly operators: number;
  /** Ids of those that are audited. */
  readonly subscriptions: readonly string[];
  /** Values of app settings by name; others may be what they like. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Text by the name of its file, without `.kql`. */
export type Queries = Readonly<Record<string, string>>;

const STORAGE = 'Microsoft.Storage/storageAccounts';
const VAULT = 'Microsoft.KeyVault/vaults';
const COMMUNICATION = 'Microsoft.Communication/communicationServices';
const WORKSPACE = 'Microsoft.OperationalInsights/workspaces';
const IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/** Per type the properties that close a door, with the values that do. */
const CLOSED: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  [STORAGE]: {
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
  [WORKSPACE]: { 'features.disableLocalAuth': [true] },
  'Microsoft.Insights/components': { DisableLocalAuth: [true] },
  [COMMUNICATION]: { disableLocalAuth: [true] },
  [VAULT]: { enableRbacAuthorization: [true], enableSoftDelete: [true] },
};

/** The same where everything is to go through the private network. */
const CLOSED_TO_OTHERS: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  [STORAGE]: { publicNetworkAccess: ['Disabled'], 'networkAcls.defaultAction': ['Deny'] },
  [VAULT]: { publicNetworkAccess: ['Disabled'], 'networkAcls.defaultAction': ['Deny'] },
};

/** Types without tags of their own. */
const UNTAGGED =
  /^Microsoft\.(Authorization|Insights\/diagnosticSettings|Storage\/storageAccounts\/|Web\/sites\/|OperationalInsights\/queryPacks\/|Network\/privateEndpoints\/)/;

/**
 * @param alerts the queries that a rule must go by
 * @returns one sentence a problem; none when the deployment is as it must be
 */
export function findProblems(planned: readonly PlannedResource[], options: Options, alerts: Queries): string[] {
  const ofType = (type: string): PlannedResource[] => planned.filter((resource) => resource.type === type);
  const settings = planned.filter(
    ({ type, name }) => type === 'Microsoft.Web/sites/config' && name.includes('appsettings'),
  );
  return [
    ...planned
      .filter(({ type, condition }) => condition !== undefined && type !== 'Microsoft.KeyVault/vaults/secrets')
      .map(({ type, name }) => `${type} ${name}: whether it is created cannot be told beforehand.`),
    ...expected(options).flatMap(([type, count]) =>
      ofType(type).length === count ? [] : [`${type}: there are ${ofType(type).length}, not ${count}.`],
    ),
    ...planned.flatMap((resource) => openDoors(resource, CLOSED)),
    ...(options.privateNetwork ? planned.flatMap((resource) => openDoors(resource, CLOSED_TO_OTHERS)) : []),
    ...(settings.length === 1 ? [] : [`App settings are given ${settings.length} times, not once.`]),
    ...settings.flatMap(({ properties }) => findWrongSettings(Object.keys(properties ?? {}))),
    ...settings.flatMap(({ properties }) => findWrongValues(properties ?? {}, options.settings)),
    ...settings.flatMap((resource) => openSecrets(resource)),
    ...wrongRoles(ofType('Microsoft.Authorization/roleAssignments'), ofType(STORAGE), options),
    ...wrongReads(ofType('Microsoft.Authorization/roleDefinitions')),
    ...wrongAlerts(ofType('Microsoft.Insights/scheduledQueryRules'), options, alerts),
    ...missingAbout(ofType('Microsoft.Authorization/locks'), 'lock', options.locks ? [IDENTITY, STORAGE] : []),
    ...missingAbout(ofType('Microsoft.Insights/diagnosticSettings'), 'access log', loggedTypes(options)),
    ...wrongEndpoints(ofType('Microsoft.Network/privateEndpoints'), options),
    ...planned
      .filter(({ type, tags }) => !UNTAGGED.test(type) && tags?.['azd-env-name'] === undefined)
      .map(({ type, name }) => `${type} ${name} has no tags.`),
  ];
}

/** How many there must be of each type. */
function expected({ mails, webhook, privateNetwork, operators }: Options): [type: string, count: number][] {
  return [
    [STORAGE, 1],
    [IDENTITY, 1],
    [WORKSPACE, 1],
    ['Microsoft.Insights/components', 1],
    ['Microsoft.OperationalInsights/queryPacks', 1],
    ['Microsoft.Web/sites', 1],
    ['Microsoft.Web/sites/basicPublishingCredentialsPolicies', 2],
    ['Microsoft.Insights/actionGroups', operators > 0 ? 1 : 0],
    [COMMUNICATION, mails ? 1 : 0],
    [VAULT, webhook ? 1 : 0],
    ['Microsoft.Network/virtualNetworks', privateNetwork ? 1 : 0],
  ];
}

function loggedTypes({ accessLogs, mails, webhook }: Options): string[] {
  if (!accessLogs) {
    return [];
  }
  const services = ['blobServices', 'queueServices', 'tableServices'].map((service) => `${STORAGE}/*/${service}`);
  return [...services, WORKSPACE, ...(mails ? [COMMUNICATION] : []), ...(webhook ? [VAULT] : [])];
}

function openDoors({ type, properties }: PlannedResource, closed: typeof CLOSED): string[] {
  return Object.entries(closed[type] ?? {}).flatMap(([path, values]) => {
    const value = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], properties);
    return values.includes(value) ? [] : [`${type}: ${path} is ${JSON.stringify(value)}, not ${values.join(' or ')}.`];
  });
}

/** What is secret may only stand there as what the webhook's vault hands out, a reference. */
function openSecrets({ properties }: PlannedResource): string[] {
  const isReference = (value: unknown): boolean =>
    value === '' || /^\[.*'outputs', '(url|signing)Reference', 'value'.*\]$/s.test(String(value));
  return ['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET']
    .filter((name) => properties?.[name] !== undefined && !isReference(properties[name]))
    .map((name) => `App setting ${name} is no reference to Key Vault.`);
}

/** Each role of the list on its own resource, the custom one in each audited subscription and on the auditor's group, all for the identity; no other. */
function wrongRoles(
  assignments: readonly PlannedResource[],
  storage: readonly PlannedResource[],
  options: Options,
): string[] {
  const granted = assignments.map(({ id, properties }) => {
    const definition = String(properties?.['roleDefinitionId']);
    const isOwn = /roleDefinitions', reference\(.*auditorRole.*\)\.outputs\.id\.value\)\]$/s.test(definition);
    const role = isOwn ? 'the auditor’s own' : (/[0-9a-f-]{36}$/.exec(definition)?.[0] ?? definition);
    return `${role} on ${scopeOf(id)}`;
  });
  const due = [
    ...AUDITOR_ROLES.filter(({ only }) => isChosen(only, options)).map(({ id, on }) => `${id} on ${on}`),
    ...options.subscriptions.map((id) => `the auditor’s own on subscription ${id}`),
    // It judges its own storage, wherever that is.
    ...storage.map(({ id }) => `the auditor’s own on group ${/\/resourceGroups\/([^/]+)\//.exec(id)?.[1] ?? id}`),
  ];
  return [
    ...without(granted, due).map((each) => `Role ${each} is not in the list.`),
    ...without(due, granted).map((each) => `Role ${each} is not assigned.`),
    ...assignments
      .filter(
        ({ properties }) =>
          !/format\('identity-.*\.outputs\.principalId\.value\]$/s.test(String(properties?.['principalId'])),
      )
      .map(({ id }) => `The role on ${scopeOf(id)} is not the identity’s.`),
  ];
}

function isChosen(only: AuditorRole['only'], { mails, webhook }: Options): boolean {
  return only === undefined || (only === 'mails' ? mails : webhook);
}

/** What is in the first list more often than in the second. */
function without(all: readonly string[], known: readonly string[]): string[] {
  const left = [...known];
  return all.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) {
      left.splice(at, 1);
    }
    return at < 0;
  });
}

/** The type of the resource that an assignment is about, or its subscription or resource group. */
function scopeOf(id: string): string {
  const [, subscription] = /^\[subscriptionResourceId\('([0-9a-f-]{36})'/.exec(id) ?? [];
  const [, group] =
    /^\[resourceId\('[0-9a-f-]{36}', '([^']+)', 'Microsoft\.Authorization\/roleAssignments'/.exec(id) ?? [];
  const [, resource] = /^\[extensionResourceId\('([^']+)'/.exec(id) ?? [];
  if (subscription !== undefined) {
    return `subscription ${subscription}`;
  }
  return group !== undefined ? `group ${group}` : resource === undefined ? id : typeOf(resource);
}

/** The type of the resource with this id; names of parents become asterisks. */
function typeOf(resourceId: string): string {
  const [provider = '', ...rest] = (resourceId.split('/providers/')[1] ?? '').split('/');
  const names = rest.map((part, index) => (index % 2 === 0 ? part : '*'));
  return [provider, ...names.slice(0, -1)].join('/');
}

/** The custom role must be what docs/permissions.md says, which is made from the same list. */
function wrongReads(definitions: readonly PlannedResource[]): string[] {
  const granted = definitions.flatMap(({ properties }) => {
    const permissions = properties?.['permissions'] as readonly Readonly<Record<string, readonly string[]>>[];
    return permissions.flatMap((permission) => Object.values(permission).flat());
  });
  const documented = neededIn('Azure RBAC');
  return [
    ...granted
      .filter((action) => !documented.includes(action))
      .map((action) => `${action} is granted, but not documented.`),
    ...documented
      .filter((action) => !granted.includes(action))
      .map((action) => `${action} is documented, but not granted.`),
  ];
}

function wrongAlerts(rules: readonly PlannedResource[], { operators }: Options, queries: Queries): string[] {
  const queryOf = ({ properties }: PlannedResource): unknown =>
    (properties?.['criteria'] as { allOf?: { query?: unknown }[] } | undefined)?.allOf?.[0]?.query;
  const actionsOf = ({ properties }: PlannedResource): number =>
    (properties?.['actions'] as { actionGroups?: unknown[] } | undefined)?.actionGroups?.length ?? 0;
  return [
    ...Object.entries(queries)
      .filter(([, query]) => !rules.some((rule) => queryOf(rule) === query))
      .map(([name]) => `No alert rule goes by ${name}.kql.`),
    ...rules
      .filter((rule) => !Object.values(queries).some((query) => query === queryOf(rule)))
      .map(({ name }) => `The alert rule ${name} goes by none of the queries.`),
    ...rules
      .filter(({ properties }) => properties?.['enabled'] !== true)
      .map(({ name }) => `The alert rule ${name} is off.`),
    ...rules
      .filter((rule) => actionsOf(rule) !== Math.min(operators, 1))
      .map(({ name }) => `The alert rule ${name} tells ${operators > 0 ? 'nobody' : 'somebody'}.`),
  ];
}

/** Locks and diagnostic settings carry the id of what they are about in their own. */
function missingAbout(found: readonly PlannedResource[], what: string, due: readonly string[]): string[] {
  const about = found.map(({ id }) => typeOf(id.replace(/\/providers\/[^/]+\/[^/]+\/[^/]+$/, '')));
  return [
    ...without(about, due).map((type) => `Nobody asked for the ${what} of ${type}.`),
    ...without(due, about).map((type) => `There is no ${what} of ${type}.`),
  ];
}

function wrongEndpoints(endpoints: readonly PlannedResource[], { privateNetwork, webhook }: Options): string[] {
  const groups = endpoints.flatMap(({ properties }) =>
    (properties?.['privateLinkServiceConnections'] as { properties: { groupIds: string[] } }[]).flatMap(
      (connection) => connection.properties.groupIds,
    ),
  );
  const due = privateNetwork ? ['blob', 'queue', 'table', ...(webhook ? ['vault'] : [])] : [];
  return [
    ...without(groups, due).map((group) => `Nobody asked for the private endpoint for ${group}.`),
    ...without(due, groups).map((group) => `There is no private endpoint for ${group}.`),
  ];
}
