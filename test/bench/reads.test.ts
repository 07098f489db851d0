import { READS, sortRequests } from '../../bench/reads';
import type { RecordedRequest } from '../../sandbox/azure/server';
import { parseScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario, ScenarioDescription } from '../../sandbox/scenarios/schema';

const EMPTY: ScenarioDescription = {
  name: 'test',
  tenant: { id: 'tenant:test', domain: 'test.example' },
  subscriptions: [{ id: 'sub:one', name: 'One' }],
};

function tenant(change: Partial<ScenarioDescription> = {}): Scenario {
  return parseScenario({ ...EMPTY, ...change }, 'test');
}

function least(name: string, of: Scenario): number | undefined {
  return READS.find((read) => read.name === name)?.least(of);
}

const applications = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `app:${index}`, name: `Application ${index}` }));
const users = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `user:${index}`, name: `User ${index}` }));
const workspace = (name: string, change: object = {}) => ({ name, subscription: 'sub:one', storage: null, ...change });
const holding = (count: number, kind = 'user') =>
  Array.from({ length: count }, (_, index) => ({ principal: `${kind}:${index}`, role: 'Synapse User' }));

describe('the least possible requests', () => {
  it.each([
    [0, 1],
    [999, 1],
    [1000, 2],
  ])('%i applications take %i', (count, requests) => {
    expect(least('applications', tenant({ applications: applications(count) }))).toBe(requests);
  });

  it('are three about the auditor’s own identity, where a setting names it', () => {
    expect(least('the auditor’s own identity', tenant())).toBe(0);
    expect(least('the auditor’s own identity', tenant({ settings: { AZURE_CLIENT_ID: 'any' } }))).toBe(3);
  });

  it('count the service principals of applications, workspaces and user-assigned identities together', () => {
    const full = { applications: applications(998), workspaces: [workspace('one')] };
    expect(least('service principals', tenant(full))).toBe(1);
    const identity = { id: 'mi:one', subscription: 'sub:one' };
    expect(least('service principals', tenant({ ...full, userAssignedIdentities: [identity] }))).toBe(2);
  });

  it('read the roles of each workspace, and what the roles mean once', () => {
    const synapse = 'Synapse roles, linked services, credentials, pipelines, datasets, triggers, failed runs';
    expect(least(synapse, tenant())).toBe(0);
    expect(least(synapse, tenant({ workspaces: [workspace('one'), workspace('two')] }))).toBe(17);
    const failed = { pipelineRuns: [{ pipeline: 'load', ended: '-1h' }] };
    expect(least(synapse, tenant({ workspaces: [workspace('one', failed)] }))).toBe(10);
  });

  it('ask only subscriptions with workspaces for Azure roles', () => {
    const subscriptions = [...EMPTY.subscriptions, { id: 'sub:two', name: 'Two' }];
    expect(least('Azure roles', tenant({ subscriptions, workspaces: [workspace('one')] }))).toBe(2);
    expect(least('workspaces', tenant({ subscriptions, workspaces: [workspace('one')] }))).toBe(2);
  });

  it('ask a subscription with workspaces three times for who changed what', () => {
    const subscriptions = [...EMPTY.subscriptions, { id: 'sub:two', name: 'Two' }];
    expect(least('activity log', tenant({ subscriptions, workspaces: [workspace('one')] }))).toBe(3);
    expect(least('activity log', tenant())).toBe(0);
  });

  it('look for a storage account only where a workspace does not say where it is', () => {
    const storageAccounts = [{ name: 'lake', subscription: 'sub:one' }];
    const withLake = (resourceId: boolean) =>
      tenant({
        storageAccounts,
        workspaces: [workspace('one', { storage: { account: 'lake', filesystem: 'data', resourceId } })],
      });
    expect(least('storage accounts and vaults by name', withLake(true))).toBe(0);
    expect(least('storage accounts and vaults by name', withLake(false))).toBe(1);
  });

  it('ask each vault that is named for its secrets and keys', () => {
    const vault = (baseUrl: string) => ({ name: 'vault', type: 'AzureKeyVault', typeProperties: { baseUrl } });
    const named = tenant({
      workspaces: [
        workspace('one', { linkedServices: [vault('https://a-kv.vault.azure.net/')] }),
        workspace('two', {
          linkedServices: [vault('https://a-kv.vault.azure.net')],
          customerManagedKey: { vault: 'b-kv', key: 'k' },
        }),
      ],
    });
    expect(least('key vaults', tenant({ workspaces: [workspace('one')] }))).toBe(0);
    expect(least('key vaults', named)).toBe(4);
    expect(least('storage accounts and vaults by name', named)).toBe(1);
  });

  it('look up role holders by id, 300 in a batch', () => {
    const withHolders = (count: number) =>
      tenant({ users: users(2000), workspaces: [workspace('one', { roleAssignments: holding(count) })] });
    expect(least('users and groups', withHolders(300))).toBe(1);
    expect(least('users and groups', withHolders(301))).toBe(2);
  });

  it('read whole lists of users and groups where that takes fewer', () => {
    const withHolders = tenant({
      users: users(999),
      workspaces: [workspace('one', { roleAssignments: holding(999) })],
    });
    expect(least('users and groups', withHolders)).toBe(2);
  });

  it('look for principals that are gone among both users and groups', () => {
    const withGone = (count: number) =>
      tenant({
        users: users(2000),
        workspaces: [workspace('one', { roleAssignments: [...holding(285), ...holding(count, 'gone')] })],
      });
    expect(least('users and groups', withGone(0))).toBe(1);
    expect(least('users and groups', withGone(1))).toBe(2);
  });
});

describe('the least possible requests for federated credentials', () => {
  const inUse = (all: number, used: number) =>
    tenant({
      applications: applications(all),
      workspaces: [workspace('one', { roleAssignments: holding(used, 'sp') })],
    });

  it('ask for those of 20 applications that Synapse uses in a batch', () => {
    expect(least('federated credentials', inUse(999, 0))).toBe(0);
    expect(least('federated credentials', inUse(999, 20))).toBe(1);
  });

  it('list all applications with theirs where that takes fewer', () => {
    expect(least('federated credentials', inUse(999, 999))).toBe(1);
    expect(least('federated credentials', inUse(1000, 1000))).toBe(2);
  });
});

describe('sorting requests', () => {
  const request = (change: Partial<RecordedRequest>): RecordedRequest => ({
    at: '2026-01-01T00:00:00.000Z',
    service: 'graph',
    method: 'GET',
    path: '/v1.0/applications?$top=999',
    status: 200,
    ...change,
  });
  const counts = (requests: readonly RecordedRequest[]) =>
    Object.fromEntries(
      [...sortRequests(requests)].flatMap(([{ name }, { length }]) => (length ? [[name, length]] : [])),
    );

  it('puts each to its source', () => {
    const roles = '/subscriptions/1/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01';
    expect(counts([request({}), request({}), request({ service: 'arm', path: roles })])).toEqual({
      applications: 2,
      'Azure roles': 1,
    });
  });

  it('tells lists of applications by what is expanded', () => {
    const path = '/v1.0/applications?$top=999&$select=id&$expand=federatedIdentityCredentials';
    expect(counts([request({}), request({ path })])).toEqual({ applications: 1, 'federated credentials': 1 });
  });

  it('tells batches by what is in them', () => {
    const batch = (url: string) =>
      request({ method: 'POST', path: '/v1.0/$batch', body: { requests: [{ id: '0', method: 'GET', url }] } });
    expect(counts([batch('/users?$filter=id in ()'), batch('/groups/1/transitiveMembers')])).toEqual({
      'users and groups': 2,
    });
  });

  it('leaves out mails and the token for them', () => {
    const token = '/token?api-version=2019-08-01&resource=https%3A%2F%2Fcommunication.azure.com';
    expect(
      counts([request({ service: 'mail', path: '/emails:send' }), request({ service: 'identity', path: token })]),
    ).toEqual({});
  });

  it('fails for a request of a source it does not know', () => {
    expect(() => sortRequests([request({ path: '/v1.0/policy' })])).toThrow(
      'bench/reads.ts does not know graph GET /v1.0/policy.',
    );
  });
});
