import { partitionsStarting, rowsStarting } from './filters';
import { inParallel } from './in-parallel';
import { OUTBOX } from './outbox';
import type { Table } from './table';
import type { Tables } from './tables';

/**
 * Removes all that a run wrote besides its record, or that one start of it wrote. Alerts go first: none may be left
 * whose mail is gone.
 * @param run a run id or the partition of a run
 */
export async function removeTraces({ alerts, findings }: Tables, run: string, signal?: AbortSignal): Promise<void> {
  await removeRows(alerts, rowsStarting(OUTBOX, run), signal);
  await removeRows(alerts, partitionsStarting(run), signal);
  await removeRows(findings, partitionsStarting(run), signal);
}

export async function removeRows(table: Table, filter: string, signal: AbortSignal | undefined): Promise<void> {
  const keys = await table.listKeys(filter, signal);
  await inParallel(keys, 8, (key) => table.remove(key, signal));
}
