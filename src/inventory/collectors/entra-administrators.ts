import type { SynapseManagementClient, WorkspaceAadAdminInfo } from '@azure/arm-synapse';
import type { EntraAdministrator, Workspace } from '../model';

/** Answers of 404 that speak of something above the setting, which therefore is not known to be absent. */
const ABOVE = ['SubscriptionNotFound', 'ResourceGroupNotFound', 'ParentResourceNotFound'];

/**
 * None, one or two: 404 is how Azure says that no administrator is set.
 * https://learn.microsoft.com/rest/api/synapse/resourcemanager/workspace-aad-admins/get
 * https://learn.microsoft.com/rest/api/synapse/resourcemanager/workspace-sql-aad-admins/get
 */
export async function readEntraAdministrators(
  client: SynapseManagementClient,
  workspace: Workspace,
): Promise<EntraAdministrator[]> {
  const { resourceGroup, name } = workspace;
  const [administrators, sqlAdministrators] = await Promise.all([
    orAbsent(client.workspaceAadAdmins.get(resourceGroup, name)),
    orAbsent(client.workspaceSqlAadAdmins.get(resourceGroup, name)),
  ]);
  return [
    ...toAdministrator('administrators', administrators, workspace),
    ...toAdministrator('sqlAdministrators', sqlAdministrators, workspace),
  ];
}

async function orAbsent<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
    if (statusCode === 404 && !ABOVE.includes(String(code))) {
      return null;
    }
    throw error;
  }
}

function toAdministrator(
  setting: EntraAdministrator['setting'],
  answer: WorkspaceAadAdminInfo | null,
  workspace: Workspace,
): EntraAdministrator[] {
  if (answer === null) {
    return [];
  }
  if (!answer.sid) {
    throw new Error(`The Entra administrator of workspace ${workspace.name} came without its object id.`);
  }
  return [
    {
      readFrom: workspace.id,
      setting,
      login: answer.login ?? answer.sid,
      principalId: answer.sid.toLowerCase(),
      tenantId: answer.tenantId?.toLowerCase() ?? null,
    },
  ];
}
