import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Enrichment, type Verdict } from '../audit/check';
import { addressCount } from '../audit/ipv4';
import { workspaceSubject } from '../audit/subjects';
import { command, counted, quoted, steps } from '../audit/wording';
import type { FirewallRule, Workspace } from '../inventory/model';

/** Half of all addresses: who admits these admits everybody. */
const EVERYBODY = 2 ** 31;

export default defineWorkspaceCheck({
  id: 'public-network-access',
  title: 'Workspaces are reached over private endpoints only',
  severity: 'medium',
  why: 'As long as the public endpoints answer, every address the firewall admits can try passwords and stolen tokens on them. Switched off without a private endpoint, nobody gets in at all.',
  remediation: [
    'Create private endpoints for Dev, Sql and SqlOnDemand, and have their connections approved.',
    'See that names resolve to them: privatelink zones for dev.azuresynapse.net and sql.azuresynapse.net.',
    'Switch public network access off.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/security/connectivity-settings',
  requires: ['workspaces'],
  uses: ['firewallRules'],
  options: z.strictObject({}),
  evaluate: (workspace, _, context, { firewallRules }) => [judge(workspace, firewallRules, context)],
});

function judge(workspace: Workspace, rules: Enrichment<FirewallRule>, context: CheckContext<unknown>): Verdict {
  const { name, publicNetworkAccess, approvedPrivateEndpoints } = workspace;
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: {
      publicNetworkAccess,
      approvedPrivateEndpoints,
      firewallRules: rules.complete ? rules.data.length : null,
    },
  };
  const whose = `workspace ${quoted(name)}`;
  const endpoints = counted(approvedPrivateEndpoints, 'approved private endpoint');
  if (publicNetworkAccess === false && approvedPrivateEndpoints === 0) {
    return {
      ...base,
      status: 'fail',
      severity: 'high',
      message: `Public network access of ${whose} is off and no private endpoint is approved: no sign-in reaches it, however good the credentials are.`,
      remediation: steps(
        'Approve a waiting connection, or create a private endpoint, in the portal: the workspace > Private endpoint connections.',
        command`az network private-endpoint-connection list --id ${workspace.id}`,
      ),
    };
  }
  if (publicNetworkAccess === false) {
    return { ...base, status: 'pass', message: `Public network access of ${whose} is off; it has ${endpoints}.` };
  }
  // Without the rules the worse is assumed.
  const narrow = rules.complete && rules.data.every((rule) => addressCount(rule) < EVERYBODY);
  const admitted = !rules.complete
    ? 'whom its firewall admits could not be read'
    : rules.data.length === 0
      ? 'its firewall admits nobody'
      : narrow
        ? `its firewall has ${counted(rules.data.length, 'rule')}, none of which admits everybody`
        : 'its firewall admits everybody';
  const state =
    publicNetworkAccess === null
      ? 'is not said by Azure, which is to be taken for on'
      : `is on with ${approvedPrivateEndpoints === 0 ? 'no approved private endpoint' : endpoints}`;
  return {
    ...base,
    status: 'fail',
    severity: narrow ? 'low' : 'medium',
    message: `Public network access of ${whose} ${state}; ${admitted}.`,
    remediation: steps(
      ...(approvedPrivateEndpoints === 0
        ? ['Create private endpoints first (the workspace > Private endpoint connections), or nobody gets in. Then:']
        : ['See that everybody who uses the workspace comes over its private endpoints, then switch it off:']),
      command`az rest --method patch --url ${`${workspace.id}?api-version=2021-06-01`} --body ${JSON.stringify({ properties: { publicNetworkAccess: 'Disabled' } })}`,
    ),
  };
}
