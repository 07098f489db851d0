/** Storage on a real Azurite, with what may go wrong on the way there. */
import { RestError, type PipelinePolicy, type PipelineRequest } from '@azure/core-rest-pipeline';
import { TableClient } from '@azure/data-tables';
import type { Azurite } from '../../sandbox/azurite';
import { storageIn, type Storage } from '../../src/storage/open-storage';
import { openTable } from '../../src/storage/table';
import type { Tables } from '../../src/storage/tables';
import { startAzurite } from '../setup/start-azurite';

export interface OpenedStorage extends Storage {
  readonly tables: Tables;
}

export interface StorageOnAzurite {
  readonly connectionString: string;
  /** Every row of a table, as Azurite has it. */
  rows(
    prefix: string,
    table: 'Runs' | 'Findings' | 'Alerts' | 'Exceptions',
  ): Promise<readonly Record<string, unknown>[]>;
  /** Storage as one process sees it; `policies` are the network between it and Azurite. */
  open(prefix: string, ...policies: readonly PipelinePolicy[]): OpenedStorage;
}

/** One Azurite for a test file; each test takes a prefix of its own. */
export function onAzurite(): StorageOnAzurite {
  let azurite: Azurite | undefined;
  beforeAll(async () => {
    azurite = await startAzurite();
  });
  afterAll(() => azurite?.close());

  const running = (): Azurite => {
    if (azurite === undefined) {
      throw new Error('Azurite runs within tests only');
    }
    return azurite;
  };
  const connect = (name: string, policies: readonly PipelinePolicy[]): TableClient =>
    TableClient.fromConnectionString(running().connectionString, name, {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 2, retryDelayInMs: 1 },
      additionalPolicies: policies.map((policy) => ({ policy, position: 'perRetry' })),
    });

  return {
    get connectionString() {
      return running().connectionString;
    },
    rows: async (prefix, table) => {
      const rows: Record<string, unknown>[] = [];
      for await (const row of connect(`${prefix}${table}`, []).listEntities()) {
        rows.push(row);
      }
      return rows;
    },
    open: (prefix, ...policies) => {
      const table = (name: string) => openTable(() => connect(`${prefix}${name}`, policies));
      const tables = {
        runs: table('Runs'),
        findings: table('Findings'),
        alerts: table('Alerts'),
        exceptions: table('Exceptions'),
      };
      return { ...storageIn(tables), tables };
    },
  };
}

/** The process dies at a write (0 is the first): that one reaches the table or not, all after it do not. */
export function dyingAt(write: number, death: 'before' | 'after'): PipelinePolicy {
  let writes = 0;
  return {
    name: 'dying',
    sendRequest: async (request, next) => {
      const isLast = isWrite(request) && writes++ === write;
      if (writes > write && (!isLast || death === 'before')) {
        throw new Error('the process died');
      }
      const response = await next(request);
      if (isLast) {
        throw new Error('the process died');
      }
      return response;
    },
  };
}

/** The answer to a write (0 is the first) gets lost once; the request did its work. */
export function losingAnswerTo(write: number): PipelinePolicy {
  let writes = 0;
  return {
    name: 'losing-answer',
    sendRequest: async (request, next) => {
      const lose = isWrite(request) && writes++ === write;
      const response = await next(request);
      if (lose) {
        throw new RestError('socket hang up', { code: 'ECONNRESET', request });
      }
      return response;
    },
  };
}

/** Something else happens just before a write (0 is the first). */
export function justBefore(write: number, happens: () => Promise<unknown>): PipelinePolicy {
  let writes = 0;
  return {
    name: 'just-before',
    sendRequest: async (request, next) => {
      if (isWrite(request) && writes++ === write) {
        await happens();
      }
      return next(request);
    },
  };
}

/** Something happens whenever a chunk of findings has reached the table, before the writer knows. */
export function afterChunk(happens: () => void): PipelinePolicy {
  return {
    name: 'after-chunk',
    sendRequest: async (request, next) => {
      const response = await next(request);
      if (isWrite(request) && decodeURIComponent(request.url).includes("RowKey='findings.")) {
        happens();
      }
      return response;
    },
  };
}

export interface Requests {
  readonly policy: PipelinePolicy;
  readonly all: readonly PipelineRequest[];
  writes(): number;
  /** Reads of one table since the last call. */
  takeReads(table: string): readonly string[];
}

/** Notes what is asked. */
export function countingRequests(): Requests {
  const all: PipelineRequest[] = [];
  let taken = 0;
  return {
    all,
    writes: () => all.filter(isWrite).length,
    policy: {
      name: 'counting',
      sendRequest: (request, next) => {
        all.push(request);
        return next(request);
      },
    },
    takeReads: (table) => {
      const reads = all
        .slice(taken)
        .filter(({ method, url }) => method === 'GET' && new URL(url).pathname.includes(`${table}(`))
        .map(({ url }) => decodeURIComponent(new URL(url).pathname));
      taken = all.length;
      return reads;
    },
  };
}

function isWrite({ method }: PipelineRequest): boolean {
  return method !== 'GET';
}
