/** What silences alerts, in a table of its own: reports come and go, and these outlive them. */
import { odata } from '@azure/data-tables';
import type { Exception } from '../audit/exception';
import { fromRow, toRow } from './records';
import type { Key, StoredRow } from './table';
import type { Tables } from './tables';

export interface Exceptions {
  /** Active and ended ones, oldest first. */
  list(signal?: AbortSignal): Promise<readonly Exception[]>;
  get(id: string, signal?: AbortSignal): Promise<Exception | undefined>;
  /**
   * Stores an exception where there is none with its id yet.
   * @returns what stands there now: the one that was stored before stays as it is
   */
  add(exception: Exception, signal?: AbortSignal): Promise<{ readonly exception: Exception; readonly isNew: boolean }>;
  /** @returns `false`: there was none */
  remove(id: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Removes those that ended before the instant.
   * @returns how many
   */
  removeEndedBefore(instant: Date, signal?: AbortSignal): Promise<number>;
}

const PARTITION = 'exceptions';

export function openExceptions({ exceptions }: Tables): Exceptions {
  async function list(signal?: AbortSignal): Promise<readonly Exception[]> {
    const rows = await exceptions.list(odata`PartitionKey eq ${PARTITION}`, signal);
    return rows.map(exceptionOf).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  }

  async function get(id: string, signal?: AbortSignal): Promise<Exception | undefined> {
    const row = await exceptions.get(keyOf(id), signal);
    return row && exceptionOf(row);
  }

  return {
    list,
    get,

    add: async (exception, signal) => {
      for (;;) {
        const row = toRow(keyOf(exception.id), exception);
        if ((await exceptions.commit([{ kind: 'insert', row }], signal)) !== undefined) {
          return { exception, isNew: true };
        }
        const stored = await get(exception.id, signal);
        // Otherwise it was removed between the two requests.
        if (stored !== undefined) {
          return { exception: stored, isNew: false };
        }
      }
    },

    remove: async (id, signal) => {
      if ((await get(id, signal)) === undefined) {
        return false;
      }
      await exceptions.remove(keyOf(id), signal);
      return true;
    },

    removeEndedBefore: async (instant, signal) => {
      const ended = (await list(signal)).filter(({ until }) => Date.parse(until) < instant.getTime());
      for (const { id } of ended) {
        await exceptions.remove(keyOf(id), signal);
      }
      return ended.length;
    },
  };
}

function keyOf(id: string): Key {
  return { partitionKey: PARTITION, rowKey: id };
}

function exceptionOf(row: StoredRow): Exception {
  return fromRow(row) as Exception;
}
