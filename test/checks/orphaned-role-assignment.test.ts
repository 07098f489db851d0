import orphanedRoleAssignment from '../../src/checks/orphaned-role-assignment';
import type { RoleAssignment } from '../../src/inventory/model';
import {
  aDeletedServicePrincipal,
  aGroup,
  anAzureRoleAssignment,
  aServicePrincipal,
  aStorageAccount,
  aSynapseRoleAssignment,
  aUser,
  aWorkspace,
  guid,
  STORAGE_ID,
  SUBSCRIPTION,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type SomeFacts } from '../fixtures/judge';

const workspace = aWorkspace();
const directory: SomeFacts = {
  servicePrincipals: [aServicePrincipal()],
  users: [aUser()],
  groups: [aGroup()],
  deletedServicePrincipals: [aDeletedServicePrincipal()],
  workspaces: [workspace],
};

function of(assignment: RoleAssignment): SomeFacts {
  return assignment.system === 'synapse'
    ? { ...directory, synapseRoleAssignments: [assignment] }
    : { ...directory, azureRoleAssignments: [assignment] };
}

test.each([
  ['service principal', guid(103), 'Nightly loader'],
  ['user', guid(201), 'Ada Lovelace'],
  ['group', guid(301), 'Loaders'],
])('an assignment to a %s that exists passes', (_, principalId, name) => {
  for (const assignment of [aSynapseRoleAssignment({ principalId }), anAzureRoleAssignment({ principalId })]) {
    const verdict = judgeOne(orphanedRoleAssignment, of(assignment));
    expect(verdict.status).toBe('pass');
    expect(verdict.message).toBe(`${assignment.role.name} on ${assignment.scope} is held by “${name}”.`);
    expect(verdict.subject.name).toBe(`${assignment.role.name} of ${name}`);
  }
});

test.each(['servicePrincipal', 'user', 'group', 'unknown'] as const)(
  'a Synapse assignment to a %s that exists nowhere fails',
  (principalKind) => {
    const verdict = judgeOne(
      orphanedRoleAssignment,
      of(aSynapseRoleAssignment({ principalId: guid(999), principalKind })),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      severity: 'medium',
      scope: workspace.id,
      subject: {
        id: `${workspace.id}/roleAssignments/${guid(701)}`,
        kind: 'roleAssignment',
        name: `Synapse Contributor of ${guid(999)}`,
      },
      message: `Synapse Contributor on workspaces/contoso (workspace “contoso”) is assigned to ${guid(999)}, and no user, group or service principal has that object id: it was deleted. The assignment grants nothing, and a principal made anew under the old name does not get the role.`,
      remediation: expect.stringContaining(
        `az synapse role assignment delete --workspace-name contoso --ids ${guid(701)} --yes`,
      ),
    });
  },
);

test('an Azure assignment to nobody fails, less urgently', () => {
  const assignment = anAzureRoleAssignment({ principalId: guid(999) });
  expect(judgeOne(orphanedRoleAssignment, of(assignment))).toMatchObject({
    status: 'fail',
    severity: 'low',
    scope: SUBSCRIPTION,
    subject: { id: assignment.id, link: expect.stringMatching(/\/users$/) },
    remediation: expect.stringContaining(`az role assignment delete --ids ${assignment.id}`),
  });
});

test('several workspaces are named', () => {
  const facts = of(anAzureRoleAssignment({ principalId: guid(999) }));
  const verdict = judgeOne(orphanedRoleAssignment, {
    ...facts,
    workspaces: [workspace, aWorkspace({ name: 'fabrikam' })],
  });
  expect(verdict.message).toContain('(workspaces “contoso”, “fabrikam”)');
  expect(verdict.evidence['workspaces']).toEqual(['contoso', 'fabrikam']);
});

describe('no verdict about', () => {
  test.each([
    ['a deleted service principal that can be restored', aSynapseRoleAssignment({ principalId: guid(104) })],
    ['a group of another tenant', aSynapseRoleAssignment({ principalId: guid(999), principalKind: 'other' })],
    [
      'an Azure role that concerns no workspace',
      anAzureRoleAssignment({ principalId: guid(999), scope: `/subscriptions/${SUBSCRIPTION}/resourcegroups/other` }),
    ],
  ])('%s', (_, assignment) => {
    expect(judge(orphanedRoleAssignment, of(assignment))).toEqual([]);
  });
});

test('an Azure role on the default storage counts, also where the workspace gives the account’s name only', () => {
  const facts = of(anAzureRoleAssignment({ principalId: guid(999), scope: STORAGE_ID }));
  const older = aWorkspace({ defaultStorage: { accountName: 'contosolake', filesystem: 'work', accountId: null } });
  expect(judge(orphanedRoleAssignment, facts)).toHaveLength(1);
  expect(judge(orphanedRoleAssignment, { ...facts, workspaces: [older] })).toHaveLength(0);
  expect(
    judge(orphanedRoleAssignment, { ...facts, workspaces: [older], storageAccounts: [aStorageAccount()] }),
  ).toHaveLength(1);
});

describe('when not everything could be read', () => {
  test('one unreadable workspace leaves the others judged', () => {
    const other = aWorkspace({ name: 'fabrikam' });
    const facts = of(aSynapseRoleAssignment({ principalId: guid(999) }));
    const inventory = anInventory(facts, [workspace, other], { synapseRoleAssignments: [other.id] });
    expect(run(orphanedRoleAssignment, inventory)).toMatchObject([
      { status: 'fail', scope: workspace.id },
      { status: 'notEvaluated', scope: other.id },
    ]);
  });

  test.each(['users', 'groups', 'servicePrincipals', 'deletedServicePrincipals'] as const)(
    'nobody is called deleted without the source %s',
    (source) => {
      const facts = of(aSynapseRoleAssignment({ principalId: guid(999) }));
      const inventory = anInventory(facts, [workspace], { [source]: 'everywhere' });
      expect(run(orphanedRoleAssignment, inventory)).toMatchObject([{ status: 'notEvaluated', sources: [source] }]);
    },
  );
});
