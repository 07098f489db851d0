/** What the watch over the audits has told, and its alerts, which belong to no run: both change together or not at all. */
import { compactTime } from '../audit/run-id';
import { writeDocument } from './documents';
import { rowsStarting } from './filters';
import {
  alertKey,
  alertOf,
  envelopeOf,
  mailKey,
  OUTBOX,
  outboxRow,
  WATCH,
  WATCH_STATE,
  type Delivery,
  type PendingAlert,
} from './outbox';
import { fromRow, toRow } from './records';
import type { Key, RowChange } from './table';
import type { Tables } from './tables';
import { removeRows } from './traces';

/** Times are ISO 8601. */
export interface WatchState {
  /** When the watch began. */
  readonly firstSeenAt: string;
  /** The outage that was told and has not ended; `null`: none. */
  readonly outage: ToldOutage | null;
}

export interface ToldOutage {
  /** The start of the last good audit, else when the watch began: no two outages have the same. */
  readonly since: string;
  readonly lastToldAt: string;
  /** How many alerts told of it, all channels together. */
  readonly alerts: number;
}

export interface StoredWatch {
  /** `undefined`: it never watched. */
  readonly state: WatchState | undefined;
  readonly etag: string | undefined;
}

/** Alerts of one outage, of which `first` were stored before. */
export interface WatchAlerts {
  readonly since: string;
  readonly first: number;
  readonly alerts: readonly PendingAlert[];
}

export interface Watch {
  read(signal?: AbortSignal): Promise<StoredWatch>;
  /**
   * Stores the state and its alerts, all or nothing.
   * @param before as it was read
   * @param told at most 99 alerts
   * @returns `false`: somebody else has changed the state since, and nothing was stored
   */
  write(
    before: StoredWatch,
    state: WatchState,
    told: WatchAlerts | null,
    now: Date,
    signal?: AbortSignal,
  ): Promise<boolean>;
}

const STATE_KEY: Key = { partitionKey: OUTBOX, rowKey: WATCH_STATE };

export function openWatch({ alerts: table }: Pick<Tables, 'alerts'>): Watch {
  return {
    read: async (signal) => {
      const row = await table.get(STATE_KEY, signal);
      return { state: row === undefined ? undefined : (fromRow(row) as WatchState), etag: row?.etag };
    },

    write: async ({ etag }, state, told, now, signal) => {
      const rows: RowChange[] = [];
      for (const [index, alert] of (told?.alerts ?? []).entries()) {
        const key = alertKey(partitionSince(told?.since ?? ''), (told?.first ?? 0) + index);
        // What it says goes first; without its row in the outbox nobody sees it, and the next try writes it again.
        await writeDocument(table, mailKey(key), JSON.stringify(alert), signal);
        const delivery: Delivery = { runId: WATCH, createdAt: now.toISOString(), state: 'pending', attempts: 0 };
        rows.push({ kind: 'insert', row: outboxRow(key, { ...envelopeOf(alert), ...delivery }) });
      }
      const row = toRow(STATE_KEY, state);
      const change: RowChange = etag === undefined ? { kind: 'insert', row } : { kind: 'replace', row, etag };
      return (await table.commit([change, ...rows], signal)) !== undefined;
    },
  };
}

/** Removes the watch's alerts from before the instant, but none that was not delivered yet. */
export async function removeWatchAlerts(
  { alerts: table }: Pick<Tables, 'alerts'>,
  instant: Date,
  signal?: AbortSignal,
): Promise<void> {
  for (const row of await table.list(rowsStarting(OUTBOX, `${WATCH}.`), signal)) {
    const { state, createdAt } = alertOf(row);
    if ((state === 'sent' || state === 'failed') && createdAt < instant.toISOString()) {
      // In this order: no alert may be left whose mail is gone.
      await table.remove(row, signal);
      const { partitionKey, rowKey } = mailKey(row.rowKey);
      await removeRows(table, rowsStarting(partitionKey, rowKey), signal);
    }
  }
}

function partitionSince(since: string): string {
  return `${WATCH}.${compactTime(new Date(since))}`;
}
