/** One run at a time, and what became of each. */
import { randomBytes } from 'node:crypto';
import {
  changeState,
  insertRun,
  listRunsSince,
  readRun,
  readState,
  type RunRecord,
  type StartedRun,
  type StoredRun,
  type VersionedState,
} from './audit-state';
import { RunFinishedError, RunInProgressError } from './errors';
import type { Tables } from './tables';
import { removeTraces } from './traces';

export type { RunRecord } from './audit-state';

/** The right to publish, until another run takes it over. */
export interface RunLease {
  readonly run: StartedRun;
  /** The state as this run left it when it began: publishing is only possible while it still is so. */
  readonly version: VersionedState;
}

export interface Runs {
  /** Notes that somebody asked for a run. */
  request(runId: string, now: Date, signal?: AbortSignal): Promise<void>;
  /**
   * Takes the lease. A run that outlived its own is taken over: it is marked as failed, can no longer publish, and what
   * it wrote is removed. A failed run may begin again.
   * @throws RunInProgressError while another run, or the same one started before, holds the lease
   * @throws RunFinishedError where this run has published its report already
   */
  begin(
    run: {
      readonly runId: string;
      readonly trigger: RunRecord['trigger'];
      readonly audit?: RunRecord['audit'];
      readonly now: Date;
      readonly expiresAt: Date;
    },
    signal?: AbortSignal,
  ): Promise<RunLease>;
  get(runId: string, signal?: AbortSignal): Promise<RunRecord | undefined>;
  /** The newest run that started. */
  last(signal?: AbortSignal): Promise<RunRecord | undefined>;
  /** Those whose id was made at that time or later, oldest first. */
  since(instant: Date, signal?: AbortSignal): Promise<readonly RunRecord[]>;
  /**
   * Gives the lease back, marks the run as failed (where the lease was lost, it is already) and removes what it wrote.
   * Does nothing where the run was published after all.
   */
  fail(lease: RunLease, message: string, now: Date, signal?: AbortSignal): Promise<void>;
}

/** What people and tables can still use of a message. */
const MESSAGE_UNITS = 4_000;

const STOPPED = 'stopped before it finished';

export function openRuns(tables: Tables): Runs {
  const { runs } = tables;

  const fail: Runs['fail'] = async ({ run, version }, message, now, signal) => {
    const failed = failedRun(run, message, now);
    if ((await changeState(runs, version, { ...version.state, run: failed }, [failed], signal)) === undefined) {
      const record = await readRun(runs, run.runId, signal);
      if (record?.state === 'finished' && record.partition === run.partition) {
        return;
      }
    }
    await removeTraces(tables, run.partition, signal);
  };

  return {
    fail,

    request: (runId, now, signal) =>
      insertRun(runs, { runId, trigger: 'request', state: 'requested', requestedAt: now.toISOString() }, signal),

    get: async (runId, signal) => optional(await readRun(runs, runId, signal)),

    last: async (signal) => optional((await readState(runs, signal)).state.run),

    since: async (instant, signal) => (await listRunsSince(runs, instant, signal)).map(recordOf),

    begin: async ({ runId, trigger, audit, now, expiresAt }, signal) => {
      for (;;) {
        // In this order: whoever finishes the run after its record was read has changed the state too.
        const before = await readState(runs, signal);
        const record = await readRun(runs, runId, signal);
        const holder = before.state.run?.state === 'running' ? before.state.run : undefined;
        if (holder !== undefined && holder.expiresAt > now.toISOString()) {
          throw new RunInProgressError(holder.runId, new Date(holder.startedAt));
        }
        if (record?.state === 'finished') {
          throw new RunFinishedError(runId);
        }
        const run: StartedRun = {
          runId,
          trigger,
          ...(audit !== undefined && { audit }),
          state: 'running',
          ...(record?.requestedAt !== undefined && { requestedAt: record.requestedAt }),
          startedAt: now.toISOString(),
          expiresAt: expiresAt.toISOString(),
          partition: `${runId}.${randomBytes(4).toString('hex')}`,
        };
        const stopped = holder === undefined || holder.runId === runId ? [] : [failedRun(holder, STOPPED, now)];
        const version = await changeState(runs, before, { ...before.state, run }, [run, ...stopped], signal);
        if (version?.state.run?.partition === run.partition) {
          const lease: RunLease = { run, version };
          await clearUpAfter(holder, lease, signal);
          return lease;
        }
      }
    },
  };

  /** Only now: without the lease the run before could still have published what is removed here. */
  async function clearUpAfter(holder: StartedRun | undefined, lease: RunLease, signal?: AbortSignal): Promise<void> {
    if (holder === undefined) {
      return;
    }
    try {
      await removeTraces(tables, holder.partition, signal);
    } catch (error) {
      // The caller gets no lease that it could give back.
      await fail(lease, `what run ${holder.runId} left behind could not be removed`, new Date(lease.run.startedAt));
      throw error;
    }
  }
}

function optional(run: StoredRun | undefined): RunRecord | undefined {
  return run === undefined ? undefined : recordOf(run);
}

/** What others than storage may know of a run. */
export function recordOf(run: StoredRun): RunRecord {
  const { partition: _partition, ...record } = run;
  return record;
}

function failedRun(run: StartedRun, message: string, now: Date): StartedRun {
  return { ...run, state: 'failed', finishedAt: now.toISOString(), message: message.slice(0, MESSAGE_UNITS) };
}
