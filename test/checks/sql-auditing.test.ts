import sqlAuditing from '../../src/checks/sql-auditing';
import type { DiagnosticSetting, SqlAuditing } from '../../src/inventory/model';
import {
  aDiagnosticSetting,
  aPoolAuditing,
  aSqlAuditing,
  aWorkspace,
  LOG_ANALYTICS_ID,
  SUBSCRIPTION,
} from '../fixtures/facts';
import { anInventory, flat, judge, judgeOne, run, type FlatVerdict } from '../fixtures/judge';

const workspace = aWorkspace();
const STORAGE = 'https://contosoarchive.blob.core.windows.net/';
const PLACE = `--workspace-name contoso --resource-group rg-synapse --subscription ${SUBSCRIPTION}`;
const carrying: readonly DiagnosticSetting[] = [aDiagnosticSetting()];

function judged(
  changes: Partial<SqlAuditing> = {},
  diagnosticSettings: readonly DiagnosticSetting[] = carrying,
  options: unknown = {},
): FlatVerdict {
  return judgeOne(sqlAuditing, { sqlAuditing: [aSqlAuditing(changes)], diagnosticSettings }, { workspace, options });
}

describe('a workspace', () => {
  test('passes where auditing is on, complete and reaches Log Analytics', () => {
    expect(judged()).toMatchObject({
      status: 'pass',
      subject: { id: workspace.id, kind: 'workspace' },
      message: 'SQL auditing of workspace “contoso” is on and records sign-ins in Log Analytics.',
    });
  });

  test('passes where it goes to storage as well, kept long enough or for ever', () => {
    for (const retentionDays of [0, 90, 365]) {
      expect(judged({ storageEndpoint: STORAGE, retentionDays })).toMatchObject({
        status: 'pass',
        message: expect.stringContaining('in Log Analytics and storage.'),
        evidence: { retentionDays },
      });
    }
  });

  test('fails where auditing is off, and nothing else is said', () => {
    const verdict = judged({ enabled: false, actionGroups: [], toAzureMonitor: false }, []);
    expect(verdict).toMatchObject({ status: 'fail', severity: 'high', evidence: { missingActionGroups: [] } });
    expect(verdict.message).toBe(
      'SQL auditing of workspace “contoso” is off: logins with SQL authentication, failed ones too, leave no trace.',
    );
    expect(verdict.remediation.split('\n')).toEqual([
      'Set the policy, in the portal under Azure SQL Auditing of the workspace, or:',
      `az synapse sql audit-policy update ${PLACE} --state Enabled --actions SUCCESSFUL_DATABASE_AUTHENTICATION_GROUP FAILED_DATABASE_AUTHENTICATION_GROUP BATCH_COMPLETED_GROUP --log-analytics-target-state Enabled --log-analytics-workspace-resource-id <id of the Log Analytics workspace>`,
      'If no diagnostic setting carries the events after that, add one:',
      `az monitor diagnostic-settings create --name sql-audit --resource ${workspace.id} --export-to-resource-specific true --logs '[{"category":"SQLSecurityAuditEvents","enabled":true}]' --workspace <id of the Log Analytics workspace>`,
    ]);
  });

  test.each([
    'SUCCESSFUL_DATABASE_AUTHENTICATION_GROUP',
    'FAILED_DATABASE_AUTHENTICATION_GROUP',
    'BATCH_COMPLETED_GROUP',
  ])('fails without the group %s, which the command adds to the others', (missing) => {
    const others = aSqlAuditing().actionGroups.filter((group) => group !== missing);
    const verdict = judged({ actionGroups: [...others, 'SELECT ON dbo.orders BY public'] });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { missingActionGroups: [missing] } });
    expect(verdict.message).toContain(`leaves out ${missing}, so that`);
    expect(verdict.remediation).toContain(`--actions ${others.join(' ')} "SELECT ON dbo.orders BY public" ${missing}`);
    expect(verdict.remediation).not.toContain('--log-analytics');
  });

  test('needs the groups in any case, and those that are set', () => {
    const actionGroups = aSqlAuditing().actionGroups.map((group) => group.toLowerCase());
    expect(judged({ actionGroups }).status).toBe('pass');
    expect(judged({ actionGroups: ['A'] }, carrying, { neededActionGroups: ['A'] }).status).toBe('pass');
    expect(judged({}, carrying, { neededActionGroups: ['A'] }).status).toBe('fail');
    expect(sqlAuditing.options.safeParse({ neededActionGroups: [''] }).success).toBe(false);
  });

  test('fails where a filter leaves events out', () => {
    const verdict = judged({ predicate: "server_principal_name != 'etl'" });
    expect(verdict).toMatchObject({
      status: 'fail',
      severity: 'medium',
      evidence: { predicate: "server_principal_name != 'etl'" },
    });
    expect(verdict.remediation).toContain(
      'Set-AzSynapseSqlAuditSetting -WorkspaceName contoso -PredicateExpression ""',
    );
  });

  test.each([
    ['no diagnostic setting', []],
    ['one without the category', [aDiagnosticSetting({ allLogs: false, categories: ['GatewayApiRequests'] })]],
    ['one that goes elsewhere', [aDiagnosticSetting({ logAnalyticsId: null })]],
  ])('fails where it goes to Azure Monitor with %s', (_, settings) => {
    const verdict = judged({}, settings);
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium' });
    expect(verdict.message).toContain('no diagnostic setting carries SQLSecurityAuditEvents to Log Analytics');
  });

  test('passes with a diagnostic setting for that category alone', () => {
    const setting = aDiagnosticSetting({ allLogs: false, categories: ['SQLSecurityAuditEvents'] });
    expect(judged({}, [setting]).status).toBe('pass');
  });

  test('fails where it goes to storage only, unless that is enough', () => {
    const stored = { toAzureMonitor: false, storageEndpoint: STORAGE };
    const verdict = judged(stored);
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium' });
    expect(verdict.message).toContain('does not go to Log Analytics');
    expect(verdict.remediation).toContain(`--log-analytics-workspace-resource-id ${LOG_ANALYTICS_ID}`);
    expect(judged(stored, [], { requireLogAnalytics: false })).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(/in storage\.$/),
    });
  });

  test('fails where it goes nowhere, even if Log Analytics is not asked for', () => {
    expect(judged({ toAzureMonitor: false }, carrying, { requireLogAnalytics: false })).toMatchObject({
      status: 'fail',
      severity: 'medium',
    });
  });

  test('that also goes to storage is less urgent, where that is enough', () => {
    const verdict = judged({ storageEndpoint: STORAGE }, [], { requireLogAnalytics: false });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'low' });
    expect(verdict.remediation).toContain('--log-analytics-target-state Enabled');
    expect(judged({ storageEndpoint: STORAGE }, []).severity).toBe('medium');
    expect(judged({}, [], { requireLogAnalytics: false }).severity).toBe('medium');
  });

  test.each([1, 89])('fails, low, where storage keeps events for %d days only', (retentionDays) => {
    const verdict = judged({ storageEndpoint: STORAGE, retentionDays });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'low' });
    expect(verdict.message).toContain(`is kept in storage for ${retentionDays} days only, and should be for 90`);
    expect(verdict.remediation).toContain('--retention-days 90');
    expect(judged({ storageEndpoint: STORAGE, retentionDays }, carrying, { minRetentionDays: 1 }).status).toBe('pass');
  });

  test('without storage has no retention to be judged', () => {
    expect(judged({ retentionDays: 1 })).toMatchObject({ status: 'pass', evidence: { retentionDays: null } });
  });

  const byCategory = [aDiagnosticSetting({ allLogs: false, categories: ['SQLSecurityAuditEvents'] })];
  const lacking = { actionGroups: aSqlAuditing().actionGroups.slice(1) };
  const archived = { ...lacking, storageEndpoint: STORAGE };
  const archiveOnly = { ...archived, toAzureMonitor: false };
  const toLogAnalytics = ` --log-analytics-target-state Enabled --log-analytics-workspace-resource-id ${LOG_ANALYTICS_ID}`;
  test.each<[string, Partial<SqlAuditing>, readonly DiagnosticSetting[], unknown, string]>([
    ['sent by the category alone', lacking, byCategory, {}, ''],
    ['kept for ever', archived, carrying, {}, ''],
    ['kept long enough', { ...archived, retentionDays: 90 }, carrying, {}, ''],
    ['kept too short', { ...archived, retentionDays: 89 }, carrying, {}, ' --retention-days 90'],
    ['said to be kept, though nowhere', { ...lacking, retentionDays: 1 }, carrying, {}, ''],
    ['not sent, which is enough', archiveOnly, [], { requireLogAnalytics: false }, ''],
    ['not sent, though it could be', archiveOnly, carrying, {}, toLogAnalytics],
  ])(
    'where events are %s, is mended by one command that changes nothing else',
    (_, changes, settings, options, end) => {
      const [, mend, ...more] = judged(changes, settings, options).remediation.split('\n');
      expect(mend).toBe(
        `az synapse sql audit-policy update ${PLACE} --state Enabled --actions FAILED_DATABASE_AUTHENTICATION_GROUP BATCH_COMPLETED_GROUP SUCCESSFUL_DATABASE_AUTHENTICATION_GROUP${end}`,
      );
      expect(more).toEqual([]);
    },
  );

  test('is told all that is wrong, and is as severe as the worst of it', () => {
    const verdict = judged({ storageEndpoint: STORAGE, retentionDays: 7, predicate: '1 = 0' });
    expect(verdict.severity).toBe('medium');
    expect(verdict.message).toMatch(/has a filter: .*; it is kept in storage for 7 days only/);
  });
});

describe('a dedicated pool', () => {
  const pool = (
    changes: Partial<SqlAuditing>,
    ofWorkspace: Partial<SqlAuditing> = {},
    diagnosticSettings = carrying,
  ): FlatVerdict => {
    const facts = { sqlAuditing: [aSqlAuditing(ofWorkspace), aPoolAuditing(changes)], diagnosticSettings };
    const [, verdict] = judge(sqlAuditing, facts, { workspace });
    return flat(verdict!);
  };
  const off: Partial<SqlAuditing> = { enabled: false, actionGroups: [], toAzureMonitor: false };
  const own: Partial<SqlAuditing> = { enabled: true, actionGroups: aSqlAuditing().actionGroups, toAzureMonitor: true };

  test('without a policy of its own rests on that of the workspace', () => {
    expect(pool({})).toMatchObject({
      status: 'pass',
      subject: {
        id: `${workspace.id}/sqlpools/sales`,
        kind: 'sqlPool',
        name: 'sales',
        link: expect.stringContaining('/sqlpools/sales'),
      },
      message:
        'SQL auditing of dedicated pool “sales” in workspace “contoso” is that of the workspace, which records sign-ins.',
    });
  });

  test('passes by the workspace’s policy, whatever its own leaves out', () => {
    expect(pool({ ...own, actionGroups: [] }).status).toBe('pass');
  });

  test('fails with the workspace, one step less urgent, as the workspace has the finding', () => {
    const verdict = pool({}, off);
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium' });
    expect(verdict.message).toContain('is that of the workspace, which is off:');
    expect(verdict.remediation).toContain('Mend the auditing of the workspace');
    expect(pool({}, { predicate: '1 = 0' }).severity).toBe('low');
  });

  test('passes by its own policy where the workspace has none', () => {
    const verdict = pool({ ...own, diagnosticSettings: carrying }, off, []);
    expect(verdict.status).toBe('pass');
    expect(verdict.message).toContain('is on, by the pool’s own policy, and records sign-ins in Log Analytics.');
  });

  test('fails by its own policy with the workspace’s diagnostic setting alone, through which it sends nothing', () => {
    const verdict = pool(own, off);
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium' });
    expect(verdict.message).toContain('no diagnostic setting carries SQLSecurityAuditEvents');
    expect(verdict.remediation).toContain(`--log-analytics-workspace-resource-id ${LOG_ANALYTICS_ID}`);
  });

  test('fails where its own policy is wrong and the workspace has none', () => {
    const verdict = pool({ ...own, predicate: '1 = 0' }, off);
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium' });
    expect(verdict.message).toContain('SQL auditing of dedicated pool “sales” in workspace “contoso” has a filter:');
    expect(verdict.remediation).toContain(
      `az synapse sql pool audit-policy update --name sales ${PLACE} --state Enabled`,
    );
    expect(verdict.remediation).toMatch(/^Set the policy, in the portal under Auditing of the pool, or:\n/);
    expect(verdict.remediation).toContain(
      'Set-AzSynapseSqlPoolAuditSetting -WorkspaceName contoso -Name sales -PredicateExpression ""',
    );
    expect(verdict.remediation).not.toContain('paused');
  });

  test('that is paused is to be resumed first', () => {
    const verdict = pool({ ...own, paused: true }, off, []);
    expect(verdict.remediation).toMatch(/^The pool is paused and takes no settings: resume it first/);
    expect(verdict.remediation).toContain(
      `az monitor diagnostic-settings create --name sql-audit --resource ${workspace.id}/sqlpools/sales `,
    );
  });
});

test.each(['sqlAuditing', 'diagnosticSettings'] as const)('nothing is judged without the source %s', (source) => {
  const facts = { sqlAuditing: [aSqlAuditing()], diagnosticSettings: carrying };
  const inventory = anInventory(facts, [workspace], { [source]: 'everywhere' });
  expect(run(sqlAuditing, inventory)).toMatchObject([{ status: 'notEvaluated', sources: [source] }]);
});
