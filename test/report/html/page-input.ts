/** A healthy page, to be changed in what a test is about. */
import type { ShownFinding } from '../../../src/audit/exceptions';
import type { Brief, Expiry, Group, Overview, RunSummary } from '../../../src/audit/overview';
import type { CheckSummary } from '../../../src/audit/report';
import type { PageInput } from '../../../src/report/html/page-input';
import { NO_FILTERS } from '../../../src/report/html/links';
import type { ShownReport } from '../../../src/report/shown-report';

export const NOW = new Date('2026-03-02T06:00:00Z');

export function hence(hours: number): string {
  return new Date(NOW.getTime() + hours * 3_600_000).toISOString();
}

export const NONE = { critical: 0, high: 0, medium: 0, low: 0, info: 0 } as const;

export function aCheck(changes: Partial<CheckSummary> = {}): CheckSummary {
  return {
    id: 'secret-expiry',
    title: 'Secrets are rotated before they expire',
    severity: 'high',
    why: 'What signs in with an expired secret stops.',
    remediation: ['Add a new one.'],
    link: 'https://learn.microsoft.com/entra',
    totals: { fail: 0, notEvaluated: 0, pass: 3, notApplicable: 0 },
    ...changes,
  };
}

export function aReport(changes: Partial<ShownReport> = {}): ShownReport {
  return {
    schemaVersion: 1,
    runId: '20260302T020000Z-00000001',
    previousRunId: '20260301T020000Z-00000000',
    startedAt: hence(-4),
    finishedAt: hence(-4),
    fullAuditAt: hence(-4),
    signInsAt: hence(-1),
    signInPeriod: { from: hence(-25), to: hence(-1) },
    tenantId: 'fd46b0cc-ba27-4bee-8c95-13bad50640e3',
    overall: 'clean',
    coverage: { applications: 'collected', workspaces: 'collected' },
    totals: { fail: 0, notEvaluated: 0, pass: 3, notApplicable: 0 },
    severities: NONE,
    changes: { opened: 0, worsened: 0, unchanged: 0, resolved: 0, unconfirmed: 0 },
    nextExpiry: null,
    checks: [aCheck()],
    checksOff: [],
    alertsFailing: null,
    lastComplete: null,
    findings: [],
    ...changes,
  };
}

const NOTHING = { total: 0, items: [] };

export function anOverview(changes: Partial<Overview> = {}): Overview {
  return {
    expiries: NOTHING,
    ended: NOTHING,
    failingNow: NOTHING,
    workspaces: NOTHING,
    principals: NOTHING,
    owners: NOTHING,
    ...changes,
  };
}

export function anInput(changes: Partial<PageInput> = {}): PageInput {
  return {
    report: aReport(),
    overview: anOverview(),
    trend: [],
    status: { stale: false, areSignInsStale: false, failure: null, runningId: null, alertTrouble: null },
    filters: NO_FILTERS,
    isLatest: true,
    place: { root: '', code: null, top: null, isContinued: false },
    now: NOW,
    ...changes,
  };
}

/** With problems of these severities. */
export function aReportWith(severities: Partial<ShownReport['severities']>, changes: Partial<ShownReport> = {}) {
  const fail = Object.values(severities).reduce((sum, count) => sum + count, 0);
  return aReport({
    overall: 'attention',
    severities: { ...NONE, ...severities },
    totals: { fail, notEvaluated: 0, pass: 3, notApplicable: 0 },
    ...changes,
  });
}

export function aFinding(changes: Partial<ShownFinding> = {}): ShownFinding {
  return {
    fingerprint: 'f0'.repeat(32),
    checkId: 'secret-expiry',
    status: 'fail',
    severity: 'high',
    subject: { id: 'app-1/key-1', kind: 'secret', name: 'Nightly loader / ci', link: 'https://portal.azure.com/#x' },
    message: 'Secret “ci” of application “Nightly loader” expires in 5 days. From then on every sign-in fails.',
    evidence: { endsAt: hence(120), daysLeft: 5, workspaces: ['sales'], replacedBy: null },
    remediation: 'Add a new one:\naz ad app credential reset --id app-1 --append',
    scope: 'tenant-1',
    firstSeen: hence(-100),
    ...changes,
  };
}

export function aBrief(changes: Partial<Brief> = {}): Brief {
  const { fingerprint, checkId, status, severity, message, subject } = aFinding();
  return { fingerprint, checkId, status, severity, message, name: subject.name, kind: subject.kind, ...changes };
}

export function anExpiry(changes: Partial<Expiry> = {}): Expiry {
  return { ...aBrief(), endsAt: hence(120), isReplaced: false, breaks: ['sales/load-orders'], ...changes };
}

export function aGroup(changes: Partial<Group> = {}): Group {
  return {
    key: 'sales',
    name: 'Sales',
    severities: { ...NONE, high: 2 },
    totals: { fail: 2, notEvaluated: 0 },
    worst: [aBrief()],
    nextEnd: hence(120),
    ...changes,
  };
}

export function aRun(index: number, changes: Partial<RunSummary> = {}): RunSummary {
  const { findings: _findings, ...header } = aReport();
  const startedAt = hence(-24 * index - 4);
  return { ...header, runId: `run-${index}`, startedAt, ...changes };
}

/** What a reader sees of markup. */
export function textOf(markup: string): string {
  return markup
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ');
}
