import diagnosticSettings from '../../src/checks/diagnostic-settings';
import type { DiagnosticSetting } from '../../src/inventory/model';
import { aDiagnosticSetting, aWorkspace, LOG_ANALYTICS_ID } from '../fixtures/facts';
import { anInventory, judgeOne, run, type FlatVerdict } from '../fixtures/judge';

const workspace = aWorkspace();
const NEEDED = [
  'SynapseRbacOperations',
  'GatewayApiRequests',
  'SQLSecurityAuditEvents',
  'BuiltinSqlReqsEnded',
  'IntegrationPipelineRuns',
  'IntegrationActivityRuns',
  'IntegrationTriggerRuns',
];

function judged(settings: readonly Partial<DiagnosticSetting>[], options: unknown = {}): FlatVerdict {
  const facts = { diagnosticSettings: settings.map(aDiagnosticSetting) };
  return judgeOne(diagnosticSettings, facts, { workspace, options });
}

const only = (...categories: string[]): Partial<DiagnosticSetting> => ({ allLogs: false, categories });

describe('passes where all that is needed reaches Log Analytics', () => {
  test.each([
    ['as every log', [{}]],
    ['category by category', [only(...NEEDED)]],
    ['by several settings', [only(...NEEDED.slice(0, 3)), only(...NEEDED.slice(3))]],
    ['in another case', [only(...NEEDED.map((name) => name.toLowerCase()))]],
  ])('%s', (_, settings) => {
    expect(judged(settings)).toMatchObject({
      status: 'pass',
      subject: { id: workspace.id },
      message: 'Workspace “contoso” sends all 7 log categories that are needed to Log Analytics.',
      evidence: { missing: [] },
    });
  });
});

test.each(NEEDED)('fails where only %s is missing', (category) => {
  const verdict = judged([only(...NEEDED.filter((name) => name !== category))]);
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { missing: [category] } });
  expect(verdict.message).toMatch(
    new RegExp(`does not send ${category} to Log Analytics: nobody can see \\w[^,]+\\.$`),
  );
  expect(verdict.remediation).toContain(
    `az monitor diagnostic-settings create --name authentication-audit --resource ${workspace.id} --export-to-resource-specific true --logs '[{"category":"${category}","enabled":true}]' --workspace ${LOG_ANALYTICS_ID}`,
  );
});

test('fails where logs go elsewhere only', () => {
  const verdict = judged([{ logAnalyticsId: null }]);
  expect(verdict).toMatchObject({ status: 'fail', evidence: { missing: NEEDED, settings: ['security'] } });
  expect(verdict.message).toContain('sends no logs to Log Analytics: nobody can see who changed Synapse roles,');
  expect(verdict.remediation).toContain('--workspace <id of the Log Analytics workspace>');
});

test('fails where there is no setting at all', () => {
  expect(judged([]).message).toContain('Workspace “contoso” has no diagnostic setting: nobody can see');
});

test('what is needed can be set', () => {
  expect(judged([only('GatewayApiRequests')], { neededCategories: ['GatewayApiRequests'] }).status).toBe('pass');
  expect(judged([only()], { neededCategories: ['SynapseLinkEvent'] }).message).toBe(
    'Workspace “contoso” does not send SynapseLinkEvent to Log Analytics.',
  );
  expect(diagnosticSettings.options.safeParse({ neededCategories: [] }).success).toBe(false);
});

test('nothing is judged without the settings', () => {
  const inventory = anInventory({}, [workspace], { diagnosticSettings: 'everywhere' });
  expect(run(diagnosticSettings, inventory)).toMatchObject([
    { status: 'notEvaluated', sources: ['diagnosticSettings'] },
  ]);
});
