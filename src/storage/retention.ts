import { listRuns, readState, removeRun, type StoredRun } from './audit-state';
import { partitionOf, UNDELIVERED } from './outbox';
import { removeWatchAlerts } from './watch';
import type { Tables } from './tables';
import { removeTraces } from './traces';

/** See `Reports.removeOlderThan`. A run's record goes last, so that a removal that was cut short is taken up again. */
export async function removeOlderThan(tables: Tables, instant: Date, signal?: AbortSignal): Promise<number> {
  const { state } = await readState(tables.runs, signal);
  const undelivered = await tables.alerts.listKeys(UNDELIVERED, signal);
  const kept = new Set([state.run?.runId, state.published?.runId, state.latestComplete?.runId]);
  const owing = new Set(undelivered.map(({ rowKey }) => partitionOf(rowKey)));
  const isRemovable = (run: StoredRun): boolean =>
    lastTimeOf(run) < instant.toISOString() &&
    !kept.has(run.runId) &&
    // Undelivered alerts of runs that were not published are nobody's business.
    !(run.state === 'finished' && owing.has(run.partition ?? ''));
  const removable = (await listRuns(tables.runs, signal)).filter(isRemovable);
  for (const { runId } of removable) {
    await removeTraces(tables, runId, signal);
    await removeRun(tables.runs, runId, signal);
  }
  await removeWatchAlerts(tables, instant, signal);
  return removable.length;
}

function lastTimeOf({ finishedAt, startedAt, requestedAt }: StoredRun): string {
  return finishedAt ?? startedAt ?? requestedAt ?? '';
}
