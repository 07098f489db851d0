import principalDisabled from '../../src/checks/principal-disabled';
import {
  aDeletedServicePrincipal,
  aGroup,
  anApplication,
  anAzureRoleAssignment,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aWorkspace,
  aWorkspaceIdentity,
  guid,
  inDays,
  SUBSCRIPTION,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type SomeFacts } from '../fixtures/judge';

const healthy: SomeFacts = {
  applications: [anApplication()],
  servicePrincipals: [aServicePrincipal()],
  workspaces: [aWorkspace()],
  synapseRoleAssignments: [aSynapseRoleAssignment()],
};
const disabled: SomeFacts = { ...healthy, servicePrincipals: [aServicePrincipal({ enabled: false })] };

test('an enabled service principal with a role passes', () => {
  const verdict = judgeOne(principalDisabled, healthy);
  expect(verdict.status).toBe('pass');
  expect(verdict.message).toBe(
    'Service principal “Nightly loader” is enabled. It has roles that concern 1 workspace: “contoso”.',
  );
});

test('a disabled one fails, with what follows and the command that enables it', () => {
  expect(judgeOne(principalDisabled, disabled)).toMatchObject({
    status: 'fail',
    severity: 'high',
    subject: { id: guid(103), kind: 'servicePrincipal', name: 'Nightly loader' },
    message:
      'Service principal “Nightly loader” is disabled: every sign-in fails (AADSTS7000112). It has roles that concern 1 workspace: “contoso”.',
    evidence: { enabled: false, roles: ['Synapse Contributor on workspaces/contoso'] },
    remediation: expect.stringContaining(`az ad sp update --id ${guid(103)} --set accountEnabled=true`),
  });
});

test('one whose application Microsoft disabled fails, though enabled', () => {
  const applications = [anApplication({ disabledByMicrosoft: true })];
  expect(judgeOne(principalDisabled, { ...healthy, applications })).toMatchObject({
    status: 'fail',
    severity: 'high',
    message: expect.stringMatching(/^Microsoft disabled the application of service principal “Nightly loader”/),
    evidence: { enabled: true, disabledByMicrosoft: true },
    remediation: expect.stringContaining('support request'),
  });
});

test('one of an application in another tenant is judged by itself', () => {
  expect(judgeOne(principalDisabled, { ...healthy, applications: [] }).status).toBe('pass');
});

test('a managed identity is judged too', () => {
  const facts = {
    ...healthy,
    servicePrincipals: [aWorkspaceIdentity({ enabled: false })],
    synapseRoleAssignments: [aSynapseRoleAssignment({ principalId: guid(401) })],
  };
  expect(judgeOne(principalDisabled, facts).status).toBe('fail');
});

describe('a deleted service principal', () => {
  const deletedAt = (date: Date | null): SomeFacts => ({
    ...healthy,
    servicePrincipals: [],
    deletedServicePrincipals: [aDeletedServicePrincipal({ deletedAt: date })],
    synapseRoleAssignments: [aSynapseRoleAssignment({ principalId: guid(104) })],
  });

  test('fails, and can be restored for 30 days', () => {
    expect(judgeOne(principalDisabled, deletedAt(inDays(-10)))).toMatchObject({
      status: 'fail',
      severity: 'high',
      subject: {
        id: guid(104),
        kind: 'servicePrincipal',
        name: 'Old loader',
        link: 'https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
      },
      message:
        'Service principal “Old loader” was deleted on 2026-11-12: every sign-in fails (AADSTS7000229 or AADSTS700016). It can be restored with its roles until 2026-12-12. It has roles that concern 1 workspace: “contoso”.',
      evidence: { deletedAt: '2026-11-12T03:00:00.000Z', restorableUntil: '2026-12-12T03:00:00.000Z' },
      remediation: expect.stringContaining(`Restore-MgDirectoryDeletedItem -DirectoryObjectId ${guid(104)}`),
    });
  });

  test.each([
    [1, true],
    [0, false],
  ])('30 days ago less %d ms: restorable is %s', (ms, restorable) => {
    const verdict = judgeOne(principalDisabled, deletedAt(inDays(-30, ms)));
    expect(verdict.message.includes('It can no longer be restored.')).toBe(!restorable);
    expect(verdict.remediation.includes('Restore-MgDirectoryDeletedItem')).toBe(restorable);
  });

  test('at an unknown time may be restorable', () => {
    const verdict = judgeOne(principalDisabled, deletedAt(null));
    expect(verdict.message).toContain('was deleted: every sign-in fails');
    expect(verdict.message).toContain('It can be restored with its roles for 30 days from then.');
    expect(verdict.evidence).toMatchObject({ deletedAt: null, restorableUntil: null });
  });
});

describe('which roles count', () => {
  const withRoles = (changes: SomeFacts): number =>
    judge(principalDisabled, { ...disabled, synapseRoleAssignments: [], ...changes }).length;

  test('Azure roles that concern a workspace', () => {
    expect(withRoles({ azureRoleAssignments: [anAzureRoleAssignment()] })).toBe(1);
  });

  test('roles through a group', () => {
    const groups = [aGroup({ servicePrincipalIds: [guid(103)] })];
    expect(withRoles({ groups, synapseRoleAssignments: [aSynapseRoleAssignment({ principalId: guid(301) })] })).toBe(1);
  });

  test('not Azure roles elsewhere, and without any role there is nothing to judge', () => {
    const scope = `/subscriptions/${SUBSCRIPTION}/resourcegroups/other`;
    expect(withRoles({ azureRoleAssignments: [anAzureRoleAssignment({ scope })] })).toBe(0);
    expect(withRoles({})).toBe(0);
    expect(withRoles({ deletedServicePrincipals: [aDeletedServicePrincipal()] })).toBe(0);
  });
});

describe('when not everything could be read', () => {
  test('a workspace that could not is not evaluated, and the rest is', () => {
    const other = aWorkspace({ name: 'fabrikam' });
    const inventory = anInventory(disabled, [aWorkspace(), other], { synapseRoleAssignments: [other.id] });
    expect(run(principalDisabled, inventory)).toMatchObject([
      { status: 'fail', subject: { id: guid(103) } },
      { status: 'notEvaluated', scope: other.id },
    ]);
  });

  test('without the groups nothing is called well, as a role may come from one', () => {
    const inventory = anInventory(healthy, [aWorkspace()], { groups: 'everywhere' });
    expect(run(principalDisabled, inventory)).toMatchObject([{ status: 'notEvaluated', sources: ['groups'] }]);
  });
});
