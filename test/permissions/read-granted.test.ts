import type { PermissionClients } from '../../src/permissions/clients';
import { readGraphRights, readSynapseRights } from '../../src/permissions/read-granted';
import { aWorkspace } from '../fixtures/facts';

const PRINCIPAL = '11111111-2222-3333-4444-555555555555';

/** A Graph whose lists hold these items, by the beginning of the path. */
const graphWith = (lists: Readonly<Record<string, readonly unknown[]>>): PermissionClients => {
  const list = async function* (path: string): AsyncGenerator {
    await Promise.resolve();
    yield* lists[path.split('?')[0] ?? ''] ?? [];
  };
  return { azure: { graph: { list } } } as unknown as PermissionClients;
};

describe('what an identity was granted', () => {
  const itself = {
    id: 'graph',
    appRoles: [
      { id: 'a', value: 'A.Read', isEnabled: true, allowedMemberTypes: ['User', 'Application'] },
      { id: 'b', value: 'B.Read', isEnabled: false, allowedMemberTypes: ['Application'] },
      { id: 'c', value: 'C.Read', isEnabled: true, allowedMemberTypes: ['User'] },
      { id: 'd', value: null, isEnabled: true, allowedMemberTypes: ['Application'] },
    ],
  };

  test('are roles for applications that are in force, and assignments of Microsoft Graph alone', async () => {
    const assignments = [
      { id: '1', appRoleId: 'a', resourceId: 'graph' },
      { id: '2', appRoleId: 'a', resourceId: 'another service' },
    ];
    const clients = graphWith({
      '/servicePrincipals': [itself],
      [`/servicePrincipals/${PRINCIPAL}/appRoleAssignments`]: assignments,
    });
    expect(await readGraphRights(clients, PRINCIPAL)).toEqual({
      resourceId: 'graph',
      roleIds: new Map([['A.Read', 'a']]),
      assignments: [{ id: '1', roleId: 'a' }],
    });
  });

  test('cannot be looked at in a tenant without Microsoft Graph, and in a workspace without address', async () => {
    await expect(readGraphRights(graphWith({}), PRINCIPAL)).rejects.toThrow(/no service principal of Microsoft Graph/);
    const workspace = aWorkspace({ name: 'ws', devEndpoint: null });
    await expect(readSynapseRights(graphWith({}), workspace, PRINCIPAL)).rejects.toThrow(
      'Azure gives no development endpoint for workspace ws.',
    );
  });
});
