import { APP_ROLES } from '../azure/grants';
import { azureRolesOf, SYNAPSE_ROLES } from '../azure/roles';
import { unfitCells } from '../azure/log-rows';
import type { Scenario } from './schema';
import { symbolsIn } from './symbolic-id';

/** A place in a scenario that names something the scenario does not describe. */
export interface DanglingReference {
  readonly path: readonly (string | number)[];
  readonly found: string;
  readonly expected: string;
}

const GUID = /^[0-9a-f]{8}-/i;

/**
 * What a scenario names but does not describe, and ids it uses twice. `gone:…` principals and GUIDs may point nowhere:
 * that is what they are for.
 */
export function findDanglingReferences(scenario: Scenario): DanglingReference[] {
  const found: DanglingReference[] = [];
  const kinds = new Map(
    Object.entries<ReadonlySet<string>>({
      user: idsOf(scenario.users),
      group: idsOf(scenario.groups),
      sub: idsOf(scenario.subscriptions),
      mi: idsOf(scenario.userAssignedIdentities),
      app: idsOf(scenario.applications),
      sp: new Set([
        ...scenario.servicePrincipals.map(({ id }) => id),
        ...scenario.applications.map(({ id }) => id.replace(/^app:/, 'sp:')),
      ]),
      system: new Set(scenario.workspaces.map(({ name }) => `system:${name}`)),
      storage: new Set(scenario.storageAccounts.map(({ name }) => `storage:${name}`)),
      vault: new Set(scenario.keyVaults.map(({ name }) => `vault:${name}`)),
      workspace: new Set(scenario.workspaces.map(({ name }) => `workspace:${name}`)),
      key: new Set(scenario.applications.flatMap(keysOf)),
      client: new Set(scenario.userAssignedIdentities.map(({ id }) => `client:${id}`)),
      logs: new Set(scenario.logAnalyticsWorkspaces.map(({ name }) => `logs:${name}`)),
      mg: new Set(
        scenario.subscriptions.flatMap(({ managementGroups }) => managementGroups.map((name) => `mg:${name}`)),
      ),
    }),
  );

  const need = (reference: string, ...path: (string | number)[]): void => {
    if (GUID.test(reference) || reference.startsWith('gone:')) return;
    const kind = reference.slice(0, Math.max(reference.indexOf(':'), 0));
    const ids = kinds.get(kind);
    if (ids?.has(reference)) return;
    const expected = ids
      ? `the id of one of the ${ids.size} described (${kind}:…)`
      : `an id of one of the kinds ${[...kinds.keys()].join(', ')}`;
    found.push({ path, found: reference, expected });
  };
  const needRole = (name: string, roles: ReadonlySet<string>, ...path: (string | number)[]): void => {
    if (!roles.has(name)) found.push({ path, found: name, expected: `the name of a role: ${[...roles].join(', ')}` });
  };

  const lists = {
    users: scenario.users.map(({ id }) => id),
    groups: scenario.groups.map(({ id }) => id),
    applications: scenario.applications.map(({ id }) => id),
    servicePrincipals: scenario.servicePrincipals.map(({ id }) => id),
    userAssignedIdentities: scenario.userAssignedIdentities.map(({ id }) => id),
    subscriptions: scenario.subscriptions.map(({ id }) => id),
    storageAccounts: scenario.storageAccounts.map(({ name }) => name),
    keyVaults: scenario.keyVaults.map(({ name }) => name),
    workspaces: scenario.workspaces.map(({ name }) => name),
    logAnalyticsWorkspaces: scenario.logAnalyticsWorkspaces.map(({ name }) => name),
  };
  for (const [list, keys] of Object.entries(lists)) {
    const seen = new Set<string>();
    keys.forEach((key, index) => {
      if (seen.has(key)) found.push({ path: [list, index], found: key, expected: 'one that is not there already' });
      seen.add(key);
    });
  }

  scenario.groups.forEach(({ members }, index) => {
    members.forEach((member, position) => {
      need(member, 'groups', index, 'members', position);
    });
  });
  scenario.applications.forEach(({ owners }, index) => {
    owners.forEach((owner, position) => {
      need(owner, 'applications', index, 'owners', position);
    });
  });
  scenario.userAssignedIdentities.forEach(({ subscription }, index) => {
    need(subscription, 'userAssignedIdentities', index, 'subscription');
  });
  scenario.storageAccounts.forEach(({ subscription }, index) => {
    need(subscription, 'storageAccounts', index, 'subscription');
  });

  scenario.logAnalyticsWorkspaces.forEach((workspace, index) => {
    need(workspace.subscription, 'logAnalyticsWorkspaces', index, 'subscription');
    workspace.tables.forEach((table, position) => {
      const where = ['logAnalyticsWorkspaces', index, 'tables', position, 'rows'];
      for (const unfit of table.rows.flatMap((row) => unfitCells(table.name, row))) {
        found.push({ path: where, ...unfit });
      }
      for (const symbol of symbolsIn(JSON.stringify(table.rows))) need(symbol, ...where);
    });
  });

  scenario.keyVaults.forEach(({ subscription, accessPolicies }, index) => {
    need(subscription, 'keyVaults', index, 'subscription');
    accessPolicies.forEach(({ principal }, position) => {
      need(principal, 'keyVaults', index, 'accessPolicies', position, 'principal');
    });
  });

  const synapseRoles = new Set(SYNAPSE_ROLES.map(({ name }) => name));
  scenario.workspaces.forEach((workspace, index) => {
    need(workspace.subscription, 'workspaces', index, 'subscription');
    workspace.userAssignedIdentities.forEach((identity, position) => {
      need(identity, 'workspaces', index, 'userAssignedIdentities', position);
    });
    // A lake named without resource id may be anywhere in Azure, so in nobody's sight as well.
    if (workspace.storage?.resourceId) {
      need(`storage:${workspace.storage.account}`, 'workspaces', index, 'storage', 'account');
    }
    if (workspace.customerManagedKey?.identity) {
      need(workspace.customerManagedKey.identity, 'workspaces', index, 'customerManagedKey', 'identity');
    }
    if (workspace.entraAdministrator !== null) {
      need(workspace.entraAdministrator, 'workspaces', index, 'entraAdministrator');
    }
    for (const symbol of symbolsIn(JSON.stringify(workspace.linkedServices))) {
      need(symbol, 'workspaces', index, 'linkedServices');
    }
    workspace.credentials?.forEach(({ identity, application }, position) => {
      for (const symbol of [identity, application]) {
        if (symbol !== undefined) need(symbol, 'workspaces', index, 'credentials', position);
      }
    });
    workspace.roleAssignments.forEach(({ principal, role }, position) => {
      need(principal, 'workspaces', index, 'roleAssignments', position, 'principal');
      needRole(role, synapseRoles, 'workspaces', index, 'roleAssignments', position, 'role');
    });
  });

  const azureRoles = new Set(azureRolesOf(scenario.customRoles).map(({ name }) => name));
  scenario.azureRoleAssignments.forEach(({ principal, role, scope }, index) => {
    need(principal, 'azureRoleAssignments', index, 'principal');
    needRole(role, azureRoles, 'azureRoleAssignments', index, 'role');
    if (scope !== '/') need(owningSymbol(scope), 'azureRoleAssignments', index, 'scope');
  });
  const permissions = new Set(APP_ROLES.map(({ value }) => value));
  scenario.appRoleAssignments.forEach(({ principal, permission }, index) => {
    need(principal, 'appRoleAssignments', index, 'principal');
    needRole(permission, permissions, 'appRoleAssignments', index, 'permission');
  });
  scenario.roleEligibilities.forEach(({ principal, role, scope }, index) => {
    need(principal, 'roleEligibilities', index, 'principal');
    needRole(role, azureRoles, 'roleEligibilities', index, 'role');
    if (scope !== '/') need(owningSymbol(scope), 'roleEligibilities', index, 'scope');
  });
  scenario.customRoles.forEach(({ subscriptions }, index) => {
    subscriptions.forEach((subscription, position) => {
      need(subscription, 'customRoles', index, 'subscriptions', position);
    });
  });

  for (const log of ['activity', 'directoryAudits'] as const) {
    scenario[log].forEach(({ by }, index) => {
      need(by, log, index, 'by');
    });
  }
  scenario.activity.forEach(({ resource }, index) => {
    if (!resource.startsWith('/')) need(resource.replace(/\/.*$/, ''), 'activity', index, 'resource');
  });

  for (const [name, value] of Object.entries(scenario.settings)) {
    for (const symbol of symbolsIn(value)) need(symbol, 'settings', name);
  }
  if (scenario.auditor) need(scenario.auditor.identity, 'auditor', 'identity');
  scenario.refuse.forEach((refusal, index) => {
    if (typeof refusal !== 'string') need(refusal.scope, 'refuse', index, 'scope');
  });
  return found;
}

/** Symbols of an application's own credentials; one without a name goes by its position. */
function keysOf({ id, secrets, certificates }: Scenario['applications'][number]): string[] {
  return Object.entries({ secret: secrets, certificate: certificates }).flatMap(([kind, credentials]) =>
    credentials.map(({ name }, index) => `key:${id}/${kind}/${name ?? index}`),
  );
}

function idsOf(list: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(list.map(({ id }) => id));
}

/** `rg:production/data` -> `sub:production`, `container:lake/raw` -> `storage:lake`; others are what they say. */
function owningSymbol(scope: string): string {
  return scope.replace(/^rg:([^/]+)\/.+$/, 'sub:$1').replace(/^container:([^/]+)\/.+$/, 'storage:$1');
}
