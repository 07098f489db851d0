import * as z from 'zod';
import type { SynapseManagementClient } from '@azure/arm-synapse';
import { parseAnswer } from '../azure/parse-answer';
import type { FirewallRule, Workspace } from '../model';

const rule = z.object({
  id: z.string(),
  name: z.string(),
  startIpAddress: z.ipv4(),
  endIpAddress: z.ipv4(),
});

/** https://learn.microsoft.com/rest/api/synapse/resourcemanager/ip-firewall-rules/list-by-workspace */
export async function listFirewallRules(
  client: SynapseManagementClient,
  workspace: Workspace,
): Promise<FirewallRule[]> {
  const rules: FirewallRule[] = [];
  for await (const item of client.ipFirewallRules.listByWorkspace(workspace.resourceGroup, workspace.name)) {
    const { id, name, startIpAddress, endIpAddress } = parseAnswer(rule, item, 'A firewall rule');
    rules.push({ readFrom: workspace.id, id: id.toLowerCase(), name, start: startIpAddress, end: endIpAddress });
  }
  return rules;
}
