/** What audits find of simulated tenants, in each format. */
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import { renderSarif } from '../../src/report/sarif';
import type { ShownReport } from '../../src/report/shown-report';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { firstReport } from './real-reports';
import { sarifProblems } from './sarif-schema';

const now = new Date('2026-03-01T02:00:00Z');

describe.each(['contoso', 'forbidden'])('the report of %s', (name) => {
  let sandbox: Sandbox;
  let report: ShownReport;

  beforeAll(async () => {
    sandbox = await startTestSandbox(loadScenario(name), now);
    report = await firstReport(sandbox, now);
  });
  afterAll(() => sandbox.close());

  it('has what is to be rendered', () => {
    expect(report.findings.length).toBeGreaterThan(40);
    expect(report.overall).toBe(name === 'contoso' ? 'attention' : 'incomplete');
  });

  it('is valid SARIF with a result for each finding, and unsuccessful where something was not read', () => {
    const log = JSON.parse(renderSarif(report)) as { runs: { results: unknown[]; invocations: unknown[] }[] };
    expect(sarifProblems(log)).toEqual([]);
    expect(log.runs[0]!.results).toHaveLength(report.findings.length);
    expect(log.runs[0]!.invocations).toMatchObject([{ executionSuccessful: name === 'contoso' }]);
  });
});
