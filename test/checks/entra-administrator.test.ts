import entraAdministrator from '../../src/checks/entra-administrator';
import type { EntraAdministrator } from '../../src/inventory/model';
import {
  aGroup,
  anEntraAdministrator,
  anEntraOnlyAuthentication,
  aServicePrincipal,
  aUser,
  aWorkspace,
  guid,
} from '../fixtures/facts';
import { anInventory, judgeOne, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

const workspace = aWorkspace();
const group = aGroup({ users: [aUser()] });
const directory: SomeFacts = { users: [aUser()], groups: [group], servicePrincipals: [aServicePrincipal()] };

function judged(
  administrators: readonly Partial<EntraAdministrator>[],
  facts: SomeFacts = {},
  options: unknown = {},
): FlatVerdict {
  const entraAdministrators = administrators.map(anEntraAdministrator);
  return judgeOne(entraAdministrator, { ...directory, entraAdministrators, ...facts }, { workspace, options });
}

describe('passes where the administrator is', () => {
  test('a group in which somebody has an enabled account', () => {
    expect(judged([{}])).toMatchObject({
      status: 'pass',
      subject: { id: workspace.id, kind: 'workspace' },
      message: 'The Entra administrator of workspace “contoso” exists and can sign in: “Loaders”.',
    });
  });

  test('a group of service principals', () => {
    const groups = [aGroup({ servicePrincipalIds: [guid(103)] })];
    expect(judged([{}], { groups }).status).toBe('pass');
  });

  test.each([
    ['object id', guid(103)],
    ['client id', guid(102)],
  ])('a service principal, named by its %s', (_, principalId) => {
    expect(judged([{ principalId }]).status).toBe('pass');
  });

  test('the same group in both settings, which is told once', () => {
    const verdict = judged([{ setting: 'administrators' }, {}]);
    expect(verdict.status).toBe('pass');
    expect(verdict.evidence).toEqual({
      administrators: ['administrators: Loaders', 'sqlAdministrators: Loaders'],
      principalIds: [guid(301)],
    });
  });

  test('one person, where that is allowed', () => {
    expect(judged([{ principalId: guid(201) }], {}, { allowPerson: true }).status).toBe('pass');
  });

  test('of no tenant that Azure names', () => {
    expect(judged([{ tenantId: null }]).status).toBe('pass');
  });
});

describe('fails where the administrator is', () => {
  test.each<[string, Partial<EntraAdministrator>, SomeFacts, string, string]>([
    ['one person', { principalId: guid(201) }, {}, 'low', 'is one person: when that person is away or leaves'],
    [
      'a guest',
      { principalId: guid(201) },
      { users: [aUser({ guest: true })] },
      'medium',
      'is a guest: another organization manages the account',
    ],
    [
      'a disabled person',
      { principalId: guid(201) },
      { users: [aUser({ enabled: false })] },
      'high',
      'is a person whose account is disabled',
    ],
    [
      'a disabled guest',
      { principalId: guid(201) },
      { users: [aUser({ enabled: false, guest: true })] },
      'high',
      'is a person whose account is disabled',
    ],
    [
      'a disabled service principal',
      { principalId: guid(103) },
      { servicePrincipals: [aServicePrincipal({ enabled: false })] },
      'high',
      'is a service principal that is disabled (AADSTS7000112)',
    ],
    ['an empty group', {}, { groups: [aGroup()] }, 'high', 'is a group in which nobody has an enabled account'],
    [
      'a group of disabled accounts',
      {},
      {
        groups: [aGroup({ users: [aUser({ enabled: false })], servicePrincipalIds: [guid(103)] })],
        servicePrincipals: [aServicePrincipal({ enabled: false })],
      },
      'high',
      'is a group in which nobody has an enabled account',
    ],
    ['deleted', { principalId: guid(999) }, {}, 'high', `does not exist in the directory any more (${guid(999)})`],
    ['of another tenant', { tenantId: guid(998) }, {}, 'high', `is of tenant ${guid(998)}, not of this one`],
  ])('%s', (_, administrator, facts, severity, text) => {
    const verdict = judged([administrator], facts);
    expect(verdict).toMatchObject({ status: 'fail', severity });
    expect(verdict.message).toContain(`“Loaders”, Entra administrator of workspace “contoso”, ${text}`);
    expect(verdict.remediation).toContain(
      'az synapse sql ad-admin create --workspace-name contoso --resource-group rg-synapse ',
    );
  });

  test('a guest, though one person is allowed', () => {
    const users = [aUser({ guest: true })];
    expect(judged([{ principalId: guid(201) }], { users }, { allowPerson: true }).severity).toBe('medium');
  });

  test('wrong in either setting, as severe as the worse one', () => {
    const verdict = judged([
      { setting: 'administrators', principalId: guid(201), login: 'Ada' },
      { principalId: guid(999) },
    ]);
    expect(verdict.severity).toBe('high');
    expect(verdict.message).toMatch(/^“Ada”, .* is one person: .*\. “Loaders”, .* does not exist /);
  });
});

describe('no administrator', () => {
  test.each([
    [false, 'high'],
    [true, 'critical'],
  ])('with Entra-only authentication %s is %s', (enabled, severity) => {
    const verdict = judged([], { entraOnlyAuthentication: [anEntraOnlyAuthentication({ enabled })] });
    expect(verdict).toMatchObject({ status: 'fail', severity });
    expect(verdict.message).toContain('Workspace “contoso” has no Entra administrator');
    expect(verdict.message).toMatch(
      enabled ? /into its databases, and .* nobody administers them at all\.$/ : /into its databases\.$/,
    );
  });

  test('is taken for the worse where nobody could look at Entra-only authentication', () => {
    const inventory = anInventory(directory, [workspace], { entraOnlyAuthentication: 'everywhere' });
    expect(run(entraAdministrator, inventory)).toMatchObject([{ status: 'fail', severity: 'critical' }]);
  });
});

test.each(['entraAdministrators', 'users', 'groups', 'servicePrincipals'] as const)(
  'nothing is judged without the source %s',
  (source) => {
    const inventory = anInventory(directory, [workspace], { [source]: 'everywhere' });
    expect(run(entraAdministrator, inventory)).toMatchObject([{ status: 'notEvaluated', sources: [source] }]);
  },
);
