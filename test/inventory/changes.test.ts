/** Policies of the directory, and the logs of who changed what. */
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { readFileSync } from 'node:fs';
import type { Sandbox } from '../../sandbox/azure/server';
import { workspaceIdOf } from '../../sandbox/azure/resource-ids';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import { createGraph } from '../../src/inventory/azure/graph';
import { pace } from '../../src/inventory/azure/pace';
import type { RestClient } from '../../src/inventory/azure/rest-client';
import { listActivity } from '../../src/inventory/collectors/activity-log';
import { readAuthorizationPolicy } from '../../src/inventory/collectors/authorization-policy';
import { listConditionalAccessPolicies } from '../../src/inventory/collectors/conditional-access-policies';
import { listDirectoryAudits } from '../../src/inventory/collectors/directory-audits';
import type { CollectedScope, SourceName } from '../../src/inventory/sources';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { aRequestContext } from '../fixtures/request-context';
import { collect } from './collect';

const now = new Date('2026-03-01T02:00:00Z');
const period = { from: new Date('2026-02-28T02:00:00Z'), to: now };
const contoso = loadScenario('contoso');
let sandbox: Sandbox;
beforeAll(async () => (sandbox = await startTestSandbox(contoso, now)));
afterAll(() => sandbox.close());

/** What was read of a source, and the reasons where it could not be. */
async function read(source: SourceName, change: Partial<Scenario> = {}): Promise<readonly unknown[]> {
  sandbox.load({ ...contoso, ...change });
  sandbox.forget();
  const { inventory } = await collect(sandbox, [source], { period });
  const scopes: readonly CollectedScope<unknown>[] = inventory[source] ?? [];
  return scopes.flatMap(({ result }) => (result.ok ? [...result.data] : [result]));
}

/** A client that gives the answers one after the other, and keeps what it was asked. */
function answering(...bodies: readonly unknown[]): RestClient & { readonly asked: string[] } {
  const asked: string[] = [];
  const next = (url: string) => {
    asked.push(url);
    return Promise.resolve({ body: bodies[asked.length - 1], headers: createHttpHeaders() });
  };
  return { get: next, post: next, asked };
}
const graphOf = (...bodies: readonly unknown[]) =>
  createGraph(answering(...bodies), 'https://graph.example', aRequestContext());
const never = () => Promise.reject(new Error('there is one page only'));

describe('conditional access policies', () => {
  const policy = (change: object = {}) => ({ id: 'P1', displayName: 'MFA', state: 'enabled', ...change });
  const conditions = (change: object) => policy({ conditions: { users: { includeUsers: ['b', 'a'] }, ...change } });
  const partsOf = async (one: object) => {
    const [found] = await listConditionalAccessPolicies(graphOf({ value: [one] }), never);
    return found!.parts;
  };

  it('are read with their state, over all pages', async () => {
    expect(await read('conditionalAccessPolicies', { paging: { ...contoso.paging, graph: 2 } })).toMatchObject(
      contoso.conditionalAccessPolicies.map(({ id, name, state }) => ({ id: guidOf(id), name, state })),
    );
    expect(sandbox.requests().filter(({ path }) => path.includes('/conditionalAccess/'))).toHaveLength(2);
  });

  it('wait between pages, as the tenant has one request a second', async () => {
    let waits = 0;
    const wait = () => Promise.resolve(void (waits += 1));
    const nextLink = 'https://graph.example/v1.0/identity/conditionalAccess/policies?$skiptoken=2';
    const pages = graphOf({ value: [policy()], '@odata.nextLink': nextLink }, { value: [policy({ id: 'P2' })] });
    expect((await listConditionalAccessPolicies(pages, wait)).map(({ id }) => id)).toEqual(['p1', 'p2']);
    expect(waits).toBe(1);
  });

  it('have a digest of each part that they use', async () => {
    expect(await partsOf(conditions({}))).toEqual({
      users: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      applications: null,
      clientApplications: null,
      clientAppTypes: null,
      locations: null,
      platforms: null,
      otherConditions: null,
      grantControls: null,
      sessionControls: null,
    });
  });

  it.each([
    ['lists in another order', conditions({ users: { includeUsers: ['a', 'b'] } })],
    ['what is empty', conditions({ signInRiskLevels: [], platforms: null, locations: {}, devices: { filter: null } })],
    [
      'annotations',
      conditions({ 'users@odata.context': 'x', users: { '@odata.type': 'x', includeUsers: ['a', 'b'] } }),
    ],
    ['a new name', policy({ displayName: 'Renamed', conditions: { users: { includeUsers: ['a', 'b'] } } })],
  ])('have the same digests for %s', async (_, other) => {
    expect(await partsOf(other)).toEqual(await partsOf(conditions({})));
  });

  it('have the same digest for members in another order', async () => {
    const one = policy({ grantControls: { operator: 'OR', builtInControls: ['mfa'] } });
    const other = policy({ grantControls: { builtInControls: ['mfa'], operator: 'OR' } });
    expect(await partsOf(one)).toEqual(await partsOf(other));
  });

  it.each([
    ['users', conditions({ users: { includeUsers: ['a'] } })],
    ['users', conditions({ users: { excludeUsers: ['a', 'b'] } })],
    ['applications', conditions({ applications: { includeApplications: ['All'] } })],
    ['clientApplications', conditions({ clientApplications: { includeServicePrincipals: ['x'] } })],
    ['clientAppTypes', conditions({ clientAppTypes: ['all'] })],
    ['locations', conditions({ locations: { includeLocations: ['All'] } })],
    ['platforms', conditions({ platforms: { includePlatforms: ['all'] } })],
    ['otherConditions', conditions({ signInRiskLevels: ['high'] })],
    ['grantControls', { ...conditions({}), grantControls: { operator: 'OR' } }],
    ['sessionControls', { ...conditions({}), sessionControls: { disableResilienceDefaults: false } }],
  ])('have another digest of %s alone where that changed', async (part, other) => {
    const [before, after] = [await partsOf(conditions({})), await partsOf(other)];
    const changed = Object.keys(before).filter((name) => Object(before)[name] !== Object(after)[name]);
    expect(changed).toEqual([part]);
  });

  it('are refused with the words of their own service', async () => {
    expect(await read('conditionalAccessPolicies', { refuse: ['conditionalAccessPolicies'] })).toMatchObject([
      { because: 'forbidden', message: expect.stringContaining('403 AccessDenied: You cannot perform') as string },
    ]);
  });
});

describe('the authorization policy', () => {
  it('has what lets people make new ways to sign in', async () => {
    const policies = ['b', 'a'];
    const change = { allowInvitesFrom: 'everyone', usersMayCreateApps: true, userConsentPolicies: policies };
    expect(await read('authorizationPolicies', { authorizationPolicy: change })).toEqual([
      {
        id: 'authorizationPolicy',
        allowInvitesFrom: 'everyone',
        guestUserRoleId: '10dae51f-b6af-4016-8d66-8c2a99b929b3',
        usersMayCreateApps: true,
        userConsentPolicies: ['a', 'b'],
        blocksMsolPowerShell: true,
      },
    ]);
  });

  it('may leave out what it has not', async () => {
    const answer = { id: 'authorizationPolicy', defaultUserRolePermissions: {} };
    expect(await readAuthorizationPolicy(graphOf(answer))).toEqual([
      {
        id: 'authorizationPolicy',
        allowInvitesFrom: null,
        guestUserRoleId: null,
        usersMayCreateApps: null,
        userConsentPolicies: [],
        blocksMsolPowerShell: null,
      },
    ]);
  });
});

describe('the activity log', () => {
  const entry = (change: Partial<Scenario['activity'][number]> = {}): Scenario['activity'][number] => ({
    at: '-2h',
    by: 'user:ada',
    operation: 'Microsoft.Synapse/workspaces/firewallRules/write',
    resource: 'workspace:retail-analytics/firewallRules/all',
    status: 'Succeeded',
    ...change,
  });
  const events = async (...activity: Scenario['activity']) =>
    (await read('activityLog', { activity })) as { who: string; operation: string; resourceId: string; at: Date }[];

  it('tells who wrote what and when, ids and operations lower-cased', async () => {
    const [retail] = contoso.workspaces;
    const event = {
      at: new Date(now.getTime() - 7_200_000),
      who: 'ada@contoso.example',
      operation: 'microsoft.synapse/workspaces/firewallrules/write',
      resourceId: `${workspaceIdOf(retail!)}/firewallRules/all`.toLowerCase(),
      readFrom: guidOf('sub:retail'),
    };
    // That it started, and that it succeeded.
    expect(await events(entry())).toEqual([event, event]);
  });

  it('names an application by its object id', async () => {
    const [event] = await events(entry({ by: 'sp:release-pipeline' }));
    expect(event?.who).toBe(guidOf('sp:release-pipeline'));
  });

  it('is read for each of three providers, page by page, in each subscription with workspaces', async () => {
    const all = ['Microsoft.Synapse', 'Microsoft.Authorization', 'Microsoft.Insights'].flatMap((provider) =>
      [1, 2, 3].map(() => entry({ operation: `${provider}/x/write` })),
    );
    expect(await events(...all)).toHaveLength(18);
    const asked = sandbox.requests().filter(({ path }) => path.includes('/eventtypes/'));
    // Six events are two pages; the other subscription has none.
    expect(asked).toHaveLength(3 * 2 + 3);
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('has nothing from before or after the period', async () => {
    expect(await events(entry({ at: '-24h' }))).toHaveLength(2);
    expect(await events(entry({ at: '-25h' }), entry({ at: '+1m' }))).toEqual([]);
  });

  it('leaves out what is no change of a resource, and the end of what failed', async () => {
    const actions = ['Microsoft.Synapse/workspaces/pipelines/run/action', 'Microsoft.Synapse/workspaces/write/x'];
    expect(await events(...actions.map((operation) => entry({ operation })))).toEqual([]);
    expect(await events(entry({ status: 'Failed' }))).toHaveLength(1);
    expect(await events(entry({ operation: 'Microsoft.Synapse/workspaces/DELETE' }))).toHaveLength(2);
  });

  const one = {
    eventTimestamp: '2026-03-01T00:00:00Z',
    resourceId: '/subscriptions/S/X',
    operationName: { value: 'A/write', localizedValue: 'A' },
    status: { value: 'Succeeded' },
  };
  const list = (...bodies: readonly unknown[]) => {
    const client = answering(...bodies, { value: [] }, { value: [] }, { value: [] });
    return listActivity(client, 'https://arm.example', 's', period);
  };

  it.each([
    ['the caller', { caller: 'a@b', claims: { name: 'x' } }, 'a@b'],
    [
      'the sign-in name',
      { claims: { name: 'x', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'a@b' } },
      'a@b',
    ],
    [
      'the name, where the sign-in name is empty',
      { caller: '', claims: { name: 'x', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': '' } },
      'x',
    ],
    [
      'the object id',
      { claims: { appid: 'y', 'http://schemas.microsoft.com/identity/claims/objectidentifier': 'x' } },
      'x',
    ],
    ['the client id', { claims: { appid: 'y' } }, 'y'],
    ['nobody', { claims: null }, null],
  ])('names %s', async (_, change, who) => {
    expect((await list({ value: [{ ...one, ...change }] })).map((event) => event.who)).toEqual([who]);
  });

  it.each([
    ['a resource', { resourceId: null }],
    ['an operation', { operationName: null }],
  ])('leaves out an event without %s', async (_, change) => {
    expect(await list({ value: [{ ...one, ...change }] })).toEqual([]);
  });

  it('refuses an event without a time, and a next page on another host', async () => {
    await expect(list({ value: [{ ...one, eventTimestamp: null }] })).rejects.toThrow(
      /eventTimestamp: expected a date/,
    );
    await expect(list({ value: [], nextLink: 'https://evil.example/x' })).rejects.toThrow('another host');
  });

  it('reads the published sample', async () => {
    const sample = JSON.parse(readFileSync('test/contract/GetActivityLogsFiltered.json', 'utf8')) as {
      responses: { 200: { body: { value: object[]; nextLink: string } } };
    };
    const { value } = sample.responses[200].body;
    // The sample leaves out the resource.
    const events = await list({ value: value.map((event) => ({ ...event, resourceId: '/subscriptions/S/X' })) });
    expect(events).toEqual([
      {
        at: new Date('2015-01-21T22:14:26.979Z'),
        who: 'admin@contoso.com',
        operation: 'microsoft.support/supporttickets/write',
        resourceId: '/subscriptions/s/x',
        readFrom: 's',
      },
    ]);
  });
});

describe('the audit log of the directory', () => {
  const entry = (change: Partial<Scenario['directoryAudits'][number]> = {}): Scenario['directoryAudits'][number] => ({
    at: '-2h',
    by: 'user:carla',
    activity: 'Update conditional access policy',
    category: 'Policy',
    target: 'policy:mfa',
    result: 'success',
    ...change,
  });
  const audits = (...directoryAudits: Scenario['directoryAudits']) => read('directoryAudits', { directoryAudits });

  it('tells who changed which policy, and when', async () => {
    expect(await audits(entry(), entry({ by: 'sp:release-pipeline' }))).toEqual([
      {
        at: new Date(now.getTime() - 7_200_000),
        who: 'carla@contoso.example',
        activity: 'Update conditional access policy',
        targetIds: [guidOf('policy:mfa')],
      },
      expect.objectContaining({ who: guidOf('sp:release-pipeline') }),
    ]);
  });

  it('has nothing of other categories, other times, and what failed', async () => {
    const others = [{ category: 'UserManagement' }, { at: '-25h' }, { at: '+1m' }, { result: 'failure' }] as const;
    expect(await audits(...others.map((change) => entry(change)))).toEqual([]);
  });

  it('waits between pages, as there are five requests in ten seconds', async () => {
    let waits = 0;
    const wait = () => Promise.resolve(void (waits += 1));
    const nextLink = 'https://graph.example/v1.0/auditLogs/directoryAudits?$skiptoken=2';
    await listDirectoryAudits(graphOf({ value: [], '@odata.nextLink': nextLink }, { value: [] }), period, wait);
    expect(waits).toBe(1);
  });

  const item = { activityDateTime: '2026-03-01T00:00:00Z', activityDisplayName: 'x' };
  it.each([
    ['the sign-in name', { user: { userPrincipalName: 'a@b', displayName: 'x', id: 'y' } }, 'a@b'],
    ['the display name', { user: { displayName: 'x', id: 'y' } }, 'x'],
    ['the object id', { user: { displayName: '', id: 'y' } }, 'y'],
    ['an application’s name', { user: null, app: { displayName: 'z', servicePrincipalId: 'y' } }, 'z'],
    ['an application’s object id', { app: { displayName: null, servicePrincipalId: 'y', appId: 'w' } }, 'y'],
    ['an application’s client id', { app: { appId: 'w' } }, 'w'],
    ['nobody', null, null],
  ])('names %s', async (_, initiatedBy, who) => {
    const value = [{ ...item, initiatedBy }];
    expect(await listDirectoryAudits(graphOf({ value }), period, never)).toMatchObject([{ who, targetIds: [] }]);
  });

  it('of a tenant without licence is unlicensed, which does not make a report incomplete', async () => {
    const fault = { path: '/auditLogs/', every: 1, retryAfterSeconds: null, cut: false, delayMilliseconds: 0 } as const;
    const strike = {
      ...fault,
      service: 'graph' as const,
      times: 'always' as const,
      emptyPage: false,
      status: 403,
      code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
    };
    expect(await read('directoryAudits', { faults: [strike] })).toMatchObject([{ because: 'unlicensed' }]);
  });

  it('is refused with the permission that is missing', async () => {
    expect(await read('directoryAudits', { refuse: ['directoryAudits'] })).toMatchObject([
      { because: 'forbidden', message: expect.stringContaining('AuditLog.Read.All and Directory.Read.All') as string },
    ]);
  });
});

describe('pacing', () => {
  it('waits', async () => {
    await expect(pace(1, new AbortController().signal)()).resolves.toBeUndefined();
  });

  it('ends with the run', async () => {
    await expect(pace(600_000, AbortSignal.abort())()).rejects.toThrow('aborted');
  });
});
