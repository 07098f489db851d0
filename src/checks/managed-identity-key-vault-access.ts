import * as z from 'zod';
import { defineVaultCheck, type CheckContext, type Verdict } from '../audit/check';
import {
  accessTo,
  describeNetwork,
  grantAccess,
  READ_SECRET,
  updateVault,
  type VaultAccess,
} from '../audit/key-vault-access';
import { resolveSignIn } from '../audit/linked-service-sign-in';
import { accessControlLink, resourceLink } from '../audit/links';
import { artifactSubject } from '../audit/subjects';
import { counted, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { KeyVault, KeyVaultReference, LinkedService, Workspace, WorkspaceCredential } from '../inventory/model';
import { vaultOf } from '../inventory/vaults';

export default defineVaultCheck({
  id: 'managed-identity-key-vault-access',
  title: 'The identities of linked services can read the secrets they need',
  severity: 'high',
  why: 'A linked service that takes its secret from a key vault reads it there as a managed identity of the workspace. Without the right to read secrets every connection fails, however valid the secret is. Owner and Contributor manage a vault but read nothing in it, and in a vault with Azure RBAC access policies do not count, nor roles in one without.',
  remediation: [
    'In a vault with Azure RBAC assign Key Vault Secrets User on it to the identity.',
    'In a vault with access policies let the identity get secrets.',
    'Let the vault’s firewall admit trusted Microsoft services, or reach it by a managed private endpoint.',
  ],
  link: 'https://learn.microsoft.com/azure/data-factory/store-credentials-in-key-vault',
  vaults: 'linkedServices',
  requires: ['keyVaults', 'linkedServices', 'workspaceCredentials', 'azureRoleAssignments', 'groups'],
  options: z.strictObject({}),
  evaluate: ({ workspace, vault }, facts, context) =>
    facts.linkedServices
      .filter((one) => vaultOf(one) === vault.host)
      .flatMap((linkedService) => {
        const reader = readerOf(workspace, linkedService, facts.workspaceCredentials);
        if (reader === null) {
          return [];
        }
        const users = usersOf(linkedService, facts.linkedServices, facts.workspaceCredentials);
        const items = users.secrets.length === 0 ? [vault.id] : users.secrets.map((name) => secretId(vault, name));
        const access = items.map((id) => accessTo(vault, id, reader.principalId, [READ_SECRET], facts));
        return [judge({ workspace, vault, linkedService, reader, users, access }, context)];
      }),
});

/** The identity that a linked service reads a vault as. */
interface Reader {
  readonly principalId: string;
  /** To begin a sentence with. */
  readonly who: string;
}

/** `null` where it is no identity of the workspace, or one that is not there: other checks say so. */
function readerOf(
  workspace: Workspace,
  linkedService: LinkedService,
  credentials: readonly WorkspaceCredential[],
): Reader | null {
  const signIn = resolveSignIn(linkedService, credentials);
  const { principalId, userAssigned } = workspace.identity;
  if (signIn.method === 'systemAssignedIdentity' && principalId !== null) {
    return { principalId, who: `The identity of workspace ${quoted(workspace.name)}` };
  }
  const attached =
    signIn.method === 'userAssignedIdentity' ? userAssigned.find(({ id }) => id === signIn.identityId) : undefined;
  return attached?.principalId
    ? {
        principalId: attached.principalId,
        who: `User-assigned identity ${quoted(attached.id.slice(attached.id.lastIndexOf('/') + 1))} of workspace ${quoted(workspace.name)}`,
      }
    : null;
}

interface Users {
  /** Names of the linked services and credentials that take a secret from the vault. */
  readonly names: readonly string[];
  /** Names of those secrets, each once, where they are stated. */
  readonly secrets: readonly string[];
}

function usersOf(
  vault: LinkedService,
  linkedServices: readonly LinkedService[],
  credentials: readonly WorkspaceCredential[],
): Users {
  const refersToIt = ({ linkedService }: KeyVaultReference): boolean =>
    linkedService.toLowerCase() === vault.name.toLowerCase();
  const users = [...linkedServices, ...credentials].filter((one) => one.keyVaultReferences.some(refersToIt));
  const references = users.flatMap((one) => one.keyVaultReferences.filter(refersToIt));
  return {
    names: users.map(({ name }) => name),
    secrets: [...new Set(references.flatMap(({ secretName }) => secretName ?? []))],
  };
}

function secretId(vault: KeyVault, name: string): string {
  return `${vault.id}/secrets/${name}`;
}

interface Case {
  readonly workspace: Workspace;
  readonly vault: KeyVault;
  /** That of the vault. */
  readonly linkedService: LinkedService;
  readonly reader: Reader;
  readonly users: Users;
  /** To each secret, or to the vault where none is known by name. */
  readonly access: readonly VaultAccess[];
}

function judge(
  { workspace, vault, linkedService, reader, users, access }: Case,
  context: CheckContext<unknown>,
): Verdict {
  const { portal, tenantId } = context;
  const ofAll = (part: keyof VaultAccess): readonly string[] => evidenceList(access.flatMap((one) => one[part]));
  const unread = users.secrets.filter((_, index) => access[index]?.missing.length !== 0);
  const network = describeNetwork(vault);
  const base = {
    subject: {
      ...artifactSubject(workspace, 'linkedService', linkedService.name, context),
      link: vault.rbac ? accessControlLink(portal, tenantId, vault.id) : resourceLink(portal, tenantId, vault.id),
    },
    evidence: {
      principalId: reader.principalId,
      vaultId: vault.id,
      permissionModel: vault.rbac ? 'Azure RBAC' : 'access policies',
      grantedBy: ofAll('through'),
      doesNotCount: ofAll('inVain'),
      secrets: evidenceList(users.secrets),
      unreadableSecrets: evidenceList(unread),
      usedBy: evidenceList(users.names),
      reachableFrom: network,
    },
  };
  const where = `in key vault ${quoted(vault.name)}, which linked service ${quoted(linkedService.name)} stands for`;
  if (access.some(({ missing }) => missing.length > 0)) {
    const which = unread.length === 0 ? 'secrets' : `${counted(unread.length, 'secret')} (${quotedList(unread)})`;
    const inVain = ofAll('inVain');
    const trap = inVain.length === 0 ? '' : ` It has ${inVain.join('; ')}, which does not count there.`;
    const follows =
      users.names.length === 0
        ? 'Nothing takes a secret from it yet; what will do so fails.'
        : `What takes them from there fails: ${quotedList(users.names)}.`;
    return {
      ...base,
      status: 'fail',
      severity: users.names.length === 0 ? 'medium' : 'high',
      message: `${reader.who} may not read ${which} ${where}. ${follows}${trap}`,
      remediation: grantAccess(vault, reader.principalId, 'Key Vault Secrets User', [READ_SECRET]),
    };
  }
  if (access.some(({ conditional }) => conditional.length > 0)) {
    return {
      ...base,
      status: 'fail',
      severity: 'low',
      message: `${reader.who} may read secrets ${where}, only under a condition (${ofAll('through').join('; ')}). It is not evaluated here: whether connections succeed cannot be determined.`,
      remediation: steps(
        'Read the condition in the portal: Access control (IAM) of the vault > Role assignments > View condition. If it does not let the identity through, assign the role without one:',
        grantAccess(vault, reader.principalId, 'Key Vault Secrets User', [READ_SECRET]),
      ),
    };
  }
  if (network === 'closed') {
    return {
      ...base,
      status: 'fail',
      severity: 'low',
      message: `${reader.who} may read secrets ${where}, but the vault’s firewall admits neither all networks nor trusted Microsoft services, and it has no private endpoint: connections get through only from addresses that its rules name, such as that of a self-hosted integration runtime.`,
      remediation: steps(
        'Let trusted Microsoft services in, or create a managed private endpoint to the vault in Synapse Studio under Manage > Managed private endpoints and approve it in the vault:',
        updateVault(vault, '--bypass AzureServices'),
      ),
    };
  }
  return { ...base, status: 'pass', message: `${reader.who} may read secrets ${where}.` };
}
