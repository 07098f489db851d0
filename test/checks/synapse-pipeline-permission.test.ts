import pipelinePermission from '../../src/checks/synapse-pipeline-permission';
import type { DriftChange } from '../../src/audit/baseline';
import type { RoleAssignment } from '../../src/inventory/model';
import {
  aGroup,
  aRole,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aUser,
  aWorkspace,
  aWorkspaceIdentity,
  guid,
  ROLES,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

const workspace = aWorkspace();
const IDENTITY = 'workspaces/contoso/credentials/WorkspaceSystemIdentity';
const contributor = aSynapseRoleAssignment();
const credentialUser = aSynapseRoleAssignment({ id: guid(702), role: ROLES.credentialUser, scope: IDENTITY });
const expecting = (...expectedPrincipals: unknown[]): { expectedPrincipals: unknown[] } => ({ expectedPrincipals });

function facts(...synapseRoleAssignments: RoleAssignment[]): SomeFacts {
  return { servicePrincipals: [aServicePrincipal(), aWorkspaceIdentity()], synapseRoleAssignments };
}

function judged(assignments: RoleAssignment[], options: unknown = {}): FlatVerdict {
  return judgeOne(pipelinePermission, facts(...assignments), { workspace, options });
}

describe('who may run pipelines', () => {
  test.each([
    ['Synapse Contributor with Credential User on the system identity', [contributor, credentialUser]],
    ['Credential User on the workspace', [contributor, { ...credentialUser, scope: 'workspaces/contoso' }]],
    ['Credential User, written in another case', [contributor, { ...credentialUser, scope: IDENTITY.toUpperCase() }]],
    ['Synapse Administrator', [aSynapseRoleAssignment({ role: ROLES.synapseAdministrator })]],
  ])('%s', (_, assignments) => {
    expect(judged(assignments)).toMatchObject({ status: 'pass', evidence: { missing: [] } });
  });

  test('is told with the role that lets it', () => {
    expect(judged([contributor, credentialUser]).message).toBe(
      `“Nightly loader” in workspace “contoso” may run pipelines: Synapse Credential User on ${IDENTITY}.`,
    );
  });

  test('a group may carry the role', () => {
    const verdict = judgeOne(
      pipelinePermission,
      {
        ...facts(contributor, { ...credentialUser, principalId: guid(301) }),
        groups: [aGroup({ servicePrincipalIds: [guid(103)] })],
      },
      { workspace },
    );
    expect(verdict.status).toBe('pass');
    expect(verdict.message).toContain('through group “Loaders”');
  });
});

describe('who may not', () => {
  test.each([
    ['Synapse Contributor alone', [contributor]],
    ['Credential User on another credential', [contributor, { ...credentialUser, scope: `${IDENTITY}2` }]],
    [
      'Credential User on a linked service',
      [contributor, { ...credentialUser, scope: 'workspaces/contoso/linkedServices/lake' }],
    ],
    [
      'Administrator of a Spark pool only',
      [
        contributor,
        aSynapseRoleAssignment({ role: ROLES.synapseAdministrator, scope: 'workspaces/contoso/bigDataPools/p' }),
      ],
    ],
    ['Synapse Artifact Publisher', [aSynapseRoleAssignment({ role: ROLES.artifactPublisher })]],
    [
      'a role that publishes whatever artifact',
      [aSynapseRoleAssignment({ role: aRole({ dataActions: ['Microsoft.Synapse/workspaces/artifacts/write'] }) })],
    ],
    ['Synapse Compute Operator', [aSynapseRoleAssignment({ role: ROLES.computeOperator })]],
    [
      'Compute Operator of one integration runtime',
      [aSynapseRoleAssignment({ role: ROLES.computeOperator, scope: 'workspaces/contoso/integrationRuntimes/ir' })],
    ],
  ])('%s', (_, assignments) => {
    expect(judged(assignments)).toMatchObject({
      status: 'fail',
      severity: 'medium',
      evidence: { expected: false, missing: ['credentials/useSecret/action'] },
    });
  });

  test('a Synapse Contributor is told both what the article says and what the table of roles says', () => {
    expect(judged([contributor]).message).toBe(
      '“Nightly loader” in workspace “contoso” may not run pipelines: it lacks credentials/useSecret/action on WorkspaceSystemIdentity, so each start is refused (403, AccessControlUnauthorized). It holds Synapse Contributor on workspaces/contoso. A Microsoft support article calls Synapse Contributor sufficient; Microsoft’s table of roles says that it lacks credentials/useSecret/action.',
    );
    const publisher = aSynapseRoleAssignment({ role: ROLES.artifactPublisher });
    expect(judged([publisher]).message).not.toContain('article');
    expect(judged([publisher, contributor]).message).toContain('article');
  });

  test('is helped by a command with its own ids', () => {
    expect(judged([contributor]).remediation).toContain(
      `az synapse role assignment create --workspace-name contoso --role "Synapse Credential User" --assignee-object-id ${guid(103)} --assignee-principal-type ServicePrincipal --item-type credentials --item WorkspaceSystemIdentity`,
    );
  });

  test('is a subject of its own in each workspace', () => {
    expect(judged([contributor]).subject).toMatchObject({
      id: `${workspace.id}/principals/${guid(103)}`,
      kind: 'servicePrincipal',
      name: 'Nightly loader',
    });
  });

  test('a member of a group that may publish is judged too', () => {
    const [verdict, ...others] = judge(
      pipelinePermission,
      {
        ...facts({ ...contributor, principalId: guid(301), principalKind: 'group' }),
        groups: [aGroup({ users: [aUser()], servicePrincipalIds: [guid(103), guid(999)] })],
      },
      { workspace },
    );
    expect(verdict).toMatchObject({ status: 'fail', evidence: { principalId: guid(103) } });
    expect(others).toEqual([]);
  });

  test('a disabled one is judged, and it is said', () => {
    const servicePrincipals = [aServicePrincipal({ enabled: false })];
    const verdict = judgeOne(pipelinePermission, { ...facts(contributor), servicePrincipals }, { workspace });
    expect(verdict).toMatchObject({ status: 'fail', evidence: { enabled: false } });
  });
});

describe('what it may use is told', () => {
  const usable = (...assignments: RoleAssignment[]): unknown => {
    const { compute, credentials } = judged(assignments, expecting(guid(103))).evidence;
    return { compute, credentials };
  };

  test('all of the workspace', () => {
    const administrator = aSynapseRoleAssignment({ role: ROLES.synapseAdministrator });
    const everything = ['all of the workspace (Synapse Administrator on workspaces/contoso)'];
    expect(usable(administrator)).toEqual({ compute: everything, credentials: everything });
  });

  test('one integration runtime, one Spark pool, one credential', () => {
    const operator = (scope: string): RoleAssignment => aSynapseRoleAssignment({ role: ROLES.computeOperator, scope });
    const runtime = 'workspaces/contoso/integrationRuntimes/on-premises';
    const pool = 'workspaces/contoso/bigDataPools/small';
    const copier = 'workspaces/contoso/credentials/copier';
    expect(usable(operator(runtime), operator(pool), { ...credentialUser, scope: copier })).toEqual({
      compute: [
        `integrationRuntimes/on-premises (Synapse Compute Operator on ${runtime})`,
        `bigDataPools/small (Synapse Compute Operator on ${pool})`,
      ],
      credentials: [`credentials/copier (Synapse Credential User on ${copier})`],
    });
  });

  test('every Spark pool, by a role for Spark alone', () => {
    const dataActions = ['Microsoft.Synapse/workspaces/bigDataPools/useCompute/action'];
    const role = aRole({ name: 'Apache Spark Administrator', dataActions });
    expect(usable(aSynapseRoleAssignment({ role }))).toEqual({
      compute: ['all of the workspace (Apache Spark Administrator on workspaces/contoso)'],
      credentials: [],
    });
  });

  test('nothing, by roles for reading, the disputed one included', () => {
    const reader = aSynapseRoleAssignment({ role: ROLES.artifactUser });
    const monitor = aSynapseRoleAssignment({ role: ROLES.monitoringOperator });
    expect(usable(reader, monitor)).toEqual({ compute: [], credentials: [] });
  });

  test('what a group lets it use as well', () => {
    const verdict = judgeOne(
      pipelinePermission,
      {
        ...facts({ ...contributor, principalId: guid(301), principalKind: 'group' }),
        groups: [aGroup({ servicePrincipalIds: [guid(103)] })],
      },
      { workspace },
    );
    expect(verdict.evidence['compute']).toEqual([
      'all of the workspace (Synapse Contributor on workspaces/contoso through group “Loaders”)',
    ]);
  });
});

describe('who is not meant to run pipelines is not judged', () => {
  test.each([
    ['Synapse User', { role: ROLES.synapseUser }],
    ['Synapse Artifact User', { role: ROLES.artifactUser }],
    ['Synapse Monitoring Operator', { role: ROLES.monitoringOperator }],
    ['Synapse Credential User', { role: ROLES.credentialUser }],
    ['Synapse Contributor of a Spark pool', { scope: 'workspaces/contoso/bigDataPools/pool' }],
    ['a user', { principalId: guid(201), principalKind: 'user' as const }],
    ['a principal that does not exist', { principalId: guid(999) }],
    ['the workspace’s own identity', { principalId: guid(401), role: ROLES.computeOperator }],
  ])('%s', (_, changes) => {
    expect(judge(pipelinePermission, facts(aSynapseRoleAssignment(changes)), { workspace })).toEqual([]);
  });

  test('and the check says that there is nothing to judge', () => {
    expect(run(pipelinePermission, anInventory(facts(), [workspace]))).toMatchObject([{ status: 'notApplicable' }]);
  });
});

describe('expected principals', () => {
  test.each([
    ['object id', guid(103)],
    ['application id', guid(102)],
  ])('may be given by %s', (_, id) => {
    expect(judged([], expecting(id))).toMatchObject({
      status: 'fail',
      severity: 'high',
      evidence: { expected: true, roles: [], missing: ['workspaces/read', 'credentials/useSecret/action'] },
    });
    expect(judged([], expecting(id)).message).toContain('It holds no role there.');
  });

  test('are found whatever the case of the id', () => {
    const upper = 'ABCDEF00-0000-4000-8000-000000000001';
    const servicePrincipals = [aServicePrincipal({ id: upper.toLowerCase() })];
    const verdict = judgeOne(pipelinePermission, { servicePrincipals }, { workspace, options: expecting(upper) });
    expect(verdict.evidence['principalId']).toBe(upper.toLowerCase());
  });

  test('are flagged even as pure readers', () => {
    const reader = aSynapseRoleAssignment({ role: ROLES.artifactUser });
    expect(judged([reader], expecting(guid(103)))).toMatchObject({
      severity: 'high',
      evidence: { missing: ['credentials/useSecret/action'] },
    });
  });

  test('are judged once, though listed twice and inferred besides', () => {
    expect(judged([contributor], expecting(guid(103), guid(102), guid(103))).severity).toBe('high');
  });

  test('pass with Credential User as their only role', () => {
    expect(judged([credentialUser], expecting(guid(103))).status).toBe('pass');
  });

  test('may be the workspace’s own identity', () => {
    expect(judged([], expecting(guid(401)))).toMatchObject({ status: 'fail', evidence: { principalId: guid(401) } });
  });

  test('may be expected in some workspaces only', () => {
    const only = (...workspaces: string[]): unknown => expecting({ principal: guid(103), workspaces });
    expect(judged([], only('fabrikam', 'Contoso')).severity).toBe('high');
    expect(judge(pipelinePermission, facts(), { workspace, options: only('fabrikam') })).toEqual([]);
    const upper = { workspace: aWorkspace({ name: 'CONTOSO' }), options: only('contoso') };
    expect(judge(pipelinePermission, facts(), upper)).toHaveLength(1);
  });

  test('that the directory does not know fail', () => {
    expect(judged([], expecting(guid(999)))).toMatchObject({
      status: 'fail',
      severity: 'high',
      subject: { id: `${workspace.id}/principals/${guid(999)}` },
      evidence: { expected: true },
      message: `“${guid(999)}” is expected to run pipelines in workspace “contoso”, but the directory has no service principal with that object id or application id: it was deleted, or the setting is wrong.`,
      remediation: expect.stringContaining(`az ad sp create --id ${guid(999)}`),
    });
  });

  test.each([['Nightly loader'], [{ principal: guid(103) }], [{ principal: guid(103), workspaces: [] }], [3]])(
    '%j is no entry of the list',
    (entry) => {
      expect(pipelinePermission.options.safeParse(expecting(entry)).success).toBe(false);
    },
  );
});

describe('when not everything could be read', () => {
  const other = aWorkspace({ name: 'fabrikam' });

  test('one unreadable workspace leaves the others judged', () => {
    const inventory = anInventory(facts(contributor), [workspace, other], { synapseRoleAssignments: [other.id] });
    expect(run(pipelinePermission, inventory)).toMatchObject([
      { status: 'fail', scope: workspace.id },
      { status: 'notEvaluated', scope: other.id, sources: ['synapseRoleAssignments'] },
    ]);
  });

  test('without the groups nothing is judged, as they may carry the role', () => {
    const inventory = anInventory(facts(contributor), [workspace], { groups: 'everywhere' });
    expect(run(pipelinePermission, inventory)).toMatchObject([{ status: 'notEvaluated', sources: ['groups'] }]);
  });
});

describe('a role that was lost', () => {
  const loss: DriftChange = {
    state: 'open',
    confirmed: true,
    source: 'synapseRoleAssignments',
    scope: { kind: 'workspace', id: workspace.id, name: workspace.name },
    key: `${workspace.id}/roleassignments/${guid(702)}`,
    kind: 'synapseRole',
    name: 'Synapse Credential User',
    before: { principalId: guid(103), roleId: ROLES.credentialUser.id, scope: IDENTITY, condition: null },
    after: null,
    lastBefore: '2026-11-21T03:00:00.000Z',
    firstSeen: '2026-11-22T03:00:00.000Z',
    by: { unknown: 'no log has it' },
  };
  const judgedAfter = (change: Partial<DriftChange>, groups = [aGroup({ servicePrincipalIds: [guid(103)] })]) =>
    judgeOne(
      pipelinePermission,
      { ...facts(contributor), groups },
      { workspace, drift: { compared: [], changes: [{ ...loss, ...change }] } },
    );

  test('is named with when, and with who removed it or why nobody can be named', () => {
    const text = `Synapse Credential User on ${IDENTITY}, removed after 2026-11-21T03:00:00.000Z (by whom is unknown: no log has it)`;
    const { message, evidence } = judgedAfter({});
    expect(message).toContain(` It lost ${text}. `);
    expect(evidence['lostRoles']).toEqual([text]);
    const by = { who: 'ada@example.com', at: '2026-11-22T01:00:00.000Z', log: 'activity log' } as const;
    expect(judgedAfter({ by }).message).toContain('(by ada@example.com at 2026-11-22T01:00:00.000Z (activity log))');
  });

  test('may have come through a group', () => {
    const { message } = judgedAfter({ before: { ...loss.before, principalId: guid(301) } });
    expect(message).toContain(`on ${IDENTITY} through group “Loaders”, removed after`);
  });

  test.each<[string, Partial<DriftChange>]>([
    ['somebody else’s', { before: { ...loss.before, principalId: guid(999) } }],
    ['one of another workspace', { scope: { ...loss.scope, id: 'other' } }],
    ['one of Azure', { kind: 'azureRole' }],
    ['one that is back', { state: 'reverted' }],
    ['one that only changed', { after: loss.before }],
    ['one that was added', { before: null, after: loss.before }],
  ])('%s is not its loss', (_, change) => {
    const { message, evidence } = judgedAfter(change);
    expect(evidence['lostRoles']).toEqual([]);
    expect(message).not.toContain('lost');
  });
});
