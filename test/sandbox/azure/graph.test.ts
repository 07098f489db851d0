import { ManagedIdentityCredential } from '@azure/identity';
import {
  createHttpHeaders,
  createPipelineRequest,
  createPipelineFromOptions,
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
} from '@azure/core-rest-pipeline';
import type { Sandbox } from '../../../sandbox/azure/server';
import { loadScenario, parseScenario } from '../../../sandbox/scenarios/load-scenario';
import { clientIdOf, guidOf, keyIdOf } from '../../../sandbox/scenarios/symbolic-id';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask, type ErrorBody } from './ask';

type Item = Readonly<Record<string, unknown>> & { readonly id: string; readonly displayName?: string };
interface List {
  readonly '@odata.context': string;
  readonly '@odata.nextLink'?: string;
  readonly value: readonly Item[];
}
interface Part {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: List & ErrorBody;
}

const NOW = new Date('2026-06-01T00:00:00Z');

describe('Microsoft Graph', () => {
  const before = { ...process.env };
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox('contoso', NOW);
    Object.assign(process.env, sandbox.environment);
  });
  beforeEach(() => {
    sandbox.load(loadScenario('contoso'));
  });
  afterAll(async () => {
    process.env = before;
    await sandbox.close();
  });

  const graph = <T = List>(path: string, body?: unknown) =>
    ask<T>(sandbox, 'graph', path.startsWith('https:') ? path : `/v1.0${path}`, body === undefined ? {} : { body });
  const play = (change: object): void => {
    sandbox.load(parseScenario({ extends: 'contoso', name: 'changed', ...change }, 'changed'));
  };
  const all = async (path: string): Promise<{ items: Item[]; pages: number }> => {
    const items: Item[] = [];
    let pages = 0;
    for (let next: string | undefined = path; next !== undefined; pages += 1) {
      const { body }: { body: List } = await graph(next);
      items.push(...body.value);
      next = body['@odata.nextLink'];
    }
    return { items, pages };
  };
  const named = (items: readonly Item[], name: string): Item | undefined =>
    items.find(({ displayName }) => displayName === name);

  test('answers a token of ManagedIdentityCredential through the Azure core pipeline', async () => {
    const pipeline = createPipelineFromOptions({});
    const scopes = 'https://graph.microsoft.com/.default';
    pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: new ManagedIdentityCredential(), scopes }));
    const request = createPipelineRequest({
      url: `${sandbox.url}/graph/v1.0/applications?$top=1`,
      headers: createHttpHeaders({ Prefer: 'odata.maxpagesize=1' }),
    });
    const response = await pipeline.sendRequest(createDefaultHttpClient(), request);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-ms-resource-unit')).toBe('1');
    expect(response.headers.get('request-id')).toBeTruthy();
  });

  test('lists every application once, over several pages however large a page is asked for', async () => {
    const { items, pages } = await all('/applications?$top=999');
    expect(items).toHaveLength(63);
    expect(new Set(items.map(({ id }) => id)).size).toBe(63);
    expect(pages).toBe(4);
  });

  test('an application has its credentials with dates relative to now, and its notes', async () => {
    const { items } = await all('/applications?$select=id,appId,displayName,notes,passwordCredentials,keyCredentials');
    expect(named(items, 'Store Sync')).toMatchObject({
      id: guidOf('app:store-sync'),
      appId: clientIdOf('app:store-sync'),
      notes: expect.stringContaining('NotifyEmail=store-systems@contoso.example') as string,
      passwordCredentials: [
        {
          keyId: keyIdOf('app:store-sync', 'secret', 'store-sync-prod'),
          displayName: 'store-sync-prod',
          endDateTime: '2026-07-02T00:00:00Z',
          secretText: null,
        },
      ],
    });
    expect(named(items, 'Release Pipeline')?.['passwordCredentials']).toMatchObject([{ endDateTime: null }]);
    expect(named(items, 'Tax Reporting')?.['keyCredentials']).toMatchObject([
      { displayName: 'CN=tax-reporting', usage: 'Verify', key: expect.any(String) as string },
    ]);
  });

  test('gives what was selected and the id, and the key of a certificate only to who selects it', async () => {
    const { body } = await graph('/applications?$select=displayName');
    expect(Object.keys(body.value[0] ?? {}).sort()).toEqual(['displayName', 'id']);
    const { items } = await all('/applications');
    expect(named(items, 'Tax Reporting')?.['keyCredentials']).toMatchObject([{ key: null }]);
  });

  test('refuses to select a property that does not exist, and options it does not simulate', async () => {
    const select = await graph<ErrorBody>('/applications?$select=id,shoeSize');
    expect(select).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } });
    expect(select.body.error.message).toContain("'shoeSize'");
    expect((await graph('/applications?$search=x')).status).toBe(400);
    expect((await graph('/applications?$expand=manager')).status).toBe(400);
    expect((await graph("/applications?$filter=displayName eq 'x'")).status).toBe(400);
  });

  test.each(['1000', '0', 'ten'])('refuses a page size of %s', async (top) => {
    expect(await graph(`/applications?$top=${top}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'Request_UnsupportedQuery' } },
    });
  });

  test('expands no more than 20 owners, without saying that there are more; the owners themselves are paged', async () => {
    const { items } = await all('/applications?$select=displayName&$expand=owners($select=id,displayName,mail)');
    const everybodys = named(items, 'Intranet Search (everybody owns it)');
    expect(everybodys?.['owners']).toHaveLength(20);
    expect(everybodys).not.toHaveProperty('owners@odata.nextLink');
    expect(named(items, 'Nightly Loader')?.['owners']).toEqual([
      {
        '@odata.type': '#microsoft.graph.user',
        id: guidOf('user:ada'),
        displayName: 'Ada Lindqvist',
        mail: 'ada@contoso.example',
      },
      {
        '@odata.type': '#microsoft.graph.user',
        id: guidOf('user:deniz'),
        displayName: 'Deniz Aydın',
        mail: 'deniz@contoso.example',
      },
    ]);
    const owners = await all(`/applications/${everybodys?.id}/owners?$select=id,displayName,accountEnabled&$top=999`);
    expect(owners.items).toHaveLength(23);
    expect(owners.pages).toBe(2);
    expect(owners.items.at(-1)).toMatchObject({ '@odata.type': '#microsoft.graph.servicePrincipal' });
  });

  test('lists service principals: of applications, foreign ones and managed identities', async () => {
    const { items } = await all('/servicePrincipals?$top=999');
    expect(named(items, 'Legacy Reporting')).toMatchObject({
      accountEnabled: false,
      servicePrincipalType: 'Application',
    });
    expect(named(items, 'Power BI Service')?.['appOwnerOrganizationId']).toBe('f8cdef31-a31e-4b4a-93e4-5f571e91255a');
    expect(named(items, 'SMTP Relay')).toMatchObject({ servicePrincipalType: 'Legacy', appOwnerOrganizationId: null });
    expect(named(items, 'retail-analytics')).toMatchObject({
      servicePrincipalType: 'ManagedIdentity',
      alternativeNames: ['isExplicit=False', expect.stringMatching(/\/workspaces\/retail-analytics$/) as string],
      keyCredentials: [{ usage: 'Verify' }],
    });
    expect(named(items, 'Christmas Hampers 2021')).toBeUndefined();
    expect(named(items, 'Season Planner')).toBeUndefined();
    expect(named(items, 'old-copier')).toBeUndefined();
  });

  test('a SAML signing pair is a Sign and a Verify certificate and a password with the key id of the first', async () => {
    const { items } = await all('/servicePrincipals?$top=999');
    const { keyCredentials, passwordCredentials, preferredSingleSignOnMode } = (named(items, 'Travel Booking') ??
      {}) as Record<string, Record<string, unknown>[]>;
    expect(preferredSingleSignOnMode).toBe('saml');
    expect(keyCredentials).toMatchObject([
      { usage: 'Sign', type: 'X509CertAndPassword', endDateTime: '2026-06-11T00:00:00Z' },
      { usage: 'Verify', type: 'AsymmetricX509Cert', endDateTime: '2026-06-11T00:00:00Z' },
    ]);
    expect(passwordCredentials).toMatchObject([
      { keyId: keyCredentials?.[0]?.['keyId'], customKeyIdentifier: keyCredentials?.[0]?.['customKeyIdentifier'] },
    ]);
  });

  test('finds deleted service principals in the recycle bin, with the day they were deleted', async () => {
    const { body } = await graph(
      '/directory/deletedItems/microsoft.graph.servicePrincipal?$select=id,appId,displayName,deletedDateTime',
    );
    expect(body.value).toEqual([
      {
        id: guidOf('sp:season-planner'),
        appId: clientIdOf('app:season-planner'),
        displayName: 'Season Planner',
        deletedDateTime: '2026-05-27T00:00:00Z',
      },
    ]);
  });

  test('expands the federated credentials of each application', async () => {
    const { items } = await all('/applications?$select=displayName&$expand=federatedIdentityCredentials');
    expect(named(items, 'Store Sync')?.['federatedIdentityCredentials']).toEqual([
      {
        id: expect.any(String) as string,
        name: 'main branch',
        issuer: 'https://token.actions.githubusercontent.com',
        subject: 'repo:contoso/store-sync:refs/heads/main',
        description: null,
        audiences: ['api://AzureADTokenExchange'],
      },
    ]);
    expect(named(items, 'Season Planner')?.['federatedIdentityCredentials']).toEqual([]);
  });

  test('has one default app management policy', async () => {
    const { body } = await graph<Record<string, unknown>>('/policies/defaultAppManagementPolicy');
    const lifetime = {
      restrictionType: 'passwordLifetime',
      state: 'enabled',
      maxLifetime: 'P180D',
      restrictForAppsCreatedAfterDateTime: '2025-08-05T00:00:00.000Z',
    };
    const restrictions = { passwordCredentials: expect.arrayContaining([lifetime]) as unknown, keyCredentials: [] };
    expect(body).toMatchObject({
      isEnabled: true,
      applicationRestrictions: restrictions,
      servicePrincipalRestrictions: restrictions,
    });
  });

  const inFilter = (...symbols: string[]) => `id in (${symbols.map((symbol) => `'${guidOf(symbol)}'`).join(',')})`;

  test('finds users by id, silent about those who do not exist', async () => {
    const filter = inFilter('user:oscar', 'user:nobody', 'user:xenia');
    const { body } = await graph(
      `/users?$filter=${filter}&$select=id,displayName,userPrincipalName,accountEnabled,userType`,
    );
    expect(body.value).toEqual([
      {
        id: guidOf('user:oscar'),
        displayName: 'Oscar Lindberg (left in spring)',
        userPrincipalName: 'oscar@contoso.example',
        accountEnabled: false,
        userType: 'Member',
      },
      {
        id: guidOf('user:xenia'),
        displayName: 'Xenia Pappas (agency)',
        userPrincipalName: 'xenia_partner.example#EXT#@contoso.example',
        accountEnabled: true,
        userType: 'Guest',
      },
    ]);
  });

  test('says whether a user is enabled only when asked', async () => {
    const { body } = await graph(`/users?$filter=${inFilter('user:ada')}`);
    expect(body.value[0]).toMatchObject({ mail: 'ada@contoso.example' });
    expect(body.value[0]).not.toHaveProperty('accountEnabled');
    expect(body.value[0]).not.toHaveProperty('userType');
  });

  test.each(['users', 'groups'])('finds at most 15 %s by id in one request', async (collection) => {
    const ids = (count: number) => inFilter(...Array.from({ length: count }, (_, index) => `user:${index}`));
    expect((await graph(`/${collection}?$filter=${ids(15)}`)).status).toBe(200);
    expect(await graph(`/${collection}?$filter=${ids(16)}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'Request_UnsupportedQuery' } },
    });
  });

  test('flattens a group: nested groups, and the users and service principals in them', async () => {
    const { items } = await all(
      `/groups/${guidOf('group:data-engineers')}/transitiveMembers?$select=id,displayName&$top=999`,
    );
    expect(items.map((item) => [item['@odata.type'], item.displayName])).toEqual([
      ['#microsoft.graph.user', 'Deniz Aydın'],
      ['#microsoft.graph.user', 'Ella Novák'],
      ['#microsoft.graph.user', 'Farid Haddad'],
      ['#microsoft.graph.user', 'Oscar Lindberg (left in spring)'],
      ['#microsoft.graph.group', 'Pipeline Operators'],
      ['#microsoft.graph.user', 'Jonas Weber'],
      ['#microsoft.graph.servicePrincipal', 'Price Updater'],
      ['#microsoft.graph.servicePrincipal', 'Inventory Sync'],
    ]);
    expect((await graph(`/groups/${guidOf('group:none')}/transitiveMembers`)).status).toBe(404);
  });

  test('may begin with an empty page that says where it goes on', async () => {
    play({ paging: { emptyFirstPage: true } });
    const first = await graph('/applications?$top=50');
    expect(first.body.value).toEqual([]);
    expect(first.body['@odata.nextLink']).toBeDefined();
    expect((await all('/applications?$top=50')).items).toHaveLength(63);
  });

  test('a made-up page token is an error', async () => {
    expect((await graph('/applications?$skiptoken=made-up')).status).toBe(400);
  });

  describe('without permission', () => {
    test.each([
      ['applications', '/applications'],
      ['applications', `/applications/${guidOf('app:store-sync')}/owners`],
      ['servicePrincipals', '/servicePrincipals'],
      ['deletedServicePrincipals', '/directory/deletedItems/microsoft.graph.servicePrincipal'],
      ['federatedCredentials', '/applications?$expand=federatedIdentityCredentials'],
      ['appManagementPolicies', '/policies/defaultAppManagementPolicy'],
      ['users', '/users'],
      ['groups', '/groups'],
      ['groups', `/groups/${guidOf('group:data-engineers')}/transitiveMembers`],
    ])('for %s, %s is 403', async (source, path) => {
      play({ refuse: [source] });
      expect(await graph(path)).toMatchObject({
        status: 403,
        body: {
          error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' },
        },
      });
    });

    test('to read users, owners and members show their type and id and nothing else', async () => {
      play({ refuse: ['users'] });
      const limited = {
        '@odata.type': '#microsoft.graph.user',
        id: guidOf('user:ella'),
        displayName: null,
        accountEnabled: null,
      };
      const select = '$select=id,displayName,accountEnabled';
      const owners = await graph(`/applications/${guidOf('app:store-sync')}/owners?${select}`);
      expect(owners.body.value).toEqual([limited]);
      const members = await graph(`/groups/${guidOf('group:data-engineers')}/transitiveMembers?${select}`);
      expect(members.body.value).toContainEqual(limited);
    });
  });

  describe('$batch', () => {
    const batch = (requests: readonly object[]) =>
      graph<{ responses: readonly Part[] } & ErrorBody>('/$batch', { requests });
    const part = (id: number, url: string) => ({ id: String(id), method: 'GET', url });

    test('answers each part on its own, the good and the bad, with 200 around them', async () => {
      const { status, body } = await batch([
        part(1, `/users?$filter=${inFilter('user:ada')}&$select=id,displayName`),
        part(2, `/groups?$filter=${inFilter('group:lake-writers')}&$select=id,displayName`),
        part(3, '/users/me/photos'),
        part(4, `/groups/${guidOf('group:none')}/transitiveMembers`),
      ]);
      expect(status).toBe(200);
      expect(body.responses.map((each) => [each.id, each.status])).toEqual([
        ['1', 200],
        ['2', 200],
        ['3', 404],
        ['4', 404],
      ]);
      expect(body.responses[0]?.body.value).toEqual([{ id: guidOf('user:ada'), displayName: 'Ada Lindqvist' }]);
    });

    test('takes 20 parts and refuses 21, and ids used twice', async () => {
      const parts = (count: number) => Array.from({ length: count }, (_, index) => part(index, '/groups?$top=1'));
      expect((await batch(parts(20))).body.responses).toHaveLength(20);
      expect((await batch(parts(21))).status).toBe(400);
      expect((await batch([part(1, '/groups'), part(1, '/users')])).status).toBe(400);
      expect((await batch([{ id: '1', method: 'GET', url: 'https://elsewhere.example' }])).status).toBe(400);
    });

    test('throttles a part alone, with the Retry-After in the part', async () => {
      play({ faults: [{ service: 'graph', path: '^/v1.0/groups', status: 429, retryAfterSeconds: 1 }] });
      const { status, body } = await batch([
        part(1, '/users?$top=1'),
        part(2, '/groups?$top=1'),
        part(3, '/groups?$top=1'),
      ]);
      expect(status).toBe(200);
      expect(body.responses.map((each) => each.status)).toEqual([200, 429, 200]);
      expect(body.responses[1]).toMatchObject({
        headers: { 'Retry-After': '1' },
        body: { error: { code: 'TooManyRequests' } },
      });
    });

    test('a part goes on with a link of its own', async () => {
      const { body } = await batch([part(1, '/users?$top=5&$select=id')]);
      const next = body.responses[0]?.body['@odata.nextLink'] ?? '';
      expect(next).toMatch(new RegExp(`^${sandbox.url}/graph/v1.0/users\\?`));
      expect((await graph(next)).body.value).toHaveLength(5);
    });
  });
});
