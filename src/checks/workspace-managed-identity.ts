import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import { resourceLink } from '../audit/links';
import { servicePrincipalsById, userAssignedIdentitiesById } from '../audit/lookup';
import { workspaceSubject } from '../audit/subjects';
import { command, quoted, steps } from '../audit/wording';
import type {
  ServicePrincipal,
  UserAssignedIdentity,
  UserAssignedIdentityReference,
  Workspace,
} from '../inventory/model';

export default defineWorkspaceCheck({
  id: 'workspace-managed-identity',
  title: 'The managed identities of each workspace exist and are enabled',
  severity: 'critical',
  why: 'Pipelines, Spark and linked services reach storage, Key Vault and databases as the workspace’s managed identities. Where one is missing, deleted or disabled, they fail with “Authentication failed for Microsoft.ManagedIdentity”.',
  remediation: [
    'Generate the system-assigned identity by updating the workspace with an identity section.',
    'Enable its service principal in Entra ID where somebody disabled it.',
    'Detach user-assigned identities that were deleted, and attach their successors.',
    'Assign the roles again: an identity made anew has none.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/synapse-service-identity',
  requires: ['servicePrincipals', 'userAssignedIdentities'],
  options: z.strictObject({}),
  evaluate: (workspace, { servicePrincipals, userAssignedIdentities }, context) => [
    judgeSystemAssigned(workspace, servicePrincipals, context),
    ...workspace.identity.userAssigned.map((reference) =>
      judgeUserAssigned(workspace, reference, userAssignedIdentities, context),
    ),
  ],
});

function judgeSystemAssigned(
  workspace: Workspace,
  servicePrincipals: readonly ServicePrincipal[],
  context: CheckContext<unknown>,
): Verdict {
  const { systemAssigned, principalId, tenantId } = workspace.identity;
  const servicePrincipal = servicePrincipalsById(servicePrincipals).get(principalId ?? '');
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: { systemAssigned, principalId, tenantId, enabled: servicePrincipal?.enabled ?? null },
  };
  const whose = `The system-assigned identity of workspace ${quoted(workspace.name)}`;
  const fail = (message: string, remediation: string): Verdict => ({
    ...base,
    status: 'fail',
    severity: 'critical',
    message: `${message} Pipelines and linked services that sign in as the workspace fail.`,
    remediation,
  });
  if (!systemAssigned || principalId === null) {
    return fail(`Workspace ${quoted(workspace.name)} has no system-assigned identity.`, generate(workspace));
  }
  if (tenantId !== null && tenantId.toLowerCase() !== context.tenantId.toLowerCase()) {
    return fail(
      `${whose} belongs to tenant ${tenantId}, not to this one (${context.tenantId}): it gets no token here, as after a move of the subscription between tenants.`,
      steps(generate(workspace), NOT_REPLACED),
    );
  }
  if (servicePrincipal === undefined) {
    return fail(
      `${whose} (${principalId}) has no service principal in the directory: it was deleted.`,
      steps(
        'Restore it while it is in the recycle bin of Entra ID (30 days), with Microsoft Graph PowerShell:',
        command`Restore-MgDirectoryDeletedItem -DirectoryObjectId ${principalId}`,
        NOT_REPLACED,
      ),
    );
  }
  if (!servicePrincipal.enabled) {
    return fail(
      `${whose} is disabled in the directory: every sign-in fails (AADSTS7000112).`,
      steps('Enable it:', command`az ad sp update --id ${principalId} --set accountEnabled=true`),
    );
  }
  return { ...base, status: 'pass', message: `${whose} exists and is enabled.` };
}

/** https://learn.microsoft.com/azure/synapse-analytics/synapse-service-identity#generate-managed-identity */
function generate(workspace: Workspace): string {
  const type = workspace.identity.userAssigned.length > 0 ? 'SystemAssigned,UserAssigned' : 'SystemAssigned';
  return steps(
    'Generate it by updating the workspace, then assign its roles again (storage, Key Vault):',
    patch(workspace, { type }),
  );
}

const NOT_REPLACED =
  'An update of the workspace does not replace an identity that it already has: if it stays as it is, open a support request for Azure Synapse Analytics.';

function judgeUserAssigned(
  workspace: Workspace,
  reference: UserAssignedIdentityReference,
  identities: readonly UserAssignedIdentity[],
  { portal, tenantId }: CheckContext<unknown>,
): Verdict {
  const { id, clientId, principalId } = reference;
  const identity = userAssignedIdentitiesById(identities).get(id);
  const name = identity?.name ?? id.slice(id.lastIndexOf('/') + 1);
  const base = {
    // The same identity may be attached to many workspaces, and is each one's own problem.
    subject: {
      id: `${workspace.id}/identities${id}`,
      kind: 'identity' as const,
      name,
      link: resourceLink(portal, tenantId, id),
    },
    evidence: { identityId: id, clientId, principalId, workspace: workspace.name },
  };
  const what = `User-assigned identity ${quoted(name)} of workspace ${quoted(workspace.name)}`;
  if (identity !== undefined) {
    return { ...base, status: 'pass', message: `${what} exists.` };
  }
  return {
    ...base,
    status: 'fail',
    severity: 'high',
    message: `${what} was deleted, but is still attached: credentials and linked services that use it fail.`,
    remediation: steps(
      'Detach it, in the portal under Managed identities of the workspace, or:',
      patch(workspace, without(workspace, id)),
      'Then attach its successor and let the workspace’s credentials name that one. An identity made anew under the old name is another one: detach and attach it too, and assign its roles again.',
    ),
  };
}

/** The identity section that takes one away; `type` must not promise user-assigned ones when that was the last. */
function without(workspace: Workspace, id: string): object {
  return workspace.identity.userAssigned.length === 1
    ? { type: 'SystemAssigned' }
    : { type: 'SystemAssigned,UserAssigned', userAssignedIdentities: { [id]: null } };
}

function patch(workspace: Workspace, identity: object): string {
  const url = `${workspace.id}?api-version=2021-06-01`;
  return command`az rest --method patch --url ${url} --body ${JSON.stringify({ identity })}`;
}
