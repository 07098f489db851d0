import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';
import type { CollectedScope, Inventory, SourceName } from '../../src/inventory/sources';
import { LOG_SOURCES, SIGN_IN_SOURCES, SOURCE_NAMES, SOURCES } from '../../src/inventory/sources';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { collect } from './collect';

const now = new Date('2026-03-01T02:00:00Z');
const contoso = loadScenario('contoso');
/** What the logs say is in tests of their own. */
const WITHOUT_LOGS = SOURCE_NAMES.filter((source) => !(LOG_SOURCES as readonly SourceName[]).includes(source));
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox(contoso, now);
});
beforeEach(() => {
  sandbox.load(contoso);
  sandbox.forget();
});
afterAll(() => sandbox.close());

function dataOf<T>(scopes: readonly CollectedScope<T>[] | undefined): readonly T[] {
  return (scopes ?? []).flatMap(({ result }) => (result.ok ? result.data : []));
}
const gapsOf = (inventory: Inventory, source: SourceName) =>
  (inventory[source] ?? []).flatMap(({ scope, result }) => (result.ok ? [] : [{ scope, ...result }]));
const load = (change: Partial<Scenario>) => {
  sandbox.load({ ...contoso, ...change });
};
const requestsTo = (path: string) => sandbox.requests().filter((request) => request.path.includes(path)).length;

describe('a tenant that can be read', () => {
  let inventory: Inventory;
  let lines: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  beforeAll(async () => {
    sandbox.load(contoso);
    ({ inventory, lines } = await collect(sandbox, WITHOUT_LOGS));
  });

  it('is collected in every source', () => {
    for (const source of WITHOUT_LOGS) {
      expect([source, gapsOf(inventory, source)]).toEqual([source, []]);
      expect(inventory[source]?.length).toBeGreaterThan(0);
    }
  });

  it('has every application, over all pages', () => {
    expect(
      dataOf(inventory.applications)
        .map((application) => application.displayName)
        .sort(),
    ).toEqual(contoso.applications.map((application) => application.name).sort());
    expect(lines.get('applications')).toMatchObject({ count: contoso.applications.length, retries: 0 });
    expect(Number(lines.get('applications')?.['requests'])).toBeGreaterThan(3);
  });

  it('has the notes of applications', () => {
    const notes = dataOf(inventory.applications).map((application) => application.notes);
    expect(notes.filter((note) => note !== null).sort()).toEqual(
      contoso.applications.flatMap((application) => application.notes ?? []).sort(),
    );
  });

  it('has every owner, also of an application with more than an expanded answer shows', () => {
    const most = contoso.applications.reduce((a, b) => (a.owners.length >= b.owners.length ? a : b));
    expect(most.owners.length).toBeGreaterThan(20);
    const found = dataOf(inventory.applications).find((application) => application.displayName === most.name);
    expect(found?.owners).toHaveLength(most.owners.length);
  });

  it('has dates as they are, and null where a credential never ends', () => {
    const credentials = dataOf(inventory.applications).flatMap((application) => application.credentials);
    expect(credentials.some((credential) => credential.endsAt === null)).toBe(true);
    expect(credentials.some((credential) => credential.endsAt?.getTime() === now.getTime() + 200 * 86_400_000)).toBe(
      true,
    );
  });

  it('has one certificate for the three entries of a SAML signing pair', () => {
    const saml = dataOf(inventory.servicePrincipals).filter((principal) =>
      principal.credentials.some((credential) => credential.usage === 'samlSigning'),
    );
    expect(saml.length).toBeGreaterThan(0);
    for (const { credentials } of saml) {
      expect(credentials.filter((credential) => credential.usage === 'samlSigning')).toHaveLength(1);
      expect(credentials).toHaveLength(1);
    }
  });

  it('has managed identities without the certificates that the platform rotates', () => {
    const managed = dataOf(inventory.servicePrincipals).filter((principal) => principal.kind === 'managedIdentity');
    expect(managed.length).toBeGreaterThan(3);
    expect(managed.flatMap((principal) => principal.credentials)).toEqual([]);
    expect(managed.every((principal) => principal.managedBy?.startsWith('/subscriptions/'))).toBe(true);
  });

  it('has workspaces with the path of their development endpoint', () => {
    const workspaces = dataOf(inventory.workspaces);
    expect(workspaces.map((workspace) => workspace.name).sort()).toEqual(contoso.workspaces.map((w) => w.name).sort());
    for (const { devEndpoint, name } of workspaces) {
      expect(devEndpoint).toBe(`${sandbox.url}/synapse/${name}`);
    }
  });

  it('has each Synapse role assignment with its role’s data actions', () => {
    const assignments = dataOf(inventory.synapseRoleAssignments);
    expect(assignments).toHaveLength(contoso.workspaces.flatMap((w) => w.roleAssignments).length);
    const user = assignments.find((assignment) => assignment.role.name === 'Synapse Credential User');
    expect(user?.role.permissions.flatMap((p) => p.dataActions)).toContain(
      'Microsoft.Synapse/workspaces/credentials/useSecret/action',
    );
    expect(assignments.filter((assignment) => assignment.role.permissions.length === 0)).toEqual([]);
  });

  it('has Azure role assignments above, at and below its subscriptions, with built-in and custom roles known', () => {
    const assignments = dataOf(inventory.azureRoleAssignments);
    expect(assignments.length).toBeGreaterThan(0);
    expect(assignments.filter((assignment) => assignment.role.name.startsWith('unknown'))).toEqual([]);
    expect(assignments.some((assignment) => assignment.scope.startsWith('/providers/microsoft.management/'))).toBe(
      true,
    );
    expect(assignments.some((assignment) => !assignment.role.builtIn)).toBe(true);
  });

  it('has the storage account of a workspace that does not say its resource id', () => {
    const silent = contoso.workspaces.find((w) => w.storage !== null && !w.storage.resourceId);
    expect(silent).toBeDefined();
    const account = inventory.storageAccounts?.find(({ scope }) => scope.name === silent?.name)?.result;
    expect(account).toMatchObject({ ok: true, data: [{ name: silent?.storage?.account }] });
    expect(lines.get('storageAccounts')).toMatchObject({ requests: 1 });
  });

  it('has every linked service, pipeline and trigger, over all pages', () => {
    for (const source of ['linkedServices', 'pipelines', 'datasets', 'triggers'] as const) {
      const described = contoso.workspaces.flatMap((workspace) => workspace[source].map(({ name }) => name));
      expect(dataOf<{ name: string }>(inventory[source]).map(({ name }) => name)).toEqual(described);
      expect(Number(lines.get(source)?.['requests'])).toBeGreaterThanOrEqual(contoso.workspaces.length);
    }
  });

  it('has the credentials of workspaces with the identities they name', () => {
    const [retail] = inventory.workspaceCredentials ?? [];
    const attached = dataOf(inventory.workspaces).find(({ name }) => name === retail?.scope.name)?.identity
      .userAssigned;
    expect(retail?.result).toMatchObject({
      ok: true,
      data: [{ identityId: null }, { name: 'retail-copy', identityId: attached?.[0]?.id }],
    });
  });

  it('has the members of nested groups, guests marked', () => {
    const nested = contoso.groups.find((group) => group.members.some((member) => member.startsWith('group:')));
    const groups = dataOf(inventory.groups);
    const found = groups.find((group) => group.displayName === nested?.name);
    const inner = contoso.groups.filter((group) => nested?.members.includes(group.id));
    expect((found?.users.length ?? 0) + (found?.servicePrincipalIds.length ?? 0)).toBeGreaterThan(
      (nested?.members.length ?? 0) - inner.length,
    );
    const people = [...dataOf(inventory.users), ...groups.flatMap((group) => group.users)];
    expect(people.some((user) => user.guest)).toBe(true);
    expect(people.some((user) => !user.guest)).toBe(true);
  });
});

describe('federated credentials', () => {
  it('come with a list of all applications', async () => {
    const { inventory, lines } = await collect(sandbox, ['federatedCredentials']);
    const names = dataOf(inventory.federatedCredentials).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['cluster', 'main branch', 'production']));
    // 63 applications, 20 a page in the sandbox.
    expect(lines.get('federatedCredentials')).toMatchObject({ requests: 4, retries: 0 });
  });

  it('name the application whose they are', async () => {
    const { inventory } = await collect(sandbox, ['applications', 'federatedCredentials']);
    const owner = dataOf(inventory.applications).find(({ displayName }) => displayName === 'Store Sync');
    expect(dataOf(inventory.federatedCredentials).filter(({ applicationId }) => applicationId === owner?.id)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        applicationId: owner?.id,
        name: 'main branch',
        issuer: 'https://token.actions.githubusercontent.com',
        subject: 'repo:contoso/store-sync:refs/heads/main',
        audiences: ['api://AzureADTokenExchange'],
      },
    ]);
  });
});

describe('the app management policy', () => {
  const limits = async () =>
    dataOf((await collect(sandbox, ['appManagementPolicies'])).inventory.appManagementPolicies);

  it('has the lifetimes in days, and from when on they count', async () => {
    const secret = { kind: 'secret', maxDays: 180, createdAfter: new Date(now.getTime() - 300 * 86_400_000) };
    expect(await limits()).toEqual([{ applicationLimits: [secret], servicePrincipalLimits: [secret] }]);
  });

  it('has no limits where it is switched off', async () => {
    load({ appManagementPolicy: { ...contoso.appManagementPolicy, enabled: false, asymmetricKeyLifetime: 'P90D' } });
    expect(await limits()).toEqual([{ applicationLimits: [], servicePrincipalLimits: [] }]);
  });

  it('limits certificates as well', async () => {
    load({ appManagementPolicy: { enabled: true, asymmetricKeyLifetime: 'P90D', createdAfter: null } });
    const certificate = { kind: 'certificate', maxDays: 90, createdAfter: null };
    expect(await limits()).toMatchObject([{ applicationLimits: [certificate] }]);
  });
});

describe('roles that can be activated', () => {
  it('are read at, above and below each subscription with workspaces', async () => {
    const { inventory } = await collect(sandbox, ['roleEligibilities']);
    expect(dataOf(inventory.roleEligibilities).map(({ roleName, scope }) => [roleName, scope.split('/')[1]])).toEqual(
      expect.arrayContaining([
        ['Owner', 'subscriptions'],
        ['Contributor', 'subscriptions'],
        ['User Access Administrator', 'providers'],
      ]),
    );
  });

  it('bring the members of groups that hold no role yet', async () => {
    const eligibility = {
      principal: 'group:project-phoenix',
      role: 'Owner',
      scope: 'sub:retail',
      starts: '-1d',
      ends: null,
    };
    load({ workspaces: contoso.workspaces.slice(0, 1), azureRoleAssignments: [], roleEligibilities: [eligibility] });
    const without = await collect(sandbox, ['groups']);
    expect(dataOf(without.inventory.groups).map(({ displayName }) => displayName)).not.toContain('Project Phoenix');
    const { inventory } = await collect(sandbox, ['groups', 'roleEligibilities']);
    expect(dataOf(inventory.groups).map(({ displayName }) => displayName)).toContain('Project Phoenix');
  });

  it('are unlicensed where the tenant has no licence for them', async () => {
    const strike = {
      status: 400,
      code: 'AadPremiumLicenseRequired',
      message: 'The tenant needs an AAD Premium 2 license.',
    };
    load({ faults: [fault({ service: 'arm', path: 'roleEligibilitySchedules', times: 'always', ...strike })] });
    const { inventory } = await collect(sandbox, ['roleEligibilities']);
    expect(gapsOf(inventory, 'roleEligibilities')).toMatchObject(
      contoso.subscriptions.map(() => ({ because: 'unlicensed' })),
    );
  });
});

describe('requests', () => {
  it('ask for what the checks need and for nothing else', async () => {
    const { inventory } = await collect(sandbox, ['synapseRoleAssignments']);
    expect(Object.keys(inventory).sort()).toEqual(['subscriptions', 'synapseRoleAssignments', 'workspaces']);
    expect(sandbox.requests().filter((request) => request.service === 'graph')).toEqual([]);
  });

  it('ask for the Synapse role definitions once, however many workspaces there are', async () => {
    await collect(sandbox, ['synapseRoleAssignments']);
    expect(requestsTo('/roleDefinitions?api-version=2020-12-01')).toBe(1);
  });

  it('ask a workspace once for each list of what it defines, where that fits on a page', async () => {
    load({ paging: { ...contoso.paging, synapse: 100 } });
    await collect(sandbox, ['linkedServices', 'workspaceCredentials', 'pipelines', 'datasets', 'triggers']);
    const asked = sandbox.requests().filter((request) => request.service === 'synapse');
    expect(asked).toHaveLength(5 * contoso.workspaces.length);
  });

  it('ask for nothing twice', async () => {
    await collect(sandbox);
    const seen = sandbox
      .requests()
      .filter((request) => request.method === 'GET' && request.service !== 'identity' && request.service !== 'synapse')
      .map((request) => request.path);
    expect(seen).toEqual([...new Set(seen)]);
  });

  it('have the least lists in them: large pages and selected fields', async () => {
    await collect(sandbox, ['applications']);
    const first = sandbox.requests().find((request) => request.path.includes('/applications'));
    expect(decodeURIComponent(first?.path ?? '')).toMatch(/\$top=999&\$select=id,.*&\$expand=owners\(\$select=/);
  });
});

describe('trouble that passes', () => {
  it('changes nothing in what is read: throttling with and without Retry-After, 503, cuts, slowness', async () => {
    const calm = await collect(sandbox);
    const throttled = loadScenario('throttled');
    sandbox.load({ ...throttled, name: contoso.name });
    const { inventory, lines } = await collect(sandbox);
    expect(inventory).toEqual(calm.inventory);
    const retries = [...lines.values()].reduce((sum, line) => sum + Number(line['retries']), 0);
    expect(retries).toBeGreaterThan(3);
  });

  it('includes a part of a batch that is throttled on its own', async () => {
    load({ faults: [fault({ service: 'graph', path: '/users', status: 429, retryAfterSeconds: 0 })] });
    const { inventory, lines } = await collect(sandbox, ['users']);
    expect(gapsOf(inventory, 'users')).toEqual([]);
    expect(lines.get('users')).toMatchObject({ retries: 1 });
  });

  it('includes empty pages that go on', async () => {
    load({ paging: { ...contoso.paging, emptyFirstPage: true } });
    const { inventory } = await collect(sandbox);
    expect(dataOf(inventory.applications)).toHaveLength(contoso.applications.length);
    expect(dataOf(inventory.workspaces)).toHaveLength(contoso.workspaces.length);
  });
});

describe('a source that is refused', () => {
  // One permission is for all logs: which tables there are is asked first.
  const others: readonly SourceName[] = ['storageAccounts', 'subscriptions', ...SIGN_IN_SOURCES];
  const direct = SOURCE_NAMES.filter((source) => !others.includes(source));

  it.each(direct)(
    '%s: says forbidden, names the permission, and leaves the sources that don’t need it',
    async (source) => {
      const other = source === 'applications' ? 'servicePrincipals' : 'applications';
      load({ refuse: [source] });
      // The sandbox's own storage is none of the tenant's, so that one is named here.
      const own = { storageAccount: 'contosoarchive' };
      const { inventory, lines } = await collect(sandbox, [source, other], { own });
      const gaps = gapsOf(inventory, source);
      expect(gaps.length).toBeGreaterThan(0);
      expect(lines.get(source)).toMatchObject({ forbidden: gaps.length });
      for (const gap of gaps) {
        expect(gap.because).toBe('forbidden');
        expect(gap.message).toContain(SOURCES[source].permission);
      }
      expect(dataOf(inventory[source] as readonly CollectedScope<unknown>[])).toEqual([]);
      expect(gapsOf(inventory, other)).toEqual([]);
      expect(lines.get(other)).toMatchObject({ forbidden: 0 });
    },
  );

  it('subscriptions: an empty answer is taken for a missing role, and everything below is a gap', async () => {
    load({ refuse: ['subscriptions'] });
    const { inventory } = await collect(sandbox);
    expect(gapsOf(inventory, 'subscriptions')).toMatchObject([{ because: 'forbidden' }]);
    for (const source of [
      'workspaces',
      'synapseRoleAssignments',
      'azureRoleAssignments',
      'userAssignedIdentities',
      'storageAccounts',
    ] as const) {
      expect(gapsOf(inventory, source)).toMatchObject([{ because: 'upstream', scope: { kind: 'tenant' } }]);
    }
  });

  it('every role assignment: leaves users and groups unknown, not empty', async () => {
    load({ refuse: ['synapseRoleAssignments', 'azureRoleAssignments'] });
    const { inventory } = await collect(sandbox, ['users', 'groups']);
    expect(gapsOf(inventory, 'users')).toMatchObject([{ because: 'upstream' }]);
    expect(gapsOf(inventory, 'groups')).toMatchObject([{ because: 'upstream' }]);
  });

  it('storage accounts: blinds only the workspace that does not say where its account is', async () => {
    load({ refuse: ['storageAccounts'] });
    const { inventory } = await collect(sandbox);
    const silent = contoso.workspaces.filter((w) => w.storage !== null && !w.storage.resourceId).map((w) => w.name);
    expect(gapsOf(inventory, 'storageAccounts').map((gap) => gap.scope.name)).toEqual(silent);
    expect(gapsOf(inventory, 'storageAccounts')[0]?.message).toMatch(
      /403 AuthorizationFailed: The client .* does not have/,
    );
  });

  it('one workspace’s data plane: leaves the others read', async () => {
    const [first] = contoso.workspaces;
    load({ refuse: [{ source: 'synapseRoleAssignments', scope: `workspace:${first?.name ?? ''}` }] });
    const { inventory } = await collect(sandbox, ['synapseRoleAssignments']);
    expect(gapsOf(inventory, 'synapseRoleAssignments').map((gap) => gap.scope.name)).toEqual([first?.name]);
    expect(inventory.synapseRoleAssignments?.filter(({ result }) => result.ok)).toHaveLength(2);
  });

  it('credentials: a workspace too old to have them has none', async () => {
    load({ workspaces: contoso.workspaces.map((workspace) => ({ ...workspace, credentials: null })) });
    const { inventory } = await collect(sandbox, ['workspaceCredentials']);
    expect(gapsOf(inventory, 'workspaceCredentials')).toEqual([]);
    expect(dataOf(inventory.workspaceCredentials)).toEqual([]);
  });

  it('one subscription’s workspaces: hands the gap down to what lies in them', async () => {
    const [first] = contoso.subscriptions;
    load({ refuse: [{ source: 'workspaces', scope: first?.id ?? '' }] });
    const { inventory } = await collect(sandbox);
    for (const source of ['workspaces', 'synapseRoleAssignments', 'azureRoleAssignments'] as const) {
      expect(gapsOf(inventory, source).map((gap) => gap.scope.name)).toEqual([first?.name]);
    }
    expect(gapsOf(inventory, 'synapseRoleAssignments')[0]?.message).toContain('Microsoft.Synapse/workspaces/read');
  });

  it('users shown without their names: is forbidden, as guests could not be told from members', async () => {
    load({ refuse: ['users'] });
    const { inventory } = await collect(sandbox, ['groups']);
    expect(gapsOf(inventory, 'groups')).toMatchObject([
      { because: 'forbidden', message: expect.stringContaining('User.Read.All') },
    ]);
  });

  it('a subscription that was asked for by name and is not visible: is a gap, not left out', async () => {
    const stranger = '99999999-9999-4999-8999-999999999999';
    const { inventory } = await collect(sandbox, ['workspaces'], { subscriptions: [stranger] });
    expect(inventory.workspaces).toMatchObject([{ scope: { id: stranger }, result: { ok: false } }]);
  });
});

describe('an answer that can’t be trusted', () => {
  it('cut in the middle each time is not used', async () => {
    load({ faults: [fault({ service: 'synapse', path: '/roleAssignments', times: 'always', cut: true })] });
    const stopped = new AbortController();
    const collecting = collect(sandbox, ['synapseRoleAssignments'], { signal: stopped.signal });
    await until(() => requestsTo('/roleAssignments') > 2 * contoso.workspaces.length);
    stopped.abort();
    const { inventory } = await collecting;
    expect(gapsOf(inventory, 'synapseRoleAssignments')).toHaveLength(contoso.workspaces.length);
  });

  it('that fails on the second page loses the whole source, not only the page', async () => {
    load({
      faults: [
        fault({
          service: 'graph',
          path: 'applications.*skiptoken',
          times: 'always',
          status: 400,
          code: 'Request_BadRequest',
        }),
      ],
    });
    const { inventory } = await collect(sandbox, ['applications', 'servicePrincipals']);
    expect(inventory.applications).toMatchObject([{ result: { ok: false, because: 'failed' } }]);
    expect(gapsOf(inventory, 'servicePrincipals')).toEqual([]);
  });
});

describe('stopping', () => {
  it('ends the reading at once and calls what is missing cancelled', async () => {
    load({
      faults: [
        fault({ service: 'graph', path: '/applications', times: 'always', status: 429, retryAfterSeconds: 600 }),
      ],
    });
    const stop = new AbortController();
    const collecting = collect(sandbox, ['applications', 'subscriptions'], { signal: stop.signal });
    await until(() => requestsTo('/applications') > 0 && requestsTo('/subscriptions') > 0);
    stop.abort();
    const { inventory } = await collecting;
    expect(gapsOf(inventory, 'applications')).toMatchObject([{ because: 'cancelled' }]);
  });

  it('before the start reads nothing', async () => {
    const { inventory } = await collect(sandbox, SOURCE_NAMES, { signal: AbortSignal.abort() });
    expect(sandbox.requests()).toEqual([]);
    expect(gapsOf(inventory, 'applications')).toMatchObject([{ because: 'cancelled' }]);
    expect(gapsOf(inventory, 'synapseRoleAssignments').length).toBeGreaterThan(0);
  });
});

function fault(
  strike: Partial<Scenario['faults'][number]> & Pick<Scenario['faults'][number], 'service'>,
): Scenario['faults'][number] {
  return { path: '', every: 1, retryAfterSeconds: null, cut: false, delayMilliseconds: 0, emptyPage: false, ...strike };
}

/** Waits for the server to have seen something; requests are its events, and it has no other way to tell of them. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
