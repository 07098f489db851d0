/** Delivers what is in the outbox: no alert is lost, none is sent twice. */
import type { Log } from '../log';
import type { Alerts, StoredAlert } from '../storage/alerts';
import { MailError, type Mailer, type MailState } from './mailer';

/** The part of the stored alerts that delivery needs. */
export type Outbox = Pick<Alerts, 'deliverable' | 'claim' | 'sent' | 'retryLater' | 'failed'>;

export interface DeliveryContext {
  readonly outbox: Outbox;
  readonly mailer: Mailer;
  readonly now: () => Date;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** How many alerts ended this way. What somebody else was delivering meanwhile is in none of them. */
export interface Delivery {
  readonly sent: number;
  readonly deferred: number;
  readonly failed: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Several times what one alert can take, so that a claim only runs out when its holder is gone. */
const CLAIM_MILLISECONDS = 10 * MINUTE;

const FIRST_DELAY_MILLISECONDS = MINUTE;
const LONGEST_DELAY_MILLISECONDS = 6 * HOUR;

/** Settings and roles are mended by people. */
const CONFIGURATION_DELAY_MILLISECONDS = HOUR;

/**
 * Takes each deliverable alert once, oldest first, one after the other (a mail domain may send five mails a minute).
 *
 * An alert that was tried before may have arrived although no answer came back: the service is asked first, and while
 * it cannot be asked nothing is sent. What becomes of a failure: too many mails, no answer or a failing service are
 * tried again after what the service asks for, otherwise after a minute, doubling up to six hours; wrong settings and
 * missing roles likewise, but hourly at first, as an alert is worth keeping until somebody mends them; only what the
 * service refuses about this very mail, or accepted and then dropped (all recipients suppressed), has failed for good.
 *
 * @throws StorageError when the outbox cannot be read; a failure about one alert is logged and leaves the others be
 */
export async function deliverAlerts(context: DeliveryContext): Promise<Delivery> {
  const { outbox, now, log, signal } = context;
  const counts = { sent: 0, deferred: 0, failed: 0 };
  /** After a 429 all mails wait: the limit is not that of one alert. */
  let quietUntil: Date | undefined;
  for (const alert of await outbox.deliverable(now())) {
    if (signal.aborted) {
      break;
    }
    try {
      const outcome = await deliver(alert, quietUntil, context);
      if (outcome !== undefined) {
        counts[outcome.result] += 1;
        quietUntil = outcome.quietUntil ?? quietUntil;
      }
    } catch (error) {
      // The outbox did not take the outcome. The claim runs out by itself, and then the service is asked first.
      log.error('alert outcome not stored', { alertId: alert.id, message: messageOf(error) });
      counts.deferred += 1;
    }
  }
  return counts;
}

interface Outcome {
  readonly result: keyof Delivery;
  readonly quietUntil?: Date;
}

/** `undefined`: somebody else is delivering it. */
async function deliver(
  alert: StoredAlert,
  quietUntil: Date | undefined,
  { outbox, mailer, now, log, signal }: DeliveryContext,
): Promise<Outcome | undefined> {
  const claimed = await outbox.claim(alert, new Date(now().getTime() + CLAIM_MILLISECONDS));
  if (claimed === undefined) {
    return undefined;
  }
  if (quietUntil !== undefined && quietUntil > now()) {
    await outbox.retryLater(claimed, quietUntil, 'The mail service asked to wait.');
    return { result: 'deferred' };
  }
  let state: MailState;
  try {
    state = await handOver(alert, mailer, signal);
  } catch (error) {
    const message = messageOf(error);
    if (error instanceof MailError && error.kind === 'refused') {
      await outbox.failed(claimed, message);
      log.error('alert refused for good', { alertId: alert.id, message });
      return { result: 'failed' };
    }
    const notBefore = new Date(now().getTime() + delayOf(error, alert.attempts));
    await outbox.retryLater(claimed, notBefore, message);
    log.warn('alert deferred', { alertId: alert.id, notBefore: notBefore.toISOString(), message });
    const isThrottled = error instanceof MailError && error.kind === 'throttled';
    return { result: 'deferred', ...(isThrottled && { quietUntil: notBefore }) };
  }
  if (state.status === 'failed') {
    await outbox.failed(claimed, state.reason);
    log.error('alert dropped by the mail service', { alertId: alert.id, message: state.reason });
    return { result: 'failed' };
  }
  await outbox.sent(claimed, now());
  log.info('alert sent', { alertId: alert.id, recipients: alert.to.length });
  return { result: 'sent' };
}

async function handOver(alert: StoredAlert, mailer: Mailer, signal: AbortSignal): Promise<MailState> {
  const wasTried = alert.attempts > 0 || alert.state === 'sending';
  const known: MailState = wasTried ? await mailer.stateOf(alert.id, signal) : { status: 'unknown' };
  return known.status === 'unknown' ? mailer.send(alert, signal) : known;
}

/** @returns milliseconds; never less than the service asked for */
function delayOf(error: unknown, attempts: number): number {
  const doubled = Math.min(FIRST_DELAY_MILLISECONDS * 2 ** attempts, LONGEST_DELAY_MILLISECONDS);
  if (!(error instanceof MailError)) {
    return doubled;
  }
  const least = error.kind === 'configuration' ? CONFIGURATION_DELAY_MILLISECONDS : 0;
  return Math.max(error.retryAfterMilliseconds ?? doubled, least);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
