/** One audit from start to end. Everything it calls is either pure or one kind of I/O. */
import type { PendingAlert } from '../storage/alerts';
import type { Storage } from '../storage/open-storage';
import { planAlerts } from '../alerts/plan-alerts';
import type { Inventory, SourceName } from '../inventory/sources';
import type { Log } from '../log';
import type { Check } from './check';
import { compare } from './compare';
import { evaluate } from './evaluate';
import { buildReport, type Report, type ReportHeader } from './report';

export interface AuditServices {
  readonly checks: readonly Check[];
  readonly checkOptions: Readonly<Record<string, unknown>>;
  readonly tenantId: string;
  readonly portal: string;
  readonly storage: Storage;
  /** Empty: mails are off. */
  readonly recipients: readonly string[];
  readonly retentionDays: number;
  /** After so long reading ends; what was not read by then is reported as not evaluated. */
  readonly timeoutMilliseconds: number;
  readonly now: () => Date;
  collect(needed: ReadonlySet<SourceName>, signal: AbortSignal, log: Log): Promise<Inventory>;
  /** Sends what is in the outbox; never rejects for a mail that could not be sent. */
  deliver(signal: AbortSignal, log: Log): Promise<void>;
}

export interface AuditRun {
  readonly runId: string;
  readonly trigger: 'schedule' | 'request';
  /** The host is stopping: nothing more is read or published. */
  readonly stop: AbortSignal;
  readonly log: Log;
}

/** What publishing, comparing and cleaning up may take after the reading, before another run may take over. */
const LEASE_MARGIN_MILLISECONDS = 15 * 60_000;

/**
 * @throws RunInProgressError while another audit runs; anything else marks the run as failed and leaves the last published
 * report and its alerts as they were
 */
export async function runAudit(services: AuditServices, run: AuditRun): Promise<ReportHeader> {
  const { storage, checks, now } = services;
  const startedAt = now();
  const lease = await storage.runs.begin({
    runId: run.runId,
    trigger: run.trigger,
    now: startedAt,
    expiresAt: new Date(startedAt.getTime() + services.timeoutMilliseconds + LEASE_MARGIN_MILLISECONDS),
  });
  let report: Report;
  try {
    const deadline = AbortSignal.timeout(services.timeoutMilliseconds);
    const inventory = await services.collect(neededBy(checks), AbortSignal.any([run.stop, deadline]), run.log);
    run.stop.throwIfAborted();
    const judged = evaluate(checks, inventory, { ...services, now: startedAt, options: services.checkOptions });
    const before = await storage.reports.openFindings();
    const comparison = compare(before.open, judged, {
      now: startedAt,
      tenantId: services.tenantId,
      checkIds: checks.map((check) => check.id),
    });
    const facts = { ...services, ...run, previousRunId: before.runId, startedAt, finishedAt: now() };
    report = buildReport(facts, checks, inventory, comparison.findings, comparison.changes);
    const alerts: readonly PendingAlert[] = planAlerts(
      comparison.changes,
      { ...report, baseRunId: before.runId, finishedAt: facts.finishedAt, portal: services.portal },
      services.recipients,
    );
    await storage.reports.publish(lease, { report, open: comparison.open, alerts });
    run.log.info('report published', {
      runId: run.runId,
      overall: report.overall,
      ...report.totals,
      alerts: alerts.length,
    });
  } catch (error) {
    await storage.runs.fail(lease, error instanceof Error ? error.message : String(error), now());
    throw error;
  }
  await services.deliver(run.stop, run.log);
  await removeOld(services, run.log);
  const { findings: _findings, ...header } = report;
  return header;
}

function neededBy(checks: readonly Check[]): ReadonlySet<SourceName> {
  return new Set(checks.flatMap((check) => [...check.requires, ...check.uses]));
}

/** A report that can't be removed today is removed tomorrow; that is no reason to call the audit failed. */
async function removeOld({ storage, retentionDays, now }: AuditServices, log: Log): Promise<void> {
  try {
    const removed = await storage.reports.removeOlderThan(new Date(now().getTime() - retentionDays * 86_400_000));
    if (removed > 0) {
      log.info('old reports removed', { removed, retentionDays });
    }
  } catch (error) {
    log.warn('old reports not removed', { message: error instanceof Error ? error.message : String(error) });
  }
}
