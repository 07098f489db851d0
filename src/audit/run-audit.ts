/** One audit from start to end. Everything it calls is either pure or one kind of I/O. */
import type { PendingAlert } from '../storage/alerts';
import type { Storage } from '../storage/open-storage';
import { planAlerts } from '../alerts/plan-alerts';
import type { Period } from '../inventory/model';
import type { Inventory, SourceName } from '../inventory/sources';
import type { Log } from '../log';
import { compareWithBaseline, DRIFT_CHECK, driftOptions, periodOfChanges } from './baseline';
import type { Check } from './check';
import type { ChosenChecks } from './choose-checks';
import { compare } from './compare';
import { evaluate } from './evaluate';
import { buildReport, type Report, type ReportHeader } from './report';

export interface AuditServices {
  chooseChecks(): Promise<ChosenChecks>;
  readonly tenantId: string;
  readonly portal: string;
  readonly storage: Storage;
  /** Empty: mails are off. */
  readonly recipients: readonly string[];
  readonly retentionDays: number;
  /** After so long reading ends; what was not read by then is reported as not evaluated. */
  readonly timeoutMilliseconds: number;
  readonly now: () => Date;
  /** @param period of which logs of changes are read */
  collect(needed: ReadonlySet<SourceName>, period: Period, signal: AbortSignal, log: Log): Promise<Inventory>;
  /** Sends what is in the outbox. */
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
  const { storage, now } = services;
  const { checks, off, options } = await services.chooseChecks();
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
    const known = await storage.reports.baseline();
    const period = periodOfChanges(known, startedAt);
    const inventory = await services.collect(neededBy(checks), period, AbortSignal.any([run.stop, deadline]), run.log);
    run.stop.throwIfAborted();
    const { acceptAfterDays } = driftOptions.parse(options[DRIFT_CHECK] ?? {});
    const { baseline, drift } = compareWithBaseline(known, inventory, { now: startedAt, acceptAfterDays });
    const signIns = {
      period: { from: new Date(startedAt.getTime() - 86_400_000), to: startedAt },
      watch: {
        takenAt: startedAt.toISOString(),
        workspaces: [],
        principals: [],
        credentials: [],
        logWorkspaceIds: [],
        gaps: [],
      },
      trustedNetworks: [],
    };
    const judged = evaluate(checks, inventory, { ...services, now: startedAt, options, drift, signIns });
    const before = await storage.reports.openFindings();
    const comparison = compare(before.open, judged, {
      now: startedAt,
      tenantId: services.tenantId,
      checkIds: checks.map((check) => check.id),
    });
    const facts = { ...services, ...run, previousRunId: before.runId, startedAt, finishedAt: now(), checksOff: off };
    report = buildReport(facts, checks, inventory, comparison.findings, comparison.changes);
    const alerts: readonly PendingAlert[] = planAlerts(
      comparison.changes,
      { ...report, baseRunId: before.runId, finishedAt: facts.finishedAt, portal: services.portal },
      services.recipients,
    );
    await storage.reports.publish(lease, { report, unconfirmed: comparison.unconfirmed, alerts, baseline });
    run.log.info('report published', {
      runId: run.runId,
      overall: report.overall,
      ...report.totals,
      alerts: alerts.length,
    });
  } catch (error) {
    await attempt('run not marked as failed', run.log, () => storage.runs.fail(lease, messageOf(error), now()));
    throw error;
  }
  // The report is out: what fails from here on is tried again with the next run, and is no reason to call this one failed.
  await attempt('alerts not delivered', run.log, () => services.deliver(run.stop, run.log));
  await attempt('old reports not removed', run.log, async () => {
    const oldest = new Date(now().getTime() - services.retentionDays * 86_400_000);
    const removed = await storage.reports.removeOlderThan(oldest);
    if (removed > 0) {
      run.log.info('old reports removed', { removed, retentionDays: services.retentionDays });
    }
  });
  const { findings: _findings, ...header } = report;
  return header;
}

function neededBy(checks: readonly Check[]): ReadonlySet<SourceName> {
  return new Set(checks.flatMap((check) => [...check.requires, ...check.uses]));
}

async function attempt(otherwise: string, log: Log, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    log.error(otherwise, { message: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
