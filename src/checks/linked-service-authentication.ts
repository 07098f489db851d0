import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import { isWorse, type Severity } from '../audit/finding';
import { resolveSignIn, type ResolvedSignIn } from '../audit/linked-service-sign-in';
import { LINKED_SERVICE_TYPES, type LinkedServiceType } from '../audit/linked-service-types';
import { artifactSubject } from '../audit/subjects';
import { command, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { LinkedService, Workspace } from '../inventory/model';

const options = z.strictObject({
  acceptSecretsInKeyVault: z
    .boolean()
    .default(false)
    .describe(
      'Whether a key, password or client secret that is kept in a Key Vault passes although the target accepts a managed identity.',
    ),
});
type Options = z.infer<typeof options>;

export default defineWorkspaceCheck({
  id: 'linked-service-authentication',
  title: 'Linked services sign in as a managed identity, or with a secret that can be rotated',
  severity: 'medium',
  why: 'A key, a SAS, a password or a client secret in a linked service expires or is rotated somewhere else, and then the pipelines that use it fail. A managed identity needs none. Chosen for a target that does not accept it, a managed identity fails with “Authentication failed for Microsoft.ManagedIdentity”.',
  remediation: [
    'Give the workspace’s managed identity access to the target, and choose it in the linked service.',
    'Where the target accepts none, keep the secret in a Key Vault and refer to it without a version.',
    'Test the connection, publish, and revoke the old key or secret.',
  ],
  link: 'https://learn.microsoft.com/azure/data-factory/store-credentials-in-key-vault',
  requires: ['linkedServices', 'workspaceCredentials'],
  options,
  evaluate: (workspace, { linkedServices, workspaceCredentials }, context) =>
    linkedServices.map((linkedService) =>
      judge({ workspace, linkedService, signIn: resolveSignIn(linkedService, workspaceCredentials) }, context),
    ),
});

interface Case {
  readonly workspace: Workspace;
  readonly linkedService: LinkedService;
  readonly signIn: ResolvedSignIn;
}

/** Something that is wrong with a linked service. One may have several. */
interface Problem {
  readonly severity: Severity;
  readonly message: string;
  readonly remedy: string;
}

function judge(one: Case, context: CheckContext<Options>): Verdict {
  const { workspace, linkedService, signIn } = one;
  const { name, type, target, inlineSecrets, keyVaultReferences } = linkedService;
  const known = LINKED_SERVICE_TYPES[type];
  const base = {
    subject: artifactSubject(workspace, 'linkedService', name, context),
    evidence: {
      type,
      target,
      signIn: signIn.method,
      toldBy: evidenceList(linkedService.signIn.evidence),
      servicePrincipalId: 'appId' in signIn ? signIn.appId : null,
      credential: linkedService.credential,
      managedIdentities: known?.identities ?? 'unknown',
      source: known === undefined ? null : `https://learn.microsoft.com/${known.source}`,
      inlineSecrets: evidenceList(inlineSecrets),
      keyVaultSecrets: evidenceList(
        keyVaultReferences.map(({ linkedService: vault, secretName, secretVersion }) =>
          [vault, secretName ?? 'decided by an expression', secretVersion ?? 'newest version'].join('/'),
        ),
      ),
    },
  };
  const kind = `${known?.title ?? type}${target === null ? '' : `, ${target}`}`;
  const fact = `Linked service ${quoted(name)} (${kind}) of workspace ${quoted(workspace.name)} ${METHODS[signIn.method]}`;
  const problems = [identityProblem(one, known), methodProblem(one, known, context.options), ...storageProblems(one)]
    .flatMap((problem) => problem ?? [])
    .sort((a, b) => (isWorse(a.severity, b.severity) ? -1 : 1));
  const [worst] = problems;
  if (worst === undefined) {
    return { ...base, status: 'pass', message: `${fact}.` };
  }
  return {
    ...base,
    status: 'fail',
    severity: worst.severity,
    message: `${fact}. ${problems.map(({ message }) => message).join(' ')}`,
    remediation: steps(
      ...problems.map(({ remedy }) => remedy),
      command`az synapse linked-service show --workspace-name ${workspace.name} --name ${name}`,
      `shows it; edit it in Synapse Studio under Manage > Linked services, test the connection and publish, or with az synapse linked-service update --file.`,
    ),
  };
}

const METHODS: Readonly<Record<ResolvedSignIn['method'], string>> = {
  systemAssignedIdentity: 'signs in as the workspace’s own managed identity',
  userAssignedIdentity: 'signs in as a user-assigned managed identity',
  missingCredential: 'signs in with a credential of the workspace',
  servicePrincipalSecret: 'signs in as a service principal with a secret',
  servicePrincipalCertificate: 'signs in as a service principal with a certificate',
  key: 'signs in with a key or token',
  sas: 'signs in with a shared access signature',
  password: 'signs in with a password or client secret',
  connectionString: 'signs in with a secret that Azure shows only encrypted',
  anonymous: 'does not sign in',
  expression: 'signs in as a parameter says',
  unknown: 'signs in in a way that is not known',
};

/** Identity and credential that can't work, and what can't be told. */
function identityProblem({ linkedService, signIn }: Case, known: LinkedServiceType | undefined): Problem | undefined {
  switch (signIn.method) {
    case 'missingCredential':
      return {
        severity: 'high',
        message: `The workspace has no credential ${quoted(signIn.name)}: every connection fails.`,
        remedy: 'Choose a credential that exists, or create it under Manage > Credentials.',
      };
    case 'systemAssignedIdentity':
    case 'userAssignedIdentity':
      return unsupportedIdentity(signIn.method === 'systemAssignedIdentity' ? 'systemAssigned' : 'userAssigned', known);
    case 'expression':
      return {
        severity: 'low',
        message: `Whether that is a managed identity cannot be determined: an expression decides it when a pipeline runs (${linkedService.signIn.evidence.join(', ')}).`,
        remedy: 'Look at what the pipelines pass to it, or make one linked service for each way of signing in.',
      };
    case 'unknown':
      return {
        severity: 'info',
        message: 'It cannot be determined from its definition.',
        remedy: 'Look at the linked service, and whether it could sign in as a managed identity.',
      };
    default:
      return undefined;
  }
}

function unsupportedIdentity(
  identity: 'systemAssigned' | 'userAssigned',
  known: LinkedServiceType | undefined,
): Problem | undefined {
  if (known === undefined || known.identities === 'both' || known.identities === identity) {
    return undefined;
  }
  const other =
    known.identities === 'none'
      ? 'no managed identity'
      : known.identities === 'userAssigned'
        ? 'only a user-assigned one, by a credential'
        : 'only the workspace’s own one';
  return {
    severity: 'high',
    message: `This type accepts ${other}: connections fail (“Authentication failed for Microsoft.ManagedIdentity”).`,
    remedy:
      known.identities === 'none'
        ? `Choose a way of signing in that the type supports${known.successor === undefined ? '' : `, or the type ${known.successor}`}, with its secret in a Key Vault.`
        : 'Choose the identity that the type supports.',
  };
}

const SECRET_METHODS: Readonly<Partial<Record<ResolvedSignIn['method'], Severity>>> = {
  key: 'medium',
  sas: 'medium',
  password: 'medium',
  connectionString: 'medium',
  // It can at least be told who signed in, and be stopped alone.
  servicePrincipalSecret: 'low',
};

/** A secret where none is needed. */
function methodProblem(
  { workspace, linkedService, signIn }: Case,
  known: LinkedServiceType | undefined,
  { acceptSecretsInKeyVault }: Options,
): Problem | undefined {
  const severity = SECRET_METHODS[signIn.method];
  const inVault = linkedService.inlineSecrets.length === 0 && linkedService.keyVaultReferences.length > 0;
  if (severity === undefined || (acceptSecretsInKeyVault && inVault)) {
    return undefined;
  }
  if (known === undefined) {
    return {
      severity: 'info',
      message: 'Whether this type accepts a managed identity is not known here.',
      remedy: 'Look in the documentation of its connector whether a managed identity can take the place of the secret.',
    };
  }
  if (known.identities === 'none' && known.successor === undefined) {
    return undefined;
  }
  const through = known.identities === 'none' ? ` as type ${known.successor ?? ''}` : '';
  const principalId = workspace.identity.principalId;
  const identity =
    known.identities === 'userAssigned'
      ? 'a user-assigned identity of the workspace'
      : `the workspace’s identity${principalId === null ? '' : ` (${principalId})`}`;
  return {
    severity,
    message: `The target accepts a managed identity${through}, which has nothing to expire, to rotate or to leak.`,
    remedy: `Give ${identity} access to the target${known.grant === undefined ? '' : `: ${known.grant}`}. Then choose the managed identity${through} in the linked service.`,
  };
}

/** Where the secret is kept. */
function storageProblems({ linkedService }: Case): readonly Problem[] {
  const { inlineSecrets, keyVaultReferences } = linkedService;
  const pinned = keyVaultReferences.filter(({ secretVersion }) => secretVersion !== null);
  const inline: readonly Problem[] =
    inlineSecrets.length === 0
      ? []
      : [
          {
            severity: 'medium',
            message: `Its secret is stored in the linked service itself (${inlineSecrets.join(', ')}), where nobody sees it expire and each rotation has to be repeated by hand.`,
            remedy:
              'Keep what secret remains in a Key Vault, and refer to it by name through a linked service of that vault.',
          },
        ];
  return pinned.length === 0
    ? inline
    : [
        ...inline,
        {
          severity: 'medium',
          message: `It is pinned to one version of secret ${quotedList(pinned.map(({ secretName }) => secretName ?? 'decided by an expression'))}: after the next rotation it goes on with the old one, and fails when that is disabled.`,
          remedy: 'Clear the secret version, so that the newest one is used.',
        },
      ];
}
