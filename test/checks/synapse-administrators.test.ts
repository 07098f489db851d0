import synapseAdministrators from '../../src/checks/synapse-administrators';
import type { RoleAssignment, User } from '../../src/inventory/model';
import {
  aGroup,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aUser,
  aWorkspace,
  aWorkspaceIdentity,
  guid,
  ROLES,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type SomeFacts } from '../fixtures/judge';

const workspace = aWorkspace();

function administrator(principalId: string, changes: Partial<RoleAssignment> = {}): RoleAssignment {
  return aSynapseRoleAssignment({
    id: `assignment-of-${principalId}`,
    principalId,
    principalKind: 'user',
    role: ROLES.synapseAdministrator,
    ...changes,
  });
}

function people(count: number): User[] {
  return Array.from({ length: count }, (_, i) => aUser({ id: guid(2000 + i), displayName: `Person ${i}` }));
}

function administratedBy(users: readonly User[]): SomeFacts {
  return { users, synapseRoleAssignments: users.map(({ id }) => administrator(id)) };
}

describe('the number of administrators', () => {
  test.each([
    [0, 'fail', 'high'],
    [1, 'pass', null],
    [5, 'pass', null],
    [6, 'fail', 'medium'],
  ])('%d: %s, %s', (count, status, severity) => {
    const verdict = judgeOne(synapseAdministrators, administratedBy(people(count)), { workspace });
    expect(verdict).toMatchObject({
      status,
      severity,
      evidence: { count, maxAdministrators: 5, minAdministrators: 1 },
      subject: { id: workspace.id },
    });
  });

  test('is told with names', () => {
    const many = judgeOne(synapseAdministrators, administratedBy(people(6)), { workspace });
    expect(many.remediation).toContain(
      'az synapse role assignment list --workspace-name contoso --role "Synapse Administrator"',
    );
    expect(many.message).toBe(
      'Workspace “contoso” has 6 Synapse Administrators, members of groups counted, and should have at most 5: “Person 0”, “Person 1”, “Person 2” and 3 more. Each of them can use every stored credential and grant any role.',
    );
    expect(judgeOne(synapseAdministrators, administratedBy(people(1)), { workspace }).message).toBe(
      'Workspace “contoso” has 1 Synapse Administrator: “Person 0”.',
    );
  });

  test('being zero means that nobody can grant roles', () => {
    const verdict = judgeOne(synapseAdministrators, {}, { workspace });
    expect(verdict.message).toBe(
      'Workspace “contoso” has 0 Synapse Administrators with an enabled account, and should have at least 1. Nobody in the workspace can grant roles; only an Owner of its Azure resource can.',
    );
    expect(verdict.remediation).toContain(
      'az synapse role assignment create --workspace-name contoso --role "Synapse Administrator" --assignee-object-id',
    );
  });

  test('being too small, or zero where that is allowed, does not mean so', () => {
    const told = (count: number, minAdministrators: number): string =>
      judgeOne(synapseAdministrators, administratedBy(people(count)), { workspace, options: { minAdministrators } })
        .message;
    expect(told(1, 2)).toBe(
      'Workspace “contoso” has 1 Synapse Administrator with an enabled account, and should have at least 2.',
    );
    expect(told(0, 0)).toBe('Workspace “contoso” has 0 Synapse Administrators.');
  });

  test('has limits that can be set', () => {
    const judged = (count: number, options: unknown): unknown =>
      judgeOne(synapseAdministrators, administratedBy(people(count)), { workspace, options }).severity;
    expect(judged(2, { maxAdministrators: 1 })).toBe('medium');
    expect(judged(1, { minAdministrators: 2 })).toBe('high');
    expect(judged(2, { minAdministrators: 2 })).toBeNull();
    expect(judged(0, { minAdministrators: 0 })).toBeNull();
  });

  test.each([{ maxAdministrators: 0 }, { minAdministrators: 6 }, { expectedAdministrators: ['Ada'] }])(
    'the option %j is refused',
    (wrong) => {
      expect(synapseAdministrators.options.safeParse(wrong).success).toBe(false);
    },
  );

  test('limits that contradict each other are told as such', () => {
    const { error } = synapseAdministrators.options.safeParse({ minAdministrators: 6 });
    expect(error?.issues).toMatchObject([{ message: 'minAdministrators must not exceed maxAdministrators.' }]);
  });
});

describe('who counts', () => {
  const count = (facts: SomeFacts): unknown => judge(synapseAdministrators, facts, { workspace })[0]?.evidence['count'];

  test('members of groups, people and service principals alike', () => {
    const group = aGroup({ users: people(2), servicePrincipalIds: [guid(103)] });
    const synapseRoleAssignments = [administrator(group.id, { principalKind: 'group' })];
    const facts = { groups: [group], servicePrincipals: [aServicePrincipal()], synapseRoleAssignments };
    expect(count(facts)).toBe(3);
  });

  test('each once, however the role is given', () => {
    const users = people(2);
    const group = aGroup({ users });
    const facts = administratedBy(users);
    const synapseRoleAssignments = [...facts.synapseRoleAssignments!, administrator(group.id)];
    expect(count({ ...facts, groups: [group], synapseRoleAssignments })).toBe(2);
  });

  test.each([
    ['the workspace’s own identity', { principalId: guid(401) }],
    ['administrators of something smaller', { scope: 'workspaces/contoso/bigDataPools/pool' }],
    ['other roles', { role: ROLES.synapseContributor }],
    ['principals that do not exist', { principalId: guid(999) }],
  ])('not %s', (_, changes) => {
    const facts = administratedBy([aUser()]);
    expect(
      count({
        ...facts,
        users: [aUser(), aUser({ id: guid(202) })],
        servicePrincipals: [aWorkspaceIdentity()],
        synapseRoleAssignments: [...facts.synapseRoleAssignments!, administrator(guid(202), changes)],
      }),
    ).toBe(1);
  });

  test('the scope is the workspace in any case of its name', () => {
    expect(
      count({ users: [aUser()], synapseRoleAssignments: [administrator(guid(201), { scope: 'workspaces/Contoso' })] }),
    ).toBe(1);
    const upper = { workspace: aWorkspace({ name: 'CONTOSO' }) };
    expect(judgeOne(synapseAdministrators, administratedBy(people(1)), upper).status).toBe('pass');
  });

  test('a disabled account is one too many, but no administrator', () => {
    const disabled = people(1).map((user) => ({ ...user, enabled: false }));
    expect(judgeOne(synapseAdministrators, administratedBy(disabled), { workspace })).toMatchObject({
      status: 'fail',
      severity: 'high',
      evidence: { count: 1, enabled: 0 },
    });
    const servicePrincipals = [aServicePrincipal({ enabled: false })];
    const synapseRoleAssignments = [administrator(guid(103))];
    expect(judgeOne(synapseAdministrators, { servicePrincipals, synapseRoleAssignments }, { workspace }).severity).toBe(
      'high',
    );
  });
});

describe('a guest', () => {
  const guest = aUser({ id: guid(202), displayName: 'Grace Hopper', guest: true });

  test('is a finding of its own, with the commands that take the role away', () => {
    const [, verdict, ...others] = judge(synapseAdministrators, administratedBy([aUser(), guest]), { workspace });
    expect(verdict).toMatchObject({
      status: 'fail',
      severity: 'high',
      subject: { id: `${workspace.id}/principals/${guid(202)}`, kind: 'user', name: 'Grace Hopper' },
      message:
        '“Grace Hopper” is Synapse Administrator of workspace “contoso” and is a guest: another organization manages the account and secures its sign-in.',
      remediation: expect.stringContaining(
        `az synapse role assignment delete --workspace-name contoso --ids assignment-of-${guid(202)} --yes`,
      ),
    });
    expect(others).toEqual([]);
  });

  test('in a group is taken out of the group', () => {
    const group = aGroup({ users: [aUser(), guest] });
    const facts = { groups: [group], synapseRoleAssignments: [administrator(group.id)] };
    const [, verdict] = judge(synapseAdministrators, facts, { workspace });
    expect(verdict).toMatchObject({
      message: expect.stringContaining('of workspace “contoso” through “Loaders” and is a guest'),
      remediation: expect.stringContaining(`az ad group member remove --group ${group.id} --member-id ${guid(202)}`),
    });
  });

  test('fails though expected', () => {
    const options = { expectedAdministrators: [guest.id, guid(201)] };
    const [, verdict] = judge(synapseAdministrators, administratedBy([aUser(), guest]), { workspace, options });
    expect(verdict).toMatchObject({ severity: 'high', evidence: { guest: true, expected: true } });
  });
});

describe('expected administrators', () => {
  const verdicts = (facts: SomeFacts, ...expectedAdministrators: string[]): (string | null)[] =>
    judge(synapseAdministrators, facts, { workspace, options: { expectedAdministrators } })
      .slice(1)
      .map((verdict) => (verdict.status === 'fail' ? verdict.severity : null));

  test('leave everybody else unexpected', () => {
    const facts = administratedBy([aUser(), aUser({ id: guid(202) })]);
    expect(verdicts(facts, guid(201))).toEqual(['medium']);
    expect(verdicts(facts, guid(201), guid(202))).toEqual([]);
    expect(verdicts(facts)).toEqual([]);
  });

  test('may be named by application id, in any case', () => {
    const servicePrincipals = [aServicePrincipal({ appId: 'abcdef00-0000-4000-8000-000000000001' })];
    const facts = { servicePrincipals, synapseRoleAssignments: [administrator(guid(103))] };
    expect(verdicts(facts, 'ABCDEF00-0000-4000-8000-000000000001')).toEqual([]);
    expect(verdicts(facts, guid(999))).toEqual(['medium']);
  });

  test('may be a group, which stands for its members', () => {
    const group = aGroup({ users: people(2) });
    const facts = { groups: [group], synapseRoleAssignments: [administrator(group.id)] };
    expect(verdicts(facts, group.id)).toEqual([]);
  });

  test('are told how to be extended', () => {
    const options = { expectedAdministrators: [guid(999)] };
    const [, verdict] = judge(synapseAdministrators, administratedBy([aUser()]), { workspace, options });
    expect(verdict).toMatchObject({
      message:
        '“Ada Lovelace” is Synapse Administrator of workspace “contoso” and is not among the expected administrators.',
      remediation: expect.stringContaining(
        'expectedAdministrators of synapse-administrators in the setting CHECK_OPTIONS',
      ),
    });
  });
});

test.each(['users', 'groups', 'servicePrincipals'] as const)('nothing is judged without the source %s', (source) => {
  const inventory = anInventory(administratedBy(people(1)), [workspace], { [source]: 'everywhere' });
  expect(run(synapseAdministrators, inventory)).toMatchObject([{ status: 'notEvaluated', sources: [source] }]);
});
