/** The settings of workspaces: read from the sandbox by the real clients, and out of Azure's published samples. */
import { readFileSync } from 'node:fs';
import { SynapseManagementClient } from '@azure/arm-synapse';
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import { IncompleteAnswerError } from '../../src/inventory/azure/azure-request-error';
import type { RestClient } from '../../src/inventory/azure/rest-client';
import { listDiagnosticSettings } from '../../src/inventory/collectors/diagnostic-settings';
import { readEntraAdministrators } from '../../src/inventory/collectors/entra-administrators';
import { readEntraOnlyAuthentication } from '../../src/inventory/collectors/entra-only-authentication';
import { listFirewallRules } from '../../src/inventory/collectors/firewall-rules';
import { readManagedIdentitySqlControl } from '../../src/inventory/collectors/managed-identity-sql-control';
import { readSecurityAlertPolicy } from '../../src/inventory/collectors/security-alert-policies';
import { readSqlAuditing } from '../../src/inventory/collectors/sql-auditing';
import { listWorkspaces } from '../../src/inventory/collectors/workspaces';
import type { Inventory, SourceName } from '../../src/inventory/sources';
import { aWorkspace, SUBSCRIPTION } from '../fixtures/facts';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { collect } from './collect';

const contoso = loadScenario('contoso');

/** What one workspace has of a source. */
function of<S extends SourceName>(inventory: Inventory, source: S, workspace: string) {
  const result = inventory[source]?.find(({ scope }) => scope.name === workspace)?.result;
  if (result?.ok !== true) {
    throw new Error(`${source} of ${workspace} was not collected.`);
  }
  return result.data;
}

describe('of a sandbox', () => {
  const now = new Date('2026-03-01T02:00:00Z');
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox(contoso, now);
  });
  beforeEach(() => {
    sandbox.load(contoso);
    sandbox.forget();
  });
  afterAll(() => sandbox.close());

  const change = (name: string, changes: Partial<Scenario['workspaces'][number]>): void => {
    const workspaces = contoso.workspaces.map((each) => (each.name === name ? { ...each, ...changes } : each));
    sandbox.load({ ...contoso, workspaces });
  };
  const requestsTo = (text: string) => sandbox.requests().filter(({ path }) => path.includes(text));

  it('workspaces keep the type that the SDK breaks into letters, on every page', async () => {
    const workspaces = contoso.workspaces.map((each, index) => ({
      ...each,
      type: [null, 'Connected', 'Normal'][index]!,
    }));
    sandbox.load({ ...contoso, workspaces, paging: { ...contoso.paging, resourceManager: 1 } });
    const { inventory } = await collect(sandbox, ['workspaces']);
    const types = inventory.workspaces?.flatMap(({ result }) =>
      result.ok ? result.data.map(({ name, workspaceType }) => [name, workspaceType]) : [],
    );
    expect(types).toEqual([
      ['retail-analytics', null],
      ['finance-ledger', 'Connected'],
      ['marketing-insight', 'Normal'],
    ]);
  });

  it('public network access is what Azure says, or unknown where it says nothing', async () => {
    change('finance-ledger', { publicNetworkAccess: null });
    const { inventory } = await collect(sandbox, ['workspaces']);
    const access = inventory.workspaces?.flatMap(({ result }) =>
      result.ok ? result.data.map((each) => [each.publicNetworkAccess, each.approvedPrivateEndpoints]) : [],
    );
    expect(access).toEqual([
      [false, 1],
      [null, 1],
      [true, 0],
    ]);
  });

  it('Entra-only authentication that was never set is what the workspace says', async () => {
    const { inventory } = await collect(sandbox, ['entraOnlyAuthentication']);
    expect(of(inventory, 'entraOnlyAuthentication', 'retail-analytics')).toMatchObject([
      { enabled: true, state: 'consistent', since: new Date(now.getTime() - 120 * 86_400_000) },
    ]);
    expect(of(inventory, 'entraOnlyAuthentication', 'finance-ledger')).toMatchObject([{ state: 'inconsistent' }]);
    expect(of(inventory, 'entraOnlyAuthentication', 'marketing-insight')).toMatchObject([
      { enabled: false, state: null, since: null },
    ]);
  });

  it('an administrator that is not set is none, and no gap', async () => {
    const { inventory } = await collect(sandbox, ['entraAdministrators']);
    expect(of(inventory, 'entraAdministrators', 'marketing-insight')).toEqual([]);
    expect(of(inventory, 'entraAdministrators', 'finance-ledger')).toMatchObject([
      { setting: 'administrators', principalId: guidOf('user:oscar') },
      { setting: 'sqlAdministrators', principalId: guidOf('user:oscar') },
    ]);
  });

  it('a 404 that speaks of more than the administrator is a gap', async () => {
    const fault = { service: 'arm', path: '/sqlAdministrators', times: 'always', status: 404 } as const;
    for (const code of ['SubscriptionNotFound', 'ResourceGroupNotFound', 'ParentResourceNotFound']) {
      sandbox.load({
        ...contoso,
        faults: [
          { ...fault, code, every: 1, retryAfterSeconds: null, cut: false, delayMilliseconds: 0, emptyPage: false },
        ],
      });
      const { inventory } = await collect(sandbox, ['entraAdministrators']);
      expect(inventory.entraAdministrators?.map(({ result }) => result.ok)).toEqual([false, false, false]);
    }
  });

  it('an administrator who holds no role is looked up among users and groups', async () => {
    change('marketing-insight', { entraAdministrator: 'user:wim' });
    const { inventory } = await collect(sandbox, ['entraAdministrators', 'users', 'groups']);
    const users = inventory.users?.[0]?.result;
    expect(users?.ok === true && users.data.map(({ displayName }) => displayName)).toContain('Wim de Vries');
    const groups = inventory.groups?.[0]?.result;
    expect(groups?.ok === true && groups.data.map(({ displayName }) => displayName)).toContain('Data Platform');
  });

  it('auditing is that of the workspace and of each dedicated pool, over all pages', async () => {
    const sqlPools = Array.from({ length: 6 }, (_, index) => ({
      ...contoso.workspaces[0]!.sqlPools[index % 2]!,
      name: `pool${index}`,
    }));
    change('retail-analytics', { sqlPools });
    const { inventory } = await collect(sandbox, ['sqlAuditing']);
    const policies = of(inventory, 'sqlAuditing', 'retail-analytics');
    expect(policies.map(({ target, name, paused, enabled }) => [target, name, paused, enabled])).toEqual([
      ['workspace', 'retail-analytics', false, true],
      ...sqlPools.map(({ name, status }) => ['sqlPool', name, status === 'Paused', false]),
    ]);
  });

  it('the diagnostic settings of a pool are read only where its own auditing needs them', async () => {
    const { inventory } = await collect(sandbox, ['sqlAuditing']);
    expect(of(inventory, 'sqlAuditing', 'finance-ledger')).toMatchObject([
      { target: 'workspace', retentionDays: 30, storageEndpoint: 'https://contosoarchive.blob.core.windows.net/' },
      { name: 'ledger', diagnosticSettings: [{ categories: ['SynapseRbacOperations', 'SQLSecurityAuditEvents'] }] },
      { name: 'closing', diagnosticSettings: [] },
    ]);
    expect(requestsTo('/diagnosticSettings?')).toHaveLength(1);
  });

  it('the category group audit is resolved by asking the service, allLogs is not', async () => {
    change('marketing-insight', { diagnosticSettings: loadScenario('healthy').workspaces[0]!.diagnosticSettings });
    const { inventory } = await collect(sandbox, ['diagnosticSettings']);
    expect(of(inventory, 'diagnosticSettings', 'retail-analytics')).toMatchObject([
      { allLogs: false, categories: ['SynapseRbacOperations', 'SQLSecurityAuditEvents'] },
      { allLogs: false, categories: expect.arrayContaining(['GatewayApiRequests']) },
    ]);
    expect(of(inventory, 'diagnosticSettings', 'marketing-insight')).toMatchObject([{ allLogs: true, categories: [] }]);
    expect(requestsTo('/diagnosticSettingsCategories?')).toHaveLength(1);
  });

  it('a category that is there but switched off is not carried', async () => {
    const { inventory } = await collect(sandbox, ['diagnosticSettings']);
    expect(of(inventory, 'diagnosticSettings', 'finance-ledger')).toMatchObject([
      { categories: ['IntegrationPipelineRuns', 'SQLSecurityAuditEvents'] },
    ]);
  });

  it('empty texts in lists of the threat detection are no entries', async () => {
    const { inventory } = await collect(sandbox, ['securityAlertPolicies']);
    expect(of(inventory, 'securityAlertPolicies', 'marketing-insight')).toMatchObject([
      { state: 'new', disabledAlerts: [], mailAddresses: [] },
    ]);
  });

  it('take ten requests a workspace at most, beside those for pools, and none that is not needed', async () => {
    const settings: SourceName[] = [
      'entraOnlyAuthentication',
      'entraAdministrators',
      'sqlAuditing',
      'diagnosticSettings',
      'securityAlertPolicies',
      'firewallRules',
      'managedIdentitySqlControl',
    ];
    await collect(sandbox, settings);
    const asked = requestsTo('/workspaces/retail-analytics/').filter(({ path }) => !path.includes('/sqlPools/'));
    // One more for the category group of its diagnostic settings, and pools on one page.
    expect(asked).toHaveLength(10);
    sandbox.forget();
    await collect(sandbox, ['firewallRules']);
    expect(requestsTo('/Microsoft.Synapse/workspaces/').every(({ path }) => path.includes('/firewallRules?'))).toBe(
      true,
    );
    expect(requestsTo('/firewallRules?')).toHaveLength(3);
  });
});

describe('of Azure’s samples', () => {
  const workspace = aWorkspace();
  const sample = (file: string): unknown =>
    (JSON.parse(readFileSync(`test/contract/${file}.json`, 'utf8')) as { responses: { 200: { body: unknown } } })
      .responses[200].body;
  const firstOf = (list: unknown): unknown => (list as { value: readonly unknown[] }).value[0];
  /** The SDK, given these answers by what the path ends with. */
  const clientWith = (answers: Readonly<Record<string, unknown>>, status = 200): SynapseManagementClient => {
    const httpClient: HttpClient = {
      sendRequest: (request) => {
        const { pathname } = new URL(request.url);
        const [, body] = Object.entries(answers).find(([end]) => pathname.endsWith(end)) ?? [];
        const bodyAsText = JSON.stringify(body);
        return Promise.resolve({
          request,
          status: body === undefined ? 500 : status,
          headers: createHttpHeaders(),
          bodyAsText,
        });
      },
    };
    const credential = { getToken: () => Promise.resolve({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    return new SynapseManagementClient(credential, SUBSCRIPTION, { httpClient, retryOptions: { maxRetries: 0 } });
  };

  it('workspaces', async () => {
    const client = clientWith({ '/workspaces': { value: [sample('GetWorkspace')] } });
    expect(await listWorkspaces(client, { id: SUBSCRIPTION, name: 'production' })).toMatchObject([
      {
        workspaceType: 'Normal',
        publicNetworkAccess: null,
        approvedPrivateEndpoints: 1,
        entraOnlyAuthentication: null,
      },
    ]);
  });

  it('Entra-only authentication', async () => {
    const client = clientWith({ '/azureADOnlyAuthentications': sample('ListAzureADOnlyAuthentication') });
    expect(await readEntraOnlyAuthentication(client, workspace)).toEqual([
      { readFrom: workspace.id, enabled: true, state: 'consistent', since: new Date('2017-02-10T00:56:19.2Z') },
    ]);
  });

  it.each([
    ['has no state', { value: [{ properties: { azureADOnlyAuthentication: true } }] }, 'came incomplete'],
    [
      'has a state nobody knows',
      { value: [{ properties: { azureADOnlyAuthentication: true, state: 'Odd' } }] },
      'came incomplete',
    ],
    ['is nowhere to be found', { value: [] }, 'Azure does not say'],
  ])('Entra-only authentication that %s is an error, not a guess', async (_, answer, message) => {
    const client = clientWith({ '/azureADOnlyAuthentications': answer });
    const silent = { ...workspace, entraOnlyAuthentication: null };
    await expect(readEntraOnlyAuthentication(client, silent)).rejects.toThrow(message);
  });

  it('administrators', async () => {
    const body = sample('GetWorkspaceAadAdmin');
    const client = clientWith({ '/administrators/activeDirectory': body, '/sqlAdministrators/activeDirectory': body });
    const administrator = {
      readFrom: workspace.id,
      login: 'bob@contoso.com',
      principalId: 'c6b82b90-a647-49cb-8a62-0d2d3cb7ac7c',
      tenantId: 'c6b82b90-a647-49cb-8a62-0d2d3cb7ac7c',
    };
    expect(await readEntraAdministrators(client, workspace)).toEqual([
      { ...administrator, setting: 'administrators' },
      { ...administrator, setting: 'sqlAdministrators' },
    ]);
    const nameless = clientWith({ '/activeDirectory': { properties: { login: 'bob' } } });
    await expect(readEntraAdministrators(nameless, workspace)).rejects.toThrow('came without its object id');
  });

  it('SQL auditing of a workspace and its pools', async () => {
    const pools = sample('ListSqlPoolsInWorkspace') as { value: readonly { name: string }[] };
    const client = clientWith({
      '/workspaces/contoso/extendedAuditingSettings/default': firstOf(
        sample('ListWorkspaceManagedSqlServerExtendedBlobAuditingSettings'),
      ),
      '/sqlPools': pools,
      '/extendedAuditingSettings/default': firstOf(sample('SqlPoolExtendedAuditingSettingsList')),
    });
    const policies = await readSqlAuditing(client, workspace, () => Promise.reject(new Error('not needed')));
    expect(policies.map(({ name }) => name)).toEqual(['contoso', ...pools.value.map(({ name }) => name)]);
    expect(policies[0]).toMatchObject({
      enabled: false,
      storageEndpoint: null,
      retentionDays: 0,
      predicate: "object_name = 'SensitiveData'",
    });
    expect(policies[1]).toMatchObject({ target: 'sqlPool', enabled: false, predicate: "statement = 'select 1'" });
    const stateless = clientWith({
      '/extendedAuditingSettings/default': { properties: {} },
      '/sqlPools': { value: [] },
    });
    await expect(readSqlAuditing(stateless, workspace, () => Promise.resolve([]))).rejects.toThrow('without its state');
  });

  it('threat detection, with its mail addresses in one text', async () => {
    const client = clientWith({
      '/securityAlertPolicies/Default': sample('GetWorkspaceManagedSqlServerSecurityAlertPolicy'),
    });
    expect(await readSecurityAlertPolicy(client, workspace)).toEqual([
      {
        readFrom: workspace.id,
        state: 'disabled',
        disabledAlerts: ['Access_Anomaly'],
        mailAddresses: ['test@microsoft.com', 'user@microsoft.com'],
        mailsAccountAdmins: true,
      },
    ]);
    const stateless = clientWith({ '/securityAlertPolicies/Default': { properties: {} } });
    await expect(readSecurityAlertPolicy(stateless, workspace)).rejects.toThrow('without its state');
  });

  it('control of the dedicated pools, which must come whole', async () => {
    const path = '/managedIdentitySqlControlSettings/default';
    const client = clientWith({ [path]: sample('GetManagedIdentitySqlControlSettings') });
    expect(await readManagedIdentitySqlControl(client, workspace)).toEqual([
      { readFrom: workspace.id, wanted: true, actual: 'enabled' },
    ]);
    const states = (grantSqlControlToManagedIdentity?: object) =>
      clientWith({ [path]: { properties: { grantSqlControlToManagedIdentity } } });
    const disabling = states({ desiredState: 'Disabled', actualState: 'Disabling' });
    expect(await readManagedIdentitySqlControl(disabling, workspace)).toMatchObject([
      { wanted: false, actual: 'disabling' },
    ]);
    for (const client of [states(), states({ desiredState: 'Enabled' }), states({ actualState: 'Enabled' })]) {
      await expect(readManagedIdentitySqlControl(client, workspace)).rejects.toThrow('came incomplete');
    }
  });

  it('firewall rules', async () => {
    const client = clientWith({ '/firewallRules': { value: [sample('GetIpFirewallRule')], nextLink: '' } });
    expect(await listFirewallRules(client, workspace)).toMatchObject([
      { name: 'ExampleIpFirewallRule', start: '10.0.0.0', end: '10.0.0.254' },
    ]);
    const odd = { id: 'x', name: 'x', properties: { startIpAddress: 'everywhere', endIpAddress: '10.0.0.1' } };
    await expect(listFirewallRules(clientWith({ '/firewallRules': { value: [odd] } }), workspace)).rejects.toThrow(
      'A firewall rule came in an unexpected shape: startIpAddress',
    );
  });

  describe('diagnostic settings', () => {
    const answering = (answers: Readonly<Record<string, unknown>>): RestClient => ({
      get: (url) => {
        const [, body] = Object.entries(answers).find(([end]) => new URL(url).pathname.endsWith(end)) ?? [];
        return body === undefined
          ? Promise.reject(new Error(`Nobody asks for ${url}.`))
          : Promise.resolve({ body, headers: createHttpHeaders() });
      },
      post: () => Promise.reject(new Error('Nothing is posted.')),
    });
    const list = (answers: Readonly<Record<string, unknown>>) =>
      listDiagnosticSettings(answering(answers), 'https://arm.example', workspace.id, workspace.id);

    it('of a category group, which goes elsewhere than to Log Analytics', async () => {
      expect(await list({ '/diagnosticSettings': sample('listDiagnosticSettings') })).toMatchObject([
        { name: 'mysetting', allLogs: true, categories: [], logAnalyticsId: null },
      ]);
    });

    it('of categories', async () => {
      expect(await list({ '/diagnosticSettings': sample('listDiagnosticSettingsCategory') })).toMatchObject([
        { allLogs: false, categories: ['WorkflowRuntime'] },
      ]);
    });

    it('of a group that the categories resolve', async () => {
      const properties = { workspaceId: '/Logs', logs: [{ categoryGroup: 'AUDIT', enabled: true }] };
      const categories = sample('listDiagnosticSettingsCategories') as { value: readonly object[] };
      const audited = { name: 'Logins', properties: { categoryGroups: ['audit', 'allLogs'] } };
      const answer = await list({
        '/diagnosticSettings': { value: [{ id: '/X', name: 'x', properties }] },
        '/diagnosticSettingsCategories': { value: [...categories.value, audited] },
      });
      expect(answer).toEqual([
        {
          readFrom: workspace.id,
          id: '/x',
          name: 'x',
          logAnalyticsId: '/logs',
          allLogs: false,
          categories: ['Logins'],
        },
      ]);
    });

    it('that come in pages are not used', async () => {
      const reading = list({ '/diagnosticSettings': { value: [], nextLink: 'https://arm.example/more' } });
      await expect(reading).rejects.toThrow(IncompleteAnswerError);
    });
  });
});
