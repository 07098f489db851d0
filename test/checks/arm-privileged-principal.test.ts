import armPrivilegedPrincipal from '../../src/checks/arm-privileged-principal';
import type { RoleAssignment } from '../../src/inventory/model';
import {
  aGroup,
  anAzureRoleAssignment,
  aRole,
  aRoleEligibility,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aWorkspace,
  guid,
  ROLES,
  SUBSCRIPTION,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type SomeFacts } from '../fixtures/judge';

const ON_SUBSCRIPTION = `/subscriptions/${SUBSCRIPTION}`;
const userAccessAdministrator = aRole({
  name: 'User Access Administrator',
  actions: ['*/read', 'Microsoft.Authorization/*'],
});
const rbacAdministrator = aRole({
  name: 'Role Based Access Control Administrator',
  actions: [
    'Microsoft.Authorization/roleAssignments/write',
    'Microsoft.Authorization/roleAssignments/delete',
    '*/read',
  ],
});

const withRoles = (...azureRoleAssignments: RoleAssignment[]): SomeFacts => ({
  servicePrincipals: [aServicePrincipal()],
  synapseRoleAssignments: [aSynapseRoleAssignment()],
  azureRoleAssignments,
});

test('a principal with Synapse rights and none on a whole subscription passes', () => {
  expect(judgeOne(armPrivilegedPrincipal, withRoles())).toMatchObject({
    status: 'pass',
    subject: { id: guid(103), kind: 'servicePrincipal' },
    message:
      'Service principal “Nightly loader” has Synapse Contributor on workspaces/contoso in Synapse and rules no subscription.',
    evidence: { azureRoles: [], eligibleAzureRoles: [] },
  });
});

describe('fails with', () => {
  test.each([
    ['Owner', ROLES.owner, 'high', 'may assign Azure roles ('],
    ['User Access Administrator', userAccessAdministrator, 'high', 'may assign Azure roles ('],
    ['Role Based Access Control Administrator', rbacAdministrator, 'high', 'may assign Azure roles ('],
    [
      'a custom role that writes role definitions',
      aRole({ builtIn: false, actions: ['Microsoft.Authorization/roleDefinitions/*'] }),
      'high',
      'may assign Azure roles (',
    ],
    ['Contributor', ROLES.contributor, 'medium', 'may change everything in a subscription ('],
    [
      'a custom role that changes everything beside something else',
      { ...aRole({ builtIn: false }), permissions: [...ROLES.reader.permissions, ...ROLES.contributor.permissions] },
      'medium',
      'may change everything in a subscription (',
    ],
  ] as const)('%s', (_, role, severity, message) => {
    expect(judgeOne(armPrivilegedPrincipal, withRoles(anAzureRoleAssignment({ role })))).toMatchObject({
      status: 'fail',
      severity,
      message: expect.stringContaining(message) as string,
    });
  });

  test.each([
    ['a management group', '/providers/microsoft.management/managementgroups/contoso'],
    ['the root', '/'],
  ])('Contributor on %s, named once though read from each subscription', (_, scope) => {
    const above = anAzureRoleAssignment({ scope });
    const facts = withRoles(above, { ...above, readFrom: guid(3) });
    const verdict = judgeOne(armPrivilegedPrincipal, facts);
    expect(verdict).toMatchObject({ status: 'fail', evidence: { azureRoles: [`Contributor on ${scope}`] } });
    expect(verdict.remediation.match(/role assignment delete/g)).toHaveLength(1);
  });

  test('a role that a group carries, and is told to leave the group', () => {
    const facts = {
      ...withRoles(anAzureRoleAssignment({ principalId: guid(301), principalKind: 'group' })),
      groups: [aGroup({ servicePrincipalIds: [guid(103)] })],
    };
    expect(judgeOne(armPrivilegedPrincipal, facts)).toMatchObject({
      status: 'fail',
      evidence: { azureRoles: [`Contributor on ${ON_SUBSCRIPTION} through group “Loaders”`] },
      remediation: expect.stringContaining(
        `az ad group member remove --group ${guid(301)} --member-id ${guid(103)}`,
      ) as string,
    });
  });

  test('what was found, what follows, and the commands with its own ids', () => {
    const assignment = anAzureRoleAssignment();
    const verdict = judgeOne(armPrivilegedPrincipal, withRoles(assignment));
    expect(verdict.message).toBe(
      `Service principal “Nightly loader” may change everything in a subscription (Contributor on ${ON_SUBSCRIPTION}) and has Synapse Contributor on workspaces/contoso in Synapse: whoever finds its credential gets the subscription as well.`,
    );
    expect(verdict.remediation).toContain(
      `--assignee-object-id ${guid(103)} --assignee-principal-type ServicePrincipal --role Contributor --scope ${aWorkspace().id}`,
    );
    expect(verdict.remediation).toContain(`az role assignment delete --ids ${assignment.id}`);
    expect(verdict.subject.link).toContain(`/resource${ON_SUBSCRIPTION}/users`);
  });
});

test('a condition that limits which roles may be assigned makes it medium, unless another assignment has none', () => {
  const limited = anAzureRoleAssignment({ role: rbacAdministrator, condition: '(…)' });
  expect(judgeOne(armPrivilegedPrincipal, withRoles(limited))).toMatchObject({
    severity: 'medium',
    message: expect.stringContaining('may assign Azure roles, within a condition (') as string,
    evidence: { azureRoles: [`Role Based Access Control Administrator on ${ON_SUBSCRIPTION} with a condition`] },
  });
  const unlimited = anAzureRoleAssignment({ id: '/other', role: rbacAdministrator });
  expect(judgeOne(armPrivilegedPrincipal, withRoles(limited, unlimited))).toMatchObject({
    severity: 'high',
    message: expect.stringContaining(
      `(Role Based Access Control Administrator on ${ON_SUBSCRIPTION} with a condition; Role Based Access Control Administrator on ${ON_SUBSCRIPTION})`,
    ) as string,
  });
});

test.each([
  ['Contributor of a resource group', anAzureRoleAssignment({ scope: `${ON_SUBSCRIPTION}/resourcegroups/rg` })],
  ['Reader of the subscription', anAzureRoleAssignment({ role: ROLES.reader })],
  ['a role of somebody else', anAzureRoleAssignment({ principalId: guid(999) })],
])('%s is no reason to fail', (_, assignment) => {
  expect(judgeOne(armPrivilegedPrincipal, withRoles(assignment)).status).toBe('pass');
});

test('a principal without Synapse rights is not judged, whatever it rules', () => {
  const facts = { ...withRoles(anAzureRoleAssignment({ role: ROLES.owner })), synapseRoleAssignments: [] };
  expect(judge(armPrivilegedPrincipal, facts)).toEqual([]);
});

describe('roles that it may activate', () => {
  const activating = (...roleEligibilities: ReturnType<typeof aRoleEligibility>[]): SomeFacts => ({
    ...withRoles(),
    roleEligibilities,
  });

  test('are told, and are no reason to fail', () => {
    expect(judgeOne(armPrivilegedPrincipal, activating(aRoleEligibility()))).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(
        new RegExp(`rules no subscription\\. It may activate Owner on ${ON_SUBSCRIPTION}\\.$`),
      ) as string,
      evidence: { eligibleAzureRoles: [`Owner on ${ON_SUBSCRIPTION}`] },
    });
  });

  test('are told through a group, and not those of others', () => {
    const facts = {
      ...activating(aRoleEligibility({ principalId: guid(301) }), aRoleEligibility({ principalId: guid(999) })),
      groups: [aGroup({ servicePrincipalIds: [guid(103)] })],
    };
    expect(judgeOne(armPrivilegedPrincipal, facts).evidence['eligibleAzureRoles']).toEqual([
      `Owner on ${ON_SUBSCRIPTION} through group “Loaders”`,
    ]);
  });

  test('that could not be read are unknown, not none', () => {
    const incomplete = { incomplete: ['roleEligibilities'] as const };
    expect(judgeOne(armPrivilegedPrincipal, activating(), incomplete)).toMatchObject({
      message: expect.stringMatching(/rules no subscription\.$/) as string,
      evidence: { eligibleAzureRoles: 'unknown (subscription production could not be read)' },
    });
    expect(
      judgeOne(armPrivilegedPrincipal, activating(aRoleEligibility()), incomplete).evidence['eligibleAzureRoles'],
    ).toEqual([`Owner on ${ON_SUBSCRIPTION}`, 'unknown in subscription production']);
  });

  test('do not keep the check from judging', () => {
    const inventory = anInventory(withRoles(), [aWorkspace()], { roleEligibilities: 'everywhere' });
    expect(run(armPrivilegedPrincipal, inventory)).toMatchObject([{ status: 'pass' }]);
  });
});
