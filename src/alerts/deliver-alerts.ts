/** Delivers what is in the outbox: no alert is lost, none is sent twice, the most urgent go first. */
import type { Log } from '../log';
import type { AlertChannel, Alerts, DeliveryProblem, QueuedAlert, SendLimits } from '../storage/alerts';
import { ChannelError, type Channel, type ChannelState } from './channel';

/** The part of the stored alerts that delivery needs. */
export type Outbox = Pick<
  Alerts,
  'deliverable' | 'claim' | 'putBack' | 'sent' | 'retryLater' | 'failed' | 'reserveSend' | 'holdBack'
>;

export interface DeliveryContext {
  readonly outbox: Outbox;
  /** Those that are set up. An alert for another one waits until it is. */
  readonly channels: Readonly<Partial<Record<AlertChannel, Channel>>>;
  readonly limits: Readonly<Record<AlertChannel, SendLimits>>;
  readonly now: () => Date;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Slack takes one a second, a Teams workflow four; one a run is the rule. */
export const WEBHOOK_LIMITS: SendLimits = { perMinute: 30, perHour: 1_000 };

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

/**
 * After so long no further alert is begun; the rest waits for the timer. With the last one's minute and a half it ends
 * before the timer comes again, and an audit of 25 minutes stays within the function's 30.
 */
const DELIVERY_MILLISECONDS = 3 * MINUTE;

/** Alerts that were accepted and whose state is still watched. */
const MOST_WATCHED = 20;

/** After so many in a row without an answer the service is away, and the others are left untried. */
const MOST_UNANSWERED = 3;

const FIRST_DELAY_MILLISECONDS = MINUTE;
const LONGEST_DELAY_MILLISECONDS = 6 * HOUR;

/** Settings and roles are mended by people. */
const CONFIGURATION_DELAY_MILLISECONDS = HOUR;

/**
 * Takes each deliverable alert once, most urgent first, one after the other, within the limits of its channel: what these
 * leave no room for stays in the outbox untouched.
 *
 * An alert that was tried before may have arrived although no answer came back: the service is asked first, and while
 * it cannot be asked nothing is sent. What becomes of a failure: too many mails, no answer or a failing service are
 * tried again after what the service asks for, otherwise after a minute, doubling up to six hours; wrong settings and
 * missing roles likewise, but hourly at first, as an alert is worth keeping until somebody mends them; only what the
 * service refuses about this very alert, or accepted and then dropped (all recipients suppressed), has failed for good.
 *
 * @throws StorageError when the outbox cannot be read; a failure about one alert is logged and leaves the others be
 */
export async function deliverAlerts(context: DeliveryContext): Promise<Delivery> {
  const { outbox, now, log, signal } = context;
  const counts = { sent: 0, deferred: 0, failed: 0 };
  const pass: Pass = { closed: new Set(), mute: new Set(), unanswered: 0 };
  const watched = new Set<Promise<void>>();
  const end = now().getTime() + DELIVERY_MILLISECONDS;
  for (const alert of await outbox.deliverable(now(), signal)) {
    if (signal.aborted || now().getTime() >= end) {
      break;
    }
    if (pass.closed.has(alert.channel) || (wasTried(alert) && pass.mute.has(alert.channel))) {
      counts.deferred += 1;
      continue;
    }
    // The next one begins when this one is accepted: so they arrive in order, and nobody waits while it is watched.
    await new Promise<void>((goOn) => {
      const delivery = deliver(alert, pass, context, goOn)
        .then((result) => {
          if (result !== undefined) {
            counts[result] += 1;
          }
        })
        .catch((error: unknown) => {
          // The outbox did not take the outcome. The claim runs out by itself, and then the service is asked first.
          log.error('alert outcome not stored', { alertId: alert.id, message: messageOf(error) });
          counts.deferred += 1;
        })
        .finally(() => {
          watched.delete(delivery);
          goOn();
        });
      watched.add(delivery);
    });
    if (watched.size >= MOST_WATCHED) {
      await Promise.race(watched);
    }
  }
  await Promise.all(watched);
  return counts;
}

/** What one delivery has learnt of the channels. */
interface Pass {
  /** Nothing more is sent through these. */
  readonly closed: Set<AlertChannel>;
  /** These answer no more questions; sending has limits of its own. */
  readonly mute: Set<AlertChannel>;
  /** Alerts in a row without an answer. */
  unanswered: number;
}

/** @returns `undefined`: somebody else is delivering it */
async function deliver(
  queued: QueuedAlert,
  pass: Pass,
  { outbox, channels, limits, now, log, signal }: DeliveryContext,
  accepted: () => void,
): Promise<keyof Delivery | undefined> {
  const claimed = await outbox.claim(queued, new Date(now().getTime() + CLAIM_MILLISECONDS));
  if (claimed === undefined) {
    return undefined;
  }
  const { id, channel: name } = queued;
  const operation = { ...claimed, id: claimed.operationId ?? id };
  let isSending = false;
  let state: ChannelState;
  try {
    const channel = channels[name] ?? notSetUp(name);
    state = wasTried(queued) ? await channel.stateOf(operation.id, signal) : { status: 'unknown' };
    if (state.status === 'unknown') {
      const free = await outbox.reserveSend(name, now(), limits[name]);
      if (free !== undefined) {
        pass.closed.add(name);
        await outbox.putBack(claimed, free);
        log.info('alerts wait for room', { channel: name, until: free.toISOString() });
        return 'deferred';
      }
      isSending = true;
      state = await channel.send(operation, signal, accepted);
    }
    pass.unanswered = 0;
  } catch (error) {
    const message = messageOf(error);
    const problem: DeliveryProblem = error instanceof ChannelError ? error.kind : 'unavailable';
    if (problem === 'refused' || problem === 'recipients') {
      await outbox.failed(claimed, message, problem, now());
      log.error('alert refused for good', { alertId: id, message });
      return 'failed';
    }
    const notBefore = new Date(now().getTime() + delayOf(error, queued.attempts));
    learn(pass, name, problem, isSending);
    await outbox.retryLater(claimed, notBefore, message, problem);
    log.warn('alert deferred', { alertId: id, notBefore: notBefore.toISOString(), message });
    if (problem === 'throttled' && isSending) {
      // The limit is not that of one alert, nor of this process.
      await outbox.holdBack(name, notBefore);
    }
    return 'deferred';
  }
  if (state.status === 'failed') {
    await outbox.failed(claimed, state.reason, state.problem, now());
    log.error('alert dropped by the service', { alertId: id, message: state.reason });
    return 'failed';
  }
  await outbox.sent(claimed, now());
  log.info('alert sent', { alertId: id, channel: name, recipients: queued.to.length });
  return 'sent';
}

function learn(pass: Pass, channel: AlertChannel, problem: DeliveryProblem, isSending: boolean): void {
  pass.unanswered = problem === 'unavailable' ? pass.unanswered + 1 : 0;
  if (problem === 'throttled' && !isSending) {
    pass.mute.add(channel);
  } else if (problem !== 'unavailable' || pass.unanswered >= MOST_UNANSWERED) {
    pass.closed.add(channel);
  }
}

function wasTried({ attempts, state }: QueuedAlert): boolean {
  return attempts > 0 || state === 'sending';
}

function notSetUp(channel: AlertChannel): never {
  const settings = { mail: 'MAIL_SENDER and what goes with it', webhook: 'ALERT_WEBHOOK_URL' };
  throw new ChannelError(`The channel ${channel} is not set up: give ${settings[channel]}.`, 'configuration');
}

/** @returns milliseconds; never less than the service asked for */
function delayOf(error: unknown, attempts: number): number {
  const doubled = Math.min(FIRST_DELAY_MILLISECONDS * 2 ** attempts, LONGEST_DELAY_MILLISECONDS);
  if (!(error instanceof ChannelError)) {
    return doubled;
  }
  const least = error.kind === 'configuration' ? CONFIGURATION_DELAY_MILLISECONDS : 0;
  return Math.max(error.retryAfterMilliseconds ?? doubled, least);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
