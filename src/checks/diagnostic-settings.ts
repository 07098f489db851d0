import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import { carriersOf, logAnalyticsOf } from '../audit/diagnostics';
import { workspaceSubject } from '../audit/subjects';
import { command, evidenceList, quoted, steps } from '../audit/wording';
import type { DiagnosticSetting, Workspace } from '../inventory/model';

/** What nobody can see without a category. https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-synapse-workspaces-logs */
const SHOWS: Readonly<Record<string, string>> = {
  SynapseRbacOperations: 'who changed Synapse roles',
  GatewayApiRequests: 'refused calls of the development endpoint',
  SQLSecurityAuditEvents: 'sign-ins to SQL',
  BuiltinSqlReqsEnded: 'queries of serverless SQL',
  IntegrationPipelineRuns: 'pipelines that failed',
  IntegrationActivityRuns: 'activities that failed',
  IntegrationTriggerRuns: 'triggers that did not start',
};

const options = z.strictObject({
  neededCategories: z
    .array(z.string().min(1))
    .min(1)
    .default(Object.keys(SHOWS))
    .describe('Log categories that must reach a Log Analytics workspace, by themselves or in a category group.'),
});
type Options = z.infer<typeof options>;

export default defineWorkspaceCheck({
  id: 'diagnostic-settings',
  title: 'The logs that show failed authentication reach Log Analytics',
  severity: 'medium',
  why: 'Azure keeps none of these logs by itself. What no diagnostic setting sends to Log Analytics is gone: failed sign-ins, refused calls and removed roles can neither be found nor alerted on.',
  remediation: [
    'Add a diagnostic setting to the workspace that sends the missing categories, or the group allLogs, to Log Analytics.',
    'Choose resource-specific tables.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/monitoring/how-to-monitor-using-azure-monitor',
  requires: ['diagnosticSettings'],
  options,
  evaluate: (workspace, { diagnosticSettings }, context) => [judge(workspace, diagnosticSettings, context)],
});

function judge(workspace: Workspace, settings: readonly DiagnosticSetting[], context: CheckContext<Options>): Verdict {
  const { neededCategories } = context.options;
  const missing = neededCategories.filter((category) => carriersOf(category, settings).length === 0);
  const targets = settings.flatMap(({ logAnalyticsId }) => logAnalyticsId ?? []);
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: {
      missing: evidenceList(missing),
      settings: evidenceList(settings.map(({ name }) => name)),
      logAnalytics: evidenceList(targets),
    },
  };
  const name = `Workspace ${quoted(workspace.name)}`;
  if (missing.length === 0) {
    return {
      ...base,
      status: 'pass',
      message: `${name} sends all ${neededCategories.length} log categories that are needed to Log Analytics.`,
    };
  }
  const what =
    settings.length === 0
      ? 'has no diagnostic setting'
      : targets.length === 0
        ? 'sends no logs to Log Analytics'
        : `does not send ${missing.join(', ')} to Log Analytics`;
  const unseen = missing.flatMap((category) => SHOWS[category] ?? []);
  const logs = missing.map((category) => ({ category, enabled: true }));
  const known = logAnalyticsOf(settings);
  const target = known === null ? '<id of the Log Analytics workspace>' : command`${known}`;
  const create = command`az monitor diagnostic-settings create --name authentication-audit --resource ${workspace.id} --export-to-resource-specific true --logs ${JSON.stringify(logs)}`;
  return {
    ...base,
    status: 'fail',
    severity: 'medium',
    message: `${name} ${what}${unseen.length === 0 ? '.' : `: nobody can see ${unseen.join(', ')}.`}`,
    remediation: steps(
      'Send them there, in the portal under Diagnostic settings of the workspace, or:',
      `${create} --workspace ${target}`,
    ),
  };
}
