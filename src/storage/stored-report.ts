/** Where the parts of a report stand: in the partition of the start that published it. */
import type { ReportHeader } from '../audit/report';
import type { ChunkContents } from './chunks';
import { readDocument } from './documents';
import { StorageError } from './errors';
import type { Key, Table } from './table';

export interface ReportPlace {
  readonly runId: string;
  readonly partition: string;
}

/** What the header knows of a chunk. */
export interface StoredContents extends ChunkContents {
  /** Number of its row. Absent where it is the chunk's place in the report: versions that stored no drafts wrote none. */
  readonly row?: number;
}

/** What is stored of a report besides its chunks. */
export interface StoredReport {
  readonly header: ReportHeader;
  /** In the report's order. */
  readonly findings: readonly StoredContents[];
  readonly unconfirmed: readonly StoredContents[];
  /** Left out where it has none. */
  readonly hasBaseline?: true;
  readonly hasSignIns?: true;
  readonly hasAlertMemory?: true;
  readonly hasContacts?: true;
  readonly hasOverview?: true;
}

export type ChunkedList = 'findings' | 'unconfirmed';

/** What is stored beside a report, by row key, as a message begins with it. */
const KEEPSAKES = {
  baseline: 'The baseline',
  signIns: 'The state of sign-ins',
  alertMemory: 'What was told',
  contacts: 'Whom it concerns',
  overview: 'The overview',
} as const;
export type Keepsake = keyof typeof KEEPSAKES;

const FLAGS = {
  baseline: 'hasBaseline',
  signIns: 'hasSignIns',
  alertMemory: 'hasAlertMemory',
  contacts: 'hasContacts',
  overview: 'hasOverview',
} as const satisfies Record<Keepsake, keyof StoredReport>;

/** What the header says of what stands beside it. */
export function keepsakeFlags(
  kept: Readonly<Partial<Record<Keepsake, unknown>>>,
): Pick<StoredReport, (typeof FLAGS)[Keepsake]> {
  const names = Object.keys(FLAGS) as Keepsake[];
  return Object.fromEntries(names.flatMap((name) => (kept[name] === undefined ? [] : [[FLAGS[name], true] as const])));
}

export function hasKeepsake(report: StoredReport, keepsake: Keepsake): boolean {
  return report[FLAGS[keepsake]] === true;
}

export function readStoredReport(
  findings: Table,
  partition: string,
  signal?: AbortSignal,
): Promise<StoredReport | undefined> {
  return readDocument<StoredReport>(findings, headerKey(partition), signal);
}

/** @throws StorageError where it is missing: ask for what the report has */
export async function readKeepsake<T>(
  findings: Table,
  { partition, runId }: ReportPlace,
  keepsake: Keepsake,
  signal?: AbortSignal,
): Promise<T> {
  const value = await readDocument<T>(findings, keepsakeKey(partition, keepsake), signal);
  if (value === undefined) {
    throw new StorageError(`${KEEPSAKES[keepsake]} of the report of run ${runId} is missing.`);
  }
  return value;
}

export function headerKey(partition: string): Key {
  return { partitionKey: partition, rowKey: 'header' };
}

export function chunkKey(partition: string, list: ChunkedList, row: number): Key {
  return { partitionKey: partition, rowKey: `${list}.${String(row).padStart(5, '0')}` };
}

export function keepsakeKey(partition: string, keepsake: Keepsake): Key {
  return { partitionKey: partition, rowKey: keepsake };
}
