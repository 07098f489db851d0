import type { SynapseManagementClient } from '@azure/arm-synapse';
import type { SecurityAlertPolicy, Workspace } from '../model';

const STATES = { New: 'new', Enabled: 'enabled', Disabled: 'disabled' } as const;

/** https://learn.microsoft.com/rest/api/synapse/resourcemanager/workspace-managed-sql-server-security-alert-policy/get */
export async function readSecurityAlertPolicy(
  client: SynapseManagementClient,
  workspace: Workspace,
): Promise<SecurityAlertPolicy[]> {
  const { resourceGroup, name } = workspace;
  const answer = await client.workspaceManagedSqlServerSecurityAlertPolicy.get(resourceGroup, name, 'Default');
  if (answer.state === undefined) {
    throw new Error(`The threat detection of workspace ${name} came without its state.`);
  }
  return [
    {
      readFrom: workspace.id,
      state: STATES[answer.state],
      disabledAlerts: named(answer.disabledAlerts),
      // Some answers put all of them into one text.
      mailAddresses: named(answer.emailAddresses?.flatMap((text) => text.split(';'))),
      mailsAccountAdmins: answer.emailAccountAdmins ?? false,
    },
  ];
}

/** An empty list comes as one empty name as well. */
function named(names: readonly string[] | undefined): string[] {
  return (names ?? []).map((name) => name.trim()).filter((name) => name !== '');
}
