/** Key vaults: read from the sandbox by the real clients, and out of Azure's published samples. */
import { readFileSync } from 'node:fs';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';
import { guidOf, systemIdentityOf } from '../../sandbox/scenarios/symbolic-id';
import type { RestClient } from '../../src/inventory/azure/rest-client';
import { listKeyVaultItems } from '../../src/inventory/collectors/key-vault-items';
import { readKeyVault } from '../../src/inventory/collectors/key-vaults';
import type { Inventory, SourceName } from '../../src/inventory/sources';
import { aKeyVault, VAULT_HOST, VAULT_ID } from '../fixtures/facts';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { collect } from './collect';

describe('of a sandbox', () => {
  const contoso = loadScenario('contoso');
  const now = new Date('2026-03-01T02:00:00Z');
  const DAY = 86_400_000;
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox(contoso, now);
  });
  beforeEach(() => {
    sandbox.load(contoso);
    sandbox.forget();
  });
  afterAll(() => sandbox.close());

  const load = (change: Partial<Scenario>): void => {
    sandbox.load({ ...contoso, ...change });
  };
  function resultsOf<S extends SourceName>(inventory: Inventory, source: S) {
    return Object.fromEntries((inventory[source] ?? []).map(({ scope, result }) => [scope.name, result]));
  }
  const requestsTo = (text: string) => sandbox.requests().filter(({ path }) => path.includes(text)).length;

  it('are those that linked services and workspaces name, each once, and no others', async () => {
    const stranger = { ...contoso.keyVaults[0]!, name: 'unused-kv' };
    load({ keyVaults: [...contoso.keyVaults, stranger] });
    const { inventory } = await collect(sandbox, ['keyVaults']);
    expect(inventory.keyVaults?.map(({ scope }) => scope)).toEqual(
      ['retail-analytics-kv', 'finance-ledger-kv', 'marketing-insight-kv'].map((name) => ({
        kind: 'vault',
        id: `${name}.vault.azure.net`,
        name,
      })),
    );
  });

  it('say who may read them and from where', async () => {
    const { inventory } = await collect(sandbox, ['keyVaults']);
    const results = resultsOf(inventory, 'keyVaults');
    expect(results['finance-ledger-kv']).toEqual({
      ok: true,
      data: [
        {
          host: 'finance-ledger-kv.vault.azure.net',
          id: `/subscriptions/${guidOf('sub:corporate')}/resourcegroups/vaults/providers/microsoft.keyvault/vaults/finance-ledger-kv`,
          name: 'finance-ledger-kv',
          rbac: false,
          accessPolicies: [
            { principalId: systemIdentityOf('finance-ledger'), applicationId: null, keys: [], secrets: ['list'] },
            {
              principalId: guidOf('mi:ledger-mask'),
              applicationId: null,
              keys: ['get', 'wrapkey', 'unwrapkey'],
              secrets: [],
            },
            {
              principalId: guidOf('group:data-platform'),
              applicationId: null,
              keys: [],
              secrets: ['get', 'list', 'set'],
            },
          ],
          purgeProtection: true,
          openToAllNetworks: true,
          trustsMicrosoftServices: true,
          approvedPrivateEndpoints: 0,
        },
      ],
    });
    expect(results['retail-analytics-kv']).toMatchObject({
      data: [{ rbac: true, openToAllNetworks: false, trustsMicrosoftServices: true }],
    });
    expect(results['marketing-insight-kv']).toMatchObject({
      data: [{ purgeProtection: false, openToAllNetworks: false, trustsMicrosoftServices: false }],
    });
  });

  it('are closed where public access is off, and count private endpoints', async () => {
    const [vault, ...others] = contoso.keyVaults;
    load({
      keyVaults: [{ ...vault!, firewall: null, publicNetworkAccess: 'Disabled', privateEndpoints: 2 }, ...others],
    });
    const { inventory } = await collect(sandbox, ['keyVaults']);
    expect(resultsOf(inventory, 'keyVaults')['retail-analytics-kv']).toMatchObject({
      data: [{ openToAllNetworks: false, approvedPrivateEndpoints: 2 }],
    });
  });

  it('hold secrets and keys with state and dates, over all pages', async () => {
    const { inventory } = await collect(sandbox, ['keyVaultSecrets', 'keyVaultKeys']);
    const secrets = resultsOf(inventory, 'keyVaultSecrets');
    expect(secrets['retail-analytics-kv']).toMatchObject({
      ok: true,
      data: [
        {
          vault: { host: 'retail-analytics-kv.vault.azure.net', name: 'retail-analytics-kv' },
          items: [
            { name: 'nightly-loader', enabled: true, startsAt: null, endsAt: new Date(now.getTime() + 200 * DAY) },
            { name: 'pos-gateway' },
            { name: 'loyalty-db' },
            { name: 'databricks', endsAt: new Date(now.getTime() - 3 * DAY) },
            { name: 'supplier-feed', endsAt: null },
            { name: 'forgotten' },
          ],
        },
      ],
    });
    expect(secrets['finance-ledger-kv']).toMatchObject({
      data: [{ items: [{ contentType: 'application/x-pkcs12' }] }],
    });
    expect(resultsOf(inventory, 'keyVaultKeys')['finance-ledger-kv']).toMatchObject({
      data: [{ items: [{ name: 'ledger', startsAt: new Date(now.getTime() - 100 * DAY), contentType: null }, {}] }],
    });
    expect(resultsOf(inventory, 'keyVaultKeys')['retail-analytics-kv']).toMatchObject({
      ok: true,
      data: [{ items: [] }],
    });
  });

  it('take three requests each, and one look-up for all', async () => {
    load({ paging: { ...contoso.paging, resourceManager: 100 } });
    await collect(sandbox, ['keyVaultSecrets', 'keyVaultKeys']);
    expect(requestsTo('Microsoft.ResourceGraph')).toBe(1);
    expect(requestsTo('/providers/microsoft.keyvault/')).toBe(3 * contoso.keyVaults.length);
  });

  it('that cannot be seen are gaps that name them, and leave the others read', async () => {
    load({ refuse: [{ source: 'keyVaults', scope: 'sub:retail' }] });
    const { inventory } = await collect(sandbox, ['keyVaultSecrets', 'keyVaultKeys']);
    expect(resultsOf(inventory, 'keyVaults')['retail-analytics-kv']).toMatchObject({
      ok: false,
      because: 'forbidden',
      message: expect.stringContaining(
        'retail-analytics-kv.vault.azure.net is not among the vaults visible to the auditor',
      ) as string,
    });
    for (const source of ['keyVaultSecrets', 'keyVaultKeys'] as const) {
      const results = resultsOf(inventory, source);
      expect(results['retail-analytics-kv']).toMatchObject({ ok: false, because: 'upstream' });
      expect(results['finance-ledger-kv']).toMatchObject({ ok: true });
    }
  });

  it('that are refused are gaps of their own', async () => {
    load({ refuse: [{ source: 'keyVaultSecrets', scope: 'vault:finance-ledger-kv' }] });
    const { inventory } = await collect(sandbox, ['keyVaultSecrets', 'keyVaultKeys']);
    const refused = inventory.keyVaultSecrets?.filter(({ result }) => !result.ok);
    expect(refused).toMatchObject([
      {
        scope: { name: 'finance-ledger-kv' },
        result: { because: 'forbidden', message: expect.stringContaining('of vault finance-ledger-kv') as string },
      },
    ]);
    expect(inventory.keyVaultKeys?.every(({ result }) => result.ok)).toBe(true);
  });

  it('of a workspace whose linked services are unread are unknown; that of its key is not', async () => {
    load({ refuse: [{ source: 'linkedServices', scope: 'workspace:finance-ledger' }] });
    const { inventory } = await collect(sandbox, ['keyVaults']);
    const results = resultsOf(inventory, 'keyVaults');
    expect(results['finance-ledger']).toMatchObject({ ok: false, because: 'upstream' });
    expect(results['finance-ledger-kv']).toMatchObject({ ok: true });
  });

  it('bring the groups of their access policies, and the roles where they are', async () => {
    const phoenix = { principal: 'group:project-phoenix', keys: [], secrets: ['get'] };
    const keyVaults = contoso.keyVaults.map((vault) =>
      vault.name === 'retail-analytics-kv'
        ? { ...vault, subscription: 'sub:corporate', accessPolicies: [phoenix] }
        : vault,
    );
    const role = contoso.azureRoleAssignments.find(({ scope }) => scope === 'vault:retail-analytics-kv')!;
    load({
      keyVaults,
      workspaces: contoso.workspaces.slice(0, 1),
      azureRoleAssignments: [{ ...role, principal: 'group:data-engineers' }],
    });
    const { inventory } = await collect(sandbox, ['keyVaults', 'groups']);
    const groups = inventory.groups?.flatMap(({ result }) => (result.ok ? result.data : [])) ?? [];
    expect(groups.map(({ displayName }) => displayName)).toEqual(expect.arrayContaining(['Project Phoenix']));
    const assignments = inventory.azureRoleAssignments?.flatMap(({ result }) => (result.ok ? result.data : [])) ?? [];
    expect(assignments).toMatchObject([
      { readFrom: guidOf('sub:corporate'), scope: expect.stringMatching(/\/vaults\/retail-analytics-kv$/) as string },
    ]);
  });

  it('with the keys of workspaces are known with the identity that uses them', async () => {
    const { inventory } = await collect(sandbox, ['workspaces']);
    const workspaces = inventory.workspaces?.flatMap(({ result }) => (result.ok ? result.data : [])) ?? [];
    const keyOf = (name: string) => workspaces.find((one) => one.name === name)?.customerManagedKey;
    expect(keyOf('retail-analytics')).toBeNull();
    expect(keyOf('finance-ledger')).toEqual({
      status: 'Consistent',
      vault: 'finance-ledger-kv.vault.azure.net',
      keyName: 'ledger',
      identityId: expect.stringMatching(/\/userassignedidentities\/ledger-mask$/) as string,
    });
    expect(keyOf('marketing-insight')).toMatchObject({ keyName: 'campaigns', identityId: null });
  });
});

describe('of Azure’s samples', () => {
  const ENDPOINT = 'https://arm.example';
  const sample = (file: string): unknown =>
    (JSON.parse(readFileSync(`test/contract/${file}.json`, 'utf8')) as { responses: { 200: { body: unknown } } })
      .responses[200].body;
  const answering = (...bodies: unknown[]): RestClient & { asked: string[] } => {
    const asked: string[] = [];
    return {
      asked,
      get: (url) => Promise.resolve({ body: bodies[asked.push(url) - 1], headers: createHttpHeaders() }),
      post: () => Promise.reject(new Error('Nothing is posted.')),
    };
  };

  it('a vault', async () => {
    const client = answering(sample('getVault'));
    expect(await readKeyVault(client, ENDPOINT, VAULT_ID, 'sample-vault.vault.azure.net')).toMatchObject({
      name: 'sample-vault',
      rbac: false,
      purgeProtection: false,
      openToAllNetworks: true,
      trustsMicrosoftServices: true,
      accessPolicies: [{ keys: expect.arrayContaining(['wrapkey']) as string[], applicationId: null }],
    });
    expect(client.asked).toEqual([`${ENDPOINT}${VAULT_ID}?api-version=2023-07-01`]);
  });

  it('a vault with another address is none of ours', async () => {
    const client = answering(sample('getVault'));
    await expect(readKeyVault(client, ENDPOINT, VAULT_ID, VAULT_HOST)).rejects.toMatchObject({
      because: 'forbidden',
      message: 'sample-vault is at sample-vault.vault.azure.net, not at contoso-kv.vault.azure.net.',
    });
  });

  it('private endpoints that wait for approval do not count', async () => {
    const connection = (status: string) => ({ properties: { privateLinkServiceConnectionState: { status } } });
    const body = sample('getVault') as { properties: object };
    const client = answering({
      ...body,
      properties: { ...body.properties, privateEndpointConnections: [connection('Pending'), connection('Approved')] },
    });
    expect(await readKeyVault(client, ENDPOINT, VAULT_ID, 'sample-vault.vault.azure.net')).toMatchObject({
      approvedPrivateEndpoints: 1,
    });
  });

  it('keys and a secret, without ends', async () => {
    const keys = await listKeyVaultItems(answering(sample('listKeys')), ENDPOINT, aKeyVault(), 'keys');
    expect(keys.items.map(({ name, enabled, endsAt }) => [name, enabled, endsAt])).toEqual([
      ['sample-key-name-1', true, null],
      ['sample-key-name-2', true, null],
    ]);
    const client = answering({ value: [sample('getSecret')] });
    const secrets = await listKeyVaultItems(client, ENDPOINT, aKeyVault(), 'secrets');
    expect(secrets.items).toMatchObject([{ name: 'secret-name', startsAt: null, contentType: null }]);
  });

  it('a next page on another host is not asked for', async () => {
    const client = answering({ value: [], nextLink: 'https://elsewhere.example/' });
    await expect(listKeyVaultItems(client, ENDPOINT, aKeyVault(), 'keys')).rejects.toMatchObject({
      because: 'truncated',
    });
    expect(client.asked).toHaveLength(1);
  });
});
