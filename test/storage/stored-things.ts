/** Builders of what is stored: each gives a plain one, to be changed in what a test is about. */
import { randomBytes } from 'node:crypto';
import type { AlertMemory } from '../../src/alerts/alert-memory';
import type { Baseline } from '../../src/audit/baseline';
import type { OpenFinding } from '../../src/audit/compare';
import { SEVERITIES, STATUSES, type Finding } from '../../src/audit/finding';
import type { Overall, Report } from '../../src/audit/report';
import type { SignInState } from '../../src/audit/sign-in-window';
import type { PendingAlert } from '../../src/storage/alerts';
import type { Storage } from '../../src/storage/open-storage';
import type { FindingsQuery, PublishedReport } from '../../src/storage/published-report';
import type { RunLease } from '../../src/storage/runs';

/** Midnight of the first night. */
const START = Date.UTC(2026, 0, 1);

/** That many minutes after the first midnight. */
export function at(minutes: number): Date {
  return new Date(START + minutes * 60_000);
}

export function night(index: number): Date {
  return at(index * 1440);
}

/** The id of the run of a night; `variant` tells runs of the same night apart. */
export function runIdOf(index: number, variant = 0): string {
  const time = night(index)
    .toISOString()
    .replace(/[-:]|\.\d+/g, '');
  return `${time}-${variant.toString(16).padStart(8, '0')}`;
}

export function aFinding(changes: Partial<Finding> = {}): Finding {
  return {
    fingerprint: 'f0',
    checkId: 'secret-expiry',
    status: 'fail',
    severity: 'high',
    subject: { id: 'key-1', kind: 'secret', name: 'ci-2026' },
    message: 'The secret "ci-2026" of Nightly loader expires in 5 days.',
    evidence: { endsAt: '2026-01-06T00:00:00.000Z', daysLeft: 5 },
    remediation: 'Add a new secret, switch its users, remove the old one.',
    scope: 'tenant-1',
    firstSeen: night(0).toISOString(),
    ...changes,
  };
}

/** Findings of every kind, most telling first as in a report. */
export function findingsOf(count: number): readonly Finding[] {
  const kinds = STATUSES.flatMap((status) => SEVERITIES.map((severity) => ({ status, severity })));
  return Array.from({ length: count }, (_, index) =>
    aFinding({ ...kinds[Math.floor((index * kinds.length) / count)], fingerprint: `f${index}` }),
  );
}

/** So long a finding that a chunk holds no two of them. */
export function aLongFinding(fingerprint: string): Finding {
  return aFinding({ fingerprint, message: 'x'.repeat(240_000) });
}

export function anAlert(changes: Partial<PendingAlert> = {}): PendingAlert {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    channel: 'mail',
    urgency: 'high',
    to: ['team@example.com'],
    subject: '1 credential expires within 7 days',
    plainText: 'The secret "ci-2026" expires in 5 days.',
    html: '<p>The secret &quot;ci-2026&quot; expires in 5 days.</p>',
    attachments: [],
    ...changes,
  };
}

export function anAlertMemory(index: number): AlertMemory {
  const namedUntil = night(index).toISOString();
  const problem = { checkId: 'secret-expiry', severity: 'high', toldAt: namedUntil, everybody: true } as const;
  return {
    problems: { f0: problem },
    blindness: { groups: { runs: 1 } },
    contacts: { applications: [], workspaces: [] },
    exceptionsNamedUntil: namedUntil,
  };
}

export function aReport(
  runId: string,
  findings: readonly Finding[] = [aFinding()],
  overall: Overall = 'attention',
): Report {
  return {
    schemaVersion: 1,
    runId,
    previousRunId: null,
    startedAt: night(0).toISOString(),
    finishedAt: night(0).toISOString(),
    fullAuditAt: night(0).toISOString(),
    signInsAt: null,
    signInPeriod: null,
    tenantId: 'tenant-1',
    overall,
    coverage: { applications: 'collected' },
    totals: { fail: findings.length, notEvaluated: 0, pass: 0, notApplicable: 0 },
    severities: { critical: 0, high: findings.length, medium: 0, low: 0, info: 0 },
    changes: { opened: 0, worsened: 0, unchanged: 0, resolved: 0, unconfirmed: 0 },
    nextExpiry: null,
    checks: [],
    checksOff: [],
    alertsFailing: null,
    findings,
  };
}

export function aBaseline(index: number): Baseline {
  const scope = { kind: 'workspace', id: '/subscriptions/s/workspaces/contoso', name: 'contoso' } as const;
  const readAt = night(index).toISOString();
  return { takenAt: readAt, scopes: [{ source: 'firewallRules', scope, since: readAt, readAt, items: [] }] };
}

/** A text that takes a row more even when it is compressed. */
export const INCOMPRESSIBLE = randomBytes(720_000).toString('base64');

/** What sign-in audits go by after a night. */
export function aSignInState(index: number, workspaceName = 'contoso'): SignInState {
  const takenAt = night(index).toISOString();
  return {
    watch: {
      takenAt,
      workspaces: [{ id: '/subscriptions/s/workspaces/contoso', name: workspaceName }],
      principals: [],
      credentials: [],
      logWorkspaceIds: [],
      gaps: [],
    },
    readUntil: { sqlLogins: { logs: takenAt } },
  };
}

/** Begins the run of a night; its lease lasts an hour. */
export function beginNight({ runs }: Storage, index: number, variant = 0): Promise<RunLease> {
  const now = night(index);
  return runs.begin({
    runId: runIdOf(index, variant),
    trigger: 'schedule',
    now,
    expiresAt: new Date(now.getTime() + 3_600_000),
  });
}

interface Night {
  readonly findings?: readonly Finding[];
  readonly unconfirmed?: readonly OpenFinding[];
  readonly overall?: Overall;
  readonly alerts?: readonly PendingAlert[];
}

/** A night that went well: begun and published. Returns the run's id. */
export async function publishNight(storage: Storage, index: number, night: Night = {}): Promise<string> {
  const { findings = [aFinding()], overall = 'attention', alerts = [anAlert()], unconfirmed = [] } = night;
  const lease = await beginNight(storage, index);
  await storage.reports.publish(lease, {
    report: { ...aReport(runIdOf(index), findings, overall), finishedAt: nightTime(index) },
    unconfirmed,
    alerts,
    baseline: aBaseline(index),
    signIns: aSignInState(index),
    alertMemory: anAlertMemory(index),
  });
  return runIdOf(index);
}

function nightTime(index: number): string {
  return night(index).toISOString();
}

/** The report of a run, or the latest one, where it is clear that there is one. */
export async function reportOf({ reports }: Pick<Storage, 'reports'>, runId?: string): Promise<PublishedReport> {
  const report = await reports.find(runId);
  if (report === undefined) {
    throw new Error(`There is no report${runId === undefined ? '' : ` of run ${runId}`}.`);
  }
  return report;
}

/** All findings of a report, page by page. */
export async function allFindings(report: PublishedReport, query: FindingsQuery): Promise<readonly Finding[]> {
  const { findings, continuationToken } = await report.findings(query);
  return continuationToken === undefined
    ? findings
    : [...findings, ...(await allFindings(report, { ...query, continuationToken }))];
}
