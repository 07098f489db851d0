import type { Sandbox } from '../../../sandbox/azure/server';
import { parseScenario } from '../../../sandbox/scenarios/load-scenario';
import type { ScenarioDescription } from '../../../sandbox/scenarios/schema';
import { guidOf } from '../../../sandbox/scenarios/symbolic-id';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask, tokenFor, type ErrorBody } from './ask';

const now = new Date('2026-03-01T02:00:00Z');
const LOGS = guidOf('logs:logs');
const PATH = `/v1/workspaces/${LOGS}/query`;

type Logs = NonNullable<ScenarioDescription['logAnalyticsWorkspaces']>[number];

const rows = [
  {
    TimeGenerated: '-1h',
    AppId: '${app:one}',
    ResultType: '0',
    LocationDetails: { city: 'Oslo' },
    IsInteractive: true,
  },
  { TimeGenerated: '-3d', AppId: 'two', DurationMs: 7 },
];
const scenario = (change: Partial<Logs> = {}, more: Partial<ScenarioDescription> = {}) =>
  parseScenario(
    {
      name: 'test',
      tenant: { id: 'tenant:test', domain: 'test.example' },
      subscriptions: [{ id: 'sub:one', name: 'One' }],
      applications: [{ id: 'app:one', name: 'One' }],
      logAnalyticsWorkspaces: [
        {
          name: 'logs',
          subscription: 'sub:one',
          tables: [{ name: 'SigninLogs', rows }, { name: 'AuditLogs' }],
          ...change,
        },
      ],
      ...more,
    },
    'test',
  );

interface Answer {
  readonly tables: readonly { name: string; columns: { name: string; type: string }[]; rows: unknown[][] }[];
  readonly error?: { code: string };
}
interface Refusal {
  readonly error: ErrorBody['error'] & { readonly innererror: { readonly code: string; readonly message: string } };
}

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(scenario(), now);
});
beforeEach(() => {
  sandbox.load(scenario());
});
afterAll(() => sandbox.close());

const query = async <T = Answer>(text: string, more: object = {}, headers: Record<string, string> = {}) =>
  ask<T>(sandbox, 'logs', PATH, { body: { query: text, ...more }, headers });
const raw = async (body: string) =>
  fetch(`${sandbox.url}/logs${PATH}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${await tokenFor(sandbox, 'https://api.loganalytics.io')}` },
  });

test('answers in the documented format', async () => {
  const { status, body } = await query(
    'SigninLogs | project TimeGenerated, AppId, DurationMs, LocationDetails, IsInteractive, Age = now() - TimeGenerated',
  );
  expect(status).toBe(200);
  expect(body).toEqual({
    tables: [
      {
        name: 'PrimaryResult',
        columns: [
          { name: 'TimeGenerated', type: 'datetime' },
          { name: 'AppId', type: 'string' },
          { name: 'DurationMs', type: 'long' },
          { name: 'LocationDetails', type: 'dynamic' },
          { name: 'IsInteractive', type: 'bool' },
          { name: 'Age', type: 'timespan' },
        ],
        rows: [
          ['2026-03-01T01:00:00Z', guidOf('client:one'), null, '{"city":"Oslo"}', true, '01:00:00'],
          ['2026-02-26T02:00:00Z', 'two', 7, null, null, '3.00:00:00'],
        ],
      },
    ],
  });
});

test('rows have what every table has', async () => {
  const { body } = await query('SigninLogs | project Type, TenantId | take 1');
  expect(body.tables[0]?.rows).toEqual([['SigninLogs', LOGS]]);
});

test.each([
  ['P1D', 1],
  ['PT30M', 0],
  ['P3DT1H', 2],
  ['2026-02-26T00:00:00Z/2026-02-27T00:00:00Z', 1],
  ['', 2],
])('the timespan %j holds beside the query', async (timespan, count) => {
  const { body } = await query('SigninLogs | count', { timespan });
  expect(body.tables[0]?.rows).toEqual([[count]]);
});

describe('a query is refused', () => {
  test.each([
    ['for its grammar', 'SigninLogs | | count', 'SyntaxError', 'KS'],
    ['for a column', 'SigninLogs | where Nothing == 1', 'SemanticError', 'KS142'],
    ['for a table that the workspace does not have', 'SynapseRbacOperations | count', 'SemanticError', 'KS204'],
  ])('%s', async (_, text, code, message) => {
    const { status, body } = await query<Refusal>(text);
    expect([status, body.error.code, body.error.innererror.code]).toEqual([400, 'BadArgumentError', code]);
    expect(body.error.innererror.message).toContain(message);
  });

  test.each([
    ['timespan', { timespan: 'yesterday' }, {}],
    ['longer wait than the service allows', {}, { prefer: 'wait=601' }],
  ])('for a wrong %s', async (_, more, headers) => {
    const { status, body } = await query<Refusal>('SigninLogs | count', more, headers);
    expect([status, body.error.innererror.code]).toEqual([400, 'ValidationError']);
  });

  test('for what the sandbox does not have, by name', async () => {
    const { status, body } = await query<ErrorBody>('print hash_sha256("x")');
    expect([status, body.error.code]).toEqual([501, 'NotSimulated']);
    expect(body.error.message).toContain('hash_sha256()');
  });

  test('for a missing permission', async () => {
    for (const [refuse, text] of [
      ['logTables', 'SigninLogs | count'],
      [{ source: 'logTables', scope: 'sub:one' }, 'SigninLogs | count'],
      [{ source: 'azurePowershellCallers', scope: 'logs:logs' }, 'SigninLogs | where isempty(UserAgent)'],
    ] as const) {
      sandbox.load(scenario({}, { refuse: [refuse] }));
      const { status, body } = await query<ErrorBody>(text);
      expect([status, body.error.code]).toEqual([403, 'InsufficientAccessError']);
    }
    expect((await query('SigninLogs | count')).status).toBe(200);
  });

  test('for a workspace that is none', async () => {
    const elsewhere = `/v1/workspaces/${guidOf('logs:other')}/query`;
    const { status, body } = await ask<ErrorBody>(sandbox, 'logs', elsewhere, { body: { query: 'print 1' } });
    expect([status, body.error.code]).toEqual([404, 'PathNotFoundError']);
  });

  test('for taking longer than it is given', async () => {
    sandbox.load(scenario({ takesSeconds: 60 }));
    expect((await query('SigninLogs | count', {}, { prefer: 'wait=59' })).status).toBe(504);
    expect((await query('SigninLogs | count', {}, { prefer: 'wait=60' })).status).toBe(200);
    expect((await query('SigninLogs | count')).status).toBe(200);
  });
});

test('a part of the rows comes with an error beside them', async () => {
  sandbox.load(scenario({ answers: 'part' }));
  const { status, body } = await query('SigninLogs | project AppId');
  expect([status, body.tables[0]?.rows.length, body.error?.code]).toEqual([200, 1, 'PartialError']);
});

test('a workspace without any data answers 204', async () => {
  sandbox.load(scenario({ tables: [] }));
  expect((await raw('{"query":"print 1"}')).status).toBe(204);
});

test('a body that is no query gets an empty answer', async () => {
  const response = await raw('{}');
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('AzureDiagnostics has a column only after somebody sent it', async () => {
  const tables = [
    { name: 'AzureDiagnostics', rows: [{ Category: 'SQLSecurityAuditEvents', client_ip_s: '10.0.0.1' }] },
  ];
  sandbox.load(scenario({ tables }));
  expect((await query('AzureDiagnostics | project client_ip_s')).status).toBe(200);
  expect((await query('AzureDiagnostics | project host_name_s')).status).toBe(400);
  const tolerant = await query('AzureDiagnostics | project column_ifexists("host_name_s", "none")');
  expect(tolerant.body.tables[0]?.rows).toEqual([['none']]);
});

test('Azure Resource Manager knows the id to query by', async () => {
  const path = `/subscriptions/${guidOf('sub:one')}/resourceGroups/monitoring/providers/Microsoft.OperationalInsights/workspaces`;
  const found = await ask<{ properties: { customerId: string } }>(
    sandbox,
    'arm',
    `${path}/logs?api-version=2023-09-01`,
  );
  expect([found.status, found.body.properties.customerId]).toEqual([200, LOGS]);
  expect((await ask(sandbox, 'arm', `${path}/other?api-version=2023-09-01`)).status).toBe(404);
  sandbox.load(scenario({}, { refuse: ['logTables'] }));
  expect((await ask(sandbox, 'arm', `${path}/logs?api-version=2023-09-01`)).status).toBe(403);
});

test.each([
  [{ name: 'SigninLogs', rows: [{ Nothing: 1 }] }, 'found "Nothing", expected a column of SigninLogs'],
  [{ name: 'SigninLogs', rows: [{ AppId: 1 }] }, 'found "AppId: 1", expected a value of type string'],
  [{ name: 'SigninLogs', rows: [{ TimeGenerated: 'soon' }] }, 'expected a value of type datetime'],
  [{ name: 'SigninLogs', rows: [{ UserId: '${user:nobody}' }] }, 'found "user:nobody"'],
])('rows that fit no table are refused with the scenario: %j', (table, problem) => {
  expect(() => scenario({ tables: [table] })).toThrow(problem);
});
