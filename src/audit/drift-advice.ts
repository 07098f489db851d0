/** What a change of each kind means: how grave it is, what follows from it, how to look at it and how to turn it back. */
import type { DriftChange } from './baseline';
import type { Severity } from './finding';
import { addressCount } from './ipv4';
import type { Setting, WatchedKind } from './watched-settings';
import { command, quoted, steps } from './wording';

/** The parts of a change that decide what to say, with the names of principals by object id. */
export type ChangedSetting = Pick<DriftChange, 'key' | 'name' | 'before' | 'after' | 'scope'> & {
  readonly nameOf: (id: string) => string;
  /** Base address of Microsoft Graph in this cloud. */
  readonly graph: string;
};

interface Advice {
  readonly severity: (change: ChangedSetting) => Severity;
  /** What it is: `Firewall rule “all” of workspace “contoso”`. */
  readonly what: (change: ChangedSetting) => string;
  /** A value in words. */
  readonly shown: (setting: Setting, change: ChangedSetting) => string;
  /** What follows, a sentence. */
  readonly consequence: (change: ChangedSetting) => string;
  /** Shows what it is now. */
  readonly look: (change: ChangedSetting) => string;
  /** Makes it what it was. */
  readonly undo: (change: ChangedSetting) => string;
}

const API = 'api-version=2021-06-01';

/** A range with more addresses than a /22 is no office; half of all addresses is everybody. */
const WIDE = 1024;
const EVERYBODY = 2 ** 31;

/** Whoever holds one of these can give every other right away. */
const RULING_ROLES = [
  'synapse administrator',
  'synapse sql administrator',
  'owner',
  'contributor',
  'user access administrator',
  'role based access control administrator',
];

export const DRIFT_ADVICE: Readonly<Record<WatchedKind, Advice>> = {
  entraOnlyAuthentication: {
    severity: ({ after }) => (isOn(after) ? 'medium' : 'high'),
    what: (change) => `Entra-only authentication of ${workspace(change)}`,
    shown: onOrOff,
    consequence: ({ after }) =>
      isOn(after)
        ? 'Every sign-in with a SQL login and its password is refused now.'
        : 'SQL logins with passwords are let in again, past conditional access and multifactor authentication.',
    look: (change) => `az synapse ad-only-auth get ${place(change)}`,
    undo: (change) => `az synapse ad-only-auth ${isOn(change.before) ? 'enable' : 'disable'} ${place(change)}`,
  },
  entraAdministrators: {
    severity: ({ before, after }) =>
      isSubset(listOf(before, 'principals'), listOf(after, 'principals')) ? 'medium' : 'high',
    what: (change) => `The Entra administrator of ${workspace(change)}`,
    shown: (setting, { nameOf }) => listed(listOf(setting, 'principals').map(nameOf), 'nobody'),
    consequence: () => 'The Entra administrator may do everything in every SQL pool and decides who else may sign in.',
    look: (change) => `az synapse sql ad-admin show ${place(change)}`,
    undo: (change) => {
      const [first] = listOf(change.before, 'principals');
      return first === undefined
        ? `az synapse sql ad-admin delete ${place(change)} --yes`
        : `az synapse sql ad-admin create ${place(change)} --display-name <name> ${command`--object-id ${first}`}`;
    },
  },
  sqlAuditing: {
    severity: ({ before, after }) => (isOn(before) && !isOn(after) ? 'high' : isOn(before) ? 'medium' : 'info'),
    what: (change) => `SQL auditing of ${quoted(change.name)} in ${workspace(change)}`,
    shown: (setting) =>
      isOn(setting)
        ? [
            'on',
            ...(setting['toAzureMonitor'] === true ? ['to Azure Monitor'] : []),
            ...(typeof setting['storage'] === 'string'
              ? [`to ${setting['storage']} for ${String(setting['retentionDays'])} days`]
              : []),
            ...listOf(setting, 'actionGroups'),
            ...(typeof setting['predicate'] === 'string' ? [`only where ${setting['predicate']}`] : []),
          ].join(', ')
        : 'off',
    consequence: ({ after }) =>
      isOn(after)
        ? 'What is audited decides whether a sign-in can be traced afterwards.'
        : 'Sign-ins and queries of the SQL endpoints leave no trace now.',
    look: ({ key }) => command`az rest --method get --url ${`${key}/default?${API}`}`,
    undo: ({ key, before }) =>
      command`az rest --method put --url ${`${key}/default?${API}`} --body ${JSON.stringify({
        properties: {
          state: isOn(before) ? 'Enabled' : 'Disabled',
          isAzureMonitorTargetEnabled: before?.['toAzureMonitor'] === true,
          auditActionsAndGroups: listOf(before, 'actionGroups'),
          retentionDays: before?.['retentionDays'] ?? 0,
          ...(typeof before?.['storage'] === 'string' && { storageEndpoint: before['storage'] }),
          ...(typeof before?.['predicate'] === 'string' && { predicateExpression: before['predicate'] }),
        },
      })}`,
  },
  diagnosticSetting: {
    severity: ({ before, after }) => {
      if (before === null) {
        return 'info';
      }
      const kept = after !== null && carries(after, before) && before['logAnalytics'] === after['logAnalytics'];
      return after === null ? 'high' : kept ? 'low' : 'medium';
    },
    what: (change) => `Diagnostic setting ${quoted(change.name)} of ${workspace(change)}`,
    shown: (setting) =>
      `${setting['allLogs'] === true ? 'all logs' : listed(listOf(setting, 'categories'), 'no logs')} to ${String(setting['logAnalytics'] ?? 'no Log Analytics workspace')}`,
    consequence: ({ before }) =>
      before === null
        ? 'More is logged, or elsewhere too: see that nobody reads logs there who should not.'
        : 'What is no longer logged cannot be looked up when a sign-in fails or an attack is traced.',
    look: ({ key }) => command`az monitor diagnostic-settings show --name ${lastOf(key)} --resource ${resourceOf(key)}`,
    undo: ({ key, before }) => {
      const [name, resource] = [lastOf(key), resourceOf(key)];
      if (before === null) {
        return command`az monitor diagnostic-settings delete --name ${name} --resource ${resource}`;
      }
      const logs =
        before['allLogs'] === true
          ? [{ categoryGroup: 'allLogs', enabled: true }]
          : listOf(before, 'categories').map((category) => ({ category, enabled: true }));
      const target =
        typeof before['logAnalytics'] === 'string'
          ? command`${before['logAnalytics']}`
          : '<id of the Log Analytics workspace>';
      return `${command`az monitor diagnostic-settings create --name ${name} --resource ${resource} --export-to-resource-specific true --logs ${JSON.stringify(logs)}`} --workspace ${target}`;
    },
  },
  threatDetection: {
    severity: ({ before, after }) => (isOn(before) && !isOn(after) ? 'medium' : 'low'),
    what: (change) => `Threat detection of ${workspace(change)}`,
    shown: (setting) =>
      isOn(setting)
        ? [
            'on',
            ...listOf(setting, 'disabledAlerts').map((alert) => `without ${alert}`),
            `${listOf(setting, 'mails').length} mail ${listOf(setting, 'mails').length === 1 ? 'address' : 'addresses'} told`,
          ].join(', ')
        : 'off',
    consequence: ({ after }) =>
      isOn(after)
        ? 'It decides which attacks on sign-ins are told, and to whom.'
        : 'Nobody is told of brute force or of sign-ins from unusual places any more.',
    look: (change) => command`az rest --method get --url ${`${change.key}/Default?${API}`}`,
    undo: ({ key, before }) =>
      command`az rest --method put --url ${`${key}/Default?${API}`} --body ${JSON.stringify({
        properties: {
          state: isOn(before) ? 'Enabled' : 'Disabled',
          disabledAlerts: listOf(before, 'disabledAlerts'),
          emailAddresses: listOf(before, 'mails'),
          emailAccountAdmins: before?.['mailsAccountAdmins'] === true,
        },
      })}`,
  },
  firewallRule: {
    severity: ({ before, after }) => {
      const addresses = countOf(after);
      if (addresses <= countOf(before)) {
        return 'low';
      }
      return addresses >= EVERYBODY ? 'high' : addresses > WIDE ? 'medium' : 'low';
    },
    what: (change) => `Firewall rule ${quoted(change.name)} of ${workspace(change)}`,
    shown: ({ start, end }) => `${String(start)} to ${String(end)}`,
    consequence: ({ before, after }) =>
      after === null
        ? 'Whoever came from these addresses is refused now (ClientIpAddressNotAuthorized), unless another rule admits them.'
        : countOf(after) > countOf(before)
          ? 'More addresses may try to sign in to Synapse Studio, the development endpoint and SQL.'
          : 'Whoever came from other addresses is refused now, unless another rule admits them.',
    look: (change) => `az synapse workspace firewall-rule list ${place(change)} --output table`,
    undo: (change) => {
      const { key, before, after } = change;
      const rule = `${place(change)} ${command`--name ${lastOf(key)}`}`;
      if (before === null) {
        return `az synapse workspace firewall-rule delete ${rule} --yes`;
      }
      const range = command`--start-ip-address ${String(before['start'])} --end-ip-address ${String(before['end'])}`;
      return `az synapse workspace firewall-rule ${after === null ? 'create' : 'update'} ${rule} ${range}`;
    },
  },
  publicNetworkAccess: {
    severity: ({ after }) => (isOn(after) ? 'high' : 'medium'),
    what: (change) => `Public network access of ${workspace(change)}`,
    shown: onOrOff,
    consequence: ({ after }) =>
      isOn(after)
        ? 'The workspace can be reached from the internet: only its firewall stands before the sign-in.'
        : 'Whoever does not come over a private endpoint is refused now: people at home, hosted build agents, other services.',
    look: ({ scope }) =>
      command`az rest --method get --url ${`${scope.id}?${API}`} --query properties.publicNetworkAccess`,
    undo: ({ scope, before }) =>
      command`az rest --method patch --url ${`${scope.id}?${API}`} --body ${JSON.stringify({
        properties: { publicNetworkAccess: isOn(before) ? 'Enabled' : 'Disabled' },
      })}`,
  },
  workspaceIdentities: {
    severity: ({ before, after }) =>
      before?.['systemAssigned'] !== null && before?.['systemAssigned'] !== after?.['systemAssigned']
        ? 'high'
        : isSubset(listOf(before, 'userAssigned'), listOf(after, 'userAssigned'))
          ? 'info'
          : 'medium',
    what: (change) => `The identities of ${workspace(change)}`,
    shown: ({ systemAssigned, ...setting }) =>
      [
        systemAssigned === null || systemAssigned === undefined
          ? 'no own identity'
          : `its own (${String(systemAssigned)})`,
        ...listOf(setting, 'userAssigned').map(lastOf),
      ].join(', '),
    consequence: ({ before, after }) =>
      before?.['systemAssigned'] === after?.['systemAssigned']
        ? 'Linked services that use a detached identity fail to sign in; what an attached one may do, the workspace may do.'
        : 'Its own identity has another object id: every role and grant of the old one is void, and pipelines that rest on them fail.',
    look: ({ scope }) => command`az rest --method get --url ${`${scope.id}?${API}`} --query identity`,
    undo: ({ scope, before, after }) => {
      const was = listOf(before, 'userAssigned');
      const now = listOf(after, 'userAssigned');
      // Azure leaves identities that are not named as they are, and detaches those that are null.
      const changed = [
        ...was.filter((id) => !now.includes(id)).map((id) => [id, {}]),
        ...now.filter((id) => !was.includes(id)).map((id) => [id, null]),
      ];
      const types = [
        ...(before?.['systemAssigned'] === null ? [] : ['SystemAssigned']),
        ...(was.length === 0 ? [] : ['UserAssigned']),
      ];
      const identity = {
        type: types.join(',') || 'None',
        ...(changed.length > 0 && { userAssignedIdentities: Object.fromEntries(changed) as unknown }),
      };
      return command`az rest --method patch --url ${`${scope.id}?${API}`} --body ${JSON.stringify({ identity })}`;
    },
  },
  synapseRole: {
    severity: roleSeverity,
    what: (change) => `${roleOf(change)} in ${workspace(change)}`,
    shown: shownRole,
    consequence: ({ after }) =>
      after === null
        ? 'Pipelines and sign-ins that rest on this role are refused (403, AccessControlUnauthorized).'
        : 'See that this right was meant to be given.',
    look: (change) =>
      command`az synapse role assignment list --workspace-name ${lastOf(change.scope.id)} --assignee-object-id ${principalOf(change)}`,
    undo: (change) => {
      const { key, name, before, scope } = change;
      const workspaceName = lastOf(scope.id);
      if (before === null) {
        return command`az synapse role assignment delete --workspace-name ${workspaceName} --ids ${lastOf(key)} --yes`;
      }
      const [, , itemType, item] = String(before['scope']).split('/');
      const where =
        itemType === undefined || item === undefined ? '' : command` --item-type ${itemType} --item ${item}`;
      return `${command`az synapse role assignment create --workspace-name ${workspaceName} --role ${name} --assignee-object-id ${principalOf(change)}`}${where}`;
    },
  },
  azureRole: {
    severity: roleSeverity,
    what: (change) => `${roleOf(change)} in Azure`,
    shown: shownRole,
    consequence: ({ before, after, scope }) =>
      after === null
        ? `What rested on this role in workspace ${quoted(scope.name)} or its storage is refused now (403).`
        : before === null
          ? 'See that this right was meant to be given.'
          : 'The condition decides how far the role reaches.',
    look: (change) =>
      command`az role assignment list --assignee-object-id ${principalOf(change)} --scope ${scopeOf(change)} --include-inherited`,
    undo: (change) => {
      const { key, before, after } = change;
      const remove = command`az role assignment delete --ids ${key}`;
      if (before === null) {
        return remove;
      }
      const condition = before['condition'];
      const create = [
        command`az role assignment create --assignee-object-id ${principalOf(change)} --role ${String(before['roleId'])} --scope ${scopeOf(change)}`,
        ...(typeof condition === 'string' ? [command`--condition-version 2.0 --condition ${condition}`] : []),
      ].join(' ');
      return after === null ? create : steps(remove, create);
    },
  },
  conditionalAccessPolicy: {
    severity: ({ before, after }) => {
      const [was, is] = [before?.['state'] === 'enabled', after?.['state'] === 'enabled'];
      return was && !is ? 'high' : is ? 'medium' : 'info';
    },
    what: ({ name }) => `Conditional access policy ${quoted(name)}`,
    shown: (setting, { before, after }) => {
      const other = setting === before ? after : before;
      const parts = Object.keys(setting).filter((part) => part !== 'state');
      const changed = other === null ? [] : parts.filter((part) => setting[part] !== other[part]);
      return `${String(setting['state'])}${changed.length === 0 ? '' : `, with other ${changed.join(', ')}`}`;
    },
    consequence: ({ after }) =>
      after?.['state'] === 'enabled'
        ? 'It decides which sign-ins are refused or asked for more: people and workload identities may be locked out of Synapse.'
        : 'What it demanded of sign-ins is not demanded any more.',
    look: ({ key, graph }) =>
      command`az rest --method get --url ${`${graph}/v1.0/identity/conditionalAccess/policies/${key}`}`,
    undo: ({ key, before, after, graph }) => {
      const url = `${graph}/v1.0/identity/conditionalAccess/policies/${key}`;
      if (before === null) {
        return command`az rest --method patch --url ${url} --body ${JSON.stringify({ state: 'disabled' })}`;
      }
      return after === null
        ? `Restore it: Entra admin center > Conditional Access > Deleted policies (kept for 30 days); its id is ${key}.`
        : command`az rest --method patch --url ${url} --body ${JSON.stringify({ state: before['state'] })}`;
    },
  },
  authorizationPolicy: {
    severity: () => 'medium',
    what: () => 'The tenant’s authorization policy',
    shown: (setting, { before, after }) => {
      const other = setting === before ? after : before;
      return Object.entries(setting)
        .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(other?.[name]))
        .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .join(', ');
    },
    consequence: () =>
      'It decides who may register applications, consent to them and invite guests: who can make new ways to sign in.',
    look: ({ graph }) => command`az rest --method get --url ${`${graph}/v1.0/policies/authorizationPolicy`}`,
    undo: () => 'Set these values again: Entra admin center > Users > User settings, and External Identities.',
  },
  appManagementPolicy: {
    severity: () => 'medium',
    what: () => 'The tenant’s default app management policy',
    shown: (setting) =>
      `applications: ${listed(listOf(setting, 'applications'), 'no limits')}; service principals: ${listed(listOf(setting, 'servicePrincipals'), 'no limits')}`,
    consequence: () => 'It decides how long new secrets and certificates may be valid.',
    look: ({ graph }) => command`az rest --method get --url ${`${graph}/v1.0/policies/defaultAppManagementPolicy`}`,
    undo: () => 'Set these limits again: Entra admin center > Enterprise apps > Application policies.',
  },
};

/** Object ids that a setting names, to be looked up. */
export function principalsIn(setting: Setting | null): readonly string[] {
  const id = setting?.['principalId'];
  return [...(typeof id === 'string' ? [id] : []), ...listOf(setting, 'principals')];
}

function workspace({ scope }: ChangedSetting): string {
  return `workspace ${quoted(scope.name)}`;
}

/** `--workspace-name … --resource-group … --subscription …`, from the ARM id of the workspace. */
function place({ scope }: ChangedSetting): string {
  const [, , subscription = '', , resourceGroup = ''] = scope.id.split('/');
  return command`--workspace-name ${lastOf(scope.id)} --resource-group ${resourceGroup} --subscription ${subscription}`;
}

function isOn(setting: Setting | null): boolean {
  return setting?.['enabled'] === true;
}

function onOrOff(setting: Setting): string {
  return setting['enabled'] === null ? 'not said' : isOn(setting) ? 'on' : 'off';
}

function listOf(setting: Setting | null, name: string): readonly string[] {
  const value = setting?.[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

function listed(items: readonly string[], none: string): string {
  return items.length === 0 ? none : items.join(', ');
}

function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  return part.every((item) => whole.includes(item));
}

function carries(now: Setting, before: Setting): boolean {
  return (
    now['allLogs'] === true ||
    (before['allLogs'] !== true && isSubset(listOf(before, 'categories'), listOf(now, 'categories')))
  );
}

function countOf(setting: Setting | null): number {
  return setting === null ? 0 : addressCount({ start: String(setting['start']), end: String(setting['end']) });
}

function roleSeverity({ name, before, after }: ChangedSetting): Severity {
  return after === null || (before === null && RULING_ROLES.includes(name.toLowerCase())) ? 'medium' : 'low';
}

function roleOf(change: ChangedSetting): string {
  return `The role ${quoted(change.name)} of ${change.nameOf(principalOf(change))}`;
}

function shownRole(setting: Setting, { name, nameOf }: ChangedSetting): string {
  const condition = typeof setting['condition'] === 'string' ? ` where ${setting['condition']}` : '';
  return `${name} on ${String(setting['scope'])} for ${nameOf(String(setting['principalId']))}${condition}`;
}

function principalOf({ before, after }: ChangedSetting): string {
  return String((before ?? after)?.['principalId']);
}

function scopeOf({ before, after }: ChangedSetting): string {
  return String((before ?? after)?.['scope']);
}

function lastOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** Of a diagnostic setting's id the resource it belongs to. */
function resourceOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/providers/'));
}
