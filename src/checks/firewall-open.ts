import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import { oneStepLower, type Severity } from '../audit/finding';
import { addressCount, isPrivate } from '../audit/ipv4';
import { resourceLink } from '../audit/links';
import { workspaceSubject } from '../audit/subjects';
import { command, quoted, steps } from '../audit/wording';
import type { FirewallRule, Workspace } from '../inventory/model';

/** Half of all addresses: two such rules, or one, and everybody is in. */
const EVERYBODY = 2 ** 31;

const options = z
  .strictObject({
    maxAddresses: z
      .int()
      .positive()
      .default(1024)
      .describe('Ranges with more addresses than this fail (1,024 is a /22).'),
    highFromAddresses: z
      .int()
      .positive()
      .default(2 ** 24)
      .describe('Ranges with this many addresses or more are of high severity (16,777,216 is a /8).'),
    allowAzureServices: z
      .boolean()
      .default(false)
      .describe('Whether the rule 0.0.0.0–0.0.0.0, “Allow Azure services”, may be there.'),
  })
  .refine((o) => o.maxAddresses < o.highFromAddresses, 'maxAddresses must be less than highFromAddresses.');
type Options = z.infer<typeof options>;

export default defineWorkspaceCheck({
  id: 'firewall-open',
  title: 'The firewall admits known addresses only',
  severity: 'critical',
  why: 'The firewall stands before Synapse Studio, the development endpoint and SQL alike. A rule for all addresses, as the creation form adds by default, leaves a guessed password or a stolen token as all that an attacker needs.',
  remediation: [
    'Find out from where people and programs really come.',
    'Add a narrow rule for each of these places, then remove the wide one.',
    'Best switch public network access off and use private endpoints.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/security/synapse-workspace-ip-firewall',
  requires: ['workspaces', 'firewallRules'],
  options,
  evaluate: (workspace, { firewallRules }, context) =>
    firewallRules.length === 0
      ? [
          {
            subject: workspaceSubject(workspace, context),
            status: 'pass',
            message: `The firewall of workspace ${quoted(workspace.name)} has no rules: it admits no public address.`,
            evidence: { rules: 0 },
          },
        ]
      : firewallRules.map((rule) => judge(workspace, rule, context)),
});

function judge(workspace: Workspace, rule: FirewallRule, context: CheckContext<Options>): Verdict {
  const { name, start, end } = rule;
  const addresses = addressCount(rule);
  const azureServices = start === '0.0.0.0' && end === '0.0.0.0';
  const asleep = workspace.publicNetworkAccess === false;
  const base = {
    subject: {
      id: rule.id,
      kind: 'firewallRule' as const,
      name,
      link: resourceLink(context.portal, context.tenantId, workspace.id),
    },
    evidence: {
      workspace: workspace.name,
      start,
      end,
      addresses,
      publicNetworkAccess: workspace.publicNetworkAccess,
    },
  };
  const what = `Firewall rule ${quoted(name)} of workspace ${quoted(workspace.name)}`;
  const range = start === end ? start : `${start}–${end}`;
  const fail = (severity: Severity, message: string, ...remediation: string[]): Verdict => ({
    ...base,
    status: 'fail',
    severity: asleep ? lowest(severity) : severity,
    message: `${what} ${message}${asleep ? ' Public network access is off, so that the rule only waits for the day when somebody switches it on.' : ''}`,
    remediation: steps(...remediation),
  });
  if (azureServices) {
    return context.options.allowAzureServices
      ? { ...base, status: 'pass', message: `${what} admits Azure services, which is allowed by option.` }
      : fail(
          'low',
          'admits Azure services (0.0.0.0): whatever runs in Azure, in any customer’s subscription, may try to sign in. It opens nothing without credentials, but it is no boundary.',
          'Give your own services managed private endpoints or narrow rules, then delete it:',
          deletion(workspace, rule),
          'If it is needed, set allowAzureServices of firewall-open in the setting CHECK_OPTIONS.',
        );
  }
  if (isPrivate(rule)) {
    return {
      ...base,
      status: 'pass',
      message: `${what} admits nobody: ${range} are private addresses, which never arrive over the internet.`,
    };
  }
  const count = addresses.toLocaleString('en');
  const narrow = [
    'Add a narrow rule for each place that really needs one, then delete this one:',
    command`az synapse workspace firewall-rule create --workspace-name ${workspace.name} --resource-group ${workspace.resourceGroup} --subscription ${workspace.subscriptionId} --name <name> --start-ip-address <first> --end-ip-address <last>`,
    deletion(workspace, rule),
  ];
  if (addresses >= EVERYBODY) {
    return fail(
      'critical',
      `admits ${addresses === 2 ** 32 ? 'the whole internet' : 'half of the internet or more'} (${range}): a password or token is all that stands between anybody and Synapse Studio, SQL and the pipelines.`,
      ...narrow,
    );
  }
  if (addresses > context.options.maxAddresses) {
    return fail(
      addresses >= context.options.highFromAddresses ? 'high' : 'medium',
      `admits ${count} addresses (${range}); more than ${context.options.maxAddresses.toLocaleString('en')} are hardly one’s own.`,
      ...narrow,
    );
  }
  return {
    ...base,
    status: 'pass',
    message: `${what} admits ${count === '1' ? '1 address' : `${count} addresses`} (${range}).`,
  };
}

/** A rule that is not in force is worth mending, but nothing is open. */
function lowest(severity: Severity): Severity {
  return severity === 'low' ? oneStepLower(severity) : 'low';
}

function deletion({ name, resourceGroup, subscriptionId }: Workspace, rule: FirewallRule): string {
  return command`az synapse workspace firewall-rule delete --workspace-name ${name} --resource-group ${resourceGroup} --subscription ${subscriptionId} --name ${rule.name} --yes`;
}
