import principalOwner from '../../src/checks/principal-owner';
import type { Owner } from '../../src/inventory/model';
import {
  aGroup,
  anApplication,
  anAzureRoleAssignment,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aUser,
  aWorkspace,
  guid,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type SomeFacts } from '../fixtures/judge';

const ada: Owner = { id: guid(201), name: 'Ada Lovelace', mail: 'ada@example.com', enabled: true };
const bob: Owner = { id: guid(202), name: 'Bob', mail: null, enabled: false };

const ownedBy = (...owners: Owner[]): SomeFacts => ({
  applications: [anApplication({ owners })],
  servicePrincipals: [aServicePrincipal()],
  workspaces: [aWorkspace()],
  synapseRoleAssignments: [aSynapseRoleAssignment()],
});

test('an application with an owner who can sign in passes', () => {
  const grace = { ...ada, id: guid(203), name: 'Grace Hopper' };
  expect(judgeOne(principalOwner, ownedBy(ada, bob, grace))).toMatchObject({
    status: 'pass',
    subject: {
      id: guid(101),
      kind: 'application',
      link: expect.stringContaining(`Owners/appId/${guid(102)}`) as string,
    },
    message:
      'Application “Nightly loader” has 2 owners with an enabled account: “Ada Lovelace”, “Grace Hopper”. It has roles that concern 1 workspace: “contoso”.',
    evidence: { owners: ['Ada Lovelace', 'Bob', 'Grace Hopper'], disabledOwners: ['Bob'], ownersOfUnknownState: [] },
  });
});

test('one without owner fails, with the command that gives it one', () => {
  expect(judgeOne(principalOwner, ownedBy())).toMatchObject({
    status: 'fail',
    severity: 'medium',
    message:
      'Application “Nightly loader” has no owner: nobody is told when its credentials end or who uses them. It has roles that concern 1 workspace: “contoso”.',
    remediation: expect.stringContaining(
      `az ad app owner add --id ${guid(102)} --owner-object-id <object id>`,
    ) as string,
  });
});

test('one whose owners are all disabled fails, with the command that takes each away', () => {
  const verdict = judgeOne(principalOwner, ownedBy(bob, { ...ada, enabled: false }));
  expect(verdict).toMatchObject({
    status: 'fail',
    severity: 'medium',
    message: expect.stringContaining('has only owners whose accounts are disabled: “Bob”, “Ada Lovelace”.') as string,
  });
  expect(verdict.remediation).toContain(`az ad app owner remove --id ${guid(102)} --owner-object-id ${guid(202)}`);
  expect(verdict.remediation).toContain(`--owner-object-id ${guid(201)}`);
});

describe('an owner of whom Graph does not say whether the account is enabled', () => {
  const unknown = { ...ada, enabled: null };

  test('is no reason to pass', () => {
    expect(judgeOne(principalOwner, ownedBy(unknown, bob))).toMatchObject({
      status: 'fail',
      severity: 'low',
      message: expect.stringContaining('Whether “Ada Lovelace” can still sign in is unknown') as string,
      evidence: { disabledOwners: ['Bob'], ownersOfUnknownState: ['Ada Lovelace'] },
      remediation: expect.stringContaining('User.Read.All') as string,
    });
  });

  test('does no harm beside one who can sign in', () => {
    expect(judgeOne(principalOwner, ownedBy(unknown, { ...bob, enabled: true })).status).toBe('pass');
  });

  test.each([
    ['a user who holds a role', { users: [aUser({ enabled: true })] }, 'pass'],
    ['a disabled user who holds a role', { users: [aUser({ enabled: false })] }, 'fail'],
    [
      'a service principal',
      { servicePrincipals: [aServicePrincipal(), aServicePrincipal({ id: guid(201), appId: guid(9) })] },
      'pass',
    ],
  ])('is known as %s', (_, changes, status) => {
    const [first] = judge(principalOwner, { ...ownedBy(unknown), ...changes });
    expect(first).toMatchObject({ status, evidence: { ownersOfUnknownState: [] } });
  });

  test('is not judged at all where users cannot be read', () => {
    const inventory = anInventory(ownedBy(unknown), [aWorkspace()], { users: 'everywhere' });
    expect(run(principalOwner, inventory)).toMatchObject([{ status: 'notEvaluated', sources: ['users'] }]);
  });
});

describe('which applications Synapse uses', () => {
  const unused = { ...ownedBy(), synapseRoleAssignments: [] };

  test('those with an Azure role that concerns a workspace, and with a role through a group', () => {
    expect(judge(principalOwner, { ...unused, azureRoleAssignments: [anAzureRoleAssignment()] })).toHaveLength(1);
    const groups = [aGroup({ servicePrincipalIds: [guid(103)] })];
    const synapseRoleAssignments = [aSynapseRoleAssignment({ principalId: guid(301) })];
    expect(judge(principalOwner, { ...unused, groups, synapseRoleAssignments })).toHaveLength(1);
  });

  test('not the others, nor applications of other tenants', () => {
    expect(judge(principalOwner, unused)).toEqual([]);
    expect(judge(principalOwner, { ...ownedBy(), applications: [] })).toEqual([]);
  });
});
