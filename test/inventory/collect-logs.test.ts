/** Where Log Analytics is asked, for which time, and what becomes of what cannot be. The queries have tests of their own. */
import type { AzureClients } from '../../src/inventory/azure/clients';
import { collectLogs, LOG_QUERIES_AT_A_TIME } from '../../src/inventory/collect-logs';
import { listSignInPlaces } from '../../src/inventory/collectors/sign-in-places';
import { listSignIns } from '../../src/inventory/collectors/sign-ins';
import type { LogTableName } from '../../src/inventory/model';
import type { PeriodOf, SignInWatch } from '../../src/inventory/sign-ins';
import { SIGN_IN_SOURCES, type Inventory, type SignInSource, type SourceName } from '../../src/inventory/sources';
import { inDays, NOW, TENANT } from '../fixtures/facts';
import { aWatch, somePlace, someSignIns } from '../fixtures/sign-ins';

jest.mock('../../src/inventory/collectors/sign-ins', () => ({ listSignIns: jest.fn() }));
jest.mock('../../src/inventory/collectors/sign-in-places', () => ({ listSignInPlaces: jest.fn() }));
const signIns = jest.mocked(listSignIns);
const places = jest.mocked(listSignInPlaces);

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const SECURITY = '11111111-0000-4000-8000-000000000001';
const OPERATIONS =
  '/subscriptions/s/resourcegroups/rg/providers/microsoft.operationalinsights/workspaces/operations-logs';
const OPERATIONS_GUID = '11111111-0000-4000-8000-000000000002';
const workspaces = [{ id: '/subscriptions/s/workspaces/contoso', name: 'contoso' }];

type Tables = Readonly<Record<string, Partial<Record<LogTableName, number>> | Error>>;

/** Log Analytics as it answers the first query, by GUID. */
function azureWith(tables: Tables): AzureClients {
  return {
    resourceManagerEndpoint: 'https://arm',
    resourceManager: { get: () => Promise.resolve({ body: { properties: { customerId: OPERATIONS_GUID } } }) },
    logs: {
      query: (workspaceId: string) => {
        const answer = tables[workspaceId] ?? {};
        return answer instanceof Error
          ? Promise.reject(answer)
          : Promise.resolve(
              Object.entries(answer).map(([Table, Rows]) => ({ Table, Rows, Newest: Rows > 0 ? inDays(-1) : null })),
            );
      },
    },
  } as unknown as AzureClients;
}

const ALL: Partial<Record<LogTableName, number>> = {
  SigninLogs: 5,
  AADNonInteractiveUserSignInLogs: 0,
  AADServicePrincipalSignInLogs: 5,
  AADManagedIdentitySignInLogs: 5,
  SQLSecurityAuditEvents: 5,
  AzureDiagnostics: 5,
};

interface Circumstances {
  readonly watch?: Partial<SignInWatch>;
  readonly needed?: readonly SourceName[];
  readonly periodOf?: PeriodOf;
  readonly signal?: AbortSignal;
}

const day: PeriodOf = () => ({ from: inDays(-1), to: NOW });

function collect(tables: Tables, { watch, needed = SIGN_IN_SOURCES, periodOf = day, signal }: Circumstances = {}) {
  return collectLogs(() => azureWith(tables), new Set(needed), {
    tenantId: TENANT,
    watch: aWatch({ workspaces, logWorkspaceIds: [SECURITY], ...watch }),
    periodOf,
    signal: signal ?? new AbortController().signal,
    log,
  });
}

const stateOf = (inventory: Inventory, source: SignInSource) =>
  (inventory[source] ?? []).map(({ scope, result }) => [scope.kind, scope.id, result.ok ? 'ok' : result.because]);
const messageOf = (inventory: Inventory, source: SourceName) =>
  (inventory[source] ?? []).flatMap(({ result }) => (result.ok ? [] : [result.message]));

beforeEach(() => {
  signIns
    .mockReset()
    .mockImplementation((_logs, { readFrom }, kind) => Promise.resolve([someSignIns({ readFrom, kind })]));
  places.mockReset().mockImplementation((_logs, { readFrom }) => Promise.resolve([somePlace({ readFrom })]));
});

it('asks where tables with rows tell of a source, by these tables', async () => {
  const inventory = await collect({ [SECURITY]: ALL });
  for (const source of SIGN_IN_SOURCES) {
    expect([source, stateOf(inventory, source)]).toEqual([source, [['logAnalytics', SECURITY, 'ok']]]);
  }
  expect(signIns.mock.calls.map(([, where, kind]) => [kind, where])).toEqual(
    [
      ['user', ['SigninLogs']],
      ['servicePrincipal', ['AADServicePrincipalSignInLogs']],
      ['managedIdentity', ['AADManagedIdentitySignInLogs']],
      ['sqlLogin', ['SQLSecurityAuditEvents', 'AzureDiagnostics']],
    ].map(([kind, tables]) => [kind, { workspaceId: SECURITY, readFrom: SECURITY, tables }]),
  );
  expect(places.mock.calls.map(([, where]) => where)).toEqual([
    {
      workspaceId: SECURITY,
      readFrom: SECURITY,
      tables: [
        'SigninLogs',
        'AADServicePrincipalSignInLogs',
        'AADManagedIdentitySignInLogs',
        'SQLSecurityAuditEvents',
        'AzureDiagnostics',
      ],
    },
  ]);
  expect(inventory.logTables).toHaveLength(1);
});

it('asks for nothing that is not needed', async () => {
  expect(Object.keys(await collect({ [SECURITY]: ALL }, { needed: ['sqlLogins'] }))).toEqual([
    'logTables',
    'sqlLogins',
  ]);
  expect(signIns).toHaveBeenCalledTimes(1);
  expect(await collect({ [SECURITY]: new Error('asked') }, { needed: [] })).toEqual({});
});

it('asks each workspace for what it has, by the GUID of it', async () => {
  const watch = { logWorkspaceIds: [OPERATIONS, SECURITY] };
  const inventory = await collect({ [SECURITY]: { SigninLogs: 5 }, [OPERATIONS_GUID]: ALL }, { watch });
  expect(stateOf(inventory, 'userSignIns')).toEqual([
    ['logAnalytics', OPERATIONS, 'ok'],
    ['logAnalytics', SECURITY, 'ok'],
  ]);
  expect(stateOf(inventory, 'sqlLogins')).toEqual([['logAnalytics', OPERATIONS, 'ok']]);
  expect(signIns.mock.calls.map(([, where]) => where.workspaceId)).toContain(OPERATIONS_GUID);
});

describe('the period', () => {
  /** The longest is that of SQL logins in one workspace. */
  const periodOf: PeriodOf = (source, id) => ({
    from: inDays(source === 'sqlLogins' && id === SECURITY ? -5 : -1),
    to: NOW,
  });

  it('is that of the source and workspace', async () => {
    const watch = { logWorkspaceIds: [OPERATIONS, SECURITY] };
    await collect({ [SECURITY]: ALL, [OPERATIONS_GUID]: ALL }, { watch, periodOf });
    const asked = signIns.mock.calls.map(([, { readFrom }, kind, , period]) => [kind, readFrom, period.from]);
    expect(asked).toContainEqual(['sqlLogin', SECURITY, inDays(-5)]);
    expect(asked).toContainEqual(['sqlLogin', OPERATIONS, inDays(-1)]);
    expect(asked).toContainEqual(['user', SECURITY, inDays(-1)]);
  });

  it('of places begins two weeks before the earliest that is judged anywhere', async () => {
    await collect({ [SECURITY]: ALL }, { periodOf });
    expect(places.mock.calls[0]?.[3]).toEqual({ from: inDays(-19), to: NOW });
    places.mockClear();
    await collect({ [SECURITY]: ALL }, { periodOf, needed: ['userSignIns', 'signInPlaces'] });
    expect(places.mock.calls[0]?.[3]).toEqual({ from: inDays(-15), to: NOW });
  });
});

describe('is not collected, and says why,', () => {
  it.each<[SignInSource, readonly LogTableName[], RegExp]>([
    ['userSignIns', ['SigninLogs', 'AADNonInteractiveUserSignInLogs'], /diagnostic settings of Entra ID/],
    ['servicePrincipalSignIns', ['AADServicePrincipalSignInLogs'], /diagnostic settings of Entra ID/],
    ['managedIdentitySignIns', ['AADManagedIdentitySignInLogs'], /diagnostic settings of Entra ID/],
    ['sqlLogins', ['SQLSecurityAuditEvents', 'AzureDiagnostics'], /Turn on auditing of the Synapse workspaces/],
    [
      'signInPlaces',
      [
        'SigninLogs',
        'AADNonInteractiveUserSignInLogs',
        'AADServicePrincipalSignInLogs',
        'AADManagedIdentitySignInLogs',
        'SQLSecurityAuditEvents',
        'AzureDiagnostics',
      ],
      /diagnostic settings of Entra ID/,
    ],
  ])('%s: where no table that tells of it has rows anywhere', async (source, tables, advice) => {
    const others = Object.fromEntries(
      Object.entries(ALL).map(([name, rows]) => [name, tables.includes(name as never) ? 0 : rows]),
    );
    const inventory = await collect({ [SECURITY]: others });
    expect(stateOf(inventory, source)).toEqual([['tenant', TENANT, 'noData']]);
    const [message = ''] = messageOf(inventory, source);
    expect(message).toContain(`got rows of ${tables.join(', ')} in the last 30 days`);
    expect(message).toMatch(advice);
    expect(places.mock.calls.length + signIns.mock.calls.length).toBeLessThan(SIGN_IN_SOURCES.length);
  });

  it('in part where users sign in themselves and only what their programs do is exported', async () => {
    const inventory = await collect({ [SECURITY]: { ...ALL, SigninLogs: 0, AADNonInteractiveUserSignInLogs: 5 } });
    expect(stateOf(inventory, 'userSignIns')).toEqual([
      ['logAnalytics', SECURITY, 'ok'],
      ['tenant', TENANT, 'noData'],
    ]);
    expect(messageOf(inventory, 'userSignIns')).toEqual([
      expect.stringContaining('got rows of SigninLogs in the last'),
    ]);
  });

  it('where nothing sends to Log Analytics', async () => {
    const inventory = await collect({}, { watch: { logWorkspaceIds: [] } });
    expect(inventory.logTables).toMatchObject([{ scope: { kind: 'tenant' }, result: { because: 'noData' } }]);
    for (const source of SIGN_IN_SOURCES) {
      expect(stateOf(inventory, source)).toEqual([['tenant', TENANT, 'upstream']]);
    }
  });

  it('where which tables there are could not be read, and in that workspace alone', async () => {
    const watch = { logWorkspaceIds: [OPERATIONS, SECURITY] };
    const inventory = await collect(
      { [SECURITY]: new Error('no answer'), [OPERATIONS_GUID]: { SigninLogs: 1 } },
      { watch },
    );
    expect(stateOf(inventory, 'userSignIns')).toEqual([
      ['logAnalytics', OPERATIONS, 'ok'],
      ['logAnalytics', SECURITY, 'upstream'],
    ]);
    // Its rows may be in the workspace that could not be looked into.
    expect(stateOf(inventory, 'sqlLogins')).toEqual([['logAnalytics', SECURITY, 'upstream']]);
    expect(messageOf(inventory, 'sqlLogins')[0]).toContain('no answer');
  });

  it('where a query fails, and for that source alone', async () => {
    signIns.mockImplementation((_logs, _where, kind) =>
      kind === 'user' ? Promise.reject(new Error('too slow')) : Promise.resolve([]),
    );
    const inventory = await collect({ [SECURITY]: ALL });
    expect(stateOf(inventory, 'userSignIns')).toEqual([['logAnalytics', SECURITY, 'failed']]);
    expect(stateOf(inventory, 'sqlLogins')).toEqual([['logAnalytics', SECURITY, 'ok']]);
  });

  it('where the run was stopped', async () => {
    const inventory = await collect({ [SECURITY]: ALL }, { signal: AbortSignal.abort() });
    expect(stateOf(inventory, 'userSignIns')).toEqual([['logAnalytics', SECURITY, 'upstream']]);
    expect(signIns).not.toHaveBeenCalled();
  });
});

describe('gaps of the watch', () => {
  const contoso = { kind: 'workspace', id: workspaces[0]?.id ?? '', name: 'contoso' } as const;
  const gaps = [
    { source: 'synapseRoleAssignments', scope: contoso, message: 'Roles refused.' },
    { source: 'linkedServices', scope: contoso, message: 'Linked services refused.' },
    { source: 'users', scope: { kind: 'tenant', id: TENANT, name: TENANT }, message: 'Users refused.' },
  ] as const;

  it('are gaps of each source about sign-ins, once a scope, with all that is missing', async () => {
    const inventory = await collect({ [SECURITY]: ALL }, { watch: { gaps } });
    for (const source of SIGN_IN_SOURCES) {
      expect(stateOf(inventory, source)).toEqual([
        ['logAnalytics', SECURITY, 'ok'],
        ['workspace', contoso.id, 'upstream'],
        ['tenant', TENANT, 'upstream'],
      ]);
      expect(messageOf(inventory, source)[0]).toContain('Roles refused. Linked services refused.');
    }
  });

  it('say nothing of callers with Azure PowerShell, nor of which tables there are', async () => {
    const azure = azureWith({ [SECURITY]: {} });
    const options = { tenantId: TENANT, periodOf: day, signal: new AbortController().signal, log };
    const watch = aWatch({ workspaces, logWorkspaceIds: [SECURITY], gaps });
    const inventory = await collectLogs(() => azure, new Set(['azurePowershellCallers']), { ...options, watch });
    expect(inventory.logTables).toMatchObject([{ result: { ok: true } }]);
    expect(inventory.azurePowershellCallers).toMatchObject([{ result: { because: 'noData' } }]);
  });

  it('in where logs go to are gaps of all logs', async () => {
    const where = { source: 'diagnosticSettings', scope: contoso, message: 'Settings refused.' } as const;
    const inventory = await collect({ [SECURITY]: { SigninLogs: 1 } }, { watch: { gaps: [where] } });
    expect(inventory.logTables).toMatchObject([
      { result: { ok: true } },
      { scope: contoso, result: { because: 'upstream' } },
    ]);
    expect(stateOf(inventory, 'userSignIns')).toEqual([
      ['logAnalytics', SECURITY, 'ok'],
      ['workspace', contoso.id, 'upstream'],
    ]);
    // Nobody knows that there is none.
    expect(stateOf(inventory, 'sqlLogins')).toEqual([['workspace', contoso.id, 'upstream']]);
  });
});

it('is empty and complete where there is no Synapse workspace', async () => {
  const inventory = await collect({}, { watch: { workspaces: [], logWorkspaceIds: [] } });
  for (const source of SIGN_IN_SOURCES) {
    expect(stateOf(inventory, source)).toEqual([]);
  }
});

it('runs few queries at a time, over all sources', async () => {
  let running = 0;
  let most = 0;
  signIns.mockImplementation(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return [];
  });
  const ids = Array.from({ length: 8 }, (_, index) => `22222222-0000-4000-8000-00000000000${index}`);
  await collect(Object.fromEntries(ids.map((id) => [id, ALL])), { watch: { logWorkspaceIds: ids } });
  expect(signIns).toHaveBeenCalledTimes(32);
  expect(most).toBe(LOG_QUERIES_AT_A_TIME);
});
