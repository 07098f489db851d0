import * as z from 'zod';
import { defineVaultCheck, type CheckContext, type Verdict } from '../audit/check';
import { isWorse, type Severity } from '../audit/finding';
import {
  accessTo,
  describeNetwork,
  grantAccess,
  updateVault,
  WRAP_KEYS,
  type VaultAccess,
} from '../audit/key-vault-access';
import { workspaceSubject } from '../audit/subjects';
import { command, evidenceList, quoted, steps } from '../audit/wording';
import type { KeyVault, KeyVaultItem, Workspace } from '../inventory/model';

const ROLE = 'Key Vault Crypto Service Encryption User';

export default defineVaultCheck({
  id: 'managed-identity-cmk-access',
  title: 'Each workspace can use the customer-managed key it is encrypted with',
  severity: 'critical',
  why: 'A workspace with a key of the customer’s decrypts its data as a managed identity, which needs to get, wrap and unwrap with the key. When the key is gone or disabled, or the right is taken away, SQL pools, Spark and pipelines cannot open the data any more.',
  remediation: [
    `Give the identity ${ROLE} on the vault, or get, wrapKey and unwrapKey in its access policies.`,
    'Enable or recover the key, and protect the vault from purging.',
    'Where only a part of the workspace uses the key, look at the Encryption page of the workspace.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/security/workspaces-encryption',
  vaults: 'customerManagedKey',
  requires: ['keyVaults', 'keyVaultKeys', 'azureRoleAssignments', 'groups'],
  options: z.strictObject({}),
  evaluate: ({ workspace, vault }, facts, context) => {
    const { customerManagedKey } = workspace;
    if (customerManagedKey === null) {
      return [];
    }
    const { keyName, identityId } = customerManagedKey;
    const key = facts.keyVaultKeys
      .flatMap(({ items }) => items)
      .find(({ name }) => name.toLowerCase() === keyName.toLowerCase());
    const principalId = identityId === null ? workspace.identity.principalId : attachedPrincipal(workspace, identityId);
    const reader =
      principalId === null
        ? null
        : { principalId, access: accessTo(vault, `${vault.id}/keys/${keyName}`, principalId, WRAP_KEYS, facts) };
    return [judge({ workspace, use: customerManagedKey, vault, key, reader }, context)];
  },
});

function attachedPrincipal({ identity }: Workspace, identityId: string): string | null {
  return identity.userAssigned.find(({ id }) => id === identityId)?.principalId ?? null;
}

interface Case {
  readonly workspace: Workspace;
  readonly use: NonNullable<Workspace['customerManagedKey']>;
  readonly vault: KeyVault;
  /** `undefined`: there is no key of that name. */
  readonly key: KeyVaultItem | undefined;
  /** `null`: the identity that shall read the key is none of the workspace. */
  readonly reader: { readonly principalId: string; readonly access: VaultAccess } | null;
}

interface Problem {
  readonly severity: Severity;
  readonly message: string;
  readonly remedy: string;
}

function judge(one: Case, context: CheckContext<unknown>): Verdict {
  const { workspace, use, vault, key, reader } = one;
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: {
      vaultId: vault.id,
      key: use.keyName,
      keyState: key === undefined ? 'missing' : key.enabled ? 'enabled' : 'disabled',
      status: use.status,
      identityId: use.identityId,
      principalId: reader?.principalId ?? null,
      permissionModel: vault.rbac ? 'Azure RBAC' : 'access policies',
      missing: evidenceList(reader?.access.missing ?? []),
      grantedBy: evidenceList(reader?.access.through ?? []),
      doesNotCount: evidenceList(reader?.access.inVain ?? []),
      purgeProtection: vault.purgeProtection,
      reachableFrom: describeNetwork(vault),
    },
  };
  const problems = [...keyProblems(one), ...identityProblems(one), ...otherProblems(one)].sort((a, b) =>
    isWorse(a.severity, b.severity) ? -1 : 1,
  );
  const fact = `Workspace ${quoted(workspace.name)} is encrypted with key ${quoted(use.keyName)} in vault ${quoted(vault.name)}`;
  const [worst] = problems;
  if (worst === undefined) {
    return { ...base, status: 'pass', message: `${fact}, and its identity can use it.` };
  }
  return {
    ...base,
    status: 'fail',
    severity: worst.severity,
    message: `${fact}. ${problems.map(({ message }) => message).join(' ')}`,
    remediation: steps(...problems.map(({ remedy }) => remedy)),
  };
}

const FOLLOWS = 'what is encrypted with it cannot be opened any more';

/** When the key ends is judged by key-vault-credential-expiry: unwrapping goes on after it. */
function keyProblems({ key, use, vault }: Case): readonly Problem[] {
  if (key === undefined) {
    return [
      {
        severity: 'critical',
        message: `There is no such key: ${FOLLOWS}.`,
        remedy: steps(
          'Recover it while the vault keeps what was deleted:',
          command`az keyvault key recover --vault-name ${vault.name} --name ${use.keyName}`,
        ),
      },
    ];
  }
  return key.enabled
    ? []
    : [
        {
          severity: 'critical',
          message: `The key is disabled: ${FOLLOWS}.`,
          remedy: steps(
            'Enable it:',
            command`az keyvault key set-attributes --vault-name ${vault.name} --name ${use.keyName} --enabled true`,
          ),
        },
      ];
}

function identityProblems({ use, vault, reader }: Case): readonly Problem[] {
  if (reader === null) {
    const which =
      use.identityId === null
        ? 'The workspace has no identity of its own'
        : `The identity that shall use the key (${use.identityId}) is not attached to the workspace`;
    return [
      {
        severity: 'critical',
        message: `${which}: ${FOLLOWS}.`,
        remedy: `Attach an identity under Managed identities of the workspace in the portal, give it ${ROLE} on the vault, and choose it on the Encryption page.`,
      },
    ];
  }
  const { principalId, access } = reader;
  const who =
    use.identityId === null ? 'The workspace’s identity' : `User-assigned identity ${quoted(lastPart(use.identityId))}`;
  const remedy = grantAccess(vault, principalId, ROLE, WRAP_KEYS);
  if (access.missing.length > 0) {
    const inVain = access.inVain.length === 0 ? '' : ` It has ${access.inVain.join('; ')}, which does not count there.`;
    return [
      {
        severity: 'critical',
        message: `${who} (${principalId}) may not ${access.missing.join(', ')}: ${FOLLOWS}.${inVain}`,
        remedy,
      },
    ];
  }
  return access.conditional.length === 0
    ? []
    : [
        {
          severity: 'low',
          message: `${who} may ${access.conditional.join(', ')} only under a condition (${access.through.join('; ')}), which is not evaluated here: whether it gets through cannot be determined.`,
          remedy: steps('If the condition does not let it through, assign the role without one.', remedy),
        },
      ];
}

function otherProblems({ workspace, use, vault }: Case): readonly Problem[] {
  return [
    ...(use.status === null || use.status.toLowerCase() === 'consistent'
      ? []
      : [
          {
            severity: 'high' as const,
            message: `Azure calls the state of its encryption ${quoted(use.status)}: not all of the workspace uses this key.`,
            remedy: `Open the Encryption page of workspace ${quoted(workspace.name)} in the portal; a workspace that waits for its key is activated there.`,
          },
        ]),
    ...(vault.purgeProtection
      ? []
      : [
          {
            severity: 'medium' as const,
            message:
              'The vault is not protected from purging: whoever deletes the key for good makes the data unreadable for ever.',
            remedy: steps(
              'Protect it; that cannot be taken back:',
              updateVault(vault, '--enable-purge-protection true'),
            ),
          },
        ]),
    ...(describeNetwork(vault) === 'closed'
      ? [
          {
            severity: 'low' as const,
            message:
              'The vault’s firewall does not admit trusted Microsoft services, and it has no private endpoint: the workspace may not reach the key.',
            remedy: steps('Let trusted Microsoft services in:', updateVault(vault, '--bypass AzureServices')),
          },
        ]
      : []),
  ];
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
