/** The whole command against the simulated Azure, as an administrator; the audit beside it as the auditor itself. */
import { ADMINISTRATOR_CLIENT_ID } from '../../sandbox/azure/azure';
import type { Sandbox } from '../../sandbox/azure/server';
import type { Fault } from '../../sandbox/scenarios/schema';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import checks from '../../src/checks';
import { SOURCE_NAMES, SOURCES, type SourceName } from '../../src/inventory/sources';
import { NEEDED, neededIn, type NeededPermission } from '../../src/permissions/needed';
import { runPermissions } from '../../src/permissions/run-permissions';
import { collect } from '../inventory/collect';
import { startTestSandbox } from '../setup/start-test-sandbox';
import {
  AUDITOR,
  EVERYTHING,
  NOTHING,
  ROLE,
  scenarioOf,
  SUBSCRIPTION,
  WORKSPACES,
  type Held,
} from './permission-scenario';

interface Printed {
  readonly missing: readonly {
    readonly permission: string;
    readonly grantedIn: string;
    readonly place: { readonly kind: string; readonly name?: string };
    readonly sources: readonly string[];
    readonly blind: readonly string[];
    readonly lessTold: readonly string[];
  }[];
  readonly excess: readonly { readonly permission: string }[];
  readonly notLookedAt: readonly { readonly where: string; readonly problem: string }[];
  readonly steps: readonly {
    readonly what: string;
    readonly status: string;
    readonly problem?: string;
    readonly command: string;
    readonly whoMay: string;
  }[];
  readonly conclusion: string;
}

const STEPS_OF_GRANT = [
  ...neededIn('Microsoft Graph').map((name) => `Microsoft Graph: grant ${name}`),
  expect.stringMatching(
    /^Azure: create the role Synapse Authentication Auditor \(.*31 read actions needed and no others$/,
  ),
  expect.stringMatching(
    /^Azure: assign the role Synapse Authentication Auditor \(.* in subscription Fabrikam Production/,
  ),
  ...WORKSPACES.map((name) => `Synapse: assign the role Synapse Artifact User in workspace ${name}`),
];

describe('npm run permissions', () => {
  const before = { ...process.env };
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox(scenarioOf(NOTHING));
    Object.assign(process.env, sandbox.environment);
  });
  afterAll(async () => {
    process.env = before;
    await sandbox.close();
  });

  interface Called {
    readonly ask?: (question: string) => Promise<boolean>;
    readonly pause?: () => Promise<void>;
  }
  const run = async (args: readonly string[], { ask, pause = () => Promise.resolve() }: Called = {}) => {
    let text = '';
    const code = await runPermissions(args, {
      environment: { ...sandbox.environment, AZURE_CLIENT_ID: ADMINISTRATOR_CLIENT_ID, AUDITOR_PRINCIPAL_ID: AUDITOR },
      write: (part) => (text += part),
      ask,
      pause,
    });
    return { code, text };
  };
  const runJson = async (args: readonly string[], called?: Called) => {
    const { code, text } = await run([...args, '--json'], called);
    return { code, ...(JSON.parse(text) as Printed) };
  };
  const changes = () =>
    sandbox.requests().filter(({ method, path }) => method !== 'GET' && !/resources\?|\$batch/.test(path));
  const play = (held: Held, ...faults: readonly Partial<Fault>[]): void => {
    sandbox.load(scenarioOf(held, { faults }));
    sandbox.forget();
  };

  test('grant gives all that is missing, then has nothing to do; revoke takes it back, and nothing is left', async () => {
    play(NOTHING);
    const granted = await runJson(['grant', '--yes']);
    expect(granted).toMatchObject({ code: 0, notLookedAt: [] });
    expect(granted.steps.map(({ what }) => what)).toEqual(STEPS_OF_GRANT);
    expect(granted.steps.map(({ status }) => status)).toEqual(STEPS_OF_GRANT.map(() => 'done'));

    expect(await run(['verify'])).toMatchObject({
      code: 0,
      text: expect.stringMatching(/\nAll permissions are there\.\n$/),
    });
    sandbox.forget();
    expect(await run(['grant', '--yes'])).toMatchObject({
      code: 0,
      text: expect.stringMatching(/\nNothing to do: all that is needed is there\.\n$/),
    });
    expect(changes()).toEqual([]);

    const revoked = await runJson(['revoke', '--yes']);
    expect(revoked).toMatchObject({ code: 0 });
    expect(revoked.steps.map(({ status }) => status)).toEqual(revoked.steps.map(() => 'done'));
    const left = await runJson(['verify']);
    expect(left).toMatchObject({ code: 1 });
    expect(left.missing.map(({ permission, place }) => `${place.kind} ${place.name ?? ''}: ${permission}`)).toEqual([
      ...NEEDED.filter(({ system }) => system === 'Microsoft Graph').map(({ name }) => `tenant : ${name}`),
      ...NEEDED.filter(({ system }) => system === 'Azure RBAC').map(
        ({ name }) => `subscription Fabrikam Production: ${name}`,
      ),
      ...WORKSPACES.flatMap((workspace) =>
        NEEDED.filter(({ system }) => system === 'Synapse RBAC').map(({ name }) => `workspace ${workspace}: ${name}`),
      ),
    ]);
    expect(await run(['revoke', '--yes'])).toMatchObject({
      code: 0,
      text: expect.stringMatching(/\nNothing to do: the identity has nothing of it\.\n$/),
    });
  });

  describe('verify', () => {
    const blindWithout = (sources: readonly string[]): string[] =>
      checks
        .filter(({ requires }) => requires.some((source) => sources.includes(source)))
        .map(({ id }) => id)
        .sort();
    const withoutOne = ({ system, name }: NeededPermission): Held =>
      system === 'Microsoft Graph'
        ? { ...EVERYTHING, graph: EVERYTHING.graph.filter((each) => each !== name) }
        : { ...EVERYTHING, actions: EVERYTHING.actions!.filter((each) => each !== name) };
    const singly = NEEDED.filter(({ system }) => system !== 'Synapse RBAC');

    test.each(singly)('names $name alone, where that is missing, and the checks that are blind', async (permission) => {
      play(withoutOne(permission));
      const { code, missing, steps } = await runJson(['verify']);
      expect(code).toBe(1);
      expect(missing).toHaveLength(1);
      expect(missing[0]).toMatchObject({
        permission: permission.name,
        grantedIn: permission.system,
        blind: blindWithout(permission.requiredBy),
      });
      // The same names as in the report: the missing one is part of what each of its sources says.
      const sources = SOURCE_NAMES.filter((source) => SOURCES[source].permission.includes(permission.name));
      expect([...missing[0]!.sources].sort()).toEqual(
        sources.filter((source) => SOURCES[source].grantedIn === permission.system).sort(),
      );
      expect(steps).toHaveLength(1);
    });

    test.each(WORKSPACES)('names the workspace %s alone, where the auditor has no role in it', async (name) => {
      const { [name]: _, ...synapse } = EVERYTHING.synapse;
      play({ ...EVERYTHING, synapse });
      const { code, missing } = await runJson(['verify']);
      expect(code).toBe(1);
      expect(missing.map(({ permission, place }) => [permission, place.name])).toEqual(
        NEEDED.filter(({ system }) => system === 'Synapse RBAC').map((permission) => [permission.name, name]),
      );
    });

    test('names what a lesser Synapse role lacks, and the checks that are blind without it', async () => {
      play({ ...EVERYTHING, synapse: { ...EVERYTHING.synapse, 'fabrikam-orders': 'Synapse User' } });
      const { missing, steps } = await runJson(['verify']);
      expect(missing).toMatchObject([
        {
          permission: 'Microsoft.Synapse/workspaces/artifacts/read',
          grantedIn: 'Synapse RBAC',
          place: { name: 'fabrikam-orders' },
          sources: ['pipelines', 'datasets', 'triggers'],
        },
        {
          permission: 'Microsoft.Synapse/workspaces/pipelines/viewOutputs/action',
          sources: ['pipelineFailures'],
          blind: ['pipeline-authentication-failure'],
        },
      ]);
      expect(steps.map(({ what }) => what)).toEqual([
        'Synapse: assign the role Synapse Artifact User in workspace fabrikam-orders',
      ]);
    });

    test('and the audit agree: all there, all read', async () => {
      play(EVERYTHING);
      expect(await runJson(['verify'])).toMatchObject({
        code: 0,
        missing: [],
        excess: [],
        conclusion: 'All permissions are there.',
      });
      const { inventory } = await collect(sandbox);
      expect(unreadSources(inventory)).toEqual([]);
    });

    test('and the audit agree on what is not read where some are missing', async () => {
      play({
        graph: EVERYTHING.graph.filter((name) => name !== 'Policy.Read.All'),
        actions: EVERYTHING.actions!.filter((name) => !/vaults\/keys|firewallRules|eventtypes/.test(name)),
        synapse: { ...EVERYTHING.synapse, 'fabrikam-orders': 'Synapse User' },
      });
      const { missing } = await runJson(['verify']);
      const named = new Set(missing.flatMap(({ sources }) => sources));
      // Reading logs takes long, and nothing of them is missing here.
      const looked = SOURCE_NAMES.filter((source) => SOURCES[source].scope !== 'logAnalytics');
      const { inventory } = await collect(sandbox, looked);
      expect(unreadSources(inventory)).toEqual(looked.filter((source) => named.has(source)));
    });

    test('takes a wider role for what it allows, through a group and from above, but none with a condition', async () => {
      const groups = [{ id: 'group:auditors', name: 'Auditors', members: ['mi:auth-auditor'] }];
      const wide = (more: object) =>
        scenarioOf(
          { ...EVERYTHING, actions: null },
          {
            groups: [...scenarioOf(NOTHING).groups, ...groups],
            azureRoleAssignments: [{ principal: 'group:auditors', role: 'Reader', scope: 'mg:fabrikam', ...more }],
          },
        );
      sandbox.load(wide({}));
      expect(await runJson(['verify'])).toMatchObject({ code: 0 });
      sandbox.load(wide({ condition: '@Resource[Microsoft.Storage/storageAccounts:name] StringEquals x' }));
      expect((await runJson(['verify'])).missing).toHaveLength(neededIn('Azure RBAC').length);
    });

    test('tells for people what is missing where, what that blinds, and the command that mends it', async () => {
      play({ ...EVERYTHING, graph: EVERYTHING.graph.filter((name) => !/^(Policy|Member)\./.test(name)) });
      const { code, text } = await run(['verify']);
      expect(code).toBe(1);
      expect(text).toMatch(
        /\nMissing: Microsoft Graph, the tenant\n {2}Member\.Read\.Hidden\n {4}say less without it: .*\n {2}Policy\.Read\.All\n {4}blind without it: authentication-drift\n {4}say less without it: credential-lifetime\n/,
      );
      expect(text).toMatch(
        new RegExp(
          `1\\. Microsoft Graph: grant Member\\.Read\\.Hidden\\n {5}as a Privileged Role Administrator of the tenant:\\n {5}az rest --method POST --url https://localhost:\\d+/graph/v1\\.0/servicePrincipals/${AUDITOR}/appRoleAssignments --resource https://graph\\.microsoft\\.com --body '\\{"principalId":"${AUDITOR}","resourceId":"[^"]+","appRoleId":"${guidOf('app-role:Member.Read.Hidden')}"\\}'\\n`,
        ),
      );
      expect(text).toMatch(/\n2 permissions missing\.\n$/);
      expect(changes()).toEqual([]);
    });

    test('names what the identity has and does not need, and stays green', async () => {
      const scenario = scenarioOf({
        graph: [...EVERYTHING.graph, 'Application.ReadWrite.All'],
        actions: EVERYTHING.actions,
        synapse: { ...EVERYTHING.synapse, 'fabrikam-orders': 'Synapse Administrator' },
      });
      const held = [
        { principal: 'mi:auth-auditor', role: 'Contributor', scope: 'mg:fabrikam', condition: null },
        { principal: 'mi:auth-auditor', role: 'Storage Blob Data Reader', scope: 'sub:fabrikam', condition: null },
        {
          principal: 'mi:auth-auditor',
          role: 'Storage Blob Data Owner',
          scope: 'storage:fabrikamorders',
          condition: null,
        },
      ];
      sandbox.load({ ...scenario, azureRoleAssignments: [...scenario.azureRoleAssignments, ...held] });
      const { code, text } = await run(['verify']);
      expect(code).toBe(0);
      expect(text.match(/More than it needs: .*\n {2}.*/g)).toEqual([
        'More than it needs: Microsoft Graph, the tenant\n  Application.ReadWrite.All',
        `More than it needs: Azure RBAC, subscription Fabrikam Production (${SUBSCRIPTION})\n  Contributor`,
        `More than it needs: Azure RBAC, subscription Fabrikam Production (${SUBSCRIPTION})\n  Storage Blob Data Reader`,
        'More than it needs: Synapse RBAC, workspace fabrikam-orders\n  Synapse Administrator',
      ]);
      expect((await runJson(['verify'])).excess.map(({ permission }) => permission)).toEqual([
        'Application.ReadWrite.All',
        'Contributor',
        'Storage Blob Data Reader',
        'Synapse Administrator',
      ]);
    });

    test('is never green where it could not look, and says who could', async () => {
      play(
        EVERYTHING,
        { service: 'graph', path: `servicePrincipals/${AUDITOR}\\?`, status: 403, times: 'always' },
        {
          service: 'graph',
          path: 'appRoleAssignments',
          status: 403,
          code: 'Authorization_RequestDenied',
          times: 'always',
        },
        {
          service: 'arm',
          path: 'Authorization/roleAssignments',
          status: 403,
          code: 'AuthorizationFailed',
          times: 'always',
        },
        {
          service: 'synapse',
          path: 'fabrikam-orders',
          status: 403,
          code: 'ClientIpAddressNotAuthorized',
          times: 'always',
        },
      );
      const { code, text } = await run(['verify']);
      expect(code).toBe(2);
      expect(text).toContain(`Identity: ${AUDITOR} (${AUDITOR})\n`);
      expect(text).toMatch(/Not looked at: Microsoft Graph\n {2}403 Authorization_RequestDenied: /);
      expect(text).toMatch(/Not looked at: subscription Fabrikam Production \(.*\)\n {2}403 AuthorizationFailed: /);
      expect(text).toMatch(/Not looked at: workspace fabrikam-orders\n {2}403 ClientIpAddressNotAuthorized: /);
      expect(text).toMatch(/signed in as a Synapse User of the workspace, from an address that its firewall lets in\./);
      expect(text).toMatch(
        /\nNothing is missing where it could be looked\. 3 places could not be looked at: see above\.\n$/,
      );
    });

    test('says of a subscription whose workspaces it cannot list that they were not looked at', async () => {
      play(EVERYTHING, {
        service: 'arm',
        path: 'Synapse/workspaces',
        status: 403,
        code: 'AuthorizationFailed',
        times: 'always',
      });
      const { code, notLookedAt } = await runJson(['verify', '--subscription', SUBSCRIPTION]);
      expect(code).toBe(2);
      expect(notLookedAt.map(({ where }) => where)).toEqual([
        `Synapse workspaces of subscription Fabrikam Production (${SUBSCRIPTION})`,
      ]);
    });
  });

  describe('grant', () => {
    test('changes nothing where nobody can be asked, and shows the plan', async () => {
      play(NOTHING);
      const { code, text } = await run(['grant']);
      expect(code).toBe(4);
      expect(text).toMatch(/\nTo be done:\n {2}1\. Microsoft Graph: grant Application\.Read\.All\n/);
      expect(text).toMatch(
        /\nNothing was changed: nobody agreed to the plan\. Run it again with --yes, or where you can be asked\.\n$/,
      );
      expect(await runJson(['grant'], { ask: () => Promise.resolve(true) })).toMatchObject({ code: 4 });
      expect(changes()).toEqual([]);
    });

    test.each([
      [true, 0],
      [false, 4],
    ])('asks after it has shown the plan; where the answer is %s, it ends with %d', async (answer, expected) => {
      play({ ...EVERYTHING, synapse: {} });
      const questions: string[] = [];
      const { code, text } = await run(['grant'], {
        ask: (question) => {
          questions.push(question);
          return Promise.resolve(answer);
        },
      });
      expect(questions).toEqual(['\nDo this? [y/N] ']);
      expect(code).toBe(expected);
      expect(changes()).toHaveLength(answer ? 2 : 0);
      expect(text.includes('done: Synapse: assign the role Synapse Artifact User in workspace fabrikam-orders')).toBe(
        answer,
      );
    });

    test('keeps to the workspaces that are named', async () => {
      play({ ...EVERYTHING, synapse: {} });
      const { steps } = await runJson(['grant', '--workspace', 'Fabrikam-Reports', '--yes']);
      expect(steps.map(({ what, status }) => [what, status])).toEqual([
        ['Synapse: assign the role Synapse Artifact User in workspace fabrikam-reports', 'done'],
      ]);
    });

    test('brings the role of the templates up to date, and takes out what is not needed any more', async () => {
      const [first, ...others] = EVERYTHING.actions!;
      play({ ...EVERYTHING, actions: [...others, 'Microsoft.Compute/virtualMachines/read'] });
      const { code, steps } = await runJson(['grant', '--yes']);
      expect(code).toBe(0);
      expect(steps.map(({ what }) => what)).toEqual([
        `Azure: change the role ${ROLE}, so that it has the 31 read actions needed and no others`,
      ]);
      const [change] = changes();
      expect(change).toMatchObject({
        path: expect.stringContaining(guidOf(`role:${ROLE}`)),
        body: { properties: { roleName: ROLE, assignableScopes: [`/subscriptions/${SUBSCRIPTION}`] } },
      });
      expect(JSON.stringify(change?.body)).toContain(first);
      expect(JSON.stringify(change?.body)).not.toContain('virtualMachines');
      expect(await runJson(['verify'])).toMatchObject({ code: 0 });
    });

    const refusal = { status: 403, times: 'always' } as const;
    test.each<[string, Partial<Fault>, readonly RegExp[], RegExp]>([
      [
        'of Microsoft Graph',
        {
          ...refusal,
          service: 'graph',
          method: 'POST',
          path: 'appRoleAssignments',
          code: 'Authorization_RequestDenied',
        },
        neededIn('Microsoft Graph').map((name) => new RegExp(`grant ${name}$`)),
        /^az rest --method POST --url \S+\/appRoleAssignments /,
      ],
      [
        'to define a role, and to assign it as well',
        { ...refusal, service: 'arm', method: 'PUT', path: 'roleDefinitions', code: 'AuthorizationFailed' },
        [/create the role/, /assign the role/],
        /^az rest --method PUT --url \S+ --resource https:\/\/management.azure.com --body '\{"properties":\{"roleName"/,
      ],
      [
        'to assign it',
        { ...refusal, service: 'arm', method: 'PUT', path: 'roleAssignments', code: 'AuthorizationFailed' },
        [/assign the role Synapse Authentication Auditor/],
        /^az role assignment create --assignee-object-id \S+ --assignee-principal-type ServicePrincipal --role \S+ --scope \/subscriptions\/\S+$/,
      ],
      [
        'of one workspace',
        { ...refusal, service: 'synapse', method: 'PUT', path: 'fabrikam-orders', code: 'Unauthorized' },
        [/in workspace fabrikam-orders$/],
        /^az synapse role assignment create --workspace-name fabrikam-orders --role \S+ --assignee-object-id \S+ --assignee-principal-type ServicePrincipal$/,
      ],
    ])(
      'does the rest where it has no right %s, and names what is left with its command',
      async (_, fault, left, command) => {
        play(NOTHING, fault);
        const { code, steps, conclusion } = await runJson(['grant', '--yes']);
        const failed = steps.filter(({ status }) => status === 'failed');
        expect(failed.map(({ what }) => what)).toEqual(left.map((pattern): unknown => expect.stringMatching(pattern)));
        expect(steps.filter(({ status }) => status === 'done')).toHaveLength(STEPS_OF_GRANT.length - left.length);
        expect(failed[0]).toMatchObject({
          problem: expect.stringMatching(new RegExp(`^403 ${fault.code}: `)),
          command: expect.stringMatching(command),
        });
        expect(code).toBe(1);
        expect(conclusion).toBe(`${STEPS_OF_GRANT.length - left.length} steps done, ${left.length} failed.`);
      },
    );

    test('tells for people what failed, why, and who can do it by which command', async () => {
      play(
        { ...EVERYTHING, synapse: {} },
        { service: 'synapse', method: 'PUT', path: 'orders', status: 403, code: 'Unauthorized' },
      );
      const { code, text } = await run(['grant', '--yes']);
      expect(code).toBe(1);
      expect(text).toMatch(
        /\n {2}failed: Synapse: .* fabrikam-orders\n {4}403 Unauthorized: .*\n {2}done: Synapse: .* fabrikam-reports\n/,
      );
      expect(text).toMatch(
        /\nWhat failed somebody else can do by hand:\n {2}Synapse: .* fabrikam-orders\n {5}as a Synapse Administrator .*:\n {5}az synapse role assignment create /,
      );
    });

    test.each<[string, Partial<Fault>]>([
      ['throttled', { status: 429, retryAfterSeconds: 0, times: 2 }],
      ['cut off after it was done', { cut: true, times: 1 }],
    ])('is repeated where it was %s, and nothing is done twice', async (_, fault) => {
      play(
        NOTHING,
        { service: 'graph', method: 'POST', path: 'appRoleAssignments', ...fault },
        { service: 'arm', method: 'PUT', path: 'roleAssignments', ...fault },
        { service: 'synapse', method: 'PUT', ...fault },
      );
      expect(await runJson(['grant', '--yes'])).toMatchObject({ code: 0 });
      expect(await runJson(['verify'])).toMatchObject({ code: 0 });
      const revoked = await runJson(['revoke', '--yes']);
      expect(revoked.steps).toHaveLength(STEPS_OF_GRANT.length);
    });

    test('waits until a new role is known, and gives up some time', async () => {
      let pauses = 0;
      const pause = () => {
        pauses += 1;
        return Promise.resolve();
      };
      const unknown = {
        service: 'arm',
        method: 'PUT',
        path: 'roleAssignments',
        status: 404,
        code: 'RoleDefinitionDoesNotExist',
      } as const;
      play(NOTHING, { ...unknown, times: 3 });
      expect(await runJson(['grant', '--yes'], { pause })).toMatchObject({ code: 0 });
      expect(pauses).toBe(3);
      pauses = 0;
      play(NOTHING, { ...unknown, times: 'always' });
      expect(await runJson(['grant', '--yes'], { pause })).toMatchObject({ code: 1 });
      expect(pauses).toBe(6);
    });

    test('as the auditor itself, which may grant nothing, fails in every step', async () => {
      play({ ...EVERYTHING, graph: EVERYTHING.graph.filter((name) => name !== 'Policy.Read.All') });
      let text = '';
      const code = await runPermissions(['grant', '--yes', '--principal', AUDITOR], {
        environment: sandbox.environment,
        write: (part) => (text += part),
        ask: undefined,
        pause: () => Promise.resolve(),
      });
      expect(code).toBe(1);
      expect(text).toMatch(
        /failed: Microsoft Graph: grant Policy\.Read\.All\n {4}403 Authorization_RequestDenied: Insufficient/,
      );
    });
  });

  describe('revoke', () => {
    test('leaves everything else as it is: other roles, other principals, the role of the templates', async () => {
      const scenario = scenarioOf({
        ...EVERYTHING,
        graph: [...EVERYTHING.graph, 'Mail.Send'],
        synapse: { 'fabrikam-orders': 'Synapse Artifact User', 'fabrikam-reports': 'Synapse Administrator' },
      });
      sandbox.load({
        ...scenario,
        azureRoleAssignments: [
          ...scenario.azureRoleAssignments,
          { principal: 'mi:auth-auditor', role: 'Reader', scope: 'sub:fabrikam', condition: null },
          { principal: 'mi:orders-copy', role: ROLE, scope: 'sub:fabrikam', condition: null },
        ],
      });
      const { code, steps } = await runJson(['revoke', '--yes']);
      expect(code).toBe(0);
      expect(steps.map(({ what, status }) => `${status}: ${what}`)).toEqual([
        ...neededIn('Microsoft Graph').map((name) => `done: Microsoft Graph: take back ${name}`),
        `done: Azure: take back the role ${ROLE} in subscription Fabrikam Production (${SUBSCRIPTION})`,
        'done: Synapse: take back the role Synapse Artifact User in workspace fabrikam-orders',
      ]);
      expect(steps.map(({ command }) => command)).toEqual([
        ...neededIn('Microsoft Graph').map((): unknown => expect.stringMatching(/^az rest --method DELETE --url \S+ /)),
        expect.stringMatching(/^az role assignment delete --ids \/subscriptions\/\S+$/),
        expect.stringMatching(/^az synapse role assignment delete --workspace-name fabrikam-orders --ids \S+ --yes$/),
      ]);
      expect(await runJson(['revoke', '--yes'])).toMatchObject({ code: 0, steps: [] });
    });

    test('does not delete the role where it could not take it back', async () => {
      play(NOTHING);
      await runJson(['grant', '--yes']);
      sandbox.load(
        scenarioOf(NOTHING, { faults: [{ service: 'arm', method: 'DELETE', path: 'roleAssignments', status: 403 }] }),
      );
      await runJson(['grant', '--yes']);
      const { code, steps } = await runJson(['revoke', '--yes']);
      expect(code).toBe(1);
      const azure = steps.filter(({ what }) => what.startsWith('Azure: '));
      expect(azure).toMatchObject([
        {
          what: expect.stringMatching(/take back the role/),
          status: 'failed',
          problem: expect.stringMatching(/^403 /),
        },
        { what: expect.stringMatching(/delete the role/), problem: 'Not tried, as a step that it needs failed.' },
      ]);
    });

    test('counts what somebody else took back in the meantime as done', async () => {
      play(
        { ...EVERYTHING, actions: null, synapse: {} },
        { service: 'graph', method: 'DELETE', status: 404, code: 'Request_ResourceNotFound' },
      );
      expect(await runJson(['revoke', '--yes'])).toMatchObject({ code: 0 });
    });
  });

  describe('does not run', () => {
    test.each<[string, readonly string[], RegExp]>([
      ['without an action', [], /^Expected one of grant, verify, revoke, found nothing\./],
      ['with an unknown one', ['check'], /^Expected one of grant, verify, revoke, found "check"\./],
      ['with two', ['grant', 'verify'], /found "grant verify"/],
      ['with an unknown option', ['verify', '--all'], /^Unknown option '--all'\. See npm run permissions -- --help\.$/],
      [
        'with a principal that is no GUID',
        ['verify', '--principal', 'auditor'],
        /^--principal: expected a GUID, found "auditor"\.$/,
      ],
      [
        'with a subscription that is no GUID',
        ['verify', '--subscription', 'x'],
        /^--subscription: expected a GUID, found "x"\.$/,
      ],
      [
        'with a workspace that cannot be one',
        ['verify', '--workspace', 'a b'],
        /^--workspace: expected the name of a Synapse workspace/,
      ],
      [
        'for a workspace that is not there',
        ['verify', '--workspace', 'nowhere'],
        /there is no nowhere in those subscriptions, but fabrikam-orders, fabrikam-reports\.$/,
      ],
      [
        'for a principal that is not there',
        ['verify', '--principal', SUBSCRIPTION],
        /no service principal with the object id .* not its client id\.$/,
      ],
    ])('%s', async (_, args, message) => {
      play(EVERYTHING);
      await expect(run(args)).rejects.toThrow(
        expect.objectContaining({ name: 'CannotRunError', message: expect.stringMatching(message) }),
      );
    });

    test('where no subscription can be seen, or none has a workspace', async () => {
      sandbox.load({ ...scenarioOf(EVERYTHING), subscriptions: [] });
      await expect(run(['verify'])).rejects.toThrow(/^You can see no subscription of the tenant /);
      sandbox.load({ ...scenarioOf(EVERYTHING), workspaces: [] });
      await expect(run(['verify'])).rejects.toThrow(
        /^No subscription that you can see has a Synapse workspace: say with --subscription/,
      );
    });

    test.each<[string, Readonly<Record<string, string>>, RegExp]>([
      ['without a tenant', { AZURE_TENANT_ID: '' }, /^AZURE_TENANT_ID is missing: expected /],
      ['with a wrong cloud', { AZURE_CLOUD: 'Moon' }, /^AZURE_CLOUD: found "Moon"/],
      ['without a principal', { AUDITOR_PRINCIPAL_ID: '' }, /^Whose permissions\? Give the object id /],
      [
        'with a principal that is no GUID',
        { AUDITOR_PRINCIPAL_ID: 'x' },
        /^AUDITOR_PRINCIPAL_ID: expected a GUID, found "x"\.$/,
      ],
      ['without a sign-in', { AZURE_CLIENT_ID: AUDITOR }, /^The sign-in to Azure failed; run az login --tenant /],
    ])('%s', async (how, more, message) => {
      sandbox.load(
        scenarioOf(EVERYTHING, {
          faults: how === 'without a sign-in' ? [{ service: 'identity', status: 400, times: 'always' }] : [],
        }),
      );
      await expect(
        runPermissions(['verify'], {
          environment: { ...sandbox.environment, AUDITOR_PRINCIPAL_ID: AUDITOR, ...more },
          write: () => undefined,
          ask: undefined,
          pause: () => Promise.resolve(),
        }),
      ).rejects.toThrow(message);
    });

    test('where what it must know comes as an error', async () => {
      play(EVERYTHING, { service: 'graph', path: `servicePrincipals/${AUDITOR}\\?`, status: 400, code: 'BadRequest' });
      await expect(run(['verify'])).rejects.toThrow(/ answered 400 BadRequest: /);
      play(EVERYTHING, { service: 'arm', path: '^/subscriptions\\?', status: 400, code: 'BadRequest' });
      await expect(run(['verify'])).rejects.toThrow(/ answered 400 BadRequest: /);
    });

    test('but says how it is called', async () => {
      const { code, text } = await run(['--help']);
      expect(code).toBe(0);
      expect(text).toMatch(/^usage: npm run permissions -- grant \| verify \| revoke/);
    });
  });

  test('says of Log Analytics workspaces that a setting names what it does not know', async () => {
    play(EVERYTHING);
    let text = '';
    await runPermissions(['verify'], {
      environment: {
        ...sandbox.environment,
        AZURE_CLIENT_ID: ADMINISTRATOR_CLIENT_ID,
        AUDITOR_PRINCIPAL_ID: AUDITOR,
        LOG_ANALYTICS_WORKSPACE_IDS: guidOf('logs:elsewhere'),
      },
      write: (part) => (text += part),
      ask: undefined,
      pause: () => Promise.resolve(),
    });
    expect(text).toMatch(
      /LOG_ANALYTICS_WORKSPACE_IDS names 1 workspace: what is said here goes for those in the subscriptions above\./,
    );
  });
});

function unreadSources(inventory: Awaited<ReturnType<typeof collect>>['inventory']): SourceName[] {
  return SOURCE_NAMES.filter((source) =>
    inventory[source]?.some(({ result }) => !result.ok && result.because === 'forbidden'),
  );
}
