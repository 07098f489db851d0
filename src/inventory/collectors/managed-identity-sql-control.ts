import type { SynapseManagementClient } from '@azure/arm-synapse';
import type { ManagedIdentitySqlControl, Workspace } from '../model';

const STATES = {
  Enabled: 'enabled',
  Enabling: 'enabling',
  Disabled: 'disabled',
  Disabling: 'disabling',
  Unknown: 'unknown',
} as const;

/**
 * https://learn.microsoft.com/rest/api/synapse/resourcemanager/workspace-managed-identity-sql-control-settings/get
 * @throws Error where Azure says neither or only one of what is wanted and what is
 */
export async function readManagedIdentitySqlControl(
  client: SynapseManagementClient,
  workspace: Workspace,
): Promise<ManagedIdentitySqlControl[]> {
  const { resourceGroup, name } = workspace;
  const answer = await client.workspaceManagedIdentitySqlControlSettings.get(resourceGroup, name);
  const { desiredState, actualState } = answer.grantSqlControlToManagedIdentity ?? {};
  const actual = Object.entries(STATES).find(([state]) => state === actualState)?.[1];
  if ((desiredState !== 'Enabled' && desiredState !== 'Disabled') || actual === undefined) {
    throw new Error(`The control of workspace ${name}’s identity over its dedicated pools came incomplete.`);
  }
  return [{ readFrom: workspace.id, wanted: desiredState === 'Enabled', actual }];
}
