import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import { accessControlLink } from '../audit/links';
import { defaultStorageId, describeRole, rolesHeldBy, type HeldRole } from '../audit/lookup';
import { coversResource, grantsAction, grantsDataAction } from '../audit/rbac';
import { workspaceSubject } from '../audit/subjects';
import { command, evidenceList, quoted, steps } from '../audit/wording';
import type { Role, RoleAssignment, Workspace } from '../inventory/model';

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

/** What Storage Blob Data Contributor grants and Synapse needs, by the word a message uses. */
const NEEDED = {
  read: `${BLOBS}/read`,
  write: `${BLOBS}/write`,
  add: `${BLOBS}/add/action`,
  delete: `${BLOBS}/delete`,
};

const MANAGE_ACCOUNT = 'Microsoft.Storage/storageAccounts/write';

export default defineWorkspaceCheck({
  id: 'managed-identity-storage-access',
  title: 'Each workspace’s identity reads and writes its default storage',
  severity: 'high',
  why: 'Spark pools and pipelines work on the workspace’s default storage as its managed identity, which needs Storage Blob Data Contributor there. Owner and Contributor manage the account but open no file in it.',
  remediation: [
    'Assign Storage Blob Data Contributor on the storage account to the workspace’s managed identity.',
    'A new assignment takes some minutes to work.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/security/how-to-grant-workspace-managed-identity-permissions',
  requires: ['storageAccounts', 'azureRoleAssignments', 'groups'],
  options: z.strictObject({}),
  evaluate: (workspace, { storageAccounts, azureRoleAssignments, groups }, context) => {
    const { defaultStorage } = workspace;
    const { principalId } = workspace.identity;
    // A workspace without an identity fails workspace-managed-identity; there is nobody to look for here.
    if (defaultStorage === null || principalId === null) {
      return [];
    }
    const accountId = defaultStorageId(workspace, storageAccounts);
    if (accountId === null) {
      // The collector reports such a workspace as not collected; guessing would be worse than failing.
      throw new Error(`Where the storage account ${defaultStorage.accountName} is was not collected.`);
    }
    const container = `${accountId}/blobServices/default/containers/${defaultStorage.filesystem}`;
    const roles = rolesHeldBy(principalId, azureRoleAssignments, groups).filter(({ assignment }) =>
      coversResource(assignment, container),
    );
    return [judge({ ...defaultStorage, workspace, principalId, accountId, roles }, context)];
  },
});

interface Access {
  readonly workspace: Workspace;
  readonly principalId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly filesystem: string;
  /** The roles the identity holds at or above the container. */
  readonly roles: readonly HeldRole[];
}

function judge(
  { workspace, principalId, accountId, accountName, filesystem, roles }: Access,
  context: CheckContext<unknown>,
): Verdict {
  const assignments = roles.map(({ assignment }) => assignment);
  const conditional = roles.filter(({ assignment: { condition, role } }) => condition !== null && givesData(role));
  const missing = missingIn(assignments);
  const missingForSure = missingIn(assignments.filter(({ condition }) => condition === null));
  const base = {
    subject: {
      ...workspaceSubject(workspace, context),
      link: accessControlLink(context.portal, context.tenantId, accountId),
    },
    evidence: {
      principalId,
      storageAccount: accountName,
      filesystem,
      missing,
      roles: evidenceList(roles.map(describeRole)),
      conditions: evidenceList(conditional.map((role) => `${describeRole(role)}: condition not evaluated`)),
      accessControlLists: 'not looked at',
    },
  };
  const who = `The identity of workspace ${quoted(workspace.name)}`;
  const where = `its default storage ${quoted(accountName)}/${quoted(filesystem)}`;
  if (missingForSure.length === 0) {
    return { ...base, status: 'pass', message: `${who} reads and writes ${where}.` };
  }
  const remediation = grant(principalId, accountId);
  if (missing.length === 0) {
    return {
      ...base,
      status: 'fail',
      severity: 'low',
      message: `${who} has the rights on ${where} only under a condition (${conditional.map(describeRole).join('; ')}), which is not evaluated here: whether Spark and pipelines get through depends on it.`,
      remediation: steps(
        'Read the condition in the portal: Access control (IAM) of the storage account > Role assignments > View condition. If it does not let the workspace through, assign the role without one:',
        remediation,
      ),
    };
  }
  const canRead = !missing.includes('read');
  const managers = roles.filter(({ assignment: { role } }) => !givesData(role) && grantsAction(role, MANAGE_ACCOUNT));
  const trap =
    managers.length === 0
      ? ''
      : ` It holds ${managers.map(describeRole).join('; ')}, which manages the account but opens no file in it.`;
  return {
    ...base,
    status: 'fail',
    severity: canRead ? 'medium' : 'high',
    message: `${who} may not ${missing.join(', ')} in ${where}, by its roles: Spark pools do not start and pipelines fail there, unless access control lists of the lake let them through.${trap}`,
    remediation: steps('Assign Storage Blob Data Contributor:', remediation, 'It takes some minutes to work.'),
  };
}

/** The needed rights, as words, that no assignment grants. */
function missingIn(assignments: readonly RoleAssignment[]): readonly string[] {
  return Object.entries(NEEDED)
    .filter(([, action]) => !assignments.some(({ role }) => grantsDataAction(role, action)))
    .map(([right]) => right);
}

function givesData(role: Role): boolean {
  return Object.values(NEEDED).some((action) => grantsDataAction(role, action));
}

function grant(principalId: string, accountId: string): string {
  return command`az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --scope ${accountId}`;
}
