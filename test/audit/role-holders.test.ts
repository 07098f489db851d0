import { roleHoldersOf } from '../../src/audit/role-holders';
import { aGroup, aServicePrincipal, aSynapseRoleAssignment, aUser, guid } from '../fixtures/facts';

const user = aUser();
const servicePrincipal = aServicePrincipal();
const group = aGroup({ users: [user], servicePrincipalIds: [servicePrincipal.id, guid(999)] });
const directory = { users: [user], groups: [group], servicePrincipals: [servicePrincipal] };
const toUser = aSynapseRoleAssignment({ principalId: user.id });
const toServicePrincipal = aSynapseRoleAssignment({ principalId: servicePrincipal.id });
const toGroup = aSynapseRoleAssignment({ principalId: group.id });

test('people and service principals hold what is assigned to them', () => {
  expect(roleHoldersOf([toUser, toServicePrincipal], directory)).toEqual([
    { id: user.id, user, direct: [toUser], through: [] },
    { id: servicePrincipal.id, servicePrincipal, direct: [toServicePrincipal], through: [] },
  ]);
});

test('members of a group hold what is assigned to the group, as far as the directory knows them', () => {
  expect(roleHoldersOf([toGroup], directory)).toEqual([
    { id: user.id, user, direct: [], through: [group] },
    { id: servicePrincipal.id, servicePrincipal, direct: [], through: [group] },
  ]);
});

test('who holds a role in two ways counts once, with both', () => {
  const [first, ...others] = roleHoldersOf([toUser, toGroup, { ...toUser, id: guid(702) }], directory);
  expect(first).toMatchObject({ id: user.id, direct: [{ id: toUser.id }, { id: guid(702) }], through: [group] });
  expect(others.map(({ id }) => id)).toEqual([servicePrincipal.id]);
});

test('who was deleted holds nothing', () => {
  expect(roleHoldersOf([aSynapseRoleAssignment({ principalId: guid(998) })], directory)).toEqual([]);
});
