/** One audit from start to end. Everything it calls is either pure or one kind of I/O. */
import type { AlertSettings } from '../alerts/alert-settings';
import type { Log } from '../log';
import type { Storage } from '../storage/open-storage';
import { preparePublication } from './prepare-publication';
import type { ReadingServices } from './reading-services';
import type { ReportHeader } from './report';
import { daysInMs } from './wording';

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
  const draft = storage.reports.draft(lease);
  let header: ReportHeader;
  try {
    // What was read and compared is let go here: storing the report takes memory of its own.
    const publication = await preparePublication(services, run, chosen, startedAt, draft);
    await storage.reports.publish(lease, publication, draft);
    const { findings: _findings, ...rest } = publication.report;
    header = rest;
    run.log.info('report published', {
      runId: run.runId,
      // Without anything to go by, an audit of sign-ins is a full one. infra/queries/no-finished-audit.kql goes by it.
      audit: header.fullAuditAt === header.startedAt ? 'full' : 'signIns',
      overall: header.overall,
      ...header.totals,
      alerts: publication.alerts.length,
    });
  } catch (error) {
    // What is under way would come after what is removed.
    await draft.end();
    await attempt('run not marked as failed', run.log, () => storage.runs.fail(lease, messageOf(error), now()));
    throw error;
  }
  // The report is out: what fails from here on is tried again with the next run, and is no reason to call this one failed.
  await attempt('alerts not delivered', run.log, () => services.deliver(run.stop, run.log));
  await attempt('old reports not removed', run.log, async () => {
    const oldest = new Date(now().getTime() - daysInMs(services.retentionDays));
    const removed = await storage.reports.removeOlderThan(oldest);
    if (removed > 0) {
      run.log.info('old reports removed', { removed, retentionDays: services.retentionDays });
      await storage.status.noteAlerts(now());
    }
  });
  await attempt('ended exceptions not removed', run.log, async () => {
    await storage.exceptions.removeEndedBefore(new Date(now().getTime() - daysInMs(ENDED_EXCEPTIONS_KEPT_DAYS)));
  });
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
