import keyVaultAccess from '../../src/checks/managed-identity-key-vault-access';
import type { KeyVault, LinkedService, RoleAssignment } from '../../src/inventory/model';
import {
  aKeyVault,
  anAccessPolicy,
  anAzureRoleAssignment,
  aPrincipalsLinkedService,
  aUserAssignedIdentity,
  aVaultLinkedService,
  aWorkspace,
  aWorkspaceCredential,
  guid,
  PORTAL,
  ROLES,
  SUBSCRIPTION,
  TENANT,
  VAULT_ID,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

const workspace = aWorkspace();
const granted = (changes: Partial<RoleAssignment> = {}): RoleAssignment =>
  anAzureRoleAssignment({ principalId: guid(401), scope: VAULT_ID, role: ROLES.secretsUser, ...changes });
const services = (...more: LinkedService[]) => [aVaultLinkedService(), aPrincipalsLinkedService(), ...more];

function judged(facts: SomeFacts = {}, vault: KeyVault = aKeyVault()): FlatVerdict {
  const all = { linkedServices: services(), azureRoleAssignments: [granted()], ...facts };
  return judgeOne(keyVaultAccess, all, { workspace, vault });
}

test('passes where the workspace’s identity may read the secrets', () => {
  expect(judged()).toEqual({
    status: 'pass',
    severity: null,
    remediation: '',
    subject: {
      id: `${workspace.id}/linkedservices/vault`,
      kind: 'linkedService',
      name: 'vault',
      link: `${PORTAL}/#@${TENANT}/resource${VAULT_ID}/users`,
    },
    message:
      'The identity of workspace “contoso” may read secrets in key vault “contoso-kv”, which linked service “vault” stands for.',
    evidence: {
      principalId: guid(401),
      vaultId: VAULT_ID,
      permissionModel: 'Azure RBAC',
      grantedBy: [`Key Vault Secrets User on ${VAULT_ID}`],
      doesNotCount: [],
      secrets: ['loader'],
      unreadableSecrets: [],
      usedBy: ['orders'],
      reachableFrom: 'all networks',
    },
  });
});

test('passes with an access policy, and links the vault', () => {
  const vault = aKeyVault({ rbac: false, accessPolicies: [anAccessPolicy()] });
  expect(judged({ azureRoleAssignments: [] }, vault)).toMatchObject({
    status: 'pass',
    subject: { link: `${PORTAL}/#@${TENANT}/resource${VAULT_ID}` },
    evidence: { permissionModel: 'access policies', grantedBy: ['access policy with get on secrets'] },
  });
});

test('fails without the right, and says what stops', () => {
  const verdict = judged({ azureRoleAssignments: [] });
  expect(verdict).toMatchObject({
    status: 'fail',
    severity: 'high',
    message:
      'The identity of workspace “contoso” may not read 1 secret (“loader”) in key vault “contoso-kv”, which linked service “vault” stands for. What takes them from there fails: “orders”.',
    evidence: { unreadableSecrets: ['loader'] },
  });
  expect(verdict.remediation).toContain(
    `--role "Key Vault Secrets User" --assignee-object-id ${guid(401)} --assignee-principal-type ServicePrincipal --scope ${VAULT_ID}`,
  );
});

test('names a role that does not count', () => {
  const verdict = judged({ azureRoleAssignments: [granted({ role: ROLES.keyVaultContributor })] });
  expect(verdict.message).toMatch(/ It has Key Vault Contributor on \S+, which does not count there\.$/);
  expect(verdict.evidence['doesNotCount']).toEqual([`Key Vault Contributor on ${VAULT_ID}`]);
});

test('judges secret by secret where roles are on secrets', () => {
  const other = aPrincipalsLinkedService({
    name: 'stock',
    keyVaultReferences: [
      { linkedService: 'Vault', secretName: 'Stock', secretVersion: null },
      { linkedService: 'vault-2', secretName: 'elsewhere', secretVersion: null },
    ],
  });
  const verdict = judged({
    linkedServices: services(other),
    azureRoleAssignments: [granted({ scope: `${VAULT_ID}/secrets/stock` })],
  });
  expect(verdict).toMatchObject({
    severity: 'high',
    evidence: { secrets: ['loader', 'Stock'], unreadableSecrets: ['loader'], usedBy: ['orders', 'stock'] },
  });
  expect(verdict.message).toContain('1 secret (“loader”)');
});

test('counts credentials that take a secret from the vault', () => {
  const credential = aWorkspaceCredential({
    kind: 'servicePrincipal',
    name: 'login',
    keyVaultReferences: [{ linkedService: 'vault', secretName: 'login', secretVersion: null }],
  });
  expect(judged({ workspaceCredentials: [credential] }).evidence).toMatchObject({
    usedBy: ['orders', 'login'],
    secrets: ['loader', 'login'],
  });
});

test('is less urgent where nothing takes a secret yet', () => {
  const verdict = judged({ linkedServices: [aVaultLinkedService()], azureRoleAssignments: [] });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { unreadableSecrets: [] } });
  expect(verdict.message).toContain('may not read secrets in key vault “contoso-kv”');
  expect(verdict.message).toContain('Nothing takes a secret from it yet; what will do so fails.');
});

test('judges the vault where an expression decides the secret', () => {
  const user = aPrincipalsLinkedService({
    keyVaultReferences: [{ linkedService: 'vault', secretName: null, secretVersion: null }],
  });
  const linkedServices = [aVaultLinkedService(), user];
  expect(judged({ linkedServices })).toMatchObject({ status: 'pass', evidence: { secrets: [] } });
  const onOne = granted({ scope: `${VAULT_ID}/secrets/loader` });
  expect(judged({ linkedServices, azureRoleAssignments: [onOne] })).toMatchObject({ severity: 'high' });
});

test('tells how to mend an access policy', () => {
  const vault = aKeyVault({ rbac: false });
  expect(judged({ azureRoleAssignments: [] }, vault).remediation).toContain(
    `--object-id ${guid(401)} --secret-permissions get`,
  );
});

test('cannot determine it where one secret of two is read under a condition', () => {
  const reference = { linkedService: 'vault', secretName: 'stock', secretVersion: null };
  const other = aPrincipalsLinkedService({ name: 'stock', keyVaultReferences: [reference] });
  const assignments = [
    granted({ scope: `${VAULT_ID}/secrets/stock`, condition: 'x' }),
    granted({ scope: `${VAULT_ID}/secrets/loader` }),
  ];
  expect(judged({ linkedServices: services(other), azureRoleAssignments: assignments }).severity).toBe('low');
});

test('cannot determine what a condition lets through', () => {
  const verdict = judged({ azureRoleAssignments: [granted({ condition: '@Request[x] StringEquals "y"' })] });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'low' });
  expect(verdict.message).toContain(`only under a condition (Key Vault Secrets User on ${VAULT_ID})`);
  expect(verdict.message).toContain('cannot be determined');
  expect(verdict.remediation).toContain('View condition');
  expect(verdict.remediation).toContain('az role assignment create --role "Key Vault Secrets User" ');
});

describe('a firewall', () => {
  const closed = { openToAllNetworks: false, trustsMicrosoftServices: false };

  test('that admits nobody whom Synapse is, is said', () => {
    const verdict = judged({}, aKeyVault(closed));
    expect(verdict).toMatchObject({ status: 'fail', severity: 'low', evidence: { reachableFrom: 'closed' } });
    expect(verdict.message).toContain(
      'the vault’s firewall admits neither all networks nor trusted Microsoft services',
    );
    expect(verdict.remediation).toContain(
      `az keyvault update --name contoso-kv --subscription ${SUBSCRIPTION} --bypass AzureServices`,
    );
  });

  test.each([{ trustsMicrosoftServices: true }, { approvedPrivateEndpoints: 1 }])('with %j passes', (changes) => {
    expect(judged({}, aKeyVault({ ...closed, ...changes })).status).toBe('pass');
  });

  test('is the smaller trouble where the right is missing', () => {
    expect(judged({ azureRoleAssignments: [] }, aKeyVault(closed)).severity).toBe('high');
  });
});

describe('a linked service that reads as a user-assigned identity', () => {
  const identity = aUserAssignedIdentity();
  const linkedServices = [
    aVaultLinkedService({ signIn: { method: 'credential', evidence: [] }, credential: 'loader' }),
    aPrincipalsLinkedService(),
  ];
  const facts: SomeFacts = { linkedServices, workspaceCredentials: [aWorkspaceCredential()] };
  const attached = (principalId: string | null) =>
    aWorkspace({
      identity: {
        ...workspace.identity,
        userAssigned: [
          { id: '/another', clientId: guid(503), principalId: guid(504) },
          { id: identity.id, clientId: guid(501), principalId },
        ],
      },
    });
  const judgedIn = (place = attached(guid(502)), assignments = [granted({ principalId: guid(502) })]) =>
    judge(keyVaultAccess, { ...facts, azureRoleAssignments: assignments }, { workspace: place, vault: aKeyVault() });

  test('is judged by the rights of that identity', () => {
    expect(judgedIn()).toMatchObject([
      {
        status: 'pass',
        message: expect.stringContaining(
          'User-assigned identity “id-loader” of workspace “contoso” may read',
        ) as string,
        evidence: { principalId: guid(502) },
      },
    ]);
    expect(judgedIn(attached(guid(502)), [granted()])).toMatchObject([{ status: 'fail', severity: 'high' }]);
  });

  test.each([
    ['not attached', workspace],
    ['attached without a principal', attached(null)],
  ])('is left to other checks where that is %s', (_, place) => {
    expect(judgedIn(place)).toEqual([]);
  });
});

test.each([
  ['another vault', { linkedServices: [aVaultLinkedService({ target: 'other.vault.azure.net' })] }, workspace],
  [
    'a parameter',
    { linkedServices: [aVaultLinkedService({ signIn: { method: 'expression', evidence: [] } })] },
    workspace,
  ],
  [
    'an identity that the workspace does not have',
    { linkedServices: services() },
    aWorkspace({ identity: { ...workspace.identity, principalId: null } }),
  ],
] as const)('a linked service of %s is not judged', (_, facts, place) => {
  expect(judge(keyVaultAccess, facts, { workspace: place, vault: aKeyVault() })).toEqual([]);
});

test.each(['keyVaults', 'linkedServices', 'workspaceCredentials', 'azureRoleAssignments', 'groups'] as const)(
  'nothing is judged without %s',
  (source) => {
    const facts = { linkedServices: services(), keyVaults: [aKeyVault()], azureRoleAssignments: [granted()] };
    expect(run(keyVaultAccess, anInventory(facts, [workspace]))).toMatchObject([{ status: 'pass' }]);
    expect(run(keyVaultAccess, anInventory(facts, [workspace], { [source]: 'everywhere' }))).toMatchObject([
      { status: 'notEvaluated', sources: [source] },
    ]);
  },
);
