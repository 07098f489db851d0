import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import { carriersOf, logAnalyticsOf } from '../audit/diagnostics';
import { isWorse, oneStepLower, type Severity, type Subject } from '../audit/finding';
import { resourceLink } from '../audit/links';
import { workspaceSubject } from '../audit/subjects';
import { command, evidenceList, quoted, steps } from '../audit/wording';
import type { DiagnosticSetting, SqlAuditing, Workspace } from '../inventory/model';

const options = z.strictObject({
  neededActionGroups: z
    .array(z.string().min(1))
    .default([
      'SUCCESSFUL_DATABASE_AUTHENTICATION_GROUP',
      'FAILED_DATABASE_AUTHENTICATION_GROUP',
      'BATCH_COMPLETED_GROUP',
    ])
    .describe('Action groups that must be audited; the default ones are those Azure itself sets.'),
  requireLogAnalytics: z
    .boolean()
    .default(true)
    .describe('Whether events must reach Log Analytics; otherwise a storage account is enough.'),
  minRetentionDays: z
    .int()
    .nonnegative()
    .default(90)
    .describe('Events in a storage account that are deleted sooner than this fail.'),
});
type Options = z.infer<typeof options>;

export default defineWorkspaceCheck({
  id: 'sql-auditing',
  title: 'SQL auditing records who signs in, and where it can be searched',
  severity: 'high',
  why: 'Failed and successful logins with SQL authentication are recorded by SQL auditing and nowhere else. Where it is off, filtered, or sent where nothing arrives, attacks on passwords and broken connections leave no trace.',
  remediation: [
    'Switch auditing on for the workspace: it then holds for serverless SQL and every dedicated pool.',
    'Send it to Log Analytics, with a diagnostic setting that carries SQLSecurityAuditEvents.',
    'Keep the three action groups that Azure sets by default.',
  ],
  link: 'https://learn.microsoft.com/azure/azure-sql/database/auditing-overview',
  requires: ['sqlAuditing', 'diagnosticSettings'],
  options,
  evaluate: (workspace, { sqlAuditing, diagnosticSettings }, context) => {
    const own = sqlAuditing.filter(({ target }) => target === 'workspace');
    const problemsOfWorkspace = own.flatMap((policy) => problemsOf(policy, diagnosticSettings, context.options));
    return sqlAuditing.map((policy) =>
      policy.target === 'workspace'
        ? judgeWorkspace(workspace, policy, problemsOfWorkspace, diagnosticSettings, context)
        : judgePool(workspace, policy, problemsOfWorkspace, diagnosticSettings, context),
    );
  },
});

interface Problem {
  readonly severity: Severity;
  /** To be read after “SQL auditing of … ”. */
  readonly text: string;
}

/** What is wrong with one policy by itself, the worst first. */
function problemsOf(policy: SqlAuditing, diagnostics: readonly DiagnosticSetting[], options: Options): Problem[] {
  if (!policy.enabled) {
    return [{ severity: 'high', text: 'is off: logins with SQL authentication, failed ones too, leave no trace' }];
  }
  const missing = missingGroups(policy, options);
  const arrives = carriersOf('SQLSecurityAuditEvents', diagnostics).length > 0;
  const stored = policy.storageEndpoint !== null;
  return [
    ...(missing.length === 0
      ? []
      : [
          problem(
            'medium',
            `leaves out ${missing.join(', ')}, so that a part of what tells of sign-ins is not recorded`,
          ),
        ]),
    ...(policy.predicate === null
      ? []
      : [problem('medium', 'has a filter: sign-ins it does not match are not recorded')]),
    ...(policy.toAzureMonitor && !arrives
      ? [
          problem(
            stored && !options.requireLogAnalytics ? 'low' : 'medium',
            'goes to Azure Monitor, but no diagnostic setting carries SQLSecurityAuditEvents to Log Analytics: nothing arrives there',
          ),
        ]
      : []),
    ...(!policy.toAzureMonitor && (options.requireLogAnalytics || !stored)
      ? [problem('medium', 'does not go to Log Analytics: nobody can search it for failed logins or be alerted')]
      : []),
    ...(stored && policy.retentionDays > 0 && policy.retentionDays < options.minRetentionDays
      ? [
          problem(
            'low',
            `is kept in storage for ${policy.retentionDays} days only, and should be for ${options.minRetentionDays}`,
          ),
        ]
      : []),
  ];
}

function problem(severity: Severity, text: string): Problem {
  return { severity, text };
}

function judgeWorkspace(
  workspace: Workspace,
  policy: SqlAuditing,
  problems: readonly Problem[],
  diagnostics: readonly DiagnosticSetting[],
  context: CheckContext<Options>,
): Verdict {
  const subject = workspaceSubject(workspace, context);
  const whose = `SQL auditing of workspace ${quoted(workspace.name)}`;
  if (problems.length === 0) {
    return pass(subject, policy, `${whose} is on and records sign-ins${whereTo(policy)}.`, context.options);
  }
  return fail(subject, policy, whose, problems, context.options, mend(workspace, policy, diagnostics, context.options));
}

/** A pool is audited by its own policy, the workspace's, or both: one that records sign-ins is enough. */
function judgePool(
  workspace: Workspace,
  policy: SqlAuditing,
  problemsOfWorkspace: readonly Problem[],
  diagnosticsOfWorkspace: readonly DiagnosticSetting[],
  context: CheckContext<Options>,
): Verdict {
  const { portal, tenantId, options: chosen } = context;
  const subject: Subject = {
    id: policy.id,
    kind: 'sqlPool',
    name: policy.name,
    link: resourceLink(portal, tenantId, policy.id),
  };
  const own = problemsOf(policy, policy.diagnosticSettings, chosen);
  const whose = `SQL auditing of dedicated pool ${quoted(policy.name)} in workspace ${quoted(workspace.name)}`;
  if (problemsOfWorkspace.length === 0) {
    return pass(subject, policy, `${whose} is that of the workspace, which records sign-ins.`, chosen);
  }
  if (own.length === 0) {
    return pass(
      subject,
      policy,
      `${whose} is on, by the pool’s own policy, and records sign-ins${whereTo(policy)}.`,
      chosen,
    );
  }
  if (!policy.enabled) {
    // The workspace has a finding of its own for the same cause.
    const inherited = problemsOfWorkspace.map(({ severity, text }) => problem(oneStepLower(severity), text));
    return fail(subject, policy, `${whose} is that of the workspace, which`, inherited, chosen, [
      'Mend the auditing of the workspace, which then holds for this pool too; its own finding has the command.',
    ]);
  }
  return fail(subject, policy, whose, own, chosen, [
    ...(policy.paused ? ['The pool is paused and takes no settings: resume it first, or set the workspace’s.'] : []),
    ...mend(workspace, policy, diagnosticsOfWorkspace, chosen),
  ]);
}

function pass(subject: Subject, policy: SqlAuditing, message: string, chosen: Options): Verdict {
  return { subject, evidence: evidenceOf(policy, chosen), status: 'pass', message };
}

function fail(
  subject: Subject,
  policy: SqlAuditing,
  whose: string,
  problems: readonly Problem[],
  chosen: Options,
  remediation: readonly string[],
): Verdict {
  return {
    subject,
    evidence: evidenceOf(policy, chosen),
    status: 'fail',
    severity: problems.reduce<Severity>((worst, one) => (isWorse(one.severity, worst) ? one.severity : worst), 'info'),
    message: `${whose} ${problems.map(({ text }) => text).join('; it ')}.`,
    remediation: steps(...remediation),
  };
}

function evidenceOf(policy: SqlAuditing, chosen: Options) {
  return {
    enabled: policy.enabled,
    actionGroups: evidenceList(policy.actionGroups),
    missingActionGroups: evidenceList(policy.enabled ? missingGroups(policy, chosen) : []),
    toAzureMonitor: policy.toAzureMonitor,
    storageEndpoint: policy.storageEndpoint,
    retentionDays: policy.storageEndpoint === null ? null : policy.retentionDays,
    predicate: policy.predicate,
    paused: policy.paused,
  };
}

function missingGroups({ actionGroups }: SqlAuditing, { neededActionGroups }: Options): string[] {
  const present = actionGroups.map((group) => group.toUpperCase());
  return neededActionGroups.filter((group) => !present.includes(group.toUpperCase()));
}

/** Of a policy that records sign-ins somewhere. */
function whereTo({ toAzureMonitor, storageEndpoint }: SqlAuditing): string {
  const places = [...(toAzureMonitor ? ['Log Analytics'] : []), ...(storageEndpoint === null ? [] : ['storage'])];
  return ` in ${places.join(' and ')}`;
}

/** The commands that mend a policy; a pool’s own policy has commands of its own. */
function mend(
  workspace: Workspace,
  policy: SqlAuditing,
  diagnosticsOfWorkspace: readonly DiagnosticSetting[],
  chosen: Options,
): string[] {
  const { name, resourceGroup, subscriptionId } = workspace;
  const ofPool = policy.target === 'sqlPool';
  const place = command`--workspace-name ${name} --resource-group ${resourceGroup} --subscription ${subscriptionId}`;
  const update = ofPool
    ? command`az synapse sql pool audit-policy update --name ${policy.name}`
    : 'az synapse sql audit-policy update';
  // Actions may be audited too: `SELECT ON dbo.orders BY public`.
  const groups = [...new Set([...policy.actionGroups, ...missingGroups(policy, chosen)])].map(
    (group) => command` ${group}`,
  );
  // What a pool's own policy records leaves through the pool’s own diagnostic settings.
  const own = ofPool ? policy.diagnosticSettings : diagnosticsOfWorkspace;
  const known = logAnalyticsOf([...own, ...diagnosticsOfWorkspace]);
  const logAnalytics = known === null ? '<id of the Log Analytics workspace>' : command`${known}`;
  const carried = carriersOf('SQLSecurityAuditEvents', own).length > 0;
  const sent = policy.toAzureMonitor && carried;
  const target =
    !sent && (chosen.requireLogAnalytics || policy.toAzureMonitor)
      ? ` --log-analytics-target-state Enabled --log-analytics-workspace-resource-id ${logAnalytics}`
      : '';
  const retention =
    policy.storageEndpoint !== null && policy.retentionDays > 0 && policy.retentionDays < chosen.minRetentionDays
      ? ` --retention-days ${chosen.minRetentionDays}`
      : '';
  return [
    `Set the policy, in the portal under ${ofPool ? 'Auditing of the pool' : 'Azure SQL Auditing of the workspace'}, or:`,
    `${update} ${place} --state Enabled --actions${groups.join('')}${target}${retention}`,
    ...(policy.predicate === null
      ? []
      : [
          'Take the filter away with Azure PowerShell:',
          ofPool
            ? command`Set-AzSynapseSqlPoolAuditSetting -WorkspaceName ${name} -Name ${policy.name} -PredicateExpression ""`
            : command`Set-AzSynapseSqlAuditSetting -WorkspaceName ${name} -PredicateExpression ""`,
        ]),
    ...(carried || target === ''
      ? []
      : [
          'If no diagnostic setting carries the events after that, add one:',
          `${command`az monitor diagnostic-settings create --name sql-audit --resource ${policy.id} --export-to-resource-specific true --logs ${JSON.stringify([{ category: 'SQLSecurityAuditEvents', enabled: true }])}`} --workspace ${logAnalytics}`,
        ]),
  ];
}
