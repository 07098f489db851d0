import type { SynapseManagementClient } from '@azure/arm-synapse';
import type { EntraOnlyAuthentication, Workspace } from '../model';

const STATES = { Consistent: 'consistent', InConsistent: 'inconsistent', Updating: 'updating' } as const;

/**
 * https://learn.microsoft.com/rest/api/synapse/resourcemanager/azure-ad-only-authentications/list
 * @throws Error where neither the setting nor the workspace says whether it is on
 */
export async function readEntraOnlyAuthentication(
  client: SynapseManagementClient,
  workspace: Workspace,
): Promise<EntraOnlyAuthentication[]> {
  const settings: EntraOnlyAuthentication[] = [];
  for await (const item of client.azureADOnlyAuthentications.list(workspace.resourceGroup, workspace.name)) {
    const state = Object.entries(STATES).find(([name]) => name === item.state)?.[1];
    if (item.azureADOnlyAuthentication === undefined || state === undefined) {
      throw new Error(`The Entra-only authentication of workspace ${workspace.name} came incomplete.`);
    }
    settings.push({
      readFrom: workspace.id,
      enabled: item.azureADOnlyAuthentication,
      state,
      since: item.creationDate ?? null,
    });
  }
  if (settings.length > 0) {
    return settings;
  }
  if (workspace.entraOnlyAuthentication === null) {
    throw new Error(`Azure does not say whether workspace ${workspace.name} takes Entra sign-ins only.`);
  }
  return [{ readFrom: workspace.id, enabled: workspace.entraOnlyAuthentication, state: null, since: null }];
}
