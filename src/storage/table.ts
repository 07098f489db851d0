import type { TableClient, TableEntityQueryOptions, TransactionAction } from '@azure/data-tables';
import { StorageError } from './errors';
import { answerOf, toStorageError, type Action } from './to-storage-error';

export interface Key {
  readonly partitionKey: string;
  readonly rowKey: string;
}
export type Row = Key & Readonly<Record<string, string | number | Uint8Array>>;
export type StoredRow = Key & { readonly etag: string } & Readonly<Record<string, unknown>>;

/** One change of a transaction. `insert`: only where there is none yet. `replace`: only while it is unchanged. */
export type RowChange =
  | { readonly kind: 'insert' | 'put'; readonly row: Row }
  | { readonly kind: 'replace'; readonly row: Row; readonly etag: string };

/**
 * One table. It is created when a write finds it missing, and reads as empty until then: no request is spent on asking
 * whether it is there. Every method throws {@link StorageError}; an abort by the caller passes through as `AbortError`.
 */
export interface Table {
  get(key: Key, signal?: AbortSignal): Promise<StoredRow | undefined>;
  /**
   * @param filter OData
   * @param limit that many at most, the first ones
   */
  list(filter: string, signal?: AbortSignal, limit?: number): Promise<readonly StoredRow[]>;
  /** @param filter OData */
  listKeys(filter: string, signal?: AbortSignal): Promise<readonly Key[]>;
  /** Inserts or replaces. */
  put(row: Row, signal?: AbortSignal): Promise<void>;
  /**
   * All or nothing, at most 100 rows of one partition, none twice.
   * @returns the ETag of the first row; `undefined` where a condition did not hold and so nothing was changed
   */
  commit(changes: readonly [RowChange, ...RowChange[]], signal?: AbortSignal): Promise<string | undefined>;
  /** Does nothing where there is none. */
  remove(key: Key, signal?: AbortSignal): Promise<void>;
}

const ABSENT = { TableNotFound: undefined, ResourceNotFound: undefined };
const CONDITION_FAILED = {
  EntityAlreadyExists: undefined,
  UpdateConditionNotSatisfied: undefined,
  ResourceNotFound: undefined,
};

/** @param connect called once, on first use */
export function openTable(connect: () => TableClient): Table {
  let connected: TableClient | undefined;
  let creation: Promise<void> | undefined;

  const client = (): TableClient => (connected ??= connect());

  /** One creation for all the writes that find the table missing together. */
  const create = (): Promise<void> =>
    (creation ??= run('create', () => client().createTable(abortable(undefined)), {}).finally(() => {
      creation = undefined;
    }));

  /** @param answers what an error code of the service means to the caller, where it is an answer and not a failure */
  async function run<T>(
    action: Action,
    operation: () => Promise<T>,
    answers: Readonly<Record<string, T>>,
    signal?: AbortSignal,
  ): Promise<T> {
    for (let created = false; ; created = true) {
      try {
        return await operation();
      } catch (error) {
        const { code = '' } = answerOf(error);
        if (Object.hasOwn(answers, code)) {
          return answers[code] as T;
        }
        if (code !== 'TableNotFound' || created) {
          throw signal?.aborted ? error : toStorageError(error, action, client());
        }
        await create();
      }
    }
  }

  async function list<T extends object>(
    queryOptions: TableEntityQueryOptions,
    signal?: AbortSignal,
    limit = Infinity,
  ): Promise<T[]> {
    const collect = async (): Promise<T[]> => {
      const rows: T[] = [];
      for await (const row of client().listEntities<T>({ queryOptions, ...abortable(signal) })) {
        rows.push(row);
        if (rows.length >= limit) {
          break;
        }
      }
      return rows;
    };
    return run('read', collect, { TableNotFound: [] }, signal);
  }

  return {
    get: ({ partitionKey, rowKey }, signal) =>
      run<StoredRow | undefined>(
        'read',
        () => client().getEntity<StoredRow>(partitionKey, rowKey, abortable(signal)),
        ABSENT,
        signal,
      ),

    list: (filter, signal, limit) => list<StoredRow>({ filter }, signal, limit),
    listKeys: (filter, signal) => list<Key>({ filter, select: ['partitionKey', 'rowKey'] }, signal),

    put: async (row, signal) => {
      await run('write', () => client().upsertEntity(row, 'Replace', abortable(signal)), {}, signal);
    },

    commit: (changes, signal) =>
      run<string | undefined>(
        'write',
        async () => {
          const { subResponses } = await client().submitTransaction(changes.map(toAction), abortable(signal));
          const etag = subResponses[0]?.etag;
          if (etag === undefined) {
            throw new StorageError('Table Storage answered a transaction without ETag.');
          }
          return etag;
        },
        CONDITION_FAILED,
        signal,
      ),

    remove: async ({ partitionKey, rowKey }, signal) => {
      await run<unknown>('write', () => client().deleteEntity(partitionKey, rowKey, abortable(signal)), ABSENT, signal);
    },
  };
}

/** A call, its retries included: without a limit, a connection that hangs would hang the run. */
const TIME_LIMIT_MILLISECONDS = 120_000;

function abortable(signal: AbortSignal | undefined): { readonly abortSignal: AbortSignal } {
  const limit = AbortSignal.timeout(TIME_LIMIT_MILLISECONDS);
  return { abortSignal: signal === undefined ? limit : AbortSignal.any([signal, limit]) };
}

function toAction(change: RowChange): TransactionAction {
  switch (change.kind) {
    case 'insert':
      return ['create', change.row];
    case 'put':
      return ['upsert', change.row, 'Replace'];
    case 'replace':
      return ['update', change.row, 'Replace', { etag: change.etag }];
  }
}
