/** One audit from start to end. Everything it calls is either pure or one kind of I/O. */
import type { AlertSettings } from '../alerts/alert-settings';
import { describeFailing } from '../alerts/failing-alerts';
import { mailLinks } from '../alerts/mail-links';
import { planAlerts } from '../alerts/plan-alerts';
import type { Log } from '../log';
import type { Storage } from '../storage/open-storage';
import { buildOverview } from './build-overview';
import { compare, openAfter } from './compare';
import { NO_CONTACTS } from './contacts';
import { auditEverything } from './full-audit';
import type { ReadingServices } from './reading-services';
import { buildReport, type Report, type ReportHeader } from './report';
import { auditSignIns } from './sign-in-audit';
import { isSignInCheck } from './sign-in-checks';

export interface AuditServices extends ReadingServices {
  readonly storage: Storage;
  /** Empty: mails are off. */
  readonly recipients: readonly string[];
  readonly alerting: AlertSettings;
  /** https address of this app; `undefined`: mails have no links to it. */
  readonly baseUrl: string | undefined;
  /** Of the recipients, IANA name. */
  readonly mailTimeZone: string;
  readonly hasWebhook: boolean;
  readonly retentionDays: number;
  /** Sends what is in the outbox. */
  deliver(signal: AbortSignal, log: Log): Promise<void>;
}

export interface AuditRun {
  readonly runId: string;
  /** `signIns`: an audit of sign-ins alone, where a full one has left what that goes by; a full one otherwise. */
  readonly audit: 'full' | 'signIns';
  readonly trigger: 'schedule' | 'request';
  /** The host is stopping: nothing more is read or published. */
  readonly stop: AbortSignal;
  readonly log: Log;
}

/** What publishing, comparing and cleaning up may take after the reading, before another run may take over. */
const LEASE_MARGIN_MILLISECONDS = 15 * 60_000;

/** So long it can be seen who had accepted what. */
const ENDED_EXCEPTIONS_KEPT_DAYS = 90;

/**
 * @throws RunInProgressError while another audit runs; anything else marks the run as failed and leaves the last published
 * report and its alerts as they were
 */
export async function runAudit(services: AuditServices, run: AuditRun): Promise<ReportHeader> {
  const { storage, now } = services;
  const chosen = await services.chooseChecks();
  const startedAt = now();
  const lease = await storage.runs.begin({
    runId: run.runId,
    trigger: run.trigger,
    audit: run.audit,
    now: startedAt,
    expiresAt: new Date(startedAt.getTime() + services.timeoutMilliseconds + LEASE_MARGIN_MILLISECONDS),
  });
  let report: Report;
  try {
    const signal = AbortSignal.any([run.stop, AbortSignal.timeout(services.timeoutMilliseconds)]);
    const latest = await storage.reports.find(undefined, signal);
    const auditing = { services, latest, chosen, now: startedAt, signal, log: run.log };
    const audited =
      (run.audit === 'signIns' ? await auditSignIns(auditing) : undefined) ?? (await auditEverything(auditing));
    run.stop.throwIfAborted();
    const [memory, exceptions, unreachable, failing] = await Promise.all([
      latest?.alertMemory(run.stop) ?? null,
      storage.exceptions.list(run.stop),
      storage.alerts.unreachable(run.stop),
      storage.alerts.failing(run.stop),
    ]);
    const { checks, coverage, before, baseline, signIns, signInPeriod, carried } = audited;
    // Where nothing was ever told there is no memory that holds them.
    const contacts = audited.contacts ?? (memory === null ? ((await latest?.contacts(run.stop)) ?? null) : null);
    const { findings, changes, unconfirmed } = compare(before.open, audited.findings, {
      now: startedAt,
      tenantId: services.tenantId,
      checkIds: checks.map((check) => check.id),
    });
    const finishedAt = now();
    const checksOff = chosen.off;
    const alertsFailing = describeFailing(failing);
    const outcome = { previousRunId: before.runId, startedAt, finishedAt, checksOff, alertsFailing, signInPeriod };
    const facts = { ...services, ...run, ...outcome };
    report = buildReport(facts, checks, coverage, findings, changes, carried);
    const plan = planAlerts(
      changes,
      {
        ...report,
        baseRunId: before.runId,
        startedAt,
        finishedAt,
        portal: services.portal,
        timeZone: services.mailTimeZone,
        ...mailLinks(services.baseUrl),
        checkIds: checks.map(({ id }) => id),
        eventCheckIds: checks.filter(isSignInCheck).map(({ id }) => id),
        isWhole: carried.fullAuditAt === null,
      },
      {
        memory,
        exceptions,
        unreachable,
        contacts,
        administrators: services.recipients,
        hasWebhook: services.hasWebhook,
        settings: services.alerting,
        carried: openAfter(carried),
      },
    );
    await storage.reports.publish(lease, {
      report,
      unconfirmed: [...unconfirmed, ...carried.unconfirmed],
      alerts: plan.alerts,
      overview: buildOverview(report, plan.memory?.contacts ?? contacts ?? NO_CONTACTS),
      ...(plan.memory !== null && { alertMemory: plan.memory }),
      ...(plan.memory === null && contacts !== null && { contacts }),
      ...(baseline !== null && { baseline }),
      ...(signIns !== null && { signIns }),
    });
    run.log.info('report published', {
      runId: run.runId,
      // Without anything to go by, an audit of sign-ins is a full one. infra/queries/no-finished-audit.kql goes by it.
      audit: carried.fullAuditAt === null ? 'full' : 'signIns',
      overall: report.overall,
      ...report.totals,
      alerts: plan.alerts.length,
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
      await storage.status.noteAlerts(now());
    }
  });
  await attempt('ended exceptions not removed', run.log, async () => {
    await storage.exceptions.removeEndedBefore(new Date(now().getTime() - ENDED_EXCEPTIONS_KEPT_DAYS * 86_400_000));
  });
  const { findings: _findings, ...header } = report;
  return header;
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
