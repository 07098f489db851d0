/** Delivery of stored alerts: who may send which, and what came of it. */
import { randomUUID } from 'node:crypto';
import { describeFailing } from '../alerts/failing-alerts';
import { SEVERITIES } from '../audit/finding';
import type { AlertsFailing } from '../audit/report';
import { readRun } from './audit-state';
import { readDocument } from './documents';
import { StorageError } from './errors';
import { inParallel } from './in-parallel';
import {
  alertOf,
  envelopeOf,
  inStates,
  isOfWatch,
  mailKey,
  outboxRow,
  partitionOf,
  UNDELIVERED,
  withId,
  type AlertChannel,
  type AlertState,
  type Delivery,
  type DeliveryProblem,
  type Envelope,
  type PendingAlert,
} from './outbox';
import { openSends, type SendLimits } from './sends';
import type { Tables } from './tables';

export {
  ALERT_STATES,
  type AlertChannel,
  type AlertState,
  type Attachment,
  type DeliveryProblem,
  type PendingAlert,
} from './outbox';
export type { SendLimits } from './sends';

/** An alert's place in the outbox. */
export interface QueuedAlert extends Envelope, Delivery {
  /** Row key; sorts by age. */
  readonly key: string;
  readonly etag: string;
}

/** With all that it says. */
export type StoredAlert = QueuedAlert & PendingAlert;

export interface AlertStanding {
  readonly counts: Readonly<Record<AlertState, number>>;
  /** Alerts that somebody should look at: see {@link isInTrouble}; `null`: none. */
  readonly failing: FailingAlerts | null;
}

export interface FailingAlerts extends AlertsFailing {
  /** Of the latest; `null`: not known. */
  readonly problem: DeliveryProblem | null;
  /** Whether any of them is not tried again. */
  readonly isAnyGivenUp: boolean;
}

export interface Alerts {
  /**
   * Alerts of published runs, and of the watch over the audits, that are to be sent now: pending, or claimed by somebody whose time is up. Most urgent first,
   * then oldest; at most 100, more than a mail service takes at once.
   */
  deliverable(now: Date, signal?: AbortSignal): Promise<readonly QueuedAlert[]>;
  /** What an alert says. */
  read(alert: QueuedAlert, signal?: AbortSignal): Promise<StoredAlert>;
  /**
   * Reserves an alert until a time, and counts the attempt.
   * @param alert as it was read: a claim succeeds for one reader only
   * @returns the alert as it is now; `undefined` if somebody else was quicker
   */
  claim(alert: QueuedAlert, until: Date, signal?: AbortSignal): Promise<StoredAlert | undefined>;
  /** Gives a claimed alert back that was not tried after all. Does nothing when somebody else has claimed it meanwhile. */
  putBack(alert: QueuedAlert, notBefore: Date, signal?: AbortSignal): Promise<void>;
  /** The alert was accepted: a fact, whoever holds the claim now. */
  sent(alert: QueuedAlert, now: Date, signal?: AbortSignal): Promise<void>;
  /** Gives a claimed alert back. Does nothing when somebody else has claimed it meanwhile. */
  retryLater(
    alert: QueuedAlert,
    notBefore: Date,
    error: string,
    problem: DeliveryProblem,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Gives a claimed alert up for good. Does nothing when somebody else has claimed it meanwhile. */
  failed(alert: QueuedAlert, error: string, problem: DeliveryProblem, now: Date, signal?: AbortSignal): Promise<void>;
  /**
   * Takes the right to send one alert now, within the limits of its channel for all processes together.
   * @returns `undefined` where it was given, otherwise when to ask again
   */
  reserveSend(channel: AlertChannel, now: Date, limits: SendLimits, signal?: AbortSignal): Promise<Date | undefined>;
  /** Nothing of the channel is to be sent before: its service asked for it. */
  holdBack(channel: AlertChannel, until: Date, signal?: AbortSignal): Promise<void>;
  /** Of published runs and of the watch. */
  standing(signal?: AbortSignal): Promise<AlertStanding>;
  /** What `standing` has as failing, the latest trouble first, without reading what was sent. */
  failing(signal?: AbortSignal): Promise<readonly QueuedAlert[]>;
  /** Of published runs, oldest first, then of the watch. */
  list(state: AlertState, signal?: AbortSignal): Promise<readonly QueuedAlert[]>;
  /**
   * Has an alert that failed for good sent again, as a new operation of the service.
   * @returns what state the alert was in; nothing was done unless that is `failed`; `undefined`: there is none
   */
  retry(id: string, signal?: AbortSignal): Promise<AlertState | undefined>;
  /** Mail addresses, lower-cased, whose last delivery failed for good because of them. */
  unreachable(signal?: AbortSignal): Promise<ReadonlySet<string>>;
}

const BATCH = 100;
const CONCURRENT_READS = 8;

/** What is not ASCII takes six characters of the row's 32,000. */
const ERROR_UNITS = 2_000;

/** After so many tries, some ten minutes, a service that does not answer is no hiccup. */
const TRIES_BEFORE_TROUBLE = 3;

export function openAlerts({ runs, alerts }: Tables): Alerts {
  const sends = openSends(alerts);

  async function list(filter: string, signal?: AbortSignal): Promise<readonly QueuedAlert[]> {
    const rows = await alerts.list(filter, signal);
    const stored = rows.map((row) => ({ ...alertOf(row), key: row.rowKey, etag: row.etag }));
    const untried = stored.filter(isUntried);
    const published = await publishedPartitions(untried, signal);
    return stored.filter((alert) => !isUntried(alert) || published.has(partitionOf(alert.key)));
  }

  /** A run that was not published left alerts that nobody may see; its record knows which of its starts counts. */
  async function publishedPartitions(stored: readonly Delivery[], signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const runIds = [...new Set(stored.map(({ runId }) => runId))];
    const records = await inParallel(runIds, CONCURRENT_READS, (runId) => readRun(runs, runId, signal));
    return new Set(records.flatMap((run) => (run?.state === 'finished' ? [run.partition ?? ''] : [])));
  }

  async function readMail(key: string, signal?: AbortSignal): Promise<PendingAlert> {
    const mail = await readDocument<PendingAlert>(alerts, mailKey(key), signal);
    if (mail === undefined) {
      throw new StorageError(`What alert ${key} says is missing.`);
    }
    return mail;
  }

  /** @returns the new ETag; `undefined` where the alert changed meanwhile */
  function change(
    { key, etag }: QueuedAlert,
    to: Envelope & Delivery,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    return alerts.commit([{ kind: 'replace', row: outboxRow(key, to), etag }], signal);
  }

  return {
    deliverable: async (now, signal) => {
      const due = (await list(UNDELIVERED, signal)).filter((alert) => isDue(alert, now.toISOString()));
      return due.sort(byUrgency).slice(0, BATCH);
    },

    read: async (alert, signal) => ({ ...alert, ...(await readMail(alert.key, signal)) }),

    claim: async (alert, until, signal) => {
      const mail = await readMail(alert.key, signal);
      const claimed = {
        ...next(alert, 'sending'),
        attempts: alert.attempts + 1,
        claimedUntil: until.toISOString(),
      };
      const etag = await change(alert, claimed, signal);
      return etag === undefined ? undefined : { ...mail, ...claimed, subject: mail.subject, key: alert.key, etag };
    },

    putBack: async (alert, notBefore, signal) => {
      const { lastError, lastProblem } = alert;
      const pending = next(alert, 'pending', lastProblem && { error: lastError ?? '', problem: lastProblem });
      const attempts = alert.attempts - 1;
      await change(alert, { ...pending, attempts, notBefore: notBefore.toISOString() }, signal);
    },

    sent: async (alert, now, signal) => {
      await alerts.put(outboxRow(alert.key, { ...next(alert, 'sent'), sentAt: now.toISOString() }), signal);
    },

    retryLater: async (alert, notBefore, error, problem, signal) => {
      const pending = next(alert, 'pending', { error, problem });
      await change(alert, { ...pending, notBefore: notBefore.toISOString() }, signal);
    },

    failed: async (alert, error, problem, now, signal) => {
      const failed = next(alert, 'failed', { error, problem });
      await change(alert, { ...failed, failedAt: now.toISOString() }, signal);
    },

    reserveSend: (channel, now, limits, signal) => sends.reserve(channel, now, limits, signal),
    holdBack: (channel, until, signal) => sends.holdBack(channel, until, signal),

    standing: async (signal) => {
      const counts: Record<AlertState, number> = { pending: 0, sending: 0, sent: 0, failed: 0 };
      const others = await list(inStates('pending', 'sending', 'failed'), signal);
      for (const { state } of others) {
        counts[state] += 1;
      }
      // Most of them by far, of which nothing else is to be told.
      counts.sent = (await alerts.listKeys(inStates('sent'), signal)).length;
      return { counts, failing: summaryOf(failingOf(others)) };
    },

    failing: async (signal) => failingOf(await list(inStates('pending', 'sending', 'failed'), signal)),

    list: (state, signal) => list(inStates(state), signal),

    retry: async (id, signal) => {
      for (;;) {
        const [alert] = await list(withId(id), signal);
        if (alert?.state !== 'failed') {
          return alert?.state;
        }
        // The service remembers the old operation as failed; asked for its state, it would say so for ever.
        const pending = { ...next(alert, 'pending'), attempts: 0, operationId: randomUUID() };
        if ((await change(alert, pending, signal)) !== undefined) {
          return 'failed';
        }
      }
    },

    unreachable: async (signal) => {
      const failed = (await list(inStates('failed'), signal)).filter(isMail);
      const sent = failed.length > 0 ? (await list(inStates('sent'), signal)).filter(isMail) : [];
      const last = new Map<string, QueuedAlert>();
      for (const alert of [...failed, ...sent]) {
        for (const address of alert.to.map((each) => each.toLowerCase())) {
          const other = last.get(address);
          if (other === undefined || settledAt(other) < settledAt(alert)) {
            last.set(address, alert);
          }
        }
      }
      return new Set(
        [...last].flatMap(([address, { lastProblem }]) => (lastProblem === 'recipients' ? [address] : [])),
      );
    },
  };
}

/** Nobody has had it yet, so that it may be of a run that was not published. The watch needs no publication. */
function isUntried({ key, state, attempts }: QueuedAlert): boolean {
  return state === 'pending' && attempts === 0 && !isOfWatch(key);
}

/** @param failing the latest first */
function summaryOf(failing: readonly QueuedAlert[]): FailingAlerts | null {
  const described = describeFailing(failing);
  const isAnyGivenUp = failing.some(({ state }) => state === 'failed');
  return described === null ? null : { ...described, problem: failing[0]?.lastProblem ?? null, isAnyGivenUp };
}

/** The latest first. */
function failingOf(alerts: readonly QueuedAlert[]): readonly QueuedAlert[] {
  return alerts.filter(isInTrouble).reverse();
}

/** Given up for good, waiting for somebody to mend a setting, or tried several times in vain. A limit is no trouble. */
export function isInTrouble({ state, attempts, lastProblem }: Delivery): boolean {
  return (
    state === 'failed' ||
    (state !== 'sent' &&
      (lastProblem === 'configuration' || (lastProblem === 'unavailable' && attempts >= TRIES_BEFORE_TROUBLE)))
  );
}

function isDue({ state, notBefore = '', claimedUntil = '' }: Delivery, now: string): boolean {
  return state === 'pending' ? notBefore <= now : claimedUntil <= now;
}

function byUrgency(a: QueuedAlert, b: QueuedAlert): number {
  return SEVERITIES.indexOf(a.urgency) - SEVERITIES.indexOf(b.urgency) || (a.key < b.key ? -1 : 1);
}

function isMail({ channel }: Envelope): boolean {
  return channel === 'mail';
}

function settledAt({ sentAt, failedAt }: Delivery): string {
  return sentAt ?? failedAt ?? '';
}

/** What an alert is next, but for what belongs to the new state. What went wrong before stays until it is sent. */
function next(
  alert: QueuedAlert,
  state: AlertState,
  trouble?: { readonly error: string; readonly problem: DeliveryProblem },
): Envelope & Delivery {
  const { operationId, runId, createdAt, attempts } = alert;
  const wasTroubled = state === 'sending' && alert.lastProblem !== undefined;
  const { error, problem } =
    trouble ??
    (wasTroubled ? { error: alert.lastError, problem: alert.lastProblem } : { error: undefined, problem: undefined });
  return {
    ...envelopeOf(alert),
    operationId,
    runId,
    createdAt,
    state,
    attempts,
    lastError: error?.slice(0, ERROR_UNITS),
    lastProblem: problem,
  };
}
