import {
  aKeyVault,
  aKeyVaultSecret,
  aLinkedService,
  anAccessPolicy,
  anAzureRoleAssignment,
  aPrincipalsLinkedService,
  aVaultLinkedService,
  guid,
  ROLES,
  theItems,
  VAULT_ID,
} from '../../fixtures/facts';
import { HEALTHY, type DiagnosisCase } from './case';

const DENIED =
  "ErrorCode=AkvAccessDeniedByCallerNotAuthorized,Message=The user, group or application does not have secrets get permission on key vault 'contoso-kv;location=westeurope'.";
const BY_RBAC = `{"error":{"code":"Forbidden","message":"Caller is not authorized to perform action on resource. Caller: appid=${guid(402)};oid=${guid(401)} Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action' Vault: contoso-kv;location=westeurope","innererror":{"code":"ForbiddenByRbac"}}}`;
const BY_FIREWALL =
  'Operation on target Get token failed: {"error":{"code":"Forbidden","message":"Client address is not authorized and caller is not a trusted service. Vault: contoso-kv;location=westeurope","innererror":{"code":"ForbiddenByFirewall"}}}';
const [lake] = HEALTHY.azureRoleAssignments!;
const without = { ...HEALTHY, azureRoleAssignments: [lake!] };
const policies = (...accessPolicies: ReturnType<typeof anAccessPolicy>[]) => [
  aKeyVault({ rbac: false, accessPolicies }),
];

export const VAULT_CASES: readonly DiagnosisCase[] = [
  {
    name: 'access denied, nothing known of the tenant',
    text: DENIED,
    expected: 'vault-access-missing',
    source: 'https://devopsaitoolkit.com/blog/azure-error-keyvault-forbidden/',
  },
  {
    name: 'access denied in a vault with Azure RBAC, and no role',
    text: BY_RBAC,
    pipeline: 'load',
    tenant: without,
    expected: 'vault-access-missing',
  },
  {
    name: 'an access policy in a vault that goes by Azure RBAC',
    text: BY_RBAC,
    pipeline: 'load',
    tenant: { ...without, keyVaults: [aKeyVault({ accessPolicies: [anAccessPolicy()] })] },
    expected: 'vault-permission-model',
    obvious: 'vault-access-missing',
  },
  {
    name: 'a role in a vault that goes by access policies',
    text: DENIED,
    pipeline: 'load',
    tenant: { ...HEALTHY, keyVaults: policies() },
    expected: 'vault-permission-model',
    obvious: 'vault-access-missing',
  },
  {
    name: 'a role in the vault, assigned after the run',
    text: BY_RBAC,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      activityLog: [
        {
          at: new Date('2026-11-22T02:20:00.000Z'),
          who: 'ada@example.com',
          operation: 'microsoft.authorization/roleassignments/write',
          resourceId: `${VAULT_ID}/providers/microsoft.authorization/roleassignments/${guid(801)}`,
          readFrom: guid(2),
        },
      ],
    },
    expected: 'role-propagation',
    obvious: 'vault-access-missing',
  },
  {
    name: 'a Web activity in front of a vault’s firewall',
    text: BY_FIREWALL,
    expected: 'vault-firewall',
    source:
      'https://jbswiki.com/2024/09/30/resolving-adf-pipeline-errors-client-address-not-authorized-by-whitelisting-ip-addresses-for-azure-key-vault/',
  },
  {
    name: 'a vault’s firewall, where the identity has every right',
    text: BY_FIREWALL,
    pipeline: 'load',
    tenant: { ...HEALTHY, keyVaults: [aKeyVault({ openToAllNetworks: false, trustsMicrosoftServices: false })] },
    expected: 'vault-firewall',
    obvious: 'vault-access-missing',
    source:
      'https://oneuptime.com/blog/post/2026-02-16-how-to-troubleshoot-azure-key-vault-403-forbidden-errors-caused-by-firewall-and-access-policy-misconfigurations/view',
  },
  {
    name: 'a secret that is not there',
    text: 'ErrorCode=AzureKeyVaultSecretNotFound,Message=A secret with (name/id) loader was not found in this key vault. SecretNotFound',
    pipeline: 'load',
    tenant: { ...HEALTHY, keyVaultSecrets: [theItems()] },
    expected: 'vault-secret-missing',
  },
  {
    name: 'a disabled secret',
    text: '{"error":{"code":"Forbidden","message":"Operation get is not allowed on a disabled secret.","innererror":{"code":"SecretDisabled"}}}',
    pipeline: 'load',
    tenant: { ...HEALTHY, keyVaultSecrets: [theItems(aKeyVaultSecret({ enabled: false }))] },
    expected: 'vault-secret-unusable',
  },
  {
    name: 'a disabled old version that the linked service is pinned to',
    text: '{"error":{"code":"Forbidden","message":"Operation get is not allowed on a disabled secret.","innererror":{"code":"SecretDisabled"}}}',
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      linkedServices: [
        aLinkedService(),
        aPrincipalsLinkedService({
          keyVaultReferences: [{ linkedService: 'vault', secretName: 'loader', secretVersion: 'abc' }],
        }),
        aVaultLinkedService(),
      ],
    },
    expected: 'rotated-secret-not-used',
    obvious: 'vault-secret-unusable',
  },
  {
    name: 'Key Vault Contributor, which reads no secret',
    text: BY_RBAC,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      azureRoleAssignments: [
        lake!,
        anAzureRoleAssignment({ principalId: guid(401), role: ROLES.keyVaultContributor, scope: VAULT_ID }),
      ],
    },
    expected: 'vault-permission-model',
    obvious: 'vault-access-missing',
  },
];
