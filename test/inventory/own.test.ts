import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import type { Graph } from '../../src/inventory/azure/graph';
import { readAuditorIdentity } from '../../src/inventory/collectors/auditor-identity';
import type { Own } from '../../src/inventory/own';
import { guid } from '../fixtures/facts';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { collect } from './collect';

const healthy = loadScenario('healthy');
let sandbox: Sandbox;
beforeAll(async () => (sandbox = await startTestSandbox(healthy)));
beforeEach(() => {
  sandbox.load(healthy);
});
afterAll(() => sandbox.close());

async function identityOf(own: Partial<Own> = {}) {
  return (await collect(sandbox, ['auditorIdentity'], { own })).inventory.auditorIdentity?.[0]?.result;
}

async function storageOf(storageAccount: string | undefined, change: Partial<Scenario> = {}) {
  sandbox.load({ ...healthy, ...change });
  const { inventory } = await collect(sandbox, ['auditorStorage'], { own: { storageAccount } });
  return inventory.auditorStorage?.[0]?.result;
}

function accountsWith(properties: Record<string, unknown>): Partial<Scenario> {
  return { storageAccounts: healthy.storageAccounts.map((account) => ({ ...account, properties })) };
}

describe('the auditor’s identity', () => {
  it('is found by its client id, with what it may do', async () => {
    const result = await identityOf();
    expect(result).toMatchObject({ ok: true, data: [{ id: guidOf('mi:auth-auditor'), enabled: true }] });
    const roles = result?.ok ? result.data.flatMap(({ appRoles }) => appRoles) : [];
    expect(roles.map(({ graphPermission }) => graphPermission).sort()).toEqual(
      healthy.appRoleAssignments.map(({ permission }) => permission).sort(),
    );
    expect(roles.map(({ name }) => name)).toEqual(roles.map(({ graphPermission }) => graphPermission));
  });

  it('is looked for by nobody where it is not known', async () => {
    sandbox.forget();
    expect(await identityOf({ clientId: undefined })).toEqual({ ok: true, data: [] });
    expect(sandbox.requests().filter(({ service }) => service === 'graph')).toEqual([]);
  });

  it('is a failure, not nothing, where the tenant has none of that client id', async () => {
    expect(await identityOf({ clientId: guid(1) })).toMatchObject({
      ok: false,
      because: 'failed',
      message: expect.stringContaining(
        `no service principal with the client id ${guid(1)}, which AZURE_CLIENT_ID names`,
      ),
    });
  });

  it('may hold permissions of other APIs, and some that Microsoft Graph no longer lists', async () => {
    const answers: Record<string, readonly object[]> = {
      'id,appRoles': [
        { id: guid(1), appRoles: [{ id: guid(2), value: 'User.Read.All', allowedMemberTypes: ['Application'] }] },
      ],
      accountEnabled: [{ id: guid(3), appId: guid(4), accountEnabled: true }],
      appRoleAssignments: [
        { id: 'a', appRoleId: guid(2), resourceId: guid(1) },
        { id: 'b', appRoleId: guid(5), resourceId: guid(1), resourceDisplayName: 'Microsoft Graph' },
        { id: 'c', appRoleId: guid(2), resourceId: guid(6), resourceDisplayName: 'Exchange' },
        { id: 'd', appRoleId: guid(2), resourceId: guid(7) },
      ],
    };
    const graph: Pick<Graph, 'list'> = {
      async *list(path, shape) {
        const [, items = []] = Object.entries(answers).find(([part]) => path.includes(part)) ?? [];
        for (const item of items) {
          yield await Promise.resolve(shape.parse(item));
        }
      },
    };
    const [identity] = await readAuditorIdentity(graph as Graph, guid(4));
    expect(identity).toEqual({
      id: guid(3),
      appId: guid(4),
      displayName: guid(4),
      enabled: true,
      appRoles: [
        { id: 'a', graphPermission: 'User.Read.All', name: 'User.Read.All' },
        { id: 'b', graphPermission: null, name: guid(5) },
        { id: 'c', graphPermission: null, name: `${guid(2)} of Exchange` },
        { id: 'd', graphPermission: null, name: `${guid(2)} of ${guid(7)}` },
      ],
    });
  });

  it.each([
    ['Microsoft Graph is missing', 'id,appRoles', 'The tenant has no service principal of Microsoft Graph'],
    ['both are missing', 'select', 'The tenant has no service principal'],
  ])('is a failure where %s', async (_, missing, message) => {
    const graph: Pick<Graph, 'list'> = {
      async *list(path, shape) {
        if (!path.includes(missing)) {
          yield await Promise.resolve(shape.parse({ id: guid(3), appId: guid(4), accountEnabled: true }));
        }
      },
    };
    await expect(readAuditorIdentity(graph as Graph, guid(4))).rejects.toThrow(message);
  });
});

describe('the auditor’s storage', () => {
  const account = healthy.storageAccounts[0]!;

  it('is found by its name, closed', async () => {
    expect(await storageOf(account.name)).toEqual({
      ok: true,
      data: [
        {
          id: expect.stringMatching(/^\/subscriptions\/.*\/storageaccounts\/[a-z]+$/),
          name: account.name,
          sharedKeys: false,
          publicBlobs: false,
          leastTls: 'TLS1_2',
          httpsOnly: true,
        },
      ],
    });
  });

  it('is open where it says so', async () => {
    const open = {
      allowSharedKeyAccess: true,
      allowBlobPublicAccess: true,
      minimumTlsVersion: 'TLS1_1',
      supportsHttpsTrafficOnly: false,
    };
    expect(await storageOf(account.name, accountsWith(open))).toMatchObject({
      data: [{ sharedKeys: true, publicBlobs: true, leastTls: 'TLS1_1', httpsOnly: false }],
    });
  });

  it('counts as open where Azure says nothing', async () => {
    const silent = {
      allowSharedKeyAccess: null,
      allowBlobPublicAccess: null,
      minimumTlsVersion: null,
      supportsHttpsTrafficOnly: null,
    };
    expect(await storageOf(account.name, accountsWith(silent))).toMatchObject({
      data: [{ sharedKeys: true, publicBlobs: true, leastTls: 'TLS1_0', httpsOnly: false }],
    });
  });

  it('is looked for by nobody where it is not known', async () => {
    sandbox.forget();
    expect(await storageOf(undefined)).toEqual({ ok: true, data: [] });
    expect(sandbox.requests().filter(({ path }) => /ResourceGraph|storageAccounts/.test(path))).toEqual([]);
  });

  it('is a missing permission where it is not visible', async () => {
    expect(await storageOf('elsewhere')).toMatchObject({
      ok: false,
      because: 'forbidden',
      message: expect.stringMatching(/elsewhere, which keeps .*Microsoft\.Storage\/storageAccounts\/read/),
    });
  });

  it('is a missing permission where it may be found, but not looked at', async () => {
    expect(await storageOf(account.name, { refuse: ['auditorStorage'] })).toMatchObject({
      ok: false,
      because: 'forbidden',
      message: expect.stringContaining('403 AuthorizationFailed'),
    });
  });
});
