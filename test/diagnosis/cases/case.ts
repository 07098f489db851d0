/** Errors as people met them, each in a tenant, with the cause that has to come first. */
import type { Drift } from '../../../src/audit/baseline';
import type { Enrichments } from '../../../src/audit/check';
import type { CauseId } from '../../../src/diagnosis/causes';
import {
  DIAGNOSIS_SOURCES,
  type DiagnosisSource,
  type Failure,
  type Knowledge,
} from '../../../src/diagnosis/diagnosis';
import type { Workspace } from '../../../src/inventory/model';
import {
  aLinkedService,
  anApplication,
  anAzureRoleAssignment,
  aDataset,
  aKeyVault,
  aKeyVaultSecret,
  aPipeline,
  aPrincipalsLinkedService,
  aSecret,
  aServicePrincipal,
  aStorageAccount,
  aVaultLinkedService,
  aWorkspace,
  aWorkspaceIdentity,
  guid,
  NOW,
  ROLES,
  STORAGE_ID,
  TENANT,
  theItems,
  VAULT_ID,
} from '../../fixtures/facts';
import type { SomeFacts } from '../../fixtures/judge';

export interface DiagnosisCase {
  readonly name: string;
  readonly text: string;
  readonly errorCodes?: readonly string[];
  /** The pipeline that failed; left out: somebody pasted the text. */
  readonly pipeline?: string;
  readonly at?: Date;
  /** Left out: nothing of the tenant is known. */
  readonly tenant?: SomeFacts;
  readonly workspace?: Workspace;
  readonly unread?: readonly DiagnosisSource[];
  readonly drift?: Drift;
  /** `null`: no cause may be named. */
  readonly expected: CauseId | null;
  /** What one would think at first, where that is wrong. */
  readonly obvious?: CauseId;
  /** Public thread or page that the error is taken from, retold without names and ids. */
  readonly source?: string;
}

/** The run failed at two in the night before the audit. */
export const AT = new Date(NOW.getTime() - 3_600_000);

/**
 * A workspace in which all is well: pipeline `load` copies from the lake, as the workspace, to a database, as a service
 * principal whose secret a vault keeps.
 */
export const HEALTHY: SomeFacts = {
  pipelines: [aPipeline({ datasets: ['orders', 'files'] })],
  datasets: [aDataset(), aDataset({ name: 'files', linkedService: 'lake' })],
  linkedServices: [aLinkedService(), aPrincipalsLinkedService(), aVaultLinkedService()],
  workspaceCredentials: [],
  applications: [anApplication({ credentials: [aSecret()] })],
  servicePrincipals: [aServicePrincipal(), aWorkspaceIdentity()],
  deletedServicePrincipals: [],
  groups: [],
  synapseRoleAssignments: [],
  azureRoleAssignments: [
    anAzureRoleAssignment({ principalId: guid(401), role: ROLES.blobDataContributor, scope: STORAGE_ID }),
    anAzureRoleAssignment({ principalId: guid(401), role: ROLES.secretsUser, scope: VAULT_ID }),
  ],
  storageAccounts: [aStorageAccount()],
  keyVaults: [aKeyVault()],
  keyVaultSecrets: [theItems(aKeyVaultSecret())],
};

export function failureOf({ text, errorCodes = [], pipeline, at }: DiagnosisCase): Failure {
  return { text, errorCodes, pipeline: pipeline ?? null, at: at ?? (pipeline === undefined ? null : AT) };
}

export function knowledgeOf({ tenant, workspace = aWorkspace(), unread = [], drift }: DiagnosisCase): Knowledge {
  if (tenant === undefined) {
    return { now: NOW, tenantId: null, workspace: null, sources: {}, drift: null, findings: null };
  }
  const sources = Object.fromEntries(
    DIAGNOSIS_SOURCES.map((source) => {
      const complete = !unread.includes(source);
      return [source, { data: complete ? (tenant[source] ?? []) : [], complete, missing: complete ? [] : ['contoso'] }];
    }),
  ) as unknown as Enrichments<DiagnosisSource>;
  return { now: NOW, tenantId: TENANT, workspace, sources, drift: drift ?? null, findings: null };
}
