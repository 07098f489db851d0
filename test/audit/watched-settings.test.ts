import { WATCHED_SOURCES, watchedScopes, type WatchedScope } from '../../src/audit/watched-settings';
import type { RoleAssignment, Workspace } from '../../src/inventory/model';
import type { Inventory } from '../../src/inventory/sources';
import {
  aDiagnosticSetting,
  aFirewallRule,
  anAppManagementPolicy,
  anAzureRoleAssignment,
  anEntraAdministrator,
  aSqlAuditing,
  aStorageAccount,
  aSynapseRoleAssignment,
  aUserAssignedIdentity,
  aWorkspace,
  guid,
  inDays,
  STORAGE_ID,
  SUBSCRIPTION,
} from '../fixtures/facts';
import { aConditionalAccessPolicy, watchedInventory } from '../fixtures/watched';

const WORKSPACE = aWorkspace().id;
const of = (source: string, scopes: readonly WatchedScope[]) => scopes.find((one) => one.source === source);
const settingsOf = (source: string, inventory: Inventory) =>
  of(source, watchedScopes(inventory))?.items.map(({ setting }) => setting);

describe('what is watched', () => {
  it('is everything that was read, storage accounts only to know which roles concern a workspace', () => {
    const sources = watchedScopes(watchedInventory()).map(({ source }) => source);
    expect(sources.sort()).toEqual(WATCHED_SOURCES.filter((source) => source !== 'storageAccounts').sort());
  });

  it.each(WATCHED_SOURCES.filter((source) => !['workspaces', 'storageAccounts'].includes(source)))(
    'without %s is the rest',
    (source) => {
      const scopes = watchedScopes(watchedInventory({}, { [source]: 'everywhere' }));
      expect(of(source, scopes)).toBeUndefined();
      expect(scopes).toHaveLength(WATCHED_SOURCES.length - 2);
    },
  );

  it('has the keys by which logs name it, in lower case', () => {
    const id = 'AAAAAAAA-0000-4000-8000-000000000001';
    const scopes = watchedScopes(watchedInventory({ synapseRoleAssignments: [aSynapseRoleAssignment({ id })] }));
    const keys = Object.fromEntries(scopes.flatMap(({ items }) => items.map(({ kind, key }) => [kind, key])));
    expect(keys).toEqual({
      publicNetworkAccess: `${WORKSPACE}/publicnetworkaccess`,
      workspaceIdentities: `${WORKSPACE}/identity`,
      entraOnlyAuthentication: `${WORKSPACE}/azureadonlyauthentications`,
      entraAdministrators: `${WORKSPACE}/administrators`,
      sqlAuditing: `${WORKSPACE}/extendedauditingsettings`,
      diagnosticSetting: aDiagnosticSetting().id,
      threatDetection: `${WORKSPACE}/securityalertpolicies`,
      firewallRule: aFirewallRule().id,
      synapseRole: `${WORKSPACE}/roleassignments/${id.toLowerCase()}`,
      azureRole: anAzureRoleAssignment().id,
      conditionalAccessPolicy: aConditionalAccessPolicy().id,
      authorizationPolicy: 'authorizationPolicy',
      appManagementPolicy: 'defaultappmanagementpolicy',
    });
  });

  it('without anything is nothing', () => {
    expect(watchedScopes({})).toEqual([]);
  });

  it('of a workspace is what it says of itself, identities in order', () => {
    const attached = (name: string) => ({ ...aUserAssignedIdentity({ name }) });
    const identity = { ...aWorkspace().identity, userAssigned: [attached('b'), attached('a')] };
    const [network, identities] = settingsOf(
      'workspaces',
      watchedInventory({}, {}, [aWorkspace({ identity, publicNetworkAccess: null })]),
    )!;
    expect(network).toEqual({ enabled: null });
    expect(identities).toEqual({ systemAssigned: guid(401), userAssigned: [attached('a').id, attached('b').id] });
  });

  it('of a workspace without an identity of its own says so', () => {
    const identity = { ...aWorkspace().identity, systemAssigned: false };
    const [, identities] = settingsOf('workspaces', watchedInventory({}, {}, [aWorkspace({ identity })]))!;
    expect(identities).toEqual({ systemAssigned: null, userAssigned: [] });
  });

  it('of two settings with the same administrator is one', () => {
    const both = [anEntraAdministrator(), anEntraAdministrator({ setting: 'administrators' })];
    expect(settingsOf('entraAdministrators', watchedInventory({ entraAdministrators: both }))).toEqual([
      { principals: [guid(301)] },
    ]);
  });

  it('of nobody as administrator is a setting too, so that one who comes is a change of it', () => {
    expect(settingsOf('entraAdministrators', watchedInventory({ entraAdministrators: [] }))).toEqual([
      { principals: [] },
    ]);
  });

  it('has lists in order, each entry once', () => {
    const facts = {
      sqlAuditing: [aSqlAuditing({ actionGroups: ['B', 'A', 'B'] })],
      diagnosticSettings: [aDiagnosticSetting({ categories: ['Y', 'X', 'Y'] })],
    };
    expect(settingsOf('sqlAuditing', watchedInventory(facts))?.[0]).toMatchObject({ actionGroups: ['A', 'B'] });
    expect(settingsOf('diagnosticSettings', watchedInventory(facts))?.[0]).toMatchObject({ categories: ['X', 'Y'] });
  });

  it('of a conditional access policy is its state and the digests of its rules', () => {
    expect(settingsOf('conditionalAccessPolicies', watchedInventory())).toEqual([
      { state: 'enabled', ...aConditionalAccessPolicy().parts },
    ]);
  });

  it('of the app management policy is its limits to the day', () => {
    const applicationLimits = [
      { kind: 'secret', maxDays: 180, createdAfter: inDays(-300, 5) } as const,
      { kind: 'certificate', maxDays: 90, createdAfter: null } as const,
    ];
    const facts = { appManagementPolicies: [anAppManagementPolicy({ applicationLimits })] };
    expect(settingsOf('appManagementPolicies', watchedInventory(facts))).toEqual([
      { applications: ['certificate 90 days', 'secret 180 days 2026-01-26'], servicePrincipals: [] },
    ]);
  });
});

describe('the Azure roles of a workspace', () => {
  const OTHER = guid(3);
  const far = `/subscriptions/${OTHER}/resourcegroups/rg/providers/microsoft.storage/storageaccounts/far`;
  const at = (scope: string, changes: Partial<RoleAssignment> = {}) => anAzureRoleAssignment({ scope, ...changes });
  const watched = (assignments: readonly RoleAssignment[], change: Partial<Inventory> = {}) =>
    of(
      'azureRoleAssignments',
      watchedScopes({ ...watchedInventory({ azureRoleAssignments: assignments }), ...change }),
    );
  const scopesOf = (assignments: readonly RoleAssignment[], change: Partial<Inventory> = {}) =>
    watched(assignments, change)?.items.map(({ setting }) => setting['scope']);

  it('are those at, above and below it and its storage', () => {
    const scopes = [
      '/providers/microsoft.management/managementgroups/root',
      `/subscriptions/${SUBSCRIPTION}`,
      `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg-synapse`,
      WORKSPACE,
      STORAGE_ID,
      `${STORAGE_ID}/blobservices/default/containers/raw`,
    ];
    expect(scopesOf(scopes.map((scope) => at(scope)))).toEqual(scopes);
    expect(scopesOf([at(`/subscriptions/${SUBSCRIPTION}/resourcegroups/other`), at(`${WORKSPACE}2`)])).toEqual([]);
  });

  const storedFar = (roles: readonly RoleAssignment[] | 'refused'): Partial<Inventory> => {
    const inventory = watchedInventory();
    const scope = { kind: 'subscription', id: OTHER, name: 'other' } as const;
    const refused = { ok: false, because: 'forbidden', message: 'no' } as const;
    const result = roles === 'refused' ? refused : { ok: true as const, data: roles };
    return {
      storageAccounts: inventory.storageAccounts!.map(({ scope: own }) => ({
        scope: own,
        result: { ok: true, data: [aStorageAccount({ id: far })] },
      })),
      azureRoleAssignments: [...inventory.azureRoleAssignments!, { scope, result }],
    };
  };

  it('come from the subscription of its storage as well, those above both once', () => {
    const root = at('/', { id: 'root' });
    const here = watchedInventory({ azureRoleAssignments: [root] }).azureRoleAssignments!;
    const change = storedFar([at(far, { readFrom: OTHER }), { ...root, readFrom: OTHER }]);
    const inventory = { ...change, azureRoleAssignments: [...here, ...change.azureRoleAssignments!.slice(1)] };
    expect(scopesOf([], inventory)).toEqual(['/', far]);
  });

  it('are those of its own storage, not of another workspace’s', () => {
    const [own] = watchedInventory().storageAccounts!;
    const elsewhere = { ...own!, scope: { kind: 'workspace', id: '/other', name: 'other' } } as const;
    const none = { ...own!, result: { ok: true, data: [] } } as const;
    expect(scopesOf([at(STORAGE_ID)], { storageAccounts: [elsewhere, none] })).toEqual([]);
  });

  it('are unknown where the subscription of its storage was not read', () => {
    expect(watched([], storedFar('refused'))).toBeUndefined();
  });

  it('are unknown where nobody knows which storage it has', () => {
    const inventory = watchedInventory({}, { storageAccounts: 'everywhere' });
    expect(of('azureRoleAssignments', watchedScopes(inventory))).toBeUndefined();
    const { storageAccounts: _storageAccounts, ...rest } = watchedInventory();
    expect(of('azureRoleAssignments', watchedScopes(rest))).toBeUndefined();
    expect(of('azureRoleAssignments', watchedScopes({ ...rest, storageAccounts: [] }))).toBeUndefined();
  });

  it('have a principal, a role by its id, a scope and a condition, and no name that could be changed', () => {
    const scope: Workspace['id'] = WORKSPACE;
    expect(watched([at(scope, { condition: 'x' })])?.items).toEqual([
      {
        key: at(scope).id,
        kind: 'azureRole',
        name: 'Contributor',
        setting: { principalId: guid(103), roleId: at(scope).role.id, scope, condition: 'x' },
      },
    ]);
  });
});
