/**
 * What the status tells, in one read: monitors ask for it every minute. What runs and what is published stands in one row
 * anyway; how alerts stand would take the whole outbox, so that it is noted in the row before that one.
 *
 * The note is never wrong for long. It is made by counting all alerts, never by adding to the last one, after whatever
 * changes them: a delivery (which follows each publication, and each outage that is told), a retry, a removal. It is
 * written only where nobody wrote it since before the alerts were read: so a note that was made of older alerts never
 * replaces one of newer ones, and what changed before a note began is in it, and in all after it. While a delivery is
 * under way, some minutes at most, it says how alerts stood before. Whoever dies between a change and its note leaves that
 * to the timer, which delivers and notes every five minutes. Where the timer does not, the note grows old, and is not
 * believed: the alerts themselves are asked.
 */
import { odata } from '@azure/data-tables';
import type { RunSummary } from '../audit/overview';
import type { ReportHeader } from '../audit/report';
import type { Alerts, AlertStanding } from './alerts';
import { PARTITION, STATE_KEY, type AuditState } from './audit-state';
import { fromRow, toRow } from './records';
import type { Reports } from './reports';
import { recordOf, type RunRecord } from './runs';
import type { Key } from './table';
import type { Tables } from './tables';

export interface StatusFacts {
  /** Of the latest report; `undefined`: there is none. */
  readonly report: RunSummary | undefined;
  readonly latestComplete: AuditState['latestComplete'];
  /** The newest run that started. */
  readonly lastRun: RunRecord | undefined;
  /** `undefined`: it was not asked for. */
  readonly alerts: AlertStanding | undefined;
}

export interface Status {
  /** @param what `withAlerts: false` where none are sent, as nobody notes how they stand then */
  read(what: { readonly now: Date; readonly withAlerts: boolean }, signal?: AbortSignal): Promise<StatusFacts>;
  /** To be called after alerts were published, delivered, retried or removed. */
  noteAlerts(now: Date, signal?: AbortSignal): Promise<void>;
}

interface Note extends AlertStanding {
  /** ISO 8601; before the alerts were read. */
  readonly notedAt: string;
}

/** It sorts just before the state. */
const NOTE_KEY: Key = { partitionKey: PARTITION, rowKey: 'standing' };

const STATUS_ROWS = odata`PartitionKey eq ${PARTITION} and RowKey ge ${NOTE_KEY.rowKey} and RowKey le ${STATE_KEY.rowKey}`;

/** The timer makes a new one every five minutes; one turn may be late, and another be lost. */
const BELIEVED_MILLISECONDS = 15 * 60_000;

export function openStatus({ runs }: Pick<Tables, 'runs'>, alerts: Alerts, reports: Reports): Status {
  return {
    read: async ({ now, withAlerts }, signal) => {
      const rows = new Map((await runs.list(STATUS_ROWS, signal)).map((row) => [row.rowKey, fromRow(row)]));
      const { run, published, latestComplete } = (rows.get(STATE_KEY.rowKey) ?? {}) as AuditState;
      const note = rows.get(NOTE_KEY.rowKey) as Note | undefined;
      return {
        // A version that kept no summary has published it: the report itself has it all.
        report: published && (published.summary ?? (await headerOfLatest(reports, signal))),
        latestComplete,
        lastRun: run === undefined ? undefined : recordOf(run),
        alerts: withAlerts ? await standing(note, now, signal) : undefined,
      };
    },

    noteAlerts: async (now, signal) => {
      for (;;) {
        const etag = (await runs.get(NOTE_KEY, signal))?.etag;
        const note: Note = { notedAt: now.toISOString(), ...(await alerts.standing(signal)) };
        const row = toRow(NOTE_KEY, note);
        if (
          (await runs.commit(
            [etag === undefined ? { kind: 'insert', row } : { kind: 'replace', row, etag }],
            signal,
          )) !== undefined
        ) {
          return;
        }
      }
    },
  };

  async function standing(note: Note | undefined, now: Date, signal?: AbortSignal): Promise<AlertStanding> {
    if (note === undefined || !(Math.abs(now.getTime() - Date.parse(note.notedAt)) <= BELIEVED_MILLISECONDS)) {
      return alerts.standing(signal);
    }
    const { counts, failing } = note;
    return { counts, failing };
  }
}

async function headerOfLatest(reports: Reports, signal?: AbortSignal): Promise<ReportHeader | undefined> {
  const latest = await reports.find(undefined, signal);
  return latest?.header(signal);
}
