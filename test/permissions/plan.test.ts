import { execFileSync } from 'node:child_process';
import { CLOUDS } from '../../src/clouds';
import { commandOf, describeStep } from '../../src/permissions/describe-step';
import type { AzureRole, Granted, SynapseRights } from '../../src/permissions/granted';
import { neededIn } from '../../src/permissions/needed';
import { planGrant, planRevoke, type Step } from '../../src/permissions/plan';
import { renderIdentity, renderMissing } from '../../src/permissions/render';

const PRINCIPAL = '11111111-2222-3333-4444-555555555555';
const [SUB_A, SUB_B] = ['aaaaaaaa-0000-4000-8000-000000000000', 'bbbbbbbb-0000-4000-8000-000000000000'];

const permission = (part: Partial<AzureRole['permissions'][number]>) => ({
  actions: [],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  ...part,
});
const aRole = (id: string, name: string, more: Partial<AzureRole> = {}): AzureRole => ({
  id,
  name,
  builtIn: false,
  permissions: [permission({ actions: neededIn('Azure RBAC') })],
  assignableScopes: [`/subscriptions/${SUB_A}`, `/subscriptions/${SUB_B}`],
  ...more,
});
const TEMPLATES_ROLE = aRole('of-templates', 'Synapse Authentication Auditor (production)');
const held = (subscription: string, roleId: string) => ({
  id: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleAssignments/x`,
  principalId: PRINCIPAL,
  roleId,
  scope: `/subscriptions/${subscription}`,
  isConditional: false,
});
const inSubscription = (id: string, roles: AzureRole[], assignments: ReturnType<typeof held>[]) => ({
  id,
  name: `Subscription ${id.charAt(0)}`,
  rights: { ok: true as const, value: { roles, assignments } },
});
const SYNAPSE_USER = {
  id: 'user',
  name: 'Synapse User',
  builtIn: true,
  permissions: [permission({ dataActions: ['Microsoft.Synapse/workspaces/read'] })],
};
const withReads = (id: string, name: string, ...more: string[]) => ({
  id,
  name,
  builtIn: true,
  permissions: [permission({ dataActions: [...neededIn('Synapse RBAC'), ...more] })],
});
const inWorkspace = (rights: SynapseRights) => ({
  name: 'ws',
  endpoint: 'https://ws.example',
  rights: { ok: true as const, value: rights },
});

/** Everything is there. */
const BASE: Granted = {
  principal: { id: PRINCIPAL, name: 'auditor' },
  graph: {
    ok: true,
    value: {
      resourceId: 'graph',
      roleIds: new Map(neededIn('Microsoft Graph').map((name) => [name, `id of ${name}`])),
      assignments: neededIn('Microsoft Graph').map((name) => ({ id: name, roleId: `id of ${name}` })),
    },
  },
  subscriptions: [inSubscription(SUB_A, [TEMPLATES_ROLE], [held(SUB_A, 'of-templates')])],
  workspaces: [],
  unlisted: [],
};
const kinds = (steps: readonly Step[]) => steps.map(({ kind }) => kind);

describe('the plan', () => {
  test('is empty where everything is there', () => {
    expect(planGrant(BASE)).toEqual({ steps: [], impossible: [] });
  });

  test('gives in another subscription the role that the identity has already, where that can be assigned there', () => {
    const { steps } = planGrant({
      ...BASE,
      subscriptions: [...BASE.subscriptions, inSubscription(SUB_B, [TEMPLATES_ROLE], [])],
    });
    expect(steps).toMatchObject([{ kind: 'assignRole', subscriptionId: SUB_B, roleId: 'of-templates' }]);
  });

  test('makes a role for each subscription where the identity has none, and for another identity another one', () => {
    const subscriptions = [inSubscription(SUB_A, [TEMPLATES_ROLE], []), inSubscription(SUB_B, [], [])];
    const plan = (id: string) => planGrant({ ...BASE, subscriptions, principal: { id, name: '' } }).steps;
    const steps = plan(PRINCIPAL);
    expect(kinds(steps)).toEqual(['defineRole', 'assignRole', 'defineRole', 'assignRole']);
    expect(steps).toMatchObject([
      {
        assignableScopes: [`/subscriptions/${SUB_A}`],
        exists: false,
        roleName: `Synapse Authentication Auditor (${PRINCIPAL}, ${SUB_A})`,
      },
      { subscriptionId: SUB_A },
      { assignableScopes: [`/subscriptions/${SUB_B}`] },
      { subscriptionId: SUB_B },
    ]);
    const ids = [...steps, ...plan(SUB_A)].flatMap((step) => (step.kind === 'defineRole' ? [step.roleId] : []));
    expect(new Set(ids).size).toBe(4);
    expect(plan(PRINCIPAL)).toEqual(steps);
  });

  test('changes a role that several subscriptions share once', () => {
    const outdated = { ...TEMPLATES_ROLE, permissions: [permission({ actions: ['*/read'] })] };
    const subscriptions = [SUB_A, SUB_B].map((id) => inSubscription(id, [outdated], [held(id, 'of-templates')]));
    expect(planGrant({ ...BASE, subscriptions }).steps).toMatchObject([
      {
        kind: 'defineRole',
        exists: true,
        assignableScopes: TEMPLATES_ROLE.assignableScopes,
        actions: neededIn('Azure RBAC'),
      },
    ]);
  });

  test.each<[string, Partial<AzureRole>]>([
    ['is Microsoft’s', { builtIn: true }],
    ['has another name', { name: 'Synapse Authentication Auditors' }],
  ])('does not touch a role that %s', (_, more) => {
    const other = aRole('other', TEMPLATES_ROLE.name, { permissions: [permission({ actions: ['*'] })], ...more });
    const granted = { ...BASE, subscriptions: [inSubscription(SUB_A, [other], [held(SUB_A, 'other')])] };
    expect(planGrant(granted).steps).toEqual([]);
    expect(kinds(planRevoke({ ...granted, graph: { ok: false, problem: '' } }).steps)).toEqual([]);
  });

  test('does not take back what a group has, nor what is given below or above the subscription', () => {
    const own = held(SUB_A, 'of-templates');
    const others = [
      { ...own, principalId: 'a group' },
      { ...own, scope: `${own.scope}/resourcegroups/x` },
      { ...own, scope: '/' },
    ];
    const subscriptions = [inSubscription(SUB_A, [TEMPLATES_ROLE], others)];
    expect(kinds(planRevoke({ ...BASE, graph: { ok: false, problem: '' }, subscriptions }).steps)).toEqual([]);
  });

  test('takes the Synapse role that allows least, whatever they are called', () => {
    const roles = [
      withReads('big', 'A', 'x', 'y'),
      SYNAPSE_USER,
      withReads('small', 'B', 'x'),
      { ...withReads('custom', 'C'), builtIn: false },
    ];
    const granted = {
      ...BASE,
      workspaces: [
        inWorkspace({ roles, assignments: [{ id: '1', roleId: 'big', scope: 'workspaces/ws/credentials/x' }] }),
      ],
    };
    expect(planGrant(granted).steps).toMatchObject([{ kind: 'assignSynapseRole', roleId: 'small', workspace: 'ws' }]);
  });

  test('says what it cannot do', () => {
    const roleIds = new Map(
      neededIn('Microsoft Graph')
        .slice(1)
        .map((name) => [name, name]),
    );
    expect(
      planGrant({
        ...BASE,
        graph: { ok: true, value: { resourceId: 'graph', roleIds, assignments: [] } },
        workspaces: [inWorkspace({ roles: [SYNAPSE_USER], assignments: [] })],
      }).impossible,
    ).toEqual([
      'Microsoft Graph offers no application permission Application.Read.All in this cloud.',
      'Workspace ws has no built-in Synapse role with Microsoft.Synapse/workspaces/artifacts/read and Microsoft.Synapse/workspaces/pipelines/viewOutputs/action and Microsoft.Synapse/workspaces/read.',
    ]);
  });

  test('leaves alone what could not be looked at', () => {
    const no = { ok: false, problem: '403' } as const;
    const blind: Granted = {
      ...BASE,
      graph: no,
      subscriptions: [{ id: SUB_A, name: 'A', rights: no }],
      workspaces: [{ name: 'ws', endpoint: '', rights: no }],
    };
    expect(planGrant(blind).steps).toEqual([]);
    expect(planRevoke(blind).steps).toEqual([]);
  });
});

describe('names of the tenant', () => {
  const HOSTILE = "x'; touch /tmp/owned; $(id) `id` \u202e\n\u001b[31m";

  test.each<[string, Step]>([
    [
      'a role',
      {
        kind: 'defineRole',
        subscriptionId: SUB_A,
        roleId: SUB_B,
        roleName: HOSTILE,
        actions: ['a/read'],
        assignableScopes: [HOSTILE],
        exists: true,
      },
    ],
    [
      'a workspace',
      {
        kind: 'assignSynapseRole',
        workspace: HOSTILE,
        endpoint: '',
        principalId: PRINCIPAL,
        roleId: SUB_A,
        roleName: '',
        name: '',
      },
    ],
    [
      'an assignment',
      {
        kind: 'removeRole',
        subscriptionId: SUB_A,
        subscriptionName: HOSTILE,
        roleId: SUB_B,
        roleName: '',
        id: HOSTILE,
      },
    ],
  ])('are one word of a command: that of %s', (_, step) => {
    const command = commandOf(step, CLOUDS.AzureCloud);
    expect(command).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' }).split('\n');
    expect(words.filter((word) => word.includes('touch'))).toEqual([expect.stringContaining('$(id) `id`')]);
    expect(words.filter((word) => word === 'touch')).toEqual([]);
  });

  test('cannot act in a terminal', () => {
    const granted: Granted = {
      ...BASE,
      principal: { id: PRINCIPAL, name: HOSTILE },
      subscriptions: [{ ...inSubscription(SUB_A, [], []), name: HOSTILE }],
      workspaces: [{ ...inWorkspace({ roles: [], assignments: [] }), name: HOSTILE }],
    };
    const step: Step = {
      kind: 'removeRole',
      subscriptionId: SUB_A,
      subscriptionName: HOSTILE,
      roleId: '',
      roleName: HOSTILE,
      id: '',
    };
    const place = { kind: 'subscription', id: SUB_A, name: HOSTILE } as const;
    const missing = [
      { permission: { system: 'Azure RBAC', name: 'a/read', requiredBy: [], completes: [] }, place },
    ] as const;
    for (const text of [renderIdentity(granted), describeStep(step), renderMissing(missing, [])]) {
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});
