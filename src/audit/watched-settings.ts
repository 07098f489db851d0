/**
 * What is watched for changes: everything that decides who can sign in to a workspace and what they may do there, boiled
 * down to small comparable settings. A scope stands here only if all that it rests on was read in this run.
 */
import type { RoleAssignment, Workspace } from '../inventory/model';
import type { CollectedScope, Inventory, Scope, SourceName, Sources } from '../inventory/sources';
import { subscriptionIn } from '../inventory/arm-id';
import { dataOf, scopeOfWorkspace } from '../inventory/scopes';
import { scopeById } from './lookup';
import { isWithin, reachOf } from './rbac';

export const WATCHED_KINDS = [
  'entraOnlyAuthentication',
  'entraAdministrators',
  'sqlAuditing',
  'diagnosticSetting',
  'threatDetection',
  'firewallRule',
  'publicNetworkAccess',
  'workspaceIdentities',
  'synapseRole',
  'azureRole',
  'conditionalAccessPolicy',
  'authorizationPolicy',
  'appManagementPolicy',
] as const;
export type WatchedKind = (typeof WATCHED_KINDS)[number];

/** Flat, as it is stored with each report; lists are in order. */
export type Setting = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface WatchedItem {
  /** Provider key: the ARM id of the setting, or the object id; also where logs say that it was changed. */
  readonly key: string;
  readonly kind: WatchedKind;
  /** For people; untrusted text. */
  readonly name: string;
  readonly setting: Setting;
}

/** What one source says of one workspace or of the tenant. */
export interface WatchedScope {
  readonly source: SourceName;
  readonly scope: Scope;
  readonly items: readonly WatchedItem[];
}

/** The sources whose facts are watched. */
export const WATCHED_SOURCES = [
  'workspaces',
  'entraOnlyAuthentication',
  'entraAdministrators',
  'sqlAuditing',
  'diagnosticSettings',
  'securityAlertPolicies',
  'firewallRules',
  'synapseRoleAssignments',
  'azureRoleAssignments',
  'storageAccounts',
  'conditionalAccessPolicies',
  'authorizationPolicies',
  'appManagementPolicies',
] as const satisfies readonly SourceName[];

type WatchedInventory = Pick<Inventory, (typeof WATCHED_SOURCES)[number]>;

export function watchedScopes(inventory: WatchedInventory): readonly WatchedScope[] {
  const workspaces = dataOf(inventory.workspaces);
  return [
    ...workspaces.map((workspace) => ({
      source: 'workspaces' as const,
      scope: scopeOfWorkspace(workspace),
      items: ownSettings(workspace),
    })),
    ...settingsBySource(inventory),
    ...azureRoles(workspaces, inventory),
  ];
}

function ownSettings({ id, name, publicNetworkAccess, identity }: Workspace): WatchedItem[] {
  const userAssigned = identity.userAssigned.map((one) => one.id).sort();
  return [
    { key: `${id}/publicnetworkaccess`, kind: 'publicNetworkAccess', name, setting: { enabled: publicNetworkAccess } },
    {
      key: `${id}/identity`,
      kind: 'workspaceIdentities',
      name,
      setting: { systemAssigned: identity.systemAssigned ? identity.principalId : null, userAssigned },
    },
  ];
}

type ItemsOf = { readonly [S in SourceName]?: (data: readonly Sources[S][], scope: Scope) => WatchedItem[] };

const ITEMS: ItemsOf = {
  entraOnlyAuthentication: (data, { id, name }) =>
    data.map(({ enabled }) => ({
      key: `${id}/azureadonlyauthentications`,
      kind: 'entraOnlyAuthentication',
      name,
      setting: { enabled },
    })),
  // Azure keeps two settings; the portal shows and changes both as one.
  entraAdministrators: (data, { id, name }) => [
    {
      key: `${id}/administrators`,
      kind: 'entraAdministrators',
      name,
      setting: { principals: unique(data.map(({ principalId }) => principalId)) },
    },
  ],
  sqlAuditing: (data) =>
    data.map((one) => ({
      key: `${one.id}/extendedauditingsettings`,
      kind: 'sqlAuditing',
      name: one.name,
      setting: {
        enabled: one.enabled,
        toAzureMonitor: one.toAzureMonitor,
        storage: one.storageEndpoint,
        retentionDays: one.retentionDays,
        predicate: one.predicate,
        actionGroups: unique(one.actionGroups),
      },
    })),
  diagnosticSettings: (data) =>
    data.map(({ id, name, logAnalyticsId, allLogs, categories }) => ({
      key: id,
      kind: 'diagnosticSetting',
      name,
      setting: { logAnalytics: logAnalyticsId, allLogs, categories: unique(categories) },
    })),
  securityAlertPolicies: (data, { id, name }) =>
    data.map(({ state, disabledAlerts, mailAddresses, mailsAccountAdmins }) => ({
      key: `${id}/securityalertpolicies`,
      kind: 'threatDetection',
      name,
      setting: {
        enabled: state === 'enabled',
        disabledAlerts: unique(disabledAlerts),
        mails: unique(mailAddresses),
        mailsAccountAdmins,
      },
    })),
  firewallRules: (data) =>
    data.map(({ id, name, start, end }) => ({ key: id, kind: 'firewallRule', name, setting: { start, end } })),
  synapseRoleAssignments: (data, { id }) =>
    data.map((one) => roleItem(`${id}/roleassignments/${one.id.toLowerCase()}`, 'synapseRole', one)),
  conditionalAccessPolicies: (data) =>
    data.map(({ id, name, state, parts }) => ({
      key: id,
      kind: 'conditionalAccessPolicy',
      name,
      setting: { state, ...parts },
    })),
  authorizationPolicies: (data) =>
    data.map(({ id, ...settings }) => ({
      key: id,
      kind: 'authorizationPolicy',
      name: 'Authorization policy',
      setting: settings,
    })),
  appManagementPolicies: (data) =>
    data.map(({ applicationLimits, servicePrincipalLimits }) => {
      // A day is as fine as anybody sets it.
      const limits = (of: typeof applicationLimits): string[] =>
        of
          .map(({ kind, maxDays, createdAfter }) =>
            [kind, `${maxDays} days`, ...(createdAfter === null ? [] : [createdAfter.toISOString().slice(0, 10)])].join(
              ' ',
            ),
          )
          .sort();
      return {
        key: 'defaultappmanagementpolicy',
        kind: 'appManagementPolicy',
        name: 'Default app management policy',
        setting: { applications: limits(applicationLimits), servicePrincipals: limits(servicePrincipalLimits) },
      };
    }),
};

function settingsBySource(inventory: WatchedInventory): WatchedScope[] {
  return WATCHED_SOURCES.flatMap((source) => {
    const scopes = inventory[source] as readonly CollectedScope<unknown>[] | undefined;
    const itemsOf = ITEMS[source] as ((data: readonly unknown[], scope: Scope) => WatchedItem[]) | undefined;
    return itemsOf === undefined
      ? []
      : (scopes ?? []).flatMap(({ scope, result }) =>
          result.ok ? [{ source, scope, items: itemsOf(result.data, scope) }] : [],
        );
  });
}

/**
 * Azure roles at, above and below each workspace and its default storage; which other assignments were read depends on
 * what else was. Only workspaces whose storage is known and whose subscriptions were both read stand here.
 */
function azureRoles(workspaces: readonly Workspace[], inventory: WatchedInventory): WatchedScope[] {
  const bySubscription = new Map(
    (inventory.azureRoleAssignments ?? []).flatMap(({ scope, result }) =>
      result.ok ? [[scope.id, result.data.map((one) => ({ one, reach: reachOf(one) }))] as const] : [],
    ),
  );
  return workspaces.flatMap((workspace) => {
    const storage = scopeById(inventory.storageAccounts, workspace.id)?.result;
    if (storage?.ok !== true) {
      return [];
    }
    const resources = [workspace.id, ...storage.data.map(({ id }) => id)];
    const read = unique(resources.map(subscriptionIn)).map((id) => bySubscription.get(id));
    const items = read.flatMap((assignments) =>
      (assignments ?? [])
        .filter(({ reach }) => resources.some((id) => isWithin(id, reach) || isWithin(reach, id)))
        .map(({ one }) => roleItem(one.id, 'azureRole', one)),
    );
    return read.includes(undefined)
      ? []
      : [
          {
            source: 'azureRoleAssignments' as const,
            scope: scopeOfWorkspace(workspace),
            // One above both subscriptions was read twice.
            items: [...new Map(items.map((item) => [item.key, item])).values()],
          },
        ];
  });
}

function roleItem(key: string, kind: 'synapseRole' | 'azureRole', assignment: RoleAssignment): WatchedItem {
  const { role, scope, principalId, condition } = assignment;
  return { key, kind, name: role.name, setting: { principalId, roleId: role.id, scope, condition } };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
