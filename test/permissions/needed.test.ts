import { SOURCE_NAMES, SOURCES } from '../../src/inventory/sources';
import { NEEDED, neededIn, permissionsOf } from '../../src/permissions/needed';

describe('what the auditor needs', () => {
  test.each(SOURCE_NAMES)('is known of %s by name', (source) => {
    const { required, completing } = permissionsOf(source);
    expect(required.length).toBeGreaterThan(0);
    // Nothing that looks like a name is left over in the text, of this system or of another.
    const rest = [...required, ...completing]
      .sort((a, b) => b.length - a.length)
      .reduce((text, name) => text.replaceAll(name, ''), SOURCES[source].permission);
    expect(rest).not.toMatch(/\w[./]\w/);
  });

  test('tells what completes a source from what it cannot be read without', () => {
    expect(permissionsOf('applications')).toEqual({
      required: ['Application.Read.All'],
      completing: ['User.Read.All'],
    });
    expect(permissionsOf('groups')).toEqual({
      required: ['GroupMember.Read.All', 'User.Read.All'],
      completing: ['Member.Read.Hidden'],
    });
    expect(permissionsOf('pipelines').required).toEqual(['Microsoft.Synapse/workspaces/artifacts/read']);
    expect(permissionsOf('subscriptions').required).toEqual(['Microsoft.Resources/subscriptions/read']);
    expect(NEEDED.find(({ name }) => name === 'User.Read.All')).toEqual({
      system: 'Microsoft Graph',
      name: 'User.Read.All',
      requiredBy: ['users', 'groups'],
      completes: ['applications'],
    });
  });

  test('reads, and nothing else', () => {
    expect(neededIn('Microsoft Graph').filter((name) => !/\.Read\.(All|Hidden)$/.test(name))).toEqual([]);
    expect(neededIn('Azure RBAC').filter((name) => !name.endsWith('/read'))).toEqual([]);
    expect(neededIn('Synapse RBAC')).toEqual([
      'Microsoft.Synapse/workspaces/artifacts/read',
      'Microsoft.Synapse/workspaces/pipelines/viewOutputs/action',
      'Microsoft.Synapse/workspaces/read',
    ]);
  });
});
