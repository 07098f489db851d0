import {
  defaultStorageId,
  describeRole,
  groupsById,
  groupsByMember,
  rolesHeldBy,
  servicePrincipalsByAppId,
  servicePrincipalsById,
  userAssignedIdentitiesById,
  usersById,
  workspacesById,
} from '../../src/audit/lookup';
import {
  aGroup,
  aServicePrincipal,
  aStorageAccount,
  aSynapseRoleAssignment,
  aUser,
  aUserAssignedIdentity,
  aWorkspace,
  guid,
  ROLES,
  STORAGE_ID,
} from '../fixtures/facts';

describe('indexes', () => {
  test('a service principal is found by its object id and by its client id', () => {
    const servicePrincipal = aServicePrincipal();
    expect(servicePrincipalsById([servicePrincipal]).get(guid(103))).toBe(servicePrincipal);
    expect(servicePrincipalsByAppId([servicePrincipal]).get(guid(102))).toBe(servicePrincipal);
    expect(servicePrincipalsById([servicePrincipal]).get(guid(102))).toBeUndefined();
  });

  test('everything else is found by its own id', () => {
    const [user, group, workspace, identity] = [aUser(), aGroup(), aWorkspace(), aUserAssignedIdentity()];
    expect(usersById([user]).get(user.id)).toBe(user);
    expect(groupsById([group]).get(group.id)).toBe(group);
    expect(workspacesById([workspace]).get(workspace.id)).toBe(workspace);
    expect(userAssignedIdentitiesById([identity]).get(identity.id)).toBe(identity);
  });

  test('an index is kept for its array and made anew for another one', () => {
    const all = [aServicePrincipal()];
    expect(servicePrincipalsById(all)).toBe(servicePrincipalsById(all));
    expect(servicePrincipalsById([...all])).not.toBe(servicePrincipalsById(all));
  });

  test('a member leads to each of its groups', () => {
    const loaders = aGroup({ users: [aUser()], servicePrincipalIds: [guid(103)] });
    const admins = aGroup({ id: guid(302), users: [aUser()] });
    expect(groupsByMember([loaders, admins]).get(guid(201))).toEqual([loaders, admins]);
    expect(groupsByMember([loaders, admins]).get(guid(103))).toEqual([loaders]);
  });
});

describe('rolesHeldBy', () => {
  const direct = aSynapseRoleAssignment();
  const byGroup = aSynapseRoleAssignment({ id: guid(702), principalId: guid(301), role: ROLES.credentialUser });
  const group = aGroup({ servicePrincipalIds: [guid(103)] });

  test('finds roles of the principal itself and of its groups, and says which', () => {
    expect(rolesHeldBy(guid(103), [direct, byGroup], [group])).toEqual([
      { assignment: direct, through: null },
      { assignment: byGroup, through: group },
    ]);
  });

  test('finds nothing for somebody without roles', () => {
    expect(rolesHeldBy(guid(999), [direct, byGroup], [group])).toEqual([]);
  });

  test('words a role with its scope, and the group that carries it', () => {
    expect(describeRole({ assignment: direct, through: null })).toBe('Synapse Contributor on workspaces/contoso');
    expect(describeRole({ assignment: byGroup, through: group })).toBe(
      'Synapse Credential User on workspaces/contoso through group “Loaders”',
    );
  });
});

describe('defaultStorageId', () => {
  const named = aWorkspace({ defaultStorage: { accountName: 'contosolake', filesystem: 'work', accountId: null } });

  test('is the id that the workspace gives', () => {
    expect(defaultStorageId(aWorkspace(), [])).toBe(STORAGE_ID);
  });

  test('is looked up by name where the workspace gives none', () => {
    expect(defaultStorageId(named, [aStorageAccount({ name: 'other', id: '/other' }), aStorageAccount()])).toBe(
      STORAGE_ID,
    );
  });

  test('is null where no account has that name, and where there is no storage', () => {
    expect(defaultStorageId(named, [])).toBeNull();
    expect(defaultStorageId(aWorkspace({ defaultStorage: null }), [aStorageAccount()])).toBeNull();
  });
});
