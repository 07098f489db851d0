import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { SynapseManagementClient } from '@azure/arm-synapse';
import { ManagedIdentityCredential } from '@azure/identity';
import type { Sandbox } from '../../../sandbox/azure/server';
import { loadScenario, parseScenario } from '../../../sandbox/scenarios/load-scenario';
import { guidOf, systemIdentityOf } from '../../../sandbox/scenarios/symbolic-id';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask, type ErrorBody } from './ask';

const RETAIL = guidOf('sub:retail');
const CORPORATE = guidOf('sub:corporate');

interface List<T> {
  readonly value: readonly T[];
  readonly nextLink?: string;
}

describe('Azure Resource Manager', () => {
  const before = { ...process.env };
  let sandbox: Sandbox;
  let credential: ManagedIdentityCredential;
  let options: { endpoint: string };

  beforeAll(async () => {
    sandbox = await startTestSandbox('contoso');
    Object.assign(process.env, sandbox.environment);
    credential = new ManagedIdentityCredential();
    options = { endpoint: `${sandbox.url}/arm` };
  });
  beforeEach(() => {
    sandbox.load(loadScenario('contoso'));
  });
  afterAll(async () => {
    process.env = before;
    await sandbox.close();
  });

  const refuse = (...refuse: readonly unknown[]): void => {
    sandbox.load(parseScenario({ extends: 'contoso', name: 'refusing', refuse }, 'refusing'));
  };
  const arm = <T>(path: string, body?: unknown) => ask<T>(sandbox, 'arm', path, body === undefined ? {} : { body });

  test('lists the subscriptions, page by page', async () => {
    sandbox.load(parseScenario({ extends: 'contoso', name: 'small', paging: { resourceManager: 1 } }, 'small'));
    const first = await arm<List<unknown>>('/subscriptions?api-version=2022-12-01');
    expect(first.body.value).toMatchObject([{ subscriptionId: RETAIL, displayName: 'Contoso Retail Production' }]);
    expect(first.body.nextLink).toMatch(new RegExp(`^${sandbox.url}/arm/subscriptions\\?`));
    const second = await arm<List<unknown>>(first.body.nextLink ?? '');
    expect(second.body).toMatchObject({ value: [{ subscriptionId: CORPORATE }] });
    expect(second.body).not.toHaveProperty('nextLink');
  });

  test('shows no subscription at all to who may see none, without an error', async () => {
    refuse('subscriptions');
    expect(await arm('/subscriptions?api-version=2022-12-01')).toMatchObject({ status: 200, body: { value: [] } });
  });

  test('shows only the subscriptions one may see, and knows no other', async () => {
    refuse({ source: 'subscriptions', scope: 'sub:retail' });
    const { body } = await arm<List<{ subscriptionId: string }>>('/subscriptions?api-version=2022-12-01');
    expect(body.value.map(({ subscriptionId }) => subscriptionId)).toEqual([CORPORATE]);
    const hidden = await arm<ErrorBody>(
      `/subscriptions/${RETAIL}/providers/Microsoft.Synapse/workspaces?api-version=2021-06-01`,
    );
    expect(hidden).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } });
  });

  test('arm-synapse reads the workspaces with identities, lake and an address that leads here', async () => {
    const workspaces = [];
    for await (const each of new SynapseManagementClient(credential, RETAIL, options).workspaces.list()) {
      workspaces.push(each);
    }
    expect(workspaces.map(({ name }) => name)).toEqual(['retail-analytics']);
    expect(workspaces[0]).toMatchObject({
      identity: { type: 'SystemAssigned,UserAssigned', principalId: systemIdentityOf('retail-analytics') },
      connectivityEndpoints: { dev: `${sandbox.url}/synapse/retail-analytics` },
      defaultDataLakeStorage: {
        accountUrl: 'https://contosoretaillake.dfs.core.windows.net',
        filesystem: 'retail',
        resourceId: expect.stringContaining('/storageAccounts/contosoretaillake') as string,
      },
    });
    expect(Object.values(workspaces[0]?.identity?.userAssignedIdentities ?? {})).toMatchObject([
      { principalId: guidOf('mi:retail-copy') },
    ]);
  });

  test('a workspace may name its lake without resource id', async () => {
    const workspaces = [];
    for await (const each of new SynapseManagementClient(credential, CORPORATE, options).workspaces.list()) {
      workspaces.push(each);
    }
    expect(workspaces.find(({ name }) => name === 'marketing-insight')?.defaultDataLakeStorage).toEqual({
      accountUrl: 'https://contosomarketing.dfs.core.windows.net',
      filesystem: 'campaigns',
    });
  });

  test('arm-authorization reads role assignments at, above and below a subscription, and no others', async () => {
    const scopes: string[] = [];
    const client = new AuthorizationManagementClient(credential, CORPORATE, options);
    for await (const each of client.roleAssignments.listForSubscription()) scopes.push(each.scope ?? '');
    expect(scopes).toContain('/');
    expect(scopes).toContain('/providers/Microsoft.Management/managementGroups/contoso');
    expect(scopes).toContain(`/subscriptions/${CORPORATE}`);
    expect(scopes.some((scope) => scope.endsWith('/storageAccounts/contosomarketing'))).toBe(true);
    expect(scopes.filter((scope) => scope.includes('contoso-production') || scope.includes(RETAIL))).toEqual([]);
  });

  test('a role assignment keeps its condition and says what kind of principal it was made for', async () => {
    const found = [];
    const client = new AuthorizationManagementClient(credential, RETAIL, options);
    const filter = `principalId eq '${guidOf('mi:retail-copy')}'`;
    for await (const each of client.roleAssignments.listForSubscription({ filter })) found.push(each);
    expect(found).toMatchObject([
      { principalType: 'ServicePrincipal', condition: expect.stringContaining('ActionMatches') as string },
    ]);
  });

  test('atScope() leaves out what lies below the subscription', async () => {
    const scopes: (string | undefined)[] = [];
    const client = new AuthorizationManagementClient(credential, RETAIL, options);
    for await (const each of client.roleAssignments.listForSubscription({ filter: 'atScope()' })) {
      scopes.push(each.scope);
    }
    expect(scopes.length).toBeGreaterThan(3);
    expect(scopes.filter((scope) => scope?.includes('resourceGroups'))).toEqual([]);
  });

  test('arm-authorization reads built-in and custom role definitions by type, a leading slash in its scope or not', async () => {
    const namesOf = async (scope: string, type: string): Promise<(string | undefined)[]> => {
      const names = [];
      const client = new AuthorizationManagementClient(credential, RETAIL, options);
      for await (const each of client.roleDefinitions.list(scope, { filter: `type eq '${type}'` })) {
        names.push(each.roleName);
      }
      return names;
    };
    expect(await namesOf(`subscriptions/${RETAIL}`, 'BuiltInRole')).toContain('Storage Blob Data Contributor');
    expect(await namesOf(`/subscriptions/${RETAIL}`, 'CustomRole')).toEqual([
      'Contoso Access Broker',
      'Contoso Cost Reader',
      'Contoso Lake Housekeeper',
    ]);
    expect(sandbox.requests().at(-1)?.path).toMatch(/^\/\/subscriptions/);
    expect(await namesOf(`subscriptions/${CORPORATE}`, 'CustomRole')).toEqual(['Contoso Cost Reader']);
  });

  test('arm-msi reads the user-assigned identities that exist', async () => {
    const names = [];
    const client = new ManagedServiceIdentityClient(credential, CORPORATE, options);
    for await (const each of client.userAssignedIdentities.listBySubscription()) names.push(each.name);
    expect(names).toEqual(['ledger-mask', 'campaign-export']);
  });

  describe('Resource Graph', () => {
    const query = (names: string) =>
      `resources | where type =~ 'microsoft.storage/storageaccounts' | where name in~ (${names}) | project id, name`;

    test('arm-resourcegraph finds storage accounts by name, whatever their case', async () => {
      const client = new ResourceGraphClient(credential, options);
      const reply = await client.resources({ query: query("'ContosoMarketing', 'nobody'"), options: { top: 1000 } });
      expect(reply).toMatchObject({ totalRecords: 1, count: 1, resultTruncated: 'false' });
      expect(reply.data).toMatchObject([{ name: 'contosomarketing' }]);
    });

    test('goes on with the skip token, and tells its quota', async () => {
      const client = new ResourceGraphClient(credential, options);
      const all = { query: query("'contosomarketing','contosoarchive','contosostaging'") };
      const first = await client.resources({ ...all, options: { top: 2 } });
      expect(first).toMatchObject({ count: 2, totalRecords: 3 });
      const second = await client.resources({ ...all, options: { top: 2, skipToken: first.skipToken ?? '' } });
      expect(second.count).toBe(1);
      expect(second.skipToken).toBeUndefined();
      const raw = await arm('/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', all);
      expect(raw.headers.get('x-ms-user-quota-remaining')).toMatch(/^\d+$/);
      expect(raw.headers.get('x-ms-user-quota-resets-after')).toMatch(/^\d\d:\d\d:\d\d$/);
    });

    test('stays silent about accounts one may not see', async () => {
      refuse({ source: 'storageAccounts', scope: 'sub:corporate' });
      const client = new ResourceGraphClient(credential, options);
      const reply = await client.resources({ query: query("'contosomarketing','contosostaging'") });
      expect(reply.data).toMatchObject([{ name: 'contosostaging' }]);
    });

    test('says that it does not know any other query', async () => {
      const reply = await arm<ErrorBody>('/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', {
        query: 'resources | count',
      });
      expect(reply.status).toBe(400);
      expect(reply.body.error.message).toContain('resources | count');
    });
  });

  test.each([
    ['workspaces', 'Microsoft.Synapse/workspaces', '2021-06-01'],
    ['azureRoleAssignments', 'Microsoft.Authorization/roleAssignments', '2022-04-01'],
    ['azureRoleAssignments', 'Microsoft.Authorization/roleDefinitions', '2022-04-01'],
    ['userAssignedIdentities', 'Microsoft.ManagedIdentity/userAssignedIdentities', '2024-11-30'],
  ])('without %s, %s is 403 in that subscription only, and names the action', async (source, type, version) => {
    refuse({ source, scope: 'sub:retail' });
    const path = (subscription: string) => `/subscriptions/${subscription}/providers/${type}?api-version=${version}`;
    const refused = await arm<ErrorBody>(path(RETAIL));
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } });
    expect(refused.body.error.message).toContain(`'${type}/read' over scope '/subscriptions/${RETAIL}'`);
    expect((await arm(path(CORPORATE))).status).toBe(200);
  });

  describe('roles that can be activated', () => {
    const PATH = 'providers/Microsoft.Authorization/roleEligibilitySchedules?api-version=2020-10-01';

    test('are those above the subscription, at it and below it, read by arm-authorization', async () => {
      const found: unknown[] = [];
      const client = new AuthorizationManagementClient(credential, RETAIL, options);
      for await (const each of client.roleEligibilitySchedules.listForScope(`subscriptions/${RETAIL}`)) {
        found.push([
          each.principalType,
          each.expandedProperties?.roleDefinition?.displayName,
          each.endDateTime instanceof Date,
        ]);
      }
      expect(found).toEqual([
        ['Group', 'Contributor', false],
        ['User', 'User Access Administrator', true],
      ]);
    });

    test('are seen by who may read role assignments', async () => {
      refuse({ source: 'roleEligibilities', scope: 'sub:retail' });
      const refused = await arm<ErrorBody>(`/subscriptions/${RETAIL}/${PATH}`);
      expect(refused.status).toBe(403);
      expect(refused.body.error.message).toContain("'Microsoft.Authorization/roleAssignments/read' over scope");
      expect((await arm(`/subscriptions/${CORPORATE}/${PATH}`)).status).toBe(200);
    });
  });

  describe('the activity log', () => {
    const PATH = `/subscriptions/${RETAIL}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01`;
    const filter = (provider: string, from = '2000-01-01T00:00:00Z') =>
      `&$filter=${encodeURIComponent(`eventTimestamp ge '${from}' and eventTimestamp le '2100-01-01T00:00:00Z' and resourceProvider eq '${provider}'`)}`;

    test('tells an operation when it starts and when it ends, of one provider', async () => {
      const { body } = await arm<{ value: { status: { value: string } }[] }>(`${PATH}${filter('microsoft.synapse')}`);
      expect(body.value.map(({ status }) => status.value)).toEqual(['Started', 'Succeeded']);
      expect((await arm<{ value: [] }>(`${PATH}${filter('Microsoft.Insights')}`)).body.value).toEqual([]);
      expect(
        (await arm<{ value: [] }>(`${PATH}${filter('Microsoft.Synapse', '2099-01-01T00:00:00Z')}`)).body.value,
      ).toEqual([]);
    });

    test('gives what is selected, and knows what cannot be', async () => {
      const { body } = await arm<{ value: object[] }>(`${PATH}${filter('Microsoft.Synapse')}&$select=claims,status`);
      expect(Object.keys(body.value[0] ?? {})).toEqual(['claims', 'status']);
      expect((await arm(`${PATH}${filter('Microsoft.Synapse')}&$select=caller`)).status).toBe(400);
    });

    test.each(['', `&$filter=${encodeURIComponent("eventTimestamp ge '2000-01-01T00:00:00Z'")}`])(
      'wants one of the filters that Azure allows, not “%s”',
      async (other) => {
        expect((await arm(`${PATH}${other}`)).status).toBe(400);
      },
    );

    test('is refused by its own action', async () => {
      refuse({ source: 'activityLog', scope: 'sub:retail' });
      const refused = await arm<ErrorBody>(`${PATH}${filter('Microsoft.Synapse')}`);
      expect(refused.status).toBe(403);
      expect(refused.body.error.message).toContain("'Microsoft.Insights/eventtypes/values/read' over scope");
    });
  });

  test('an unknown or missing api-version is 400', async () => {
    const path = `/subscriptions/${RETAIL}/providers/Microsoft.Synapse/workspaces`;
    expect(await arm(`${path}?api-version=1999-01-01`)).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidApiVersionParameter' } },
    });
    expect(await arm(path)).toMatchObject({ status: 400, body: { error: { code: 'MissingApiVersionParameter' } } });
  });

  test('an unknown route is 404 and says which', async () => {
    const reply = await arm<ErrorBody>('/subscriptions/x/resourceGroups?api-version=2021-04-01');
    expect(reply.status).toBe(404);
    expect(reply.body.error.message).toContain('/subscriptions/x/resourceGroups?api-version=2021-04-01');
  });

  test('every answer carries request id and what is left of the read limit', async () => {
    const { headers } = await arm('/subscriptions?api-version=2022-12-01');
    expect(headers.get('x-ms-request-id')).toBeTruthy();
    expect(headers.get('x-ms-ratelimit-remaining-subscription-reads')).toMatch(/^\d+$/);
  });
});
