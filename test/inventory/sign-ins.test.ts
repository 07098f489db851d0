/** Sign-ins that Log Analytics counts: asked by the real client over TLS, counted by the queries that ship. */
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import type { LogAnalytics } from '../../src/inventory/azure/logs';
import { classifyError } from '../../src/inventory/classify-error';
import { listSignInPlaces } from '../../src/inventory/collectors/sign-in-places';
import { listSignIns } from '../../src/inventory/collectors/sign-ins';
import { LOG_TABLES, type LogTableName, type Period } from '../../src/inventory/model';
import type { SignInKind, SignIns, SignInWatch } from '../../src/inventory/sign-ins';
import { SIGN_IN_SOURCES, type SignInSource } from '../../src/inventory/sources';
import { aWatch, aWatchedPrincipal } from '../fixtures/sign-ins';
import samples from '../samples/signin-logs.json';
import { connectTo } from '../setup/connect-to';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { aRequestContext } from '../fixtures/request-context';

type Logs = Scenario['logAnalyticsWorkspaces'][number];
type Rows = Logs['tables'][number]['rows'];

const now = new Date('2026-03-01T02:00:00Z');
const DAY: Period = { from: new Date('2026-02-28T02:00:00Z'), to: now };
const SCOPE = { kind: 'logAnalytics', id: 'the-logs', name: 'security-logs' } as const;
const RETAIL = '/subscriptions/1/resourcegroups/data/providers/microsoft.synapse/workspaces/retail';
const bare = { ...loadScenario('healthy'), logAnalyticsWorkspaces: [] };

let sandbox: Sandbox;
let logs: LogAnalytics;

beforeAll(async () => {
  sandbox = await startTestSandbox(bare, now);
  ({ logs } = connectTo(sandbox).connect(aRequestContext()));
});
afterAll(() => sandbox.close());

interface Given {
  readonly change?: Partial<Logs>;
  readonly others?: Partial<Scenario>;
  readonly watch?: Partial<SignInWatch>;
  readonly period?: Period;
  /** Default: those that are there. */
  readonly tables?: readonly LogTableName[];
}

const watching = (change: Partial<SignInWatch> = {}): SignInWatch =>
  aWatch({ principals: [], workspaces: [{ id: RETAIL, name: 'Retail' }], ...change });

function load(rows: Partial<Record<LogTableName, Rows>>, { change = {}, others = {} }: Given = {}): void {
  const tables = Object.entries(rows).map(([name, described]) => ({ name, rows: described }));
  sandbox.load({
    ...bare,
    logAnalyticsWorkspaces: [
      {
        name: 'security-logs',
        subscription: 'sub:production',
        resourceGroup: 'monitoring',
        answers: 'whole',
        takesSeconds: 0,
        tables,
        ...change,
      },
    ],
    ...others,
  });
  sandbox.forget();
}

const placeOf = (tables: readonly LogTableName[]) => ({
  workspaceId: guidOf('logs:security-logs'),
  readFrom: SCOPE.id,
  tables,
});

async function read(
  kind: SignInKind,
  rows: Partial<Record<LogTableName, Rows>>,
  given: Given = {},
): Promise<SignIns[]> {
  load(rows, given);
  const tables = given.tables ?? (Object.keys(rows) as LogTableName[]);
  return listSignIns(logs, placeOf(tables), kind, watching(given.watch), given.period ?? DAY);
}

async function readPlaces(rows: Partial<Record<LogTableName, Rows>>, given: Given = {}) {
  load(rows, given);
  const tables = given.tables ?? (Object.keys(rows) as LogTableName[]);
  return listSignInPlaces(logs, placeOf(tables), watching(given.watch), given.period ?? DAY);
}

const questions = () => sandbox.requests().filter(({ path }) => path.endsWith('/query')).length;
const SQL_DATABASE = { ResourceDisplayName: 'Azure SQL Database' };
const at = (time: string) => ({ TimeGenerated: `2026-03-01T${time}Z` });

describe('of users', () => {
  const row = {
    ...at('01:20:00'),
    Id: 'sign-in-1',
    UserId: 'AAAAAAAA-0000-4000-8000-00000000000A',
    UserPrincipalName: 'ada@contoso.example',
    AppId: 'BBBBBBBB-0000-4000-8000-00000000000B',
    AppDisplayName: 'SQL Server Management Studio',
    ...SQL_DATABASE,
    IPAddress: '203.0.113.7',
    Location: 'de',
    AutonomousSystemNumber: '3320',
    ResultType: '50126',
    ResultDescription: 'Invalid username or password.',
  };
  const place = { city: 'Berlin', countryOrRegion: 'DE', geoCoordinates: { latitude: 52.5, longitude: 13.4 } };

  it('tell who, with what, whereto, from where and with which result', async () => {
    const rows = await read('user', { SigninLogs: [{ ...row, LocationDetails: place }] });
    expect(rows).toEqual([
      {
        readFrom: 'the-logs',
        kind: 'user',
        table: 'SigninLogs',
        principalId: 'aaaaaaaa-0000-4000-8000-00000000000a',
        principalName: 'ada@contoso.example',
        applicationId: 'bbbbbbbb-0000-4000-8000-00000000000b',
        applicationName: 'SQL Server Management Studio',
        resource: 'Azure SQL Database',
        workspaceId: '',
        address: '203.0.113.7',
        country: 'DE',
        city: 'Berlin',
        position: { latitude: 52.5, longitude: 13.4 },
        autonomousSystem: '3320',
        result: '50126',
        reason: 'Invalid username or password.',
        credentialKeyId: '',
        interactive: true,
        count: 1,
        first: new Date('2026-03-01T01:20:00Z'),
        last: new Date('2026-03-01T01:20:00Z'),
      },
    ]);
  });

  it('are the same where nobody sat before it, although the place is a text there', async () => {
    const [one] = await read('user', {
      AADNonInteractiveUserSignInLogs: [{ ...row, Location: '', LocationDetails: JSON.stringify(place) }],
    });
    expect(one).toMatchObject({
      table: 'AADNonInteractiveUserSignInLogs',
      interactive: false,
      country: 'DE',
      city: 'Berlin',
      position: { latitude: 52.5, longitude: 13.4 },
    });
  });

  it('have no place where the log has none', async () => {
    for (const LocationDetails of ['', '{}', 'none']) {
      const [one] = await read('user', {
        AADNonInteractiveUserSignInLogs: [{ ...row, Location: '', LocationDetails }],
      });
      expect(one).toMatchObject({ country: '', city: '', position: null });
    }
  });

  it('are counted in slots of ten minutes where they failed', async () => {
    const rows = await read('user', {
      SigninLogs: ['01:09:59.999', '01:10:00', '01:19:59', '01:20:00'].map((time, index) => ({
        ...row,
        ...at(time),
        Id: `${index}`,
      })),
    });
    expect(rows.map(({ count, first, last }) => [count, first.toISOString(), last.toISOString()])).toEqual([
      [1, '2026-03-01T01:09:59.999Z', '2026-03-01T01:09:59.999Z'],
      [2, '2026-03-01T01:10:00.000Z', '2026-03-01T01:19:59.000Z'],
      [1, '2026-03-01T01:20:00.000Z', '2026-03-01T01:20:00.000Z'],
    ]);
  });

  it('are counted in slots of an hour where they succeeded', async () => {
    const rows = await read('user', {
      SigninLogs: ['00:00:00', '00:59:59.999', '01:00:00'].map((time, index) => ({
        ...row,
        ...at(time),
        Id: `${index}`,
        ResultType: '0',
      })),
    });
    expect(rows.map(({ count, result }) => [count, result])).toEqual([
      [2, '0'],
      [1, '0'],
    ]);
  });

  it('count once where they stand there several times, with the result that came last', async () => {
    const rows = await read('user', {
      SigninLogs: [
        { ...row, ...at('01:20:01'), ResultType: '0' },
        { ...row, ...at('01:20:00') },
        { ...row, ...at('01:19:00'), ResultType: '50074' },
      ],
    });
    expect(rows.map(({ result, count }) => [result, count])).toEqual([['0', 1]]);
  });

  it('count each where no id tells them apart', async () => {
    const rows = await read('user', {
      SigninLogs: ['01:11:00', '01:12:00'].map((time) => ({ ...row, ...at(time), Id: '' })),
    });
    expect(rows.map(({ count }) => count)).toEqual([2]);
  });

  it.each<[string, object]>([
    ['another user', { UserId: 'aaaaaaaa-0000-4000-8000-0000000000ff' }],
    ['another application', { AppId: 'bbbbbbbb-0000-4000-8000-0000000000ff' }],
    ['another resource', { ResourceDisplayName: 'Microsoft Azure Synapse Gateway' }],
    ['another address', { IPAddress: '203.0.113.8' }],
    ['another country', { Location: 'FR' }],
    ['another result', { ResultType: '50053' }],
  ])('are counted apart for %s', async (_, change) => {
    const rows = await read('user', { SigninLogs: [row, { ...row, Id: 'sign-in-2', ...change }] });
    expect(rows.map(({ count }) => count)).toEqual([1, 1]);
  });

  it('are counted together whatever case ids are in and whatever port an address has', async () => {
    const rows = await read('user', {
      SigninLogs: [
        row,
        { ...row, Id: '2', UserId: row.UserId.toLowerCase(), IPAddress: '203.0.113.7:50123' },
        { ...row, Id: '3', AppId: row.AppId.toLowerCase(), IPAddress: '203.0.113.7:443' },
      ],
    });
    expect(rows.map(({ count, address }) => [count, address])).toEqual([[3, '203.0.113.7']]);
  });

  it.each(['', '00000000-0000-0000-0000-000000000000'])(
    'are counted apart for another name that was tried, where the account %j is none',
    async (UserId) => {
      const rows = await read('user', {
        SigninLogs: ['Eve@contoso.example', 'eve@contoso.example', 'mallory@contoso.example'].map((name, index) => ({
          ...row,
          Id: `${index}`,
          UserId,
          UserPrincipalName: name,
          ResultType: '50034',
        })),
      });
      expect(rows.map(({ principalId, principalName, count }) => [principalId, principalName, count])).toEqual([
        ['', 'Eve@contoso.example', 2],
        ['', 'mallory@contoso.example', 1],
      ]);
    },
  );

  it.each([
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8:0:0::1]:443', '2001:db8::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['local machine', ''],
    ['', ''],
  ])('come from %s as %s', async (IPAddress, address) => {
    expect(await read('user', { SigninLogs: [{ ...row, IPAddress }] })).toMatchObject([{ address }]);
  });

  describe('concern Synapse', () => {
    const elsewhere = { ...row, ResourceDisplayName: 'Office 365 Exchange Online', ResourceIdentity: 'x' };
    it.each<[string, object, Partial<SignInWatch>]>([
      ['by the name of what is signed in to', row, {}],
      ['by its id', { ...elsewhere, ResourceIdentity: '1AC05C7E-12D2-4605-BF9D-549D7041C6B3' }, {}],
      ['with Synapse Studio', { ...elsewhere, AppId: 'ec52d13d-2e85-410e-a89a-8c79fb6a32ac' }, {}],
      [
        'as the user is watched',
        elsewhere,
        { principals: [aWatchedPrincipal({ kind: 'user', id: row.UserId.toLowerCase(), applicationId: '' })] },
      ],
    ])('%s', async (_, one, watch) => {
      expect(await read('user', { SigninLogs: [one as Rows[number]] }, { watch })).toHaveLength(1);
    });

    it.each<[string, Partial<SignInWatch>]>([
      ['of users that nobody watches to something else', {}],
      [
        'of a watched service principal of that id',
        { principals: [aWatchedPrincipal({ id: row.UserId.toLowerCase() })] },
      ],
    ])('unlike those %s', async (_, watch) => {
      expect(await read('user', { SigninLogs: [elsewhere] }, { watch })).toEqual([]);
    });
  });

  it('of more users than one query takes are asked for in several, and none is counted twice', async () => {
    const ids = Array.from(
      { length: 2001 },
      (_, index) => `aaaaaaaa-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    const last = ids.at(-1)!;
    const rows = await read(
      'user',
      {
        SigninLogs: [
          { ...row, Id: '1', UserId: ids[0], ResourceDisplayName: 'Other' },
          { ...row, Id: '2', UserId: last, ResourceDisplayName: 'Other' },
          { ...row, Id: '3', UserId: last },
        ],
      },
      { watch: { principals: ids.map((id) => aWatchedPrincipal({ kind: 'user', id, applicationId: '' })) } },
    );
    expect(questions()).toBe(2);
    expect(rows.map(({ principalId, resource, count }) => [principalId, resource, count])).toEqual([
      [ids[0], 'Other', 1],
      [last, 'Azure SQL Database', 1],
      [last, 'Other', 1],
    ]);
  });

  it('are read of the table that is there', async () => {
    expect(await read('user', { SigninLogs: [row] }, { tables: ['SigninLogs', 'AzureDiagnostics'] })).toHaveLength(1);
  });

  it('as Azure wrote them down are all counted', async () => {
    const UserId = samples[0]?.UserId ?? '';
    const rows = await read(
      'user',
      { SigninLogs: samples.map((sample) => ({ ...sample, TimeGenerated: sample.CreatedDateTime })) },
      {
        watch: { principals: [aWatchedPrincipal({ kind: 'user', id: UserId, applicationId: '' })] },
        period: { from: new Date('2021-04-28T14:00:00Z'), to: new Date('2021-04-28T16:00:00Z') },
      },
    );
    const counts = new Map<string, number>();
    for (const { result, count } of rows) counts.set(result, (counts.get(result) ?? 0) + count);
    expect(Object.fromEntries(counts)).toEqual({ '0': 53, '16000': 2, '50058': 1 });
    expect(new Set(rows.map(({ country, address }) => `${country} ${address}`))).toEqual(new Set(['IL 175.45.176.99']));
    const portal = rows.find(({ applicationName }) => applicationName === 'Azure Portal');
    expect(portal).toMatchObject({
      resource: 'Windows Azure Service Management API',
      city: 'Azor',
      position: { latitude: 32.02956008911133, longitude: 34.79964828491211 },
      interactive: true,
    });
  });
});

describe('of service principals', () => {
  const row = {
    ...at('01:20:00'),
    Id: 'sign-in-1',
    ServicePrincipalId: 'AAAAAAAA-0000-4000-8000-00000000000A',
    ServicePrincipalName: 'Nightly Loader',
    AppId: 'BBBBBBBB-0000-4000-8000-00000000000B',
    ...SQL_DATABASE,
    IPAddress: '203.0.113.7',
    Location: 'DE',
    LocationDetails: '{"city":"Berlin","geoCoordinates":{"latitude":52.5,"longitude":13.4}}',
    AutonomousSystemNumber: '3320',
    ResultType: '7000222',
    ResultDescription: 'The provided client secret keys are expired.',
    ServicePrincipalCredentialKeyId: 'CCCCCCCC-0000-4000-8000-00000000000C',
  };
  const elsewhere = { ...row, ResourceDisplayName: 'Azure Key Vault' };

  it('tell the credential as well', async () => {
    expect(await read('servicePrincipal', { AADServicePrincipalSignInLogs: [row] })).toEqual([
      {
        readFrom: 'the-logs',
        kind: 'servicePrincipal',
        table: 'AADServicePrincipalSignInLogs',
        principalId: 'aaaaaaaa-0000-4000-8000-00000000000a',
        principalName: 'Nightly Loader',
        applicationId: 'bbbbbbbb-0000-4000-8000-00000000000b',
        applicationName: 'Nightly Loader',
        resource: 'Azure SQL Database',
        workspaceId: '',
        address: '203.0.113.7',
        country: 'DE',
        city: 'Berlin',
        position: { latitude: 52.5, longitude: 13.4 },
        autonomousSystem: '3320',
        result: '7000222',
        reason: 'The provided client secret keys are expired.',
        credentialKeyId: 'cccccccc-0000-4000-8000-00000000000c',
        interactive: false,
        count: 1,
        first: new Date('2026-03-01T01:20:00Z'),
        last: new Date('2026-03-01T01:20:00Z'),
      },
    ]);
  });

  it('are counted apart for another credential', async () => {
    const rows = [row, { ...row, Id: '2', ServicePrincipalCredentialKeyId: '' }];
    expect(await read('servicePrincipal', { AADServicePrincipalSignInLogs: rows })).toHaveLength(2);
  });

  it('concern Synapse by the client id where the log does not say the object id', async () => {
    const principals = [aWatchedPrincipal({ applicationId: row.AppId.toLowerCase() })];
    const rows = [{ ...elsewhere, ServicePrincipalId: '' }];
    expect(
      await read('servicePrincipal', { AADServicePrincipalSignInLogs: rows }, { watch: { principals } }),
    ).toMatchObject([{ principalId: '', applicationId: row.AppId.toLowerCase() }]);
    expect(await read('servicePrincipal', { AADServicePrincipalSignInLogs: rows })).toEqual([]);
  });

  it('concern Synapse by the object id where no client id is known', async () => {
    const principals = [aWatchedPrincipal({ id: row.ServicePrincipalId.toLowerCase(), applicationId: '' })];
    expect(
      await read('servicePrincipal', { AADServicePrincipalSignInLogs: [elsewhere] }, { watch: { principals } }),
    ).toHaveLength(1);
  });
});

describe('of managed identities', () => {
  const row = {
    ...at('01:20:00'),
    Id: 'sign-in-1',
    ServicePrincipalId: 'AAAAAAAA-0000-4000-8000-00000000000A',
    ServicePrincipalName: 'retail',
    AppId: 'bbbbbbbb-0000-4000-8000-00000000000b',
    ResourceDisplayName: 'Azure Storage',
    ResultType: '0',
  };
  const principals = [
    aWatchedPrincipal({ kind: 'managedIdentity', id: row.ServicePrincipalId.toLowerCase(), applicationId: '' }),
  ];

  it('tell no address and no application', async () => {
    const rows = [row, { ...row, Id: '2', ResultType: '7000112', ResultDescription: 'disabled' }];
    expect(
      await read('managedIdentity', { AADManagedIdentitySignInLogs: rows }, { watch: { principals } }),
    ).toMatchObject([
      {
        table: 'AADManagedIdentitySignInLogs',
        principalId: 'aaaaaaaa-0000-4000-8000-00000000000a',
        principalName: 'retail',
        applicationId: '',
        resource: 'Azure Storage',
        address: '',
        country: '',
        position: null,
        result: '0',
      },
      { result: '7000112', reason: 'disabled' },
    ]);
  });

  it('are left out where neither they nor what they sign in to concern Synapse', async () => {
    expect(await read('managedIdentity', { AADManagedIdentitySignInLogs: [row] })).toEqual([]);
    expect(await read('managedIdentity', { AADManagedIdentitySignInLogs: [{ ...row, ...SQL_DATABASE }] })).toHaveLength(
      1,
    );
  });
});

describe('to SQL endpoints', () => {
  const DETAILS = '<login_information><error_code>18456</error_code><error_state>8</error_state></login_information>';
  const failed = {
    ...at('01:20:00'),
    EventId: 'event-1',
    _ResourceId: `${RETAIL.toUpperCase()}/SQLPOOLS/SALES`,
    LogicalServerName: 'retail',
    DatabaseName: 'Sales',
    ActionId: 'DBAF',
    ActionName: 'DATABASE AUTHENTICATION FAILED',
    Succeeded: false,
    ServerPrincipalName: 'Loader',
    ClientIp: '8.8.8.8',
    ApplicationName: 'sqlcmd',
    AdditionalInformation: DETAILS,
    IsServerLevelAudit: true,
  };
  const classic = {
    ...at('01:20:00'),
    Category: 'SQLSecurityAuditEvents',
    event_id_g: '0a0a0a0a-0000-4000-8000-000000000001',
    _ResourceId: `${RETAIL.toUpperCase()}/SQLPOOLS/SALES`,
    LogicalServerName_s: 'retail',
    database_name_s: 'Sales',
    action_id_s: 'DBAF',
    action_name_s: 'DATABASE AUTHENTICATION FAILED',
    succeeded_s: 'false',
    server_principal_name_s: 'Loader',
    client_ip_s: '8.8.8.8',
    application_name_s: 'sqlcmd',
    additional_information_s: DETAILS,
    is_server_level_audit_s: 'true',
  };
  const expected = {
    readFrom: 'the-logs',
    kind: 'sqlLogin',
    principalId: 'loader',
    principalName: 'Loader',
    applicationId: '',
    applicationName: 'sqlcmd',
    resource: 'retail/Sales',
    workspaceId: RETAIL,
    address: '8.8.8.8',
    country: 'US',
    city: '',
    position: null,
    autonomousSystem: '',
    result: '18456',
    reason: 'state 8',
    credentialKeyId: '',
    interactive: false,
    count: 1,
    first: new Date('2026-03-01T01:20:00Z'),
    last: new Date('2026-03-01T01:20:00Z'),
  };
  const readSql = (row: object) => read('sqlLogin', { SQLSecurityAuditEvents: [row as Rows[number]] });
  const readClassic = (row: object) => read('sqlLogin', { AzureDiagnostics: [row as Rows[number]] });

  it('tell the same in both schemas', async () => {
    expect(await readSql(failed)).toEqual([{ ...expected, table: 'SQLSecurityAuditEvents' }]);
    expect(await readClassic(classic)).toEqual([{ ...expected, table: 'AzureDiagnostics' }]);
  });

  it('count once where both tables have them, or both audits', async () => {
    const rows = await read('sqlLogin', {
      SQLSecurityAuditEvents: [
        failed,
        { ...failed, ...at('01:21:00'), EventId: 'event-2' },
        { ...failed, EventId: 'event-3', IsServerLevelAudit: false },
      ],
      AzureDiagnostics: [classic],
    });
    expect(rows).toEqual([
      { ...expected, table: 'SQLSecurityAuditEvents', count: 2, last: new Date('2026-03-01T01:21:00Z') },
    ]);
  });

  it('count once where an event stands there several times', async () => {
    expect(
      await read('sqlLogin', { SQLSecurityAuditEvents: [failed, { ...failed, ...at('01:20:01') }] }),
    ).toMatchObject([{ count: 1 }]);
    const bareEvents = ['01:21:00', '01:21:00', '01:22:00'].map((time) => ({ ...failed, ...at(time), EventId: '' }));
    expect(await read('sqlLogin', { SQLSecurityAuditEvents: bareEvents })).toMatchObject([{ count: 2 }]);
  });

  it('need no column but those that were ever sent', async () => {
    const { Category, _ResourceId, action_id_s, server_principal_name_s } = classic;
    expect(
      await readClassic({ ...at('01:20:00'), Category, _ResourceId, action_id_s, server_principal_name_s }),
    ).toMatchObject([{ principalId: 'loader', address: '', country: '', result: '18456', reason: '', resource: '/' }]);
  });

  it.each<[string, object, string]>([
    ['DBAS', { ActionId: 'DBAS', ActionName: '', Succeeded: true, AdditionalInformation: '' }, '0'],
    ['LGIS', { ActionId: 'LGIS', ActionName: '', Succeeded: true, AdditionalInformation: '' }, '0'],
    ['LGIF', { ActionId: 'LGIF', ActionName: '', Succeeded: null }, '18456'],
    ['a padded id', { ActionId: 'DBAF ', ActionName: '' }, '18456'],
    ['the name of the action', { ActionId: '', ActionName: 'DATABASE AUTHENTICATION SUCCEEDED', Succeeded: true }, '0'],
    ['the name of its group', { ActionId: '', ActionName: 'FAILED_DATABASE_AUTHENTICATION_GROUP' }, '18456'],
    ['a success that failed', { ActionId: 'DBAS', ActionName: '', Succeeded: false }, '18456'],
    ['another code', { AdditionalInformation: '<error_code> 40615 </error_code>' }, '40615'],
    ['a sentence', { AdditionalInformation: '<failure_reason>Err 18470, Level 14</failure_reason>' }, '18470'],
    ['no details', { AdditionalInformation: '' }, '18456'],
  ])('tell the result by %s', async (_, change, result) => {
    expect(await readSql({ ...failed, ...change })).toMatchObject([{ result }]);
  });

  it.each([
    ['false', '18456'],
    ['FALSE', '18456'],
    ['0', '18456'],
    ['true', '0'],
    ['', '0'],
  ])('take the text %j of a classic row for the result %s', async (succeeded_s, result) => {
    const row = { ...classic, action_id_s: 'DBAS', action_name_s: '', succeeded_s };
    expect(await readClassic(row)).toMatchObject([{ result }]);
  });

  it.each([
    ['BCM', 'BATCH COMPLETED'],
    ['RCM ', 'RPC COMPLETED'],
    ['AL', 'ALTER LOGIN'],
  ])('are no %s', async (ActionId, ActionName) => {
    expect(await readSql({ ...failed, ActionId, ActionName })).toEqual([]);
  });

  it('are counted apart for another state', async () => {
    const other = { ...failed, EventId: 'event-2', AdditionalInformation: DETAILS.replace('>8<', '>5<') };
    expect(await read('sqlLogin', { SQLSecurityAuditEvents: [failed, other] })).toMatchObject([
      { count: 1, reason: 'state 8' },
      { count: 1, reason: 'state 5' },
    ]);
  });

  it.each([
    ['retail', 'retail/Sales'],
    ['RETAIL-ondemand', 'retail/Sales'],
    ['retail-ondemand.sql.azuresynapse.net', 'retail/Sales'],
    ['retail.sql.azuresynapse.net', 'retail/Sales'],
  ])('are of the workspace by its server %s', async (LogicalServerName, resource) => {
    const server = '/SUBSCRIPTIONS/1/RESOURCEGROUPS/DATA/PROVIDERS/MICROSOFT.SQL/SERVERS/RETAIL';
    expect(await readSql({ ...failed, _ResourceId: server, LogicalServerName })).toMatchObject([
      { workspaceId: RETAIL, resource },
    ]);
  });

  it('of workspaces that nobody watches are left out', async () => {
    const _ResourceId = failed._ResourceId.replace('/RETAIL/', '/OTHER/');
    expect(await readSql({ ...failed, _ResourceId, LogicalServerName: 'retail2' })).toEqual([]);
    expect(await readClassic({ ...classic, _ResourceId, LogicalServerName_s: '' })).toEqual([]);
    expect(await readClassic({ ...classic, Category: 'SQLInsights' })).toEqual([]);
  });
});

describe('places', () => {
  const user = { Id: '1', UserId: 'USER-1', ResultType: '0', Location: 'DE', ...SQL_DATABASE };
  const principal = { Id: '1', ServicePrincipalId: 'SP-1', ResultType: '0', Location: 'fr', ...SQL_DATABASE };
  const login = {
    EventId: '1',
    LogicalServerName: 'retail',
    ActionId: 'DBAS',
    ServerPrincipalName: 'Loader',
    ClientIp: '8.8.8.8',
    Succeeded: true,
  };

  it('are those of all kinds', async () => {
    const places = await readPlaces({
      SigninLogs: [user],
      AADNonInteractiveUserSignInLogs: [
        { ...user, Id: '2', Location: '', LocationDetails: '{"countryOrRegion":"NL"}' },
      ],
      AADServicePrincipalSignInLogs: [principal],
      AADManagedIdentitySignInLogs: [{ ...principal, Location: '' }],
      SQLSecurityAuditEvents: [login],
      AzureDiagnostics: [
        {
          Category: 'SQLSecurityAuditEvents',
          LogicalServerName_s: 'retail',
          action_id_s: 'DBAS',
          succeeded_s: 'true',
          server_principal_name_s: 'Reader',
          client_ip_s: '10.0.0.4',
        },
      ],
    });
    expect(places.map(({ kind, principalId, country, count }) => [kind, principalId, country, count])).toEqual([
      ['user', 'user-1', 'DE', 1],
      ['user', 'user-1', 'NL', 1],
      ['servicePrincipal', 'sp-1', 'FR', 1],
      ['managedIdentity', 'sp-1', '', 1],
      ['sqlLogin', 'loader', 'US', 1],
      ['sqlLogin', 'reader', '', 1],
    ]);
    expect(places[0]).toEqual({
      readFrom: 'the-logs',
      kind: 'user',
      principalId: 'user-1',
      country: 'DE',
      count: 1,
      first: new Date('2026-03-01T01:59:00Z'),
      last: new Date('2026-03-01T01:59:00Z'),
    });
  });

  it('are told day by day, the first one whole', async () => {
    const times = ['2026-02-13T23:59:59Z', '2026-02-14T00:00:00Z', '2026-02-14T23:00:00Z', '2026-02-28T12:00:00Z'];
    const places = await readPlaces(
      {
        SigninLogs: times.map((TimeGenerated, index) => ({ ...user, Id: `${index}`, TimeGenerated })),
      },
      { period: { from: new Date('2026-02-14T02:00:00Z'), to: now } },
    );
    expect(places.map(({ count, first, last }) => [count, first.toISOString(), last.toISOString()])).toEqual([
      [2, '2026-02-14T00:00:00.000Z', '2026-02-14T23:00:00.000Z'],
      [1, '2026-02-28T12:00:00.000Z', '2026-02-28T12:00:00.000Z'],
    ]);
  });

  it('are those of success only', async () => {
    const places = await readPlaces({
      SigninLogs: [{ ...user, ResultType: '50126' }],
      SQLSecurityAuditEvents: [
        { ...login, Succeeded: false },
        { ...login, EventId: '2', ActionId: 'DBAF' },
      ],
    });
    expect(places).toEqual([]);
  });

  it('count a sign-in that stands there twice once', async () => {
    expect(await readPlaces({ SigninLogs: [user, { ...user, TimeGenerated: '-2m' }] })).toMatchObject([{ count: 1 }]);
  });

  it('are of what concerns Synapse', async () => {
    const other = { ...user, ResourceDisplayName: 'Other' };
    const watch = { principals: [aWatchedPrincipal({ kind: 'user', id: 'user-1', applicationId: '' })] };
    expect(await readPlaces({ SigninLogs: [other] })).toEqual([]);
    expect(await readPlaces({ SigninLogs: [other] }, { watch })).toHaveLength(1);
    expect(await readPlaces({ SQLSecurityAuditEvents: [{ ...login, LogicalServerName: 'other' }] })).toEqual([]);
  });
});

describe('the period', () => {
  const row = { UserId: 'user-1', ResultType: '50126', ...SQL_DATABASE };
  const readAt = (times: readonly string[], period: Period) =>
    read(
      'user',
      { SigninLogs: times.map((TimeGenerated, index) => ({ ...row, Id: `${index}`, TimeGenerated })) },
      { period },
    );

  it('has both ends', async () => {
    const period = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-01T01:30:00Z') };
    const rows = await readAt(
      ['2026-02-28T23:59:59.999Z', '2026-03-01T00:00:00Z', '2026-03-01T01:30:00Z', '2026-03-01T01:30:00.001Z'],
      period,
    );
    expect(rows.map(({ first }) => first.toISOString())).toEqual([
      '2026-03-01T00:00:00.000Z',
      '2026-03-01T01:30:00.000Z',
    ]);
  });

  it('begins with a whole slot', async () => {
    const period = { from: new Date('2026-03-01T00:35:00Z'), to: new Date('2026-03-01T01:30:00Z') };
    const rows = await readAt(['2026-02-28T23:59:00Z', '2026-03-01T00:00:00Z', '2026-03-01T00:36:00Z'], period);
    expect(rows).toHaveLength(2);
  });
});

describe('more rows than a query may bring', () => {
  const rowAt = (time: string, index: number) => ({
    ...at(time),
    Id: `${time} ${index}`,
    ServicePrincipalId: guidOf(`sp:${index}`),
    ResultType: '7000215',
    ...SQL_DATABASE,
  });
  it('come in halves', async () => {
    const rows = await read(
      'servicePrincipal',
      {
        AADServicePrincipalSignInLogs: ['00:30:00', '01:30:00'].flatMap((time) =>
          Array.from({ length: 25_001 }, (_, index) => rowAt(time, index)),
        ),
      },
      { period: { from: new Date('2026-03-01T00:00:00Z'), to: now } },
    );
    expect(rows).toHaveLength(50_002);
    expect(new Set(rows.map(({ principalId, first }) => `${principalId} ${first.toISOString()}`)).size).toBe(50_002);
    expect(questions()).toBe(3);
  }, 120_000);
});

describe('are not collected, and it is said why,', () => {
  const signIns = {
    SigninLogs: [{ UserId: 'user-1', ResultType: '0', ...SQL_DATABASE }],
    AADServicePrincipalSignInLogs: [],
    AADManagedIdentitySignInLogs: [],
    SQLSecurityAuditEvents: [],
  };
  const readers: Readonly<Record<SignInSource, (given: Given) => Promise<readonly unknown[]>>> = {
    userSignIns: (given) => read('user', signIns, given),
    servicePrincipalSignIns: (given) => read('servicePrincipal', signIns, given),
    managedIdentitySignIns: (given) => read('managedIdentity', signIns, given),
    sqlLogins: (given) => read('sqlLogin', signIns, given),
    signInPlaces: (given) => readPlaces(signIns, given),
  };
  const gapOf = async (source: SignInSource, given: Given) => {
    try {
      return await readers[source](given);
    } catch (error) {
      return classifyError(source, SCOPE, error);
    }
  };

  it.each(SIGN_IN_SOURCES)('%s: where none of their tables holds rows; nothing is asked then', async (source) => {
    expect(await gapOf(source, { tables: ['MicrosoftGraphActivityLogs'] })).toMatchObject({
      because: 'noData',
      message: expect.stringContaining('holds no rows of'),
    });
    expect(questions()).toBe(0);
  });

  it.each(SIGN_IN_SOURCES)('%s: where a table went after it was asked for', async (source) => {
    const change = { tables: [{ name: 'AuditLogs', rows: [] }] };
    expect(await gapOf(source, { change, tables: LOG_TABLES })).toMatchObject({
      because: 'failed',
      message: expect.stringMatching(/400 .*KS20[45]/),
    });
  });

  it.each<[string, Given, string, RegExp]>([
    ['part of the rows came', { change: { answers: 'part' } }, 'truncated', /answered a part: There were some errors/],
    ['an empty body came', { change: { answers: 'nothing' } }, 'truncated', /without a result/],
    ['the workspace never got data', { change: { tables: [] }, tables: LOG_TABLES }, 'noData', /holds no data at all/],
    ['a query took too long', { change: { takesSeconds: 91 } }, 'failed', /504 GatewayTimeout/],
  ])('where %s', async (_, given, because, message) => {
    for (const source of SIGN_IN_SOURCES) {
      expect(await gapOf(source, given)).toMatchObject({ because, message: expect.stringMatching(message) });
      expect(questions()).toBe(1);
    }
  });

  it.each(SIGN_IN_SOURCES)('%s: where it is refused, and the others are', async (refused) => {
    for (const source of SIGN_IN_SOURCES) {
      const answer = await gapOf(source, { others: { refuse: [refused] } });
      if (source === refused) {
        expect(answer).toMatchObject({
          because: 'forbidden',
          message: expect.stringContaining('Microsoft.OperationalInsights/workspaces/query/'),
        });
      } else expect(Array.isArray(answer)).toBe(true);
    }
  });

  it('where the service keeps throttling; where it does so once, it is asked again', async () => {
    const throttled = { service: 'logs', path: '/query', status: 429, retryAfterSeconds: 0 } as const;
    const fault = { every: 1, cut: false, delayMilliseconds: 0, emptyPage: false, ...throttled };
    expect(await gapOf('userSignIns', { others: { faults: [{ ...fault, times: 1 }] } })).toHaveLength(1);
    expect(questions()).toBe(2);
    expect(await gapOf('userSignIns', { others: { faults: [{ ...fault, times: 'always' }] } })).toMatchObject({
      because: 'throttled',
    });
  });
});
