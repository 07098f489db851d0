/**
 * The one row that says what runs and what is published, and a row for each run. They stand in one partition, so that a
 * run starts, fails or is published by one transaction on the condition that nothing of it changed meanwhile.
 */
import { odata } from '@azure/data-tables';
import type { RunSummary } from '../audit/overview';
import { compactTime, isRunId } from '../audit/run-id';
import { rowsStarting } from './filters';
import { fromRow, toRow } from './records';
import type { Key, RowChange, Table } from './table';

/** What became of a run. Times are ISO 8601. */
export interface RunRecord {
  readonly runId: string;
  readonly trigger: 'schedule' | 'request';
  /** What it set out to audit. Absent where it has not started, and in records of versions that did not say. */
  readonly audit?: 'full' | 'signIns';
  readonly state: 'requested' | 'running' | 'finished' | 'failed';
  readonly requestedAt?: string;
  readonly startedAt?: string;
  /** From then on a running one counts as stopped, and another may take over. */
  readonly expiresAt?: string;
  readonly finishedAt?: string;
  /** Why it failed. */
  readonly message?: string;
  /** Number of its report, counting up from 1. Set for `finished`. */
  readonly sequence?: number;
  /** Of its report. Set for `finished`, but in records of versions that kept none. */
  readonly summary?: RunSummary;
}

export interface StoredRun extends RunRecord {
  /** Where the rest of what it wrote is: another one each time it starts, so that a run started twice stays apart. */
  readonly partition?: string;
}

/** A run that got as far as to hold the lease. */
export type StartedRun = StoredRun & Required<Pick<StoredRun, 'startedAt' | 'expiresAt' | 'partition'>>;

export interface AuditState {
  /** The newest run that started. It holds the lease while it is `running`. */
  readonly run?: StartedRun;
  /** The run whose report is the latest. */
  readonly published?: {
    readonly runId: string;
    readonly partition: string;
    readonly sequence: number;
    /** Absent where a version published it that kept none. */
    readonly summary?: RunSummary;
  };
  /** The last run whose report lacks nothing. */
  readonly latestComplete?: { readonly runId: string; readonly finishedAt: string };
}

/** The state as it was read or written; without ETag where nothing ever ran. */
export interface VersionedState {
  readonly state: AuditState;
  readonly etag?: string;
}

export const PARTITION = 'audit';
export const STATE_KEY: Key = { partitionKey: PARTITION, rowKey: 'state' };

export async function readState(runs: Table, signal?: AbortSignal): Promise<VersionedState> {
  const row = await runs.get(STATE_KEY, signal);
  return row === undefined ? { state: {} } : { state: fromRow(row) as AuditState, etag: row.etag };
}

/**
 * Writes the state and the records of the runs that change with it, all or nothing.
 * @param own the record of the run that asks for the change; nobody else writes the same
 * @returns the state as it is afterwards; `undefined` where somebody else changed it meanwhile, and nothing was written
 */
export async function changeState(
  runs: Table,
  before: VersionedState,
  state: AuditState,
  [own, ...others]: readonly [StartedRun, ...StartedRun[]],
  signal?: AbortSignal,
): Promise<VersionedState | undefined> {
  const row = toRow(STATE_KEY, state);
  const change: RowChange =
    before.etag === undefined ? { kind: 'insert', row } : { kind: 'replace', row, etag: before.etag };
  const etag = await runs.commit([change, ...[own, ...others].map(recordChange)], signal);
  if (etag !== undefined) {
    return { state, etag };
  }
  // A commit that was repeated because its answer got lost fails on its own work: what tells is the record.
  const written = await readRun(runs, own.runId, signal);
  return JSON.stringify(written) === JSON.stringify(own) ? readState(runs, signal) : undefined;
}

export async function readRun(runs: Table, runId: string, signal?: AbortSignal): Promise<StoredRun | undefined> {
  const row = isRunId(runId) ? await runs.get(runKey(runId), signal) : undefined;
  return row === undefined ? undefined : (fromRow(row) as StoredRun);
}

/** Oldest first. */
export async function listRuns(runs: Table, signal?: AbortSignal): Promise<readonly StoredRun[]> {
  const rows = await runs.list(rowsStarting(PARTITION, 'run.'), signal);
  return rows.map((row) => fromRow(row) as StoredRun);
}

/** Those whose id was made at that time or later, oldest first. */
export async function listRunsSince(runs: Table, instant: Date, signal?: AbortSignal): Promise<readonly StoredRun[]> {
  const first = `run.${compactTime(instant)}`;
  const rows = await runs.list(`${rowsStarting(PARTITION, 'run.')} and ${odata`RowKey ge ${first}`}`, signal);
  return rows.map((row) => fromRow(row) as StoredRun);
}

/**
 * Those whose id was made from one time on and before another, oldest first.
 * @param from as in {@link compactTime}
 * @param before likewise, or a run's id
 * @param limit that many at most, the oldest
 */
export async function listRunsBetween(
  runs: Table,
  from: string,
  before: string,
  limit?: number,
  signal?: AbortSignal,
): Promise<readonly StoredRun[]> {
  const [first, end] = [`run.${from}`, `run.${before}`];
  const filter = odata`PartitionKey eq ${PARTITION} and RowKey ge ${first} and RowKey lt ${end}`;
  return (await runs.list(filter, signal, limit)).map((row) => fromRow(row) as StoredRun);
}

/** Does nothing where the run is known already. */
export async function insertRun(runs: Table, record: StoredRun, signal?: AbortSignal): Promise<void> {
  await runs.commit([{ kind: 'insert', row: toRow(runKey(record.runId), record) }], signal);
}

export async function removeRun(runs: Table, runId: string, signal?: AbortSignal): Promise<void> {
  await runs.remove(runKey(runId), signal);
}

function recordChange(record: StoredRun): RowChange {
  return { kind: 'put', row: toRow(runKey(record.runId), record) };
}

/** @throws RangeError for what is no run id, as keys take few characters */
function runKey(runId: string): Key {
  if (!isRunId(runId)) {
    throw new RangeError(`${JSON.stringify(runId.slice(0, 100))} is no run id.`);
  }
  return { partitionKey: PARTITION, rowKey: `run.${runId}` };
}
