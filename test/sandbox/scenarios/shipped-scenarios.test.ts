import { workspaceIdOf } from '../../../sandbox/azure/resource-ids';
import type { Sandbox } from '../../../sandbox/azure/server';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../../sandbox/scenarios/schema';
import { guidOf } from '../../../sandbox/scenarios/symbolic-id';
import { SOURCE_NAMES } from '../../../src/inventory/sources';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask, type Reply } from '../azure/ask';

const RETAIL = guidOf('sub:retail');
const CORPORATE = guidOf('sub:corporate');
const EVER = ['2000-01-01T00:00:00Z', '2100-01-01T00:00:00Z'] as const;

describe('contoso', () => {
  const contoso = loadScenario('contoso');
  const secretEnds = contoso.applications.flatMap(({ secrets }) => secrets.map(({ ends }) => ends));
  const certificateEnds = contoso.applications.flatMap(({ certificates }) => certificates.map(({ ends }) => ends));

  test('is a company of some size', () => {
    expect(contoso.subscriptions).toHaveLength(2);
    expect(contoso.workspaces).toHaveLength(3);
    expect(contoso.applications.length).toBeGreaterThan(60);
    expect(contoso.users.filter(({ guest }) => guest)).toHaveLength(2);
    expect(contoso.storageAccounts.length).toBeGreaterThanOrEqual(4);
    expect(contoso.userAssignedIdentities.length).toBeGreaterThanOrEqual(3);
    expect(contoso.groups.filter(({ members }) => members.some((member) => member.startsWith('group:')))).toHaveLength(
      1,
    );
    expect(contoso.workspaces.filter(({ storage }) => storage?.resourceId === false)).toHaveLength(1);
  });

  test.each(['+200d', '+31d', '+30d', '+14d', '+8d', '+7d', '+1d', '-1d', null])(
    'has a secret and a certificate that end %s',
    (moment) => {
      expect(secretEnds).toContain(moment);
      expect(certificateEnds).toContain(moment);
    },
  );

  test('has every trouble with principals and identities', () => {
    expect(new Set(contoso.applications.map((each) => each.servicePrincipal))).toEqual(
      new Set(['enabled', 'disabled', 'deleted', 'absent']),
    );
    expect(contoso.workspaces.map(({ identity }) => identity)).toContain('disabled');
    expect(contoso.userAssignedIdentities.map(({ state }) => state)).toContain('deleted');
    const holders = [...contoso.azureRoleAssignments, ...contoso.workspaces.flatMap((each) => each.roleAssignments)];
    expect(holders.filter(({ principal }) => principal.startsWith('gone:'))).toHaveLength(2);
  });
});

describe('healthy', () => {
  const healthy = loadScenario('healthy');
  test('has no credential that ends within two months, and nobody who is disabled or gone', () => {
    const ends = healthy.applications.flatMap(({ secrets, certificates }) =>
      [...secrets, ...certificates].map((each) => Number(/^\+(\d+)d$/.exec(each.ends ?? '')?.[1])),
    );
    expect(Math.min(...ends)).toBeGreaterThan(60);
    expect(JSON.stringify(healthy)).not.toMatch(/gone:|"disabled"|"deleted"|"missing"|"absent"|"enabled":false/);
  });
});

describe('forbidden', () => {
  test('refuses every source somewhere but the list of subscriptions, which Azure never refuses', () => {
    const refused = new Set(
      loadScenario('forbidden').refuse.map((each) => (typeof each === 'string' ? each : each.source)),
    );
    expect([...refused].sort()).toEqual(SOURCE_NAMES.filter((source) => source !== 'subscriptions').sort());
  });

  test('is contoso otherwise', () => {
    const { name, about, refuse, ...rest } = loadScenario('forbidden');
    expect([name, about === loadScenario('contoso').about, refuse.length > 0]).toEqual(['forbidden', false, true]);
    expect(loadScenario('contoso')).toMatchObject(rest);
  });
});

describe('throttled', () => {
  let sandbox: Sandbox;
  beforeAll(async () => (sandbox = await startTestSandbox('contoso', new Date())));
  afterAll(() => sandbox.close());

  type List = Readonly<Record<string, unknown>> & { readonly value?: readonly unknown[] };

  /** Asks again until it gets an answer that is one. */
  const patiently = async (...args: Parameters<typeof ask>): Promise<Reply<List>> => {
    for (;;) {
      const reply = await ask<List>(...args).catch(() => undefined);
      if (reply?.status === 200) return reply;
    }
  };
  const everyPage = async (service: 'graph' | 'arm' | 'synapse', path: string): Promise<unknown[]> => {
    const items: unknown[] = [];
    let next: string | undefined = path;
    let continuation = '';
    while (next !== undefined) {
      const reply: Reply<List> = await patiently(sandbox, service, next, {
        headers: { 'x-ms-continuation': continuation },
      });
      items.push(...(Array.isArray(reply.body) ? (reply.body as unknown[]) : (reply.body.value ?? [])));
      continuation = reply.headers.get('x-ms-continuation') ?? '';
      next = (reply.body['@odata.nextLink'] ?? reply.body['nextLink'] ?? (continuation ? path : undefined)) as
        string | undefined;
    }
    return items;
  };
  const everything = async (scenario: Scenario): Promise<unknown[][]> => {
    sandbox.load(scenario);
    const read: unknown[][] = [];
    for (const path of [
      '/applications?$top=999&$expand=owners($select=id)',
      '/servicePrincipals?$top=999',
      '/directory/deletedItems/microsoft.graph.servicePrincipal',
      '/users?$top=999',
      '/groups?$top=999',
      `/groups/${guidOf('group:data-engineers')}/transitiveMembers`,
      '/applications?$top=999&$expand=federatedIdentityCredentials',
      '/identity/conditionalAccess/policies',
      `/auditLogs/directoryAudits?$filter=activityDateTime ge ${EVER[0]} and activityDateTime le ${EVER[1]} and category eq 'Policy'`,
    ]) {
      read.push(await everyPage('graph', `/v1.0${path}`));
    }
    for (const subscription of [RETAIL, CORPORATE]) {
      for (const path of [
        'Microsoft.Synapse/workspaces?api-version=2021-06-01',
        'Microsoft.Authorization/roleAssignments?api-version=2022-04-01',
        'Microsoft.Authorization/roleDefinitions?api-version=2022-04-01',
        'Microsoft.Authorization/roleEligibilitySchedules?api-version=2020-10-01',
        'Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2024-11-30',
        `Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter=eventTimestamp ge '${EVER[0]}' and eventTimestamp le '${EVER[1]}' and resourceProvider eq 'Microsoft.Synapse'`,
      ]) {
        read.push(await everyPage('arm', `/subscriptions/${subscription}/providers/${path}`));
      }
    }
    for (const workspace of scenario.workspaces) {
      for (const route of [
        'roleAssignments',
        'roleDefinitions',
        'linkedservices',
        'credentials',
        'pipelines',
        'datasets',
        'triggers',
      ]) {
        read.push(await everyPage('synapse', `/${workspace.name}/${route}?api-version=2020-12-01`));
      }
      for (const setting of [
        'azureADOnlyAuthentications?api-version=2021-06-01',
        'sqlPools?api-version=2021-06-01',
        'firewallRules?api-version=2021-06-01',
        'providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview',
      ]) {
        read.push(await everyPage('arm', `${workspaceIdOf(workspace)}/${setting}`));
      }
    }
    return read;
  };

  test('asks nobody to wait longer than a second', () => {
    const waits = loadScenario('throttled').faults.map((each) =>
      Math.max(each.retryAfterSeconds ?? 0, each.delayMilliseconds / 1000),
    );
    expect(Math.max(...waits)).toBe(1);
  });

  test('gives who is patient exactly what contoso gives', async () => {
    const calm = await everything(loadScenario('contoso'));
    sandbox.forget();
    const throttled = await everything(loadScenario('throttled'));
    expect(throttled).toEqual(calm);
    expect(calm.flat().length).toBeGreaterThan(300);
    const statuses = new Set(sandbox.requests().map(({ status }) => status));
    expect([...statuses].sort()).toEqual([200, 429, 503]);
  });
});
