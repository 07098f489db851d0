import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { summaryOf } from '../../src/audit/run-summary';
import { renderMetrics, type MetricFacts } from '../../src/report/metrics';
import { aReport, runIdOf } from '../storage/stored-things';

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly { readonly value: string; readonly labels?: Readonly<Record<string, string>> }[];
}
const parse = jest.requireActual<(text: string) => readonly Family[]>('parse-prometheus-text-format');

const now = new Date('2026-03-02T06:00:00Z');
/** An audit four hours ago, and one of sign-ins half an hour ago. */
const report = {
  ...summaryOf(aReport(runIdOf(0))),
  fullAuditAt: '2026-03-02T02:00:00.000Z',
  signInsAt: '2026-03-02T05:30:00.000Z',
  totals: { fail: 2, notEvaluated: 0, pass: 40, notApplicable: 1 },
  severities: { critical: 1, high: 0, medium: 0, low: 1, info: 0 },
  nextExpiry: { endsAt: '2026-03-02T06:00:00.500Z', name: 'n', fingerprint: 'f' },
};
const healthy: MetricFacts = {
  now,
  version: '0.1.0',
  report,
  lastCompleteAt: '2026-03-02T05:31:00.000Z',
  healthy: true,
  stale: false,
  signInsStale: false,
  lastRunFailed: false,
  alerts: { counts: { pending: 1, sending: 0, sent: 7, failed: 0 }, failing: 0 },
};

/** Value by metric and label; what has no sample is not in it. */
function values(changes: Partial<MetricFacts> = {}): Readonly<Record<string, number>> {
  const families = parse(renderMetrics({ ...healthy, ...changes }));
  return Object.fromEntries(
    families.flatMap(({ name, metrics }) =>
      metrics.map(({ value, labels }) => {
        const label = Object.values(labels ?? {}).join(' ');
        return [`${name.replace('synapse_audit_', '')}${label && ` ${label}`}`, Number(value)] as const;
      }),
    ),
  );
}

describe('metrics', () => {
  it('say what the status does', () => {
    expect(values()).toEqual({
      'build_info 0.1.0': 1,
      healthy: 1,
      'overall clean': 0,
      'overall attention': 1,
      'overall incomplete': 0,
      'overall none': 0,
      'findings fail': 2,
      'findings notEvaluated': 0,
      'findings pass': 40,
      'findings notApplicable': 1,
      'failing_findings critical': 1,
      'failing_findings high': 0,
      'failing_findings medium': 0,
      'failing_findings low': 1,
      'failing_findings info': 0,
      stale: 0,
      full_audit_age_seconds: 14_400,
      complete_report_age_seconds: 1_740,
      sign_ins_stale: 0,
      sign_in_audit_age_seconds: 1_800,
      last_run_failed: 0,
      next_expiry_seconds: 0.5,
      alerts_enabled: 1,
      'alerts pending': 1,
      'alerts sending': 0,
      'alerts sent': 7,
      'alerts failed': 0,
      alerts_failing: 0,
    });
  });

  it('of what never ran have no numbers that could be taken for good news', () => {
    const never = { report: undefined, lastCompleteAt: undefined, healthy: false, stale: true, alerts: undefined };
    expect(values(never)).toEqual({
      'build_info 0.1.0': 1,
      healthy: 0,
      'overall clean': 0,
      'overall attention': 0,
      'overall incomplete': 0,
      'overall none': 1,
      stale: 1,
      sign_ins_stale: 0,
      last_run_failed: 0,
      alerts_enabled: 0,
    });
  });

  it.each<[string, Partial<MetricFacts>, Record<string, number>]>([
    ['a failed run', { lastRunFailed: true, healthy: false }, { last_run_failed: 1, healthy: 0 }],
    ['a stale report', { stale: true, healthy: false }, { stale: 1, healthy: 0 }],
    ['overdue sign-ins', { signInsStale: true }, { sign_ins_stale: 1 }],
    [
      'an incomplete report',
      { report: { ...report, overall: 'incomplete' } },
      { 'overall incomplete': 1, 'overall attention': 0 },
    ],
    [
      'alerts that do not arrive',
      { alerts: { counts: { failed: 2 }, failing: 2 } },
      { alerts_failing: 2, 'alerts failed': 2 },
    ],
    [
      'a credential that has ended since',
      { report: { ...report, nextExpiry: { ...report.nextExpiry, endsAt: '2026-03-02T05:59:00.000Z' } } },
      { next_expiry_seconds: -60 },
    ],
  ])('tell %s', (_what, changes, expected) => {
    expect(values(changes)).toMatchObject(expected);
  });

  it('say nothing of sign-ins, credentials or complete reports that there are none of', () => {
    const names = Object.keys(
      values({ report: { ...report, signInsAt: null, nextExpiry: null }, lastCompleteAt: undefined }),
    );
    for (const name of ['sign_in_audit_age_seconds', 'next_expiry_seconds', 'complete_report_age_seconds']) {
      expect(names).not.toContain(name);
    }
  });

  it('of a version that did not say when everything was audited have no age of it', () => {
    const { fullAuditAt: _fullAuditAt, ...older } = report;
    expect(values({ report: older as typeof report })).not.toHaveProperty('full_audit_age_seconds');
  });

  it('keep a label whole, whatever is in it', () => {
    const version = 'a"b\\c\nd\\';
    const families = parse(renderMetrics({ ...healthy, version }));
    expect(families.find(({ name }) => name === 'synapse_audit_build_info')?.metrics).toEqual([
      { value: '1', labels: { version } },
    ]);
  });
});

describe('docs/metrics.md', () => {
  const document = readFileSync(join(__dirname, '../../docs/metrics.md'), 'utf8');
  const names = parse(renderMetrics(healthy)).map(({ name }) => name);

  it('tells of each metric, with its labels', () => {
    const rows = [...document.matchAll(/^\| `(synapse_audit_[a-z_]+)(?:\{([a-z]+)\})?`/gm)];
    const told = rows.map(([, name, label]) => `${name} ${label ?? ''}`);
    const made = parse(renderMetrics(healthy)).map(
      ({ name, metrics }) => `${name} ${Object.keys(metrics[0]?.labels ?? {}).join()}`,
    );
    expect(told.sort()).toEqual(made.sort());
  });

  it('has rules about metrics that there are, and no others', () => {
    const rules = [...document.matchAll(/^ +expr: (.*)$/gm)].map(([, expression = '']) => expression);
    expect(rules.length).toBeGreaterThan(8);
    const used = rules.flatMap((expression) => expression.match(/synapse_audit_[a-z_]+/g) ?? []);
    expect(used.filter((name) => !names.includes(name))).toEqual([]);
  });
});

/** https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md */
describe('the text', () => {
  const lines = renderMetrics({ ...healthy, version: '"\n\\' }).split('\n');

  it('ends with the end of a line, and has none that is empty', () => {
    expect(lines.at(-1)).toBe('');
    expect(lines.slice(0, -1)).not.toContain('');
  });

  it('has for each metric one HELP, one TYPE and then its samples, all together and none twice', () => {
    const names: string[] = [];
    const series = new Set<string>();
    for (const line of lines.slice(0, -1)) {
      const help = /^# HELP ([a-z_]+) [^\\]+$/.exec(line)?.[1];
      const type = /^# TYPE ([a-z_]+) gauge$/.exec(line)?.[1];
      const sample = /^([a-z_]+)(?:\{[a-z]+="(?:[^"\\]|\\["\\n])*"\})? -?\d+(?:\.\d+)?$/.exec(line)?.[1];
      if (help !== undefined) {
        expect(help).toMatch(/^synapse_audit_/);
        expect(names).not.toContain(help);
        names.push(help);
        continue;
      }
      expect(type ?? sample).toBe(names.at(-1));
      const key = line.slice(0, line.lastIndexOf(' '));
      expect(series).not.toContain(key);
      series.add(key);
    }
    expect(names.length).toBeGreaterThan(10);
  });
});
