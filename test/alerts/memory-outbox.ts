import type { AlertChannel, PendingAlert, QueuedAlert, StoredAlert } from '../../src/storage/alerts';
import type { Outbox } from '../../src/alerts/deliver-alerts';

export interface MemoryOutbox extends Outbox {
  row(id: string): StoredAlert;
  /** What another instance, or this one before it crashed, did to the row. */
  change(id: string, changes: Partial<StoredAlert>): void;
  /** When each send was allowed. */
  readonly sends: readonly Date[];
  /** So many more may be sent; after that all wait an hour. */
  room: number;
}

/** An outbox that honours ETags and claims as the stored one does, for delivery rules that need no storage. */
export function memoryOutbox(...alerts: readonly PendingAlert[]): MemoryOutbox {
  const rows = new Map<string, StoredAlert>();
  let version = 0;
  const put = (alert: StoredAlert): StoredAlert => {
    version += 1;
    const stored = { ...alert, etag: `"${version}"` };
    rows.set(alert.id, stored);
    return stored;
  };
  const row = (id: string): StoredAlert => {
    const found = rows.get(id);
    if (found === undefined) {
      throw new Error(`no alert ${id}`);
    }
    return found;
  };
  const update = (alert: QueuedAlert, changes: Partial<StoredAlert>): StoredAlert => {
    const current = row(alert.id);
    if (current.etag !== alert.etag) {
      throw new Error(`alert ${alert.id} was changed by somebody else`);
    }
    return put({ ...current, ...changes });
  };
  for (const alert of alerts) {
    put({
      ...alert,
      key: alert.id,
      state: 'pending',
      attempts: 0,
      runId: 'run',
      createdAt: '2026-11-22T02:13:00.000Z',
      etag: '',
    });
  }
  const sends: Date[] = [];
  const quietUntil = new Map<AlertChannel, Date>();
  return {
    row,
    sends,
    room: Infinity,
    reserveSend(channel, now) {
      const quiet = quietUntil.get(channel);
      if (quiet !== undefined && quiet > now) return Promise.resolve(quiet);
      if (sends.length >= this.room) return Promise.resolve(new Date(now.getTime() + 3_600_000));
      sends.push(now);
      return Promise.resolve(undefined);
    },
    holdBack: (channel, until) => {
      quietUntil.set(channel, until);
      return Promise.resolve();
    },
    putBack: (alert, notBefore) => {
      update(alert, { state: 'pending', attempts: alert.attempts - 1, notBefore: notBefore.toISOString() });
      return Promise.resolve();
    },
    change: (id, changes) => {
      put({ ...row(id), ...changes });
    },
    deliverable: (now) => {
      const due = [...rows.values()].filter(({ state, notBefore = '', claimedUntil = '' }) => {
        const from = state === 'pending' ? notBefore : state === 'sending' ? claimedUntil : 'never';
        return from <= now.toISOString();
      });
      return Promise.resolve(due);
    },
    claim: (alert, until) => {
      const claimed: Partial<StoredAlert> = {
        state: 'sending',
        attempts: alert.attempts + 1,
        claimedUntil: until.toISOString(),
      };
      return Promise.resolve(row(alert.id).etag === alert.etag ? update(alert, claimed) : undefined);
    },
    sent: (alert, now) => {
      update(alert, { state: 'sent', sentAt: now.toISOString() });
      return Promise.resolve();
    },
    retryLater: (alert, notBefore, error, lastProblem) => {
      update(alert, { state: 'pending', notBefore: notBefore.toISOString(), lastError: error, lastProblem });
      return Promise.resolve();
    },
    failed: (alert, error, lastProblem, now) => {
      update(alert, { state: 'failed', lastError: error, lastProblem, failedAt: now.toISOString() });
      return Promise.resolve();
    },
  };
}
