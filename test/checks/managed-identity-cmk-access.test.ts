import cmkAccess from '../../src/checks/managed-identity-cmk-access';
import type { KeyVault, KeyVaultItem, Workspace } from '../../src/inventory/model';
import {
  aKeyVault,
  aKeyVaultSecret,
  anAccessPolicy,
  anAzureRoleAssignment,
  aRole,
  aUserAssignedIdentity,
  aWorkspace,
  guid,
  ROLES,
  SUBSCRIPTION,
  theItems,
  VAULT_HOST,
  VAULT_ID,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

type Use = NonNullable<Workspace['customerManagedKey']>;
const encrypted = (use: Partial<Use> = {}, changes: Partial<Workspace> = {}): Workspace =>
  aWorkspace({
    customerManagedKey: { status: 'Consistent', vault: VAULT_HOST, keyName: 'Ledger', identityId: null, ...use },
    ...changes,
  });
const aKey = (changes: Parameters<typeof aKeyVaultSecret>[0] = {}): KeyVaultItem =>
  aKeyVaultSecret({ id: `${VAULT_ID}/keys/ledger`, name: 'ledger', ...changes });
const granted = (changes: Parameters<typeof anAzureRoleAssignment>[0] = {}) =>
  anAzureRoleAssignment({ principalId: guid(401), scope: VAULT_ID, role: ROLES.cryptoEncryptionUser, ...changes });

const FACTS: SomeFacts = { keyVaultKeys: [theItems(aKey())], azureRoleAssignments: [granted()] };
function judged(
  facts: SomeFacts = {},
  { workspace = encrypted(), vault = aKeyVault() }: { workspace?: Workspace; vault?: KeyVault } = {},
): FlatVerdict {
  return judgeOne(cmkAccess, { ...FACTS, ...facts }, { workspace, vault });
}
const USES = 'Workspace “contoso” is encrypted with key “Ledger” in vault “contoso-kv”';

test('passes where the key is there and the workspace’s identity may use it', () => {
  expect(judged()).toMatchObject({
    status: 'pass',
    subject: { id: encrypted().id, kind: 'workspace' },
    message: `${USES}, and its identity can use it.`,
    evidence: {
      vaultId: VAULT_ID,
      key: 'Ledger',
      keyState: 'enabled',
      status: 'Consistent',
      identityId: null,
      principalId: guid(401),
      permissionModel: 'Azure RBAC',
      missing: [],
      grantedBy: [`Key Vault Crypto Service Encryption User on ${VAULT_ID}`],
      doesNotCount: [],
      purgeProtection: true,
      reachableFrom: 'all networks',
    },
  });
});

test.each([
  ['on the key', granted({ scope: `${VAULT_ID}/keys/ledger` })],
  ['on the subscription', granted({ scope: VAULT_ID.split('/').slice(0, 3).join('/') })],
])('passes with the role %s', (_, assignment) => {
  expect(judged({ azureRoleAssignments: [assignment] }).status).toBe('pass');
});

test('passes by an access policy', () => {
  const vault = aKeyVault({
    rbac: false,
    accessPolicies: [anAccessPolicy({ keys: ['get', 'wrapkey', 'unwrapkey'], secrets: [] })],
  });
  expect(judged({ azureRoleAssignments: [] }, { vault })).toMatchObject({
    status: 'pass',
    evidence: { permissionModel: 'access policies' },
  });
});

test('fails where the key is not there', () => {
  const verdict = judged({ keyVaultKeys: [theItems(aKey({ name: 'other' }))] });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'critical', evidence: { keyState: 'missing' } });
  expect(verdict.message).toBe(`${USES}. There is no such key: what is encrypted with it cannot be opened any more.`);
  expect(verdict.remediation).toContain('az keyvault key recover --vault-name contoso-kv --name Ledger');
});

test('fails where the key is disabled', () => {
  const verdict = judged({ keyVaultKeys: [theItems(aKey({ name: 'other' }), aKey({ enabled: false }))] });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'critical', evidence: { keyState: 'disabled' } });
  expect(verdict.message).toContain('The key is disabled: what');
  expect(verdict.remediation).toContain(
    'az keyvault key set-attributes --vault-name contoso-kv --name Ledger --enabled true',
  );
});

test('leaves the end of the key to the check on ends', () => {
  expect(judged({ keyVaultKeys: [theItems(aKey({ endsInDays: -1 }))] }).status).toBe('pass');
});

test('fails where the identity lacks a right', () => {
  const reader = aRole({ name: 'Reader of keys', dataActions: ['Microsoft.KeyVault/vaults/keys/read'] });
  const verdict = judged({ azureRoleAssignments: [granted({ role: reader })] });
  expect(verdict).toMatchObject({
    status: 'fail',
    severity: 'critical',
    evidence: { missing: ['wrapKey', 'unwrapKey'], doesNotCount: [] },
  });
  expect(verdict.message).toBe(
    `${USES}. The workspace’s identity (${guid(401)}) may not wrapKey, unwrapKey: what is encrypted with it cannot be opened any more.`,
  );
  expect(verdict.remediation).toContain('--role "Key Vault Crypto Service Encryption User"');
});

test('names what looks like a right', () => {
  const verdict = judged({ azureRoleAssignments: [granted({ role: ROLES.keyVaultContributor })] });
  expect(verdict.evidence['doesNotCount']).toEqual([`Key Vault Contributor on ${VAULT_ID}`]);
  expect(verdict.message).toContain(` It has Key Vault Contributor on ${VAULT_ID}, which does not count there.`);
});

test('cannot determine what a condition lets through', () => {
  const verdict = judged({ azureRoleAssignments: [granted({ condition: '@Request[x] StringEquals "y"' })] });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'low' });
  expect(verdict.message).toContain(
    `The workspace’s identity may get, wrapKey, unwrapKey only under a condition (Key Vault Crypto Service Encryption User on ${VAULT_ID})`,
  );
  expect(verdict.remediation).toContain('assign the role without one.\nAssign Key Vault Crypto');
});

describe('a user-assigned identity', () => {
  const { id } = aUserAssignedIdentity();
  const attached = (principalId: string | null) => ({
    identity: {
      ...aWorkspace().identity,
      userAssigned: [
        { id: '/another', clientId: guid(503), principalId: guid(504) },
        { id, clientId: guid(501), principalId },
      ],
    },
  });

  test('is the one that needs the rights', () => {
    const workspace = encrypted({ identityId: id }, attached(guid(502)));
    expect(judged({ azureRoleAssignments: [granted({ principalId: guid(502) })] }, { workspace }).status).toBe('pass');
    const verdict = judged({}, { workspace });
    expect(verdict).toMatchObject({ severity: 'critical', evidence: { identityId: id, principalId: guid(502) } });
    expect(verdict.message).toContain(`User-assigned identity “id-loader” (${guid(502)}) may not get, wrapKey`);
  });

  test.each([
    ['is not attached', {}],
    ['has no principal', attached(null)],
  ])('that %s fails', (_, changes) => {
    const verdict = judged({}, { workspace: encrypted({ identityId: id }, changes) });
    expect(verdict).toMatchObject({
      severity: 'critical',
      evidence: { principalId: null, missing: [], grantedBy: [], doesNotCount: [] },
    });
    expect(verdict.message).toContain(
      `The identity that shall use the key (${id}) is not attached to the workspace: what`,
    );
    expect(verdict.remediation).toContain('Attach an identity');
  });
});

test('fails where the workspace has no identity', () => {
  const workspace = encrypted({}, { identity: { ...aWorkspace().identity, principalId: null } });
  expect(judged({}, { workspace })).toMatchObject({
    severity: 'critical',
    message: expect.stringContaining('The workspace has no identity of its own: what') as string,
  });
});

test('fails where not all of the workspace uses the key', () => {
  const verdict = judged({}, { workspace: encrypted({ status: 'InConsistent' }) });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'high', evidence: { status: 'InConsistent' } });
  expect(verdict.message).toContain('Azure calls the state of its encryption “InConsistent”');
  expect(verdict.remediation).toContain('Encryption page of workspace “contoso”');
});

test.each([null, 'consistent'])('passes where the state is %s', (status) => {
  expect(judged({}, { workspace: encrypted({ status }) }).status).toBe('pass');
});

test('fails where the key can be purged', () => {
  const verdict = judged({}, { vault: aKeyVault({ purgeProtection: false }) });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { purgeProtection: false } });
  expect(verdict.message).toContain('not protected from purging');
  expect(verdict.remediation).toContain(
    `az keyvault update --name contoso-kv --subscription ${SUBSCRIPTION} --enable-purge-protection true`,
  );
});

test('fails where the firewall keeps Synapse out', () => {
  const vault = aKeyVault({ openToAllNetworks: false, trustsMicrosoftServices: false });
  const verdict = judged({}, { vault });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'low', evidence: { reachableFrom: 'closed' } });
  expect(verdict.message).toContain('firewall does not admit trusted Microsoft services');
  expect(verdict.remediation).toContain('--bypass AzureServices');
});

test('says all that is wrong, the worst first', () => {
  const vault = aKeyVault({ purgeProtection: false, openToAllNetworks: false, trustsMicrosoftServices: false });
  const workspace = encrypted({ status: 'Pending' });
  const verdict = judged({ azureRoleAssignments: [] }, { vault, workspace });
  expect(verdict.severity).toBe('critical');
  expect(verdict.message).toMatch(/may not get.*Pending.*purging.*firewall/);
  const bypassed = { vault: aKeyVault({ purgeProtection: false }), workspace };
  const conditional = { azureRoleAssignments: [granted({ condition: 'x' })] };
  expect(judged(conditional, bypassed).message).toMatch(/Pending.*purging.*condition/);
});

test('is not applicable to a workspace without such a key', () => {
  const vault = aKeyVault();
  expect(judge(cmkAccess, FACTS, { workspace: aWorkspace(), vault })).toEqual([]);
  expect(run(cmkAccess, anInventory({ ...FACTS, keyVaults: [vault] }, [aWorkspace()]))).toMatchObject([
    { status: 'notApplicable' },
  ]);
});

test.each(['keyVaults', 'keyVaultKeys', 'azureRoleAssignments', 'groups'] as const)(
  'nothing is judged without %s',
  (source) => {
    const facts = { ...FACTS, keyVaults: [aKeyVault()] };
    expect(run(cmkAccess, anInventory(facts, [encrypted()]))).toMatchObject([{ status: 'pass' }]);
    expect(run(cmkAccess, anInventory(facts, [encrypted()], { [source]: 'everywhere' }))).toMatchObject([
      { status: 'notEvaluated', sources: [source] },
    ]);
  },
);

test('linked services need not be readable', () => {
  const inventory = anInventory({ ...FACTS, keyVaults: [aKeyVault()] }, [encrypted()], {
    linkedServices: 'everywhere',
  });
  expect(run(cmkAccess, inventory)).toMatchObject([{ status: 'pass' }]);
});
