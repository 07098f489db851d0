/** The report of one run: what was seen, what was not, and what follows. The JSON of `GET /api/report` is this shape. */
import type { CollectedScope, Inventory, NotCollectedReason, ScopeKind, SourceName } from '../inventory/sources';
import { SOURCE_NAMES, SOURCES } from '../inventory/sources';
import type { Period } from '../inventory/model';
import { NOTHING, type CarriedOver } from './carry-over';
import type { Check } from './check';
import type { Change, ChangeKind } from './compare';
import { SEVERITIES, STATUSES, type Finding, type Severity, type Status } from './finding';
import { compareText } from './order';

/** `clean`: everything was read and nothing fails. `incomplete`: something was not evaluated, whatever else is known. */
export type Overall = 'clean' | 'attention' | 'incomplete';

export interface CoverageGap {
  readonly because: NotCollectedReason;
  readonly message: string;
  readonly permission: string;
  readonly scopes: readonly { readonly kind: ScopeKind; readonly name: string; readonly because: NotCollectedReason }[];
}
export type Coverage = Readonly<Partial<Record<SourceName, 'collected' | CoverageGap>>>;

/** A check as it was in this run, once instead of on each finding. */
export interface CheckSummary {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly remediation: readonly string[];
  readonly link: string;
  readonly totals: Readonly<Record<Status, number>>;
}

/** A report without its findings: what a monitor needs, small however large the tenant. */
export interface ReportHeader {
  readonly schemaVersion: 1;
  readonly runId: string;
  /** The published run before this one, which `changes` compares with. */
  readonly previousRunId: string | null;
  /** ISO 8601, as all times here. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Start of the last audit of everything: this run, or the one that a sign-in audit carries findings over from. */
  readonly fullAuditAt: string;
  /** Start of the last audit of sign-ins: this run; `null` where no check of theirs is on. */
  readonly signInsAt: string | null;
  /** Of which the sign-ins were judged, both ends included. */
  readonly signInPeriod: { readonly from: string; readonly to: string } | null;
  readonly tenantId: string;
  readonly overall: Overall;
  readonly coverage: Coverage;
  readonly totals: Readonly<Record<Status, number>>;
  /** Failing findings by severity. */
  readonly severities: Readonly<Record<Severity, number>>;
  /** Of the findings of checks that ran now. */
  readonly changes: Readonly<Record<ChangeKind, number>>;
  /** The next credential that ends, of all that were read. */
  readonly nextExpiry: { readonly endsAt: string; readonly name: string; readonly fingerprint: string } | null;
  readonly checks: readonly CheckSummary[];
  /** Ids of checks that did not run, off by setting or left out of a one-off audit: nobody looked at what they judge. */
  readonly checksOff: readonly string[];
  /** Earlier alerts that did not arrive when this run ended: somebody may not know what he should; `null`: none. */
  readonly alertsFailing: AlertsFailing | null;
}

export interface AlertsFailing {
  readonly alerts: number;
  /** Of the latest. */
  readonly reason: string;
}

export interface Report extends ReportHeader {
  readonly findings: readonly Finding[];
}

export interface RunFacts {
  readonly runId: string;
  readonly previousRunId: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly tenantId: string;
  readonly checksOff: readonly string[];
  readonly alertsFailing: AlertsFailing | null;
  /** `null`: no check of sign-ins is on. */
  readonly signInPeriod: Period | null;
}

/**
 * Findings come out most telling first: status, severity, check, subject.
 * @param coverage of what was read now
 * @param carried what stays as the last report had it
 */
export function buildReport(
  run: RunFacts,
  checks: readonly Check[],
  coverage: Coverage,
  findings: readonly Finding[],
  changes: readonly Change[],
  carried: CarriedOver = NOTHING,
): Report {
  const { signInPeriod: period } = run;
  const startedAt = run.startedAt.toISOString();
  // What is carried over rests on what was read then, whatever was read of it now.
  const known = { ...coverage, ...carried.coverage };
  const sorted = inReportOrder([...carried.findings, ...findings]);
  const totals = count(STATUSES, sorted, (finding) => finding.status);
  return {
    schemaVersion: 1,
    runId: run.runId,
    previousRunId: run.previousRunId,
    startedAt,
    finishedAt: run.finishedAt.toISOString(),
    fullAuditAt: carried.fullAuditAt ?? startedAt,
    signInsAt: period === null ? null : startedAt,
    signInPeriod: period === null ? null : { from: period.from.toISOString(), to: period.to.toISOString() },
    tenantId: run.tenantId,
    overall: overallOf(totals, known),
    coverage: known,
    totals,
    severities: count(
      SEVERITIES,
      sorted.filter((finding) => finding.status === 'fail'),
      (finding) => finding.severity,
    ),
    changes: count(
      ['opened', 'worsened', 'unchanged', 'resolved', 'unconfirmed'] as const,
      changes,
      (change) => change.kind,
    ),
    nextExpiry: nextExpiryOf(sorted, run.finishedAt),
    checks: [...carried.checks, ...summarize(checks, sorted)].sort((a, b) => compareText(a.id, b.id)),
    checksOff: [...carried.checksOff, ...run.checksOff].sort(compareText),
    alertsFailing: run.alertsFailing,
    findings: sorted,
  };
}

/** A sorted copy. */
export function inReportOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(byUrgency);
}

function overallOf(totals: Readonly<Record<Status, number>>, coverage: Coverage): Overall {
  const unread = Object.values(coverage).some((state) => state !== 'collected' && !isUnlicensed(state));
  if (unread || totals.notEvaluated > 0) {
    return 'incomplete';
  }
  return totals.fail > 0 ? 'attention' : 'clean';
}

/** What the tenant has no licence for does not work there, so that nothing of it is hidden. Checks still call it unknown. */
export function isUnlicensed({ scopes }: CoverageGap): boolean {
  return scopes.every(({ because }) => because === 'unlicensed');
}

/** A source is collected when every scope of it was read. */
export function coverageOf(inventory: Inventory): Coverage {
  const coverage: { -readonly [S in SourceName]?: Coverage[S] } = {};
  for (const source of SOURCE_NAMES) {
    const scopes = inventory[source];
    if (scopes !== undefined) {
      coverage[source] = stateOf(source, scopes);
    }
  }
  return coverage;
}

function stateOf(source: SourceName, scopes: readonly CollectedScope<unknown>[]): 'collected' | CoverageGap {
  const gaps = scopes.flatMap(({ scope, result }) => (result.ok ? [] : [{ scope, ...result }]));
  const [first] = gaps;
  if (first === undefined) {
    return 'collected';
  }
  const messages = [...new Set(gaps.map((gap) => gap.message))].slice(0, 5).join(' ');
  return {
    because: first.because,
    message: scopes.length === 1 ? messages : `${gaps.length} of ${scopes.length} could not be read. ${messages}`,
    permission: `${SOURCES[source].permission} (${SOURCES[source].grantedIn})`,
    scopes: gaps.map(({ scope, because }) => ({ kind: scope.kind, name: scope.name, because })),
  };
}

function summarize(checks: readonly Check[], findings: readonly Finding[]): CheckSummary[] {
  const byCheck = new Map<string, Finding[]>(checks.map(({ id }) => [id, []]));
  for (const finding of findings) {
    byCheck.get(finding.checkId)?.push(finding);
  }
  return checks.map(({ id, title, severity, why, remediation, link }) => {
    const totals = count(STATUSES, byCheck.get(id) ?? [], (finding) => finding.status);
    return { id, title, severity, why, remediation, link, totals };
  });
}

function nextExpiryOf(findings: readonly Finding[], now: Date): ReportHeader['nextExpiry'] {
  let next: ReportHeader['nextExpiry'] = null;
  const present = now.toISOString();
  for (const { evidence, subject, fingerprint } of findings) {
    const endsAt = evidence['endsAt'];
    const ahead = typeof endsAt === 'string' && endsAt > present;
    if (ahead && (next === null || endsAt < next.endsAt)) {
      next = { endsAt, name: subject.name, fingerprint };
    }
  }
  return next;
}

const STATUS_RANKS = ranksOf(STATUSES);
const SEVERITY_RANKS = ranksOf(SEVERITIES);

function ranksOf<K extends string>(keys: readonly K[]): Readonly<Record<K, number>> {
  return Object.fromEntries(keys.map((key, rank) => [key, rank])) as Record<K, number>;
}

function byUrgency(a: Finding, b: Finding): number {
  return (
    STATUS_RANKS[a.status] - STATUS_RANKS[b.status] ||
    SEVERITY_RANKS[a.severity] - SEVERITY_RANKS[b.severity] ||
    compareText(a.checkId, b.checkId) ||
    compareText(a.subject.name, b.subject.name) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

function count<K extends string, T>(keys: readonly K[], items: readonly T[], keyOf: (item: T) => K): Record<K, number> {
  const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
  for (const item of items) {
    counts[keyOf(item)] += 1;
  }
  return counts;
}
