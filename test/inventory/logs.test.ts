/** Log Analytics, asked by the real client over TLS; the sandbox runs the queries that ship. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogsQueryClient, LogsQueryResultStatus, type LogsTable } from '@azure/monitor-query';
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import { CLOUDS } from '../../src/clouds';
import { createLogAnalytics } from '../../src/inventory/azure/logs';
import type { Inventory } from '../../src/inventory/sources';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { aRequestContext } from '../fixtures/request-context';
import { collect } from './collect';

type Logs = Scenario['logAnalyticsWorkspaces'][number];

/** A table as it is on the wire. */
interface Published {
  readonly name: string;
  readonly columns: LogsTable['columnDescriptors'];
  readonly rows: readonly (readonly unknown[])[];
}

const now = new Date('2026-03-01T02:00:00Z');
const contoso = loadScenario('contoso');
const SECURITY = guidOf('logs:security-logs');
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox(contoso, now);
});
beforeEach(() => {
  sandbox.load(contoso);
  sandbox.forget();
});
afterAll(() => sandbox.close());

const gapsOf = (inventory: Inventory, source: 'logTables' | 'azurePowershellCallers') =>
  (inventory[source] ?? []).flatMap(({ scope, result }) => (result.ok ? [] : [{ scope: scope.name, ...result }]));
const dataOf = <S extends 'logTables' | 'azurePowershellCallers'>(inventory: Inventory, source: S) =>
  (inventory[source] ?? []).flatMap(({ result }) => (result.ok ? [...result.data] : []));
const requestsTo = (text: string) => sandbox.requests().filter(({ path }) => path.includes(text));
/** Contoso with other logs; the rows that are given stand in `security-logs`. */
const load = (change: Partial<Logs>, others: Partial<Scenario> = {}) => {
  const logAnalyticsWorkspaces = contoso.logAnalyticsWorkspaces.map((each) =>
    each.name === 'security-logs' ? { ...each, ...change } : each,
  );
  sandbox.load({ ...contoso, logAnalyticsWorkspaces, ...others });
};
const collectLogs = async () => (await collect(sandbox, ['azurePowershellCallers'])).inventory;

describe('what is read', () => {
  let inventory: Inventory;
  beforeAll(async () => {
    sandbox.load(contoso);
    inventory = await collectLogs();
  });

  it('is every workspace that diagnostic settings or the settings name, each once', () => {
    expect(gapsOf(inventory, 'logTables')).toEqual([]);
    const asked = dataOf(inventory, 'logTables').map(({ readFrom, table }) => [readFrom.split('/').at(-1), table]);
    expect(asked).toEqual([
      ['operations-logs', 'MicrosoftGraphActivityLogs'],
      [SECURITY, 'SigninLogs'],
      [SECURITY, 'AADNonInteractiveUserSignInLogs'],
      [SECURITY, 'AADServicePrincipalSignInLogs'],
      [SECURITY, 'AADManagedIdentitySignInLogs'],
      [SECURITY, 'SQLSecurityAuditEvents'],
      [SECURITY, 'AzureDiagnostics'],
    ]);
  });

  it('tells an empty table from a missing one', async () => {
    const signIn = { TimeGenerated: '-3h', UserId: guidOf('user:ben') };
    load({
      tables: [
        { name: 'SigninLogs', rows: [signIn] },
        { name: 'SQLSecurityAuditEvents', rows: [] },
      ],
    });
    const tables = dataOf(await collectLogs(), 'logTables').filter(({ readFrom }) => readFrom === SECURITY);
    expect(tables.find(({ table }) => table === 'SigninLogs')).toMatchObject({
      rows: 1,
      newest: new Date('2026-02-28T23:00:00Z'),
    });
    // The client would make 1970 of the moment that is not there.
    expect(tables.find(({ table }) => table === 'SQLSecurityAuditEvents')).toMatchObject({ rows: 0, newest: null });
    expect(tables.filter(({ table }) => table === 'AADManagedIdentitySignInLogs')).toEqual([]);
  });

  it('is one entry for each caller and user agent', () => {
    const callers = dataOf(inventory, 'azurePowershellCallers');
    expect(gapsOf(inventory, 'azurePowershellCallers')).toEqual([]);
    expect(callers.map(({ name, userAgent, tables }) => [name, userAgent.slice(0, 23), tables])).toEqual([
      ['', 'AzurePowershell/v15.3.0', ['MicrosoftGraphActivityLogs']],
      ['', 'AzurePowershell/v16.2.0', ['MicrosoftGraphActivityLogs']],
      ['ben@contoso.example', 'Mozilla/5.0 (Windows NT', ['SigninLogs']],
      ['Release Pipeline', 'AzurePowershell/v16.2.0', ['AADServicePrincipalSignInLogs']],
      ['Price Updater', 'AzurePowershell/v6.13.1', ['AADServicePrincipalSignInLogs']],
    ]);
    expect(callers[0]).toMatchObject({
      principalKind: 'user',
      principalId: guidOf('user:ben'),
      requests: 1,
      firstSeen: new Date('2026-02-20T02:00:00Z'),
      lastSeen: new Date('2026-02-20T02:00:00Z'),
    });
    expect(callers[1]).toMatchObject({ principalKind: 'servicePrincipal', principalId: guidOf('sp:release-pipeline') });
  });
});

it('takes one look-up for each workspace by ARM id and at most two queries for each workspace', async () => {
  await collectLogs();
  expect(requestsTo('operationalinsights')).toHaveLength(2);
  expect(requestsTo(`/v1/workspaces/${SECURITY}/query`)).toHaveLength(2);
  expect(requestsTo(`/v1/workspaces/${guidOf('logs:operations-logs')}/query`)).toHaveLength(2);
});

it('counts requests of a caller together, from the first to the last of the last 30 days', async () => {
  const row = { ServicePrincipalId: guidOf('sp:release-pipeline').toUpperCase(), UserAgent: 'AzurePowershell/v12.0.0' };
  const rows = [
    { ...row, TimeGenerated: '-31d' },
    { ...row, TimeGenerated: '-29d' },
    { ...row, TimeGenerated: '-1d', ServicePrincipalName: 'Release' },
    { ...row, TimeGenerated: '-2d' },
    { ...row, TimeGenerated: '-2d', UserAgent: 'AzureCLI/2.80.0' },
  ];
  load({ tables: [{ name: 'AADServicePrincipalSignInLogs', rows }] });
  const callers = dataOf(await collectLogs(), 'azurePowershellCallers').filter(({ readFrom }) => readFrom === SECURITY);
  expect(callers).toMatchObject([
    {
      principalId: guidOf('sp:release-pipeline'),
      name: 'Release',
      requests: 3,
      firstSeen: new Date('2026-01-31T02:00:00Z'),
      lastSeen: new Date('2026-02-28T02:00:00Z'),
    },
  ]);
});

it('asks for callers only where a table tells them', async () => {
  load({
    tables: [
      { name: 'SigninLogs', rows: [] },
      { name: 'SQLSecurityAuditEvents', rows: [] },
    ],
  });
  const inventory = await collectLogs();
  expect(gapsOf(inventory, 'azurePowershellCallers')).toEqual([]);
  expect(requestsTo(`/v1/workspaces/${SECURITY}/query`)).toHaveLength(1);
});

describe('is not collected, and says why,', () => {
  it('where no log tells user agents', async () => {
    sandbox.load({
      ...contoso,
      logAnalyticsWorkspaces: contoso.logAnalyticsWorkspaces.map((each) => ({
        ...each,
        tables: [{ name: 'SigninLogs', rows: [] }],
      })),
    });
    const inventory = await collectLogs();
    expect(gapsOf(inventory, 'logTables')).toEqual([]);
    expect(inventory.azurePowershellCallers).toMatchObject([
      {
        scope: { kind: 'tenant' },
        result: { ok: false, because: 'noData', message: expect.stringContaining('diagnostic settings of Entra ID') },
      },
    ]);
  });

  it('where nothing sends to Log Analytics', async () => {
    sandbox.load({
      ...contoso,
      settings: {},
      workspaces: contoso.workspaces.map((each) => ({ ...each, diagnosticSettings: [] })),
    });
    const inventory = await collectLogs();
    expect(inventory.logTables).toMatchObject([
      {
        scope: { kind: 'tenant' },
        result: { because: 'noData', message: expect.stringContaining('LOG_ANALYTICS_WORKSPACE_IDS') },
      },
    ]);
    expect(gapsOf(inventory, 'azurePowershellCallers')).toMatchObject([{ because: 'upstream' }]);
  });

  it('where where the logs go could not be read', async () => {
    sandbox.load({ ...contoso, settings: {}, refuse: ['diagnosticSettings'] });
    expect(gapsOf(await collectLogs(), 'logTables')).toMatchObject(
      contoso.workspaces.map(() => ({ because: 'upstream', message: expect.stringContaining('Missing permission') })),
    );
  });

  it.each<[string, Partial<Logs>, string, RegExp]>([
    ['part of the rows came', { answers: 'part' }, 'truncated', /answered a part: There were some errors/],
    ['an empty body came', { answers: 'nothing' }, 'truncated', /without a result/],
    ['the workspace never got data', { tables: [] }, 'noData', /holds no data at all/],
    ['a query took too long', { takesSeconds: 91 }, 'failed', /504 GatewayTimeout/],
  ])('where %s; the other workspace is', async (_, change, because, message) => {
    load(change);
    const inventory = await collectLogs();
    expect(gapsOf(inventory, 'logTables')).toMatchObject([
      { scope: SECURITY, because, message: expect.stringMatching(message) },
    ]);
    expect(gapsOf(inventory, 'azurePowershellCallers')).toMatchObject([{ scope: SECURITY, because: 'upstream' }]);
    expect(dataOf(inventory, 'azurePowershellCallers')).toHaveLength(2);
    // A query that ran out of time is not tried again.
    expect(requestsTo(`/v1/workspaces/${SECURITY}/query`)).toHaveLength(1);
  });

  it.each<[string, Scenario['refuse'], number]>([
    ['everywhere', ['logTables'], 3],
    ['in one workspace', [{ source: 'logTables', scope: 'logs:security-logs' }], 2],
  ])('where it is refused %s', async (_, refuse, count) => {
    sandbox.load({ ...contoso, refuse });
    const gaps = gapsOf(await collectLogs(), 'logTables');
    // By its ARM id it is asked once more than by the id that the setting names.
    expect(gaps).toHaveLength(count);
    for (const { because, message } of gaps) {
      expect(because).toBe('forbidden');
      expect(message).toContain('Microsoft.OperationalInsights/workspaces/query/SigninLogs/read');
    }
  });

  it('where a diagnostic setting sends to a workspace that is gone', async () => {
    sandbox.load({ ...contoso, settings: {}, logAnalyticsWorkspaces: [] });
    expect(gapsOf(await collectLogs(), 'logTables')).toMatchObject(
      // The name that two subscriptions use is that of two workspaces.
      ['security-logs', 'operations-logs', 'security-logs'].map((scope) => ({
        scope,
        because: 'failed',
        message: expect.stringContaining('404 ResourceNotFound'),
      })),
    );
  });

  it('where the setting names a workspace that is none', async () => {
    sandbox.load({ ...contoso, settings: { LOG_ANALYTICS_WORKSPACE_IDS: '99999999-9999-4999-8999-999999999999' } });
    expect(gapsOf(await collectLogs(), 'logTables')).toMatchObject([
      { scope: '99999999-9999-4999-8999-999999999999', message: expect.stringContaining('404 PathNotFoundError') },
    ]);
  });

  it('where there are more callers than can be taken', async () => {
    const rows = Array.from({ length: 10_001 }, (_, index) => ({
      ServicePrincipalId: guidOf(`sp:${index}`),
      UserAgent: 'AzurePowershell/v12.0.0',
    }));
    load({ tables: [{ name: 'AADServicePrincipalSignInLogs', rows }] });
    expect(gapsOf(await collectLogs(), 'azurePowershellCallers')).toMatchObject([
      { scope: SECURITY, because: 'truncated', message: expect.stringContaining('more than 10000') },
    ]);
  });
});

it('is asked again where the service throttles', async () => {
  sandbox.load({
    ...contoso,
    faults: loadScenario('throttled').faults.filter(
      ({ service, path }) => service === 'logs' || path === 'operationalinsights',
    ),
  });
  const { inventory, lines } = await collect(sandbox, ['azurePowershellCallers']);
  expect(gapsOf(inventory, 'logTables')).toEqual([]);
  expect(dataOf(inventory, 'azurePowershellCallers')).toHaveLength(5);
  expect(Number(lines.get('logTables')?.['retries']) + Number(lines.get('azurePowershellCallers')?.['retries'])).toBe(
    3,
  );
});

it('gives the service less time than the client waits', async () => {
  const asked = jest.spyOn(LogsQueryClient.prototype, 'queryWorkspace');
  await collectLogs();
  expect(asked).toHaveBeenCalledWith(
    SECURITY,
    expect.any(String),
    { duration: 'P30D' },
    expect.objectContaining({ serverTimeoutInSeconds: 90 }),
  );
  asked.mockRestore();
});

it('reads the answer that Azure publishes: numbers as texts, moments that are not there', async () => {
  const text = readFileSync(join(__dirname, '../contract/la-post-example.json'), 'utf8');
  const { responses } = JSON.parse(text) as { responses: { 200: { body: { tables: [Published] } } } };
  const [{ name, columns, rows }] = responses[200].body.tables;
  const [row = []] = rows;
  const published = { name, columnDescriptors: columns, rows: [row, row.map(() => null)] } as unknown as LogsTable;
  const asked = jest.spyOn(LogsQueryClient.prototype, 'queryWorkspace');
  asked.mockResolvedValue({ status: LogsQueryResultStatus.Success, tables: [published] });
  const credential = { getToken: () => Promise.resolve(null) };
  const logs = createLogAnalytics(CLOUDS.AzureCloud, credential, aRequestContext());
  const [usage, empty] = await logs.query(SECURITY, 'Usage | take 10', 1);
  asked.mockRestore();
  expect(usage).toMatchObject({ Computer: expect.any(String), BatchesWithinSla: 1, Quantity: expect.any(Number) });
  expect(Object.values(empty!).every((cell) => cell === null)).toBe(true);
});

it('ends with the run', async () => {
  const slow = {
    path: '',
    every: 1,
    retryAfterSeconds: null,
    cut: false,
    delayMilliseconds: 600_000,
    emptyPage: false,
  };
  sandbox.load({ ...contoso, faults: [{ ...slow, service: 'logs', times: 'always' }] });
  const stop = new AbortController();
  const collecting = collect(sandbox, ['azurePowershellCallers'], { signal: stop.signal });
  while (requestsTo('/query').length === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  stop.abort();
  const { inventory } = await collecting;
  for (const gap of gapsOf(inventory, 'logTables')) {
    expect(gap.because).toBe('cancelled');
  }
  expect(gapsOf(inventory, 'logTables')).toHaveLength(3);
});
