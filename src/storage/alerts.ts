/** Delivery of stored alerts: who may send which, and what came of it. */
import { readRun } from './audit-state';
import { readDocument } from './documents';
import { StorageError } from './errors';
import { inParallel } from './in-parallel';
import {
  ALL_ALERTS,
  deliveryOf,
  deliveryRow,
  mailKey,
  partitionOf,
  UNDELIVERED,
  type AlertState,
  type Delivery,
  type PendingAlert,
} from './outbox';
import type { Tables } from './tables';

export type { AlertState, PendingAlert } from './outbox';

export interface StoredAlert extends PendingAlert, Delivery {
  /** Row key; sorts by age. */
  readonly key: string;
  readonly etag: string;
}

export interface Alerts {
  /**
   * Alerts of published runs that are to be sent now: pending, or claimed by somebody whose time is up. Oldest first, at
   * most 100: more than a mail service takes at once.
   */
  deliverable(now: Date, signal?: AbortSignal): Promise<readonly StoredAlert[]>;
  /**
   * Reserves an alert until a time, and counts the attempt.
   * @param alert as it was read: a claim succeeds for one reader only
   * @returns the alert as it is now; `undefined` if somebody else was quicker
   */
  claim(alert: StoredAlert, until: Date, signal?: AbortSignal): Promise<StoredAlert | undefined>;
  /** The mail was accepted: a fact, whoever holds the claim now. */
  sent(alert: StoredAlert, now: Date, signal?: AbortSignal): Promise<void>;
  /** Gives a claimed alert back. Does nothing when somebody else has claimed it meanwhile. */
  retryLater(alert: StoredAlert, notBefore: Date, error: string, signal?: AbortSignal): Promise<void>;
  /** Gives a claimed alert up for good. Does nothing when somebody else has claimed it meanwhile. */
  failed(alert: StoredAlert, error: string, signal?: AbortSignal): Promise<void>;
  /** Of published runs. */
  counts(signal?: AbortSignal): Promise<Record<AlertState, number>>;
}

const BATCH = 100;
const CONCURRENT_READS = 8;
const ERROR_UNITS = 4_000;

type Stored = Pick<StoredAlert, 'key' | 'etag'> & { readonly delivery: Delivery };

export function openAlerts({ runs, alerts }: Tables): Alerts {
  async function list(filter: string, signal?: AbortSignal): Promise<readonly Stored[]> {
    const rows = await alerts.list(filter, signal);
    const stored = rows.map((row) => ({ key: row.rowKey, etag: row.etag, delivery: deliveryOf(row) }));
    const published = await publishedPartitions(stored, signal);
    return stored.filter(({ key }) => published.has(partitionOf(key)));
  }

  /** A run that was not published left alerts that nobody may see; its record knows which of its starts counts. */
  async function publishedPartitions(stored: readonly Stored[], signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const runIds = [...new Set(stored.map(({ delivery }) => delivery.runId))];
    const records = await inParallel(runIds, CONCURRENT_READS, (runId) => readRun(runs, runId, signal));
    return new Set(records.flatMap((run) => (run?.state === 'finished' ? [run.partition ?? ''] : [])));
  }

  async function read({ key, etag, delivery }: Stored, signal?: AbortSignal): Promise<StoredAlert> {
    const mail = await readDocument<PendingAlert>(alerts, mailKey(key), signal);
    if (mail === undefined) {
      throw new StorageError(`The mail of alert ${key} is missing.`);
    }
    return { ...mail, ...delivery, key, etag };
  }

  /** @returns the new ETag; `undefined` where the alert changed meanwhile */
  function change(alert: StoredAlert, delivery: Delivery, signal?: AbortSignal): Promise<string | undefined> {
    return alerts.commit([{ kind: 'replace', row: deliveryRow(alert.key, delivery), etag: alert.etag }], signal);
  }

  return {
    deliverable: async (now, signal) => {
      const due = (await list(UNDELIVERED, signal)).filter(({ delivery }) => isDue(delivery, now.toISOString()));
      return inParallel(due.slice(0, BATCH), CONCURRENT_READS, (stored) => read(stored, signal));
    },

    claim: async (alert, until, signal) => {
      const delivery: Delivery = {
        ...next(alert, 'sending'),
        attempts: alert.attempts + 1,
        claimedUntil: until.toISOString(),
      };
      const etag = await change(alert, delivery, signal);
      return etag === undefined ? undefined : { ...alert, ...delivery, etag };
    },

    sent: async (alert, now, signal) => {
      await alerts.put(deliveryRow(alert.key, { ...next(alert, 'sent'), sentAt: now.toISOString() }), signal);
    },

    retryLater: async (alert, notBefore, error, signal) => {
      const delivery = next(alert, 'pending', error);
      await change(alert, { ...delivery, notBefore: notBefore.toISOString() }, signal);
    },

    failed: async (alert, error, signal) => {
      await change(alert, next(alert, 'failed', error), signal);
    },

    counts: async (signal) => {
      const counts: Record<AlertState, number> = { pending: 0, sending: 0, sent: 0, failed: 0 };
      for (const { delivery } of await list(ALL_ALERTS, signal)) {
        counts[delivery.state] += 1;
      }
      return counts;
    },
  };
}

function isDue({ state, notBefore = '', claimedUntil = '' }: Delivery, now: string): boolean {
  return state === 'pending' ? notBefore <= now : claimedUntil <= now;
}

/** What an alert's delivery is next, but for what belongs to the new state. */
function next(alert: StoredAlert, state: AlertState, error = alert.lastError): Delivery {
  const { runId, createdAt, attempts } = alert;
  return {
    runId,
    createdAt,
    state,
    attempts,
    lastError: error?.slice(0, ERROR_UNITS),
    notBefore: undefined,
    claimedUntil: undefined,
  };
}
