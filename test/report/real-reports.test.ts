/** What audits find of simulated tenants, in each format. */
import { parse } from 'csv-parse/sync';
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import { renderCsv } from '../../src/report/csv';
import { renderOcsf } from '../../src/report/ocsf';
import { renderSarif } from '../../src/report/sarif';
import type { ShownReport } from '../../src/report/shown-report';
import { renderText } from '../../src/report/text';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { ocsfProblems } from './ocsf-schema';
import { firstReport } from './real-reports';
import { sarifProblems } from './sarif-schema';

const now = new Date('2026-03-01T02:00:00Z');

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox('contoso', now);
});
afterAll(() => sandbox.close());

describe.each(['contoso', 'forbidden'])('the report of %s', (name) => {
  let report: ShownReport;
  beforeAll(async () => {
    sandbox.load(loadScenario(name));
    report = await firstReport(sandbox, now);
  });

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

  it('is valid OCSF, with attacks where sign-ins can be read', () => {
    const events = JSON.parse(renderOcsf(report)) as Record<string, unknown>[];
    expect(events.flatMap(ocsfProblems)).toEqual([]);
    expect(events).toHaveLength(report.findings.length);
    const detections = events.filter((event) => event['class_uid'] === 2004);
    expect(detections.length > 0).toBe(name === 'contoso');
    for (const detection of detections) {
      const { attacks } = detection['finding_info'] as { readonly attacks: readonly unknown[] };
      expect(attacks.length).toBeGreaterThan(0);
    }
  });

  it('is a table with a row for each finding', () => {
    const rows: { fingerprint: string }[] = parse(renderCsv(report), { columns: true });
    expect(rows.map(({ fingerprint }) => fingerprint)).toEqual(report.findings.map(({ fingerprint }) => fingerprint));
  });

  it('is a text that has every failure', () => {
    const text = renderText(report);
    expect(text.match(/^ {2}● /gm) ?? []).toHaveLength(report.totals.fail);
    expect(text).toMatch(name === 'contoso' ? /^Overall {3}attention/ : /^Overall {3}incomplete/);
  });
});
