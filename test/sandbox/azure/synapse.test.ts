import type { Sandbox } from '../../../sandbox/azure/server';
import { loadScenario, parseScenario } from '../../../sandbox/scenarios/load-scenario';
import { clientIdOf, guidOf } from '../../../sandbox/scenarios/symbolic-id';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask, type ErrorBody, type Reply } from './ask';

interface Assignment {
  readonly id: string;
  readonly principalId: string;
  readonly scope: string;
  readonly principalType?: string;
}
interface Assignments {
  readonly count: number;
  readonly value: readonly Assignment[];
}

describe('the Synapse data plane', () => {
  let sandbox: Sandbox;
  beforeAll(async () => (sandbox = await startTestSandbox('contoso')));
  beforeEach(() => {
    sandbox.load(loadScenario('contoso'));
  });
  afterAll(() => sandbox.close());

  const path = (route: string, workspace = 'retail-analytics') => `/${workspace}/${route}?api-version=2020-12-01`;
  const pages = async (workspace = 'retail-analytics'): Promise<{ assignments: Assignment[]; last: string | null }> => {
    const assignments: Assignment[] = [];
    let token: string | null = '';
    do {
      const reply: Reply<Assignments> = await ask(sandbox, 'synapse', path('roleAssignments', workspace), {
        headers: { 'x-ms-continuation': token },
      });
      expect(reply.body.count).toBe(reply.body.value.length);
      assignments.push(...reply.body.value);
      token = reply.headers.get('x-ms-continuation');
    } while (token);
    return { assignments, last: token };
  };

  test('lists role assignments by continuation header, which is empty on the last page', async () => {
    const { assignments, last } = await pages();
    expect(assignments).toHaveLength(19);
    expect(new Set(assignments.map(({ id }) => id)).size).toBe(19);
    expect(last).toBe('');
    expect(sandbox.requests().filter(({ service }) => service === 'synapse').length).toBeGreaterThan(1);
  });

  test('gives every page once more where it begins with an empty one', async () => {
    sandbox.load(parseScenario({ extends: 'contoso', name: 'gaps', paging: { emptyFirstPage: true } }, 'gaps'));
    const first = await ask<Assignments>(sandbox, 'synapse', path('roleAssignments'));
    expect(first.body.value).toEqual([]);
    expect(first.headers.get('x-ms-continuation')).not.toBe('');
    expect((await pages()).assignments).toHaveLength(19);
  });

  test('keeps a narrower scope, and leaves out the type of a principal that is gone', async () => {
    const { assignments } = await pages();
    expect(assignments.map(({ scope }) => scope)).toContain(
      'workspaces/retail-analytics/credentials/WorkspaceSystemIdentity',
    );
    const gone = assignments.find(({ principalId }) => principalId === guidOf('gone:former-integrator'));
    expect(gone).toBeDefined();
    expect(gone).not.toHaveProperty('principalType');
    expect(assignments[0]?.principalType).toBe('User');
  });

  test('lists role definitions as a bare array: Synapse Contributor may not use secrets, Credential User may', async () => {
    const { body } = await ask<readonly { name: string; permissions: readonly { dataActions: string[] }[] }[]>(
      sandbox,
      'synapse',
      path('roleDefinitions'),
    );
    const actionsOf = (role: string) => body.find(({ name }) => name === role)?.permissions[0]?.dataActions ?? [];
    const useSecret = 'Microsoft.Synapse/workspaces/credentials/useSecret/action';
    expect(body).toHaveLength(11);
    expect(actionsOf('Synapse Administrator')).toContain(useSecret);
    expect(actionsOf('Synapse Contributor')).not.toContain(useSecret);
    expect(actionsOf('Synapse Credential User')).toEqual([
      'Microsoft.Synapse/workspaces/read',
      'Microsoft.Synapse/workspaces/linkedServices/useSecret/action',
      useSecret,
    ]);
    expect(
      body.filter(({ permissions }) => !permissions[0]?.dataActions.includes('Microsoft.Synapse/workspaces/read')),
    ).toEqual([]);
  });

  test('without the Synapse User role, 403 names action and scope, in that workspace only', async () => {
    const refuse = [{ source: 'synapseRoleAssignments', scope: 'workspace:retail-analytics' }];
    sandbox.load(parseScenario({ extends: 'contoso', name: 'refusing', refuse }, 'refusing'));
    const refused = await ask<ErrorBody>(sandbox, 'synapse', path('roleAssignments'));
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'Unauthorized' } } });
    expect(refused.body.error.message).toContain(
      'Action: Microsoft.Synapse/workspaces/read, Scope: workspaces/retail-analytics/*',
    );
    expect((await ask(sandbox, 'synapse', path('roleAssignments', 'finance-ledger'))).status).toBe(200);
  });

  const lists = ['linkedservices', 'credentials', 'pipelines', 'datasets', 'triggers'];

  test.each(lists)('lists %s, going on at an address of the same workspace', async (route) => {
    const paging = { synapse: 1 };
    sandbox.load(parseScenario({ extends: 'contoso', name: 'single', paging }, 'single'));
    const names: string[] = [];
    let next: string | undefined = path(route);
    while (next !== undefined) {
      const reply: Reply<{ value: { name: string }[]; nextLink?: string }> = await ask(sandbox, 'synapse', next);
      names.push(...reply.body.value.map(({ name }) => name));
      next = reply.body.nextLink;
      if (next !== undefined) expect(next).toMatch(`${sandbox.url}/synapse/retail-analytics/${route}?`);
    }
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
  });

  test('gives linked services as they were written, symbols filled in', async () => {
    sandbox.load(parseScenario({ extends: 'contoso', name: 'one page', paging: { synapse: 100 } }, 'one page'));
    const { body } = await ask<{ value: { name: string; properties: { typeProperties: object } }[] }>(
      sandbox,
      'synapse',
      path('linkedservices', 'finance-ledger'),
    );
    const ledger = body.value.find(({ name }) => name === 'ledger-export');
    expect(ledger?.properties.typeProperties).toMatchObject({ servicePrincipalId: clientIdOf('app:intercompany') });
    expect(JSON.stringify(body)).not.toContain('${');
  });

  test('a credential names an identity by its ARM id, and the workspace’s own one by nothing', async () => {
    const { body } = await ask<{ value: { properties: { type: string; typeProperties: object } }[] }>(
      sandbox,
      'synapse',
      path('credentials'),
    );
    expect(body.value.map(({ properties }) => properties)).toEqual([
      { type: 'ManagedIdentity', typeProperties: {} },
      {
        type: 'ManagedIdentity',
        typeProperties: {
          resourceId: expect.stringMatching(/^\/subscriptions\/.+\/userAssignedIdentities\/retail-copy$/),
        },
      },
    ]);
  });

  test('a workspace too old for credentials answers 404', async () => {
    const contoso = loadScenario('contoso');
    sandbox.load({ ...contoso, workspaces: contoso.workspaces.map((each) => ({ ...each, credentials: null })) });
    expect((await ask(sandbox, 'synapse', path('credentials'))).status).toBe(404);
  });

  test.each([
    ['linkedServices', 'linkedservices', 'read'],
    ['workspaceCredentials', 'credentials', 'read'],
    ['pipelines', 'pipelines', 'artifacts/read'],
    ['datasets', 'datasets', 'artifacts/read'],
    ['triggers', 'triggers', 'artifacts/read'],
  ])('refuses %s alone, naming the action', async (source, route, action) => {
    sandbox.load(parseScenario({ extends: 'contoso', name: 'refusing', refuse: [source] }, 'refusing'));
    const refused = await ask<ErrorBody>(sandbox, 'synapse', path(route));
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'Unauthorized' } } });
    expect(refused.body.error.message).toContain(`Microsoft.Synapse/workspaces/${action}, Scope`);
    for (const other of lists.filter((each) => each !== route)) {
      expect((await ask(sandbox, 'synapse', path(other))).status).toBe(200);
    }
  });

  test('an unknown workspace, route or api-version is an error that says so', async () => {
    expect((await ask(sandbox, 'synapse', path('roleAssignments', 'nowhere'))).status).toBe(404);
    const route = await ask<ErrorBody>(sandbox, 'synapse', path('notebooks'));
    expect(route.status).toBe(404);
    expect(route.body.error.message).toContain('/retail-analytics/notebooks');
    expect((await ask(sandbox, 'synapse', '/retail-analytics/roleAssignments?api-version=1')).status).toBe(400);
    const token = { headers: { 'x-ms-continuation': 'made up' } };
    expect((await ask(sandbox, 'synapse', path('roleAssignments'), token)).status).toBe(400);
  });
});
