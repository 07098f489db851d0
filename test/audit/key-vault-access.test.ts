import { accessTo, describeNetwork, grantAccess, READ_SECRET, WRAP_KEYS } from '../../src/audit/key-vault-access';
import type { Group, KeyVault, RoleAssignment } from '../../src/inventory/model';
import {
  aGroup,
  aKeyVault,
  anAccessPolicy,
  anAzureRoleAssignment,
  aRole,
  guid,
  ROLES,
  SUBSCRIPTION,
  VAULT_ID,
} from '../fixtures/facts';

const SECRET = `${VAULT_ID}/secrets/loader`;
const IDENTITY = guid(401);
const MEMBERSHIP = [aGroup({ servicePrincipalIds: [IDENTITY] })];
const NOTHING = { missing: ['get'], conditional: [], through: [], inVain: [] };

const granted = (changes: Partial<RoleAssignment> = {}): RoleAssignment =>
  anAzureRoleAssignment({ principalId: IDENTITY, scope: VAULT_ID, role: ROLES.secretsUser, ...changes });
const access = (
  azureRoleAssignments: readonly RoleAssignment[],
  vault: KeyVault = aKeyVault(),
  groups: readonly Group[] = [],
) => accessTo(vault, SECRET, IDENTITY, [READ_SECRET], { azureRoleAssignments, groups });

describe('in a vault with Azure RBAC', () => {
  test.each([
    ['the secret', SECRET],
    ['the vault', VAULT_ID],
    ['the subscription', `/subscriptions/${SUBSCRIPTION}`],
    ['the root', '/'],
  ])('a role on %s counts', (_, scope) => {
    expect(access([granted({ scope })])).toEqual({
      missing: [],
      conditional: [],
      through: [`Key Vault Secrets User on ${scope}`],
      inVain: [],
    });
  });

  test('a role of a group counts for its members', () => {
    const found = access([granted({ principalId: guid(301) })], aKeyVault(), MEMBERSHIP);
    expect(found).toMatchObject({
      missing: [],
      through: [`Key Vault Secrets User on ${VAULT_ID} through group “Loaders”`],
    });
  });

  test.each([
    ['on another secret', granted({ scope: `${VAULT_ID}/secrets/other` })],
    ['on another vault', granted({ scope: `${VAULT_ID}2` })],
    ['of somebody else', granted({ principalId: guid(103) })],
    ['that only reads', granted({ role: ROLES.reader })],
    ['for keys', granted({ role: ROLES.cryptoEncryptionUser })],
  ])('a role %s does not count', (_, assignment) => {
    expect(access([assignment])).toEqual(NOTHING);
  });

  test('a role that manages the vault is named as granting nothing', () => {
    expect(access([granted({ role: ROLES.keyVaultContributor })])).toEqual({
      ...NOTHING,
      inVain: [`Key Vault Contributor on ${VAULT_ID}`],
    });
  });

  test('a role that does both is not', () => {
    const role = aRole({ actions: ['*'], dataActions: ['*'] });
    expect(access([granted({ role })])).toMatchObject({ missing: [], inVain: [] });
  });

  test('an access policy is named as granting nothing', () => {
    expect(access([], aKeyVault({ accessPolicies: [anAccessPolicy()] }))).toEqual({
      ...NOTHING,
      inVain: ['access policy with get on secrets'],
    });
  });

  test('a role under a condition is told from one without', () => {
    const conditional = granted({ condition: '@Request[x] StringEquals "y"' });
    expect(access([conditional])).toMatchObject({ missing: [], conditional: ['get'] });
    expect(access([conditional, granted()])).toMatchObject({ missing: [], conditional: [] });
    expect(access([])).toMatchObject({ missing: ['get'], conditional: [] });
  });

  test('rights may come from several roles, and those that are missing are named', () => {
    const reader = aRole({ dataActions: ['Microsoft.KeyVault/vaults/keys/read'] });
    const wrapper = aRole({ dataActions: ['Microsoft.KeyVault/vaults/keys/wrap/action'] });
    const facts = { azureRoleAssignments: [granted({ role: reader }), granted({ role: wrapper })], groups: [] };
    expect(accessTo(aKeyVault(), `${VAULT_ID}/keys/k`, IDENTITY, WRAP_KEYS, facts).missing).toEqual(['unwrapKey']);
  });
});

describe('in a vault with access policies', () => {
  const vault = (...accessPolicies: KeyVault['accessPolicies'][number][]) => aKeyVault({ rbac: false, accessPolicies });

  test.each([['get'], ['all']])('%s counts', (permission) => {
    expect(access([], vault(anAccessPolicy({ secrets: ['list', permission] })))).toEqual({
      missing: [],
      conditional: [],
      through: ['access policy with get on secrets'],
      inVain: [],
    });
  });

  test('that of a group counts for its members', () => {
    expect(access([], vault(anAccessPolicy({ principalId: guid(301) })), MEMBERSHIP)).toMatchObject({
      missing: [],
      through: [`access policy with get on secrets through group ${guid(301)}`],
    });
  });

  test.each([
    ['for something else', { secrets: ['list'] }],
    ['for keys', { secrets: [], keys: ['get'] }],
    ['of somebody else', { principalId: guid(103) }],
    ['that takes an application', { applicationId: guid(102) }],
  ])('one %s does not count', (_, changes) => {
    expect(access([], vault(anAccessPolicy(changes)))).toEqual(NOTHING);
  });

  test('a role is named as granting nothing', () => {
    expect(access([granted()], vault())).toEqual({ ...NOTHING, inVain: [`Key Vault Secrets User on ${VAULT_ID}`] });
  });

  test('rights may come from several policies', () => {
    const policies = [
      anAccessPolicy({ keys: ['get', 'unwrapkey'] }),
      anAccessPolicy({ principalId: guid(301), keys: ['wrapkey'] }),
    ];
    const facts = { azureRoleAssignments: [], groups: MEMBERSHIP };
    expect(accessTo(vault(...policies), `${VAULT_ID}/keys/k`, IDENTITY, WRAP_KEYS, facts)).toMatchObject({
      missing: [],
      through: [
        'access policy with get, unwrapKey on keys',
        `access policy with wrapKey on keys through group ${guid(301)}`,
      ],
    });
  });
});

describe('the way to grant', () => {
  test('is a role on the vault', () => {
    expect(grantAccess(aKeyVault(), IDENTITY, 'Key Vault Secrets User', [READ_SECRET])).toBe(
      [
        'Assign Key Vault Secrets User:',
        `az role assignment create --role "Key Vault Secrets User" --assignee-object-id ${IDENTITY} --assignee-principal-type ServicePrincipal --scope ${VAULT_ID}`,
        'It takes some minutes to work.',
      ].join('\n'),
    );
  });

  test('or an access policy that keeps what is there already', () => {
    const vault = aKeyVault({
      rbac: false,
      accessPolicies: [
        anAccessPolicy({ applicationId: guid(102), secrets: ['purge'] }),
        anAccessPolicy({ principalId: guid(103), secrets: ['set'] }),
        anAccessPolicy({ secrets: ['list'], keys: ['get', 'list'] }),
      ],
    });
    expect(grantAccess(vault, IDENTITY, 'Key Vault Secrets User', [READ_SECRET])).toBe(
      [
        'Put it into the vault’s access policies with get on secrets:',
        `az keyvault set-policy --name contoso-kv --subscription ${SUBSCRIPTION} --object-id ${IDENTITY} --secret-permissions list get`,
      ].join('\n'),
    );
    expect(grantAccess(vault, IDENTITY, 'x', WRAP_KEYS)).toContain('--key-permissions get list wrapkey unwrapkey');
    expect(grantAccess({ ...vault, accessPolicies: [] }, IDENTITY, 'x', WRAP_KEYS)).toContain(
      '--key-permissions get wrapkey unwrapkey',
    );
  });
});

test.each([
  ['all networks', {}],
  ['trusted services', { openToAllNetworks: false }],
  ['trusted services', { openToAllNetworks: false, approvedPrivateEndpoints: 1 }],
  ['private endpoints', { openToAllNetworks: false, trustsMicrosoftServices: false, approvedPrivateEndpoints: 1 }],
  ['closed', { openToAllNetworks: false, trustsMicrosoftServices: false }],
])('a vault is reachable from: %s', (from, changes) => {
  expect(describeNetwork(aKeyVault(changes))).toBe(from);
});
