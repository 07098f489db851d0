import type { PendingAlert, StoredAlert } from '../../src/storage/alerts';
import type { Outbox } from '../../src/alerts/deliver-alerts';

export interface MemoryOutbox extends Outbox {
  row(id: string): StoredAlert;
  /** What another instance, or this one before it crashed, did to the row. */
  change(id: string, changes: Partial<StoredAlert>): void;
}

/** An outbox that honours ETags and claims as the stored one does, for delivery rules that need no storage. */
export function memoryOutbox(...alerts: readonly PendingAlert[]): MemoryOutbox {
  const claims = new Map<string, Date>();
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
  const update = (alert: StoredAlert, changes: Partial<StoredAlert>): StoredAlert => {
    const current = row(alert.id);
    if (current.etag !== alert.etag) {
      throw new Error(`alert ${alert.id} was changed by somebody else`);
    }
    return put({ ...current, ...changes });
  };
  for (const alert of alerts) {
    put({ ...alert, state: 'pending', attempts: 0, runId: 'run', createdAt: '2026-11-22T02:13:00.000Z', etag: '' });
  }
  return {
    row,
    change: (id, changes) => {
      put({ ...row(id), ...changes });
    },
    deliverable: async (now) =>
      [...rows.values()].filter(({ id, state, notBefore }) => {
        const due = notBefore === undefined || new Date(notBefore) <= now;
        const claim = claims.get(id);
        return (state === 'pending' && due) || (state === 'sending' && (claim === undefined || claim <= now));
      }),
    claim: async (alert, until) => {
      if (row(alert.id).etag !== alert.etag) {
        return undefined;
      }
      claims.set(alert.id, until);
      return update(alert, { state: 'sending', attempts: alert.attempts + 1 });
    },
    sent: async (alert, now) => {
      update(alert, { state: 'sent', sentAt: now.toISOString() });
    },
    retryLater: async (alert, notBefore, error) => {
      update(alert, { state: 'pending', notBefore: notBefore.toISOString(), lastError: error });
    },
    failed: async (alert, error) => {
      update(alert, { state: 'failed', lastError: error });
    },
  };
}
