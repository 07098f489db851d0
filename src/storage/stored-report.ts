/** Where the parts of a report stand: in the partition of the start that published it. */
import type { ReportHeader } from '../audit/report';
import type { ChunkContents } from './chunks';
import { readDocument } from './documents';
import type { Key, Table } from './table';

/** What is stored of a report besides its chunks. */
export interface StoredReport {
  readonly header: ReportHeader;
  readonly findings: readonly ChunkContents[];
  readonly unconfirmed: readonly ChunkContents[];
  /** Left out where it has none. */
  readonly hasBaseline?: true;
  readonly hasSignIns?: true;
  readonly hasAlertMemory?: true;
}

export type ChunkedList = 'findings' | 'unconfirmed';

export function readStoredReport(
  findings: Table,
  partition: string,
  signal?: AbortSignal,
): Promise<StoredReport | undefined> {
  return readDocument<StoredReport>(findings, headerKey(partition), signal);
}

export function headerKey(partition: string): Key {
  return { partitionKey: partition, rowKey: 'header' };
}

export function chunkKey(partition: string, list: ChunkedList, index: number): Key {
  return { partitionKey: partition, rowKey: `${list}.${String(index).padStart(5, '0')}` };
}
