/**
 * What was sent lately through each channel: the services' limits hold for all processes together, and outlive them. A
 * send is written down before it is made, so that a crash counts one too many, never one too few.
 */
import { fromRow, toRow } from './records';
import type { AlertChannel } from './outbox';
import type { Key, Table } from './table';

/** How many sends a service takes in any minute, and in any hour. */
export interface SendLimits {
  readonly perMinute: number;
  /** At most 2,000: so many are remembered. */
  readonly perHour: number;
}

export interface Sends {
  /**
   * Takes the right to send one alert now.
   * @returns `undefined` where it was given, otherwise when to ask again
   */
  reserve(channel: AlertChannel, now: Date, limits: SendLimits, signal?: AbortSignal): Promise<Date | undefined>;
  /** Nothing is to be sent before: the service asked for it. Never shortens what was asked for earlier. */
  holdBack(channel: AlertChannel, until: Date, signal?: AbortSignal): Promise<void>;
}

interface SendLog {
  /** Milliseconds since 1970, oldest first, of the last hour. */
  readonly sends: readonly number[];
  readonly quietUntil?: string;
}

interface StoredLog {
  readonly log: SendLog;
  /** `undefined`: there is no row yet. */
  readonly etag: string | undefined;
}

/** Requests take different times to arrive: what we space by a minute may reach the service a little closer together. */
const SLACK_MILLISECONDS = 5_000;
const MINUTE = 60_000 + SLACK_MILLISECONDS;
const HOUR = 3_600_000 + SLACK_MILLISECONDS;

export function openSends(alerts: Table): Sends {
  /** As this process last saw it. Others may have sent since, which the ETag tells when it matters. */
  const known = new Map<AlertChannel, StoredLog>();

  async function read(channel: AlertChannel, signal?: AbortSignal): Promise<StoredLog> {
    const row = await alerts.get(keyOf(channel), signal);
    return row === undefined
      ? { log: { sends: [] }, etag: undefined }
      : { log: fromRow(row) as SendLog, etag: row.etag };
  }

  /** @param next what the log shall be; what is thrown or `undefined` leaves it as it is */
  async function change(
    channel: AlertChannel,
    next: (log: SendLog) => SendLog | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const { log: current, etag } = known.get(channel) ?? (await read(channel, signal));
      const log = next(current);
      if (log === undefined) {
        return;
      }
      const row = toRow(keyOf(channel), log);
      const written = await alerts.commit(
        [etag === undefined ? { kind: 'insert', row } : { kind: 'replace', row, etag }],
        signal,
      );
      if (written !== undefined) {
        known.set(channel, { log, etag: written });
        return;
      }
      known.delete(channel);
    }
  }

  return {
    reserve: async (channel, now, limits, signal) => {
      let free: Date | undefined;
      await change(
        channel,
        (log) => {
          free = nextFree(log, now, limits);
          const sends = log.sends.filter((time) => time > now.getTime() - HOUR);
          return free === undefined ? { ...log, sends: [...sends, now.getTime()].sort((a, b) => a - b) } : undefined;
        },
        signal,
      );
      return free;
    },

    holdBack: (channel, until, signal) =>
      change(
        channel,
        (log) =>
          (log.quietUntil ?? '') >= until.toISOString() ? undefined : { ...log, quietUntil: until.toISOString() },
        signal,
      ),
  };
}

/** @returns `undefined`: now */
function nextFree({ sends, quietUntil }: SendLog, now: Date, { perMinute, perHour }: SendLimits): Date | undefined {
  const after = (window: number, limit: number): number => (sends.at(-limit) ?? -Infinity) + window;
  const free = Math.max(Date.parse(quietUntil ?? '1970-01-01'), after(MINUTE, perMinute), after(HOUR, perHour));
  return free > now.getTime() ? new Date(free) : undefined;
}

function keyOf(channel: AlertChannel): Key {
  return { partitionKey: 'sends', rowKey: channel };
}
