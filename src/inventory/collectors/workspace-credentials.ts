import * as z from 'zod';
import { AzureRequestError } from '../azure/azure-request-error';
import type { RestClient } from '../azure/rest-client';
import { listOfWorkspace } from '../azure/workspace-list';
import type { Workspace, WorkspaceCredential } from '../model';
import { clientIdOf, keyVaultReferencesIn } from './linked-services';

const credential = z.object({
  name: z.string(),
  properties: z.object({ type: z.string(), typeProperties: z.record(z.string(), z.unknown()).nullish() }),
});

/** Azure says this of a workspace that is not there; that is no workspace without credentials. */
const NO_WORKSPACE = 'WorkspaceNotFound';

/**
 * No SDK has this operation, and workspaces older than it answer 404: they have none.
 * https://learn.microsoft.com/rest/api/synapse/data-plane/credential/list-by-workspace
 */
export async function listWorkspaceCredentials(
  client: RestClient,
  workspace: Workspace,
): Promise<WorkspaceCredential[]> {
  const found = await listOfWorkspace(client, workspace, 'credentials', credential).catch((error: unknown) => {
    if (error instanceof AzureRequestError && error.statusCode === 404 && error.code !== NO_WORKSPACE) {
      return [];
    }
    throw error;
  });
  return found.map(({ name, properties: { type, typeProperties } }) => {
    const { resourceId, servicePrincipalId } = typeProperties ?? {};
    return {
      readFrom: workspace.id,
      name,
      kind: kindOf(type),
      identityId: typeof resourceId === 'string' && resourceId !== '' ? resourceId.toLowerCase() : null,
      servicePrincipalId: clientIdOf(servicePrincipalId),
      keyVaultReferences: keyVaultReferencesIn(typeProperties),
    };
  });
}

function kindOf(type: string): WorkspaceCredential['kind'] {
  switch (type) {
    case 'ManagedIdentity':
      return 'managedIdentity';
    case 'ServicePrincipal':
      return 'servicePrincipal';
    default:
      return 'other';
  }
}
