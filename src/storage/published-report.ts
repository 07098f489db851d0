/** A published report as its readers have it: each part is read when it is asked for. */
import type { AlertMemory } from '../alerts/alert-memory';
import type { Baseline } from '../audit/baseline';
import type { WholeReport } from '../audit/carry-over';
import { isOpen, openAfter, type OpenFinding } from '../audit/compare';
import type { Contacts } from '../audit/contacts';
import type { Finding } from '../audit/finding';
import type { Overview } from '../audit/overview';
import type { ReportHeader } from '../audit/report';
import type { SignInState } from '../audit/sign-in-window';
import { CHUNKS_IN_PARALLEL, isOfKind, type ChunkContents, type KindHint } from './chunks';
import { fromContinuationToken, toContinuationToken, type Position } from './continuation-token';
import { readDocument } from './documents';
import { ReportNotFoundError } from './errors';
import { inParallel } from './in-parallel';
import {
  chunkKey,
  hasKeepsake,
  readKeepsake,
  readStoredReport,
  type ChunkedList,
  type Keepsake,
  type ReportPlace,
  type StoredReport,
} from './stored-report';
import type { Table } from './table';

export interface FindingsQuery {
  readonly filter?: (finding: Finding) => boolean;
  /** Findings must be of this kind, too; what it excludes is not even read. */
  readonly hint?: KindHint;
  /** Findings a page, 1 or more. */
  readonly top: number;
  readonly continuationToken?: string;
}

export interface FindingsPage {
  readonly findings: readonly Finding[];
  /** For the next page; absent on the last one. */
  readonly continuationToken?: string;
}

export interface PlacedFinding {
  readonly finding: Finding;
  readonly place: Position;
}

/**
 * The header is read once, by whichever asks first. Every method throws {@link ReportNotFoundError} where the report was
 * removed meanwhile, or a `StorageError` where something of it is missing that nothing removes. Those that may give
 * `null` do so where it was published without.
 */
export interface PublishedReport {
  readonly runId: string;
  header(signal?: AbortSignal): Promise<ReportHeader>;
  overview(signal?: AbortSignal): Promise<Overview | null>;
  /** What changes are measured by. */
  baseline(signal?: AbortSignal): Promise<Baseline | null>;
  /** What audits of sign-ins go by; none where no sign-ins were judged. */
  signIns(signal?: AbortSignal): Promise<SignInState | null>;
  /** None where nothing was ever told. */
  alertMemory(signal?: AbortSignal): Promise<AlertMemory | null>;
  /** None where they stand in the memory of alerts. */
  contacts(signal?: AbortSignal): Promise<Contacts | null>;
  /** What was open after its run. */
  open(signal?: AbortSignal): Promise<readonly OpenFinding[]>;
  /** With all its findings. */
  whole(signal?: AbortSignal): Promise<WholeReport>;
  /**
   * Findings in the report's order. Reads one chunk after the other, and none beyond the one that fills the page.
   * @throws InvalidContinuationTokenError
   */
  findings(query: FindingsQuery, signal?: AbortSignal): Promise<FindingsPage>;
  /** All findings of a kind, in the report's order; one chunk is in memory at a time. */
  each(hint: KindHint, signal?: AbortSignal): AsyncGenerator<PlacedFinding, void, void>;
  /** The findings at these places, in the order of the places. */
  at(places: readonly Position[], signal?: AbortSignal): Promise<readonly Finding[]>;
}

/**
 * Nothing is read yet.
 * @param missing what to throw where the run's report has no header
 */
export function publishedReport(table: Table, place: ReportPlace, missing: (runId: string) => Error): PublishedReport {
  const { runId, partition } = place;
  let reading: Promise<StoredReport> | undefined;

  function stored(signal?: AbortSignal): Promise<StoredReport> {
    return (reading ??= readStoredReport(table, partition, signal).then((report) => {
      if (report === undefined) {
        throw missing(runId);
      }
      return report;
    }));
  }

  /** @param chunk its place in the report */
  async function readItems<T>(list: ChunkedList, chunk: number, signal?: AbortSignal): Promise<readonly T[]> {
    const { row = chunk } = (await stored(signal))[list][chunk] ?? {};
    const items = await readDocument<readonly T[]>(table, chunkKey(partition, list, row), signal);
    if (items === undefined) {
      throw new ReportNotFoundError(runId);
    }
    return items;
  }

  function readChunk(chunk: number, signal?: AbortSignal): Promise<readonly Finding[]> {
    return readItems('findings', chunk, signal);
  }

  /** The findings of the chunks that are wanted, and what is open beside them. */
  async function readBoth(isWanted: (chunk: ChunkContents) => boolean, signal?: AbortSignal) {
    const report = await stored(signal);
    const read = async <T>(list: ChunkedList, indexes: readonly number[]): Promise<readonly T[]> =>
      (await inParallel(indexes, CHUNKS_IN_PARALLEL, (index) => readItems<T>(list, index, signal))).flat();
    const wanted = report.findings.flatMap((chunk, index) => (isWanted(chunk) ? [index] : []));
    const findings = await read<Finding>('findings', wanted);
    const unconfirmed = await read<OpenFinding>('unconfirmed', [...report.unconfirmed.keys()]);
    return { header: report.header, findings, unconfirmed };
  }

  function keepsake<T>(name: Keepsake) {
    return async (signal?: AbortSignal): Promise<T | null> =>
      hasKeepsake(await stored(signal), name) ? readKeepsake<T>(table, place, name, signal) : null;
  }

  return {
    runId,

    header: async (signal) => (await stored(signal)).header,

    overview: keepsake<Overview>('overview'),
    baseline: keepsake<Baseline>('baseline'),
    signIns: keepsake<SignInState>('signIns'),
    alertMemory: keepsake<AlertMemory>('alertMemory'),
    contacts: keepsake<Contacts>('contacts'),

    open: async (signal) => openAfter(await readBoth(({ kinds }) => kinds.some((kind) => isOpen(kind)), signal)),

    whole: async (signal) => {
      const { header, findings, unconfirmed } = await readBoth(() => true, signal);
      return { report: { ...header, findings }, unconfirmed };
    },

    findings: async ({ filter = () => true, hint = {}, top, continuationToken }, signal) => {
      const { findings: chunks } = await stored(signal);
      const counts = chunks.map(({ count }) => count);
      const start: Position =
        continuationToken === undefined
          ? { chunk: 0, offset: 0 }
          : fromContinuationToken(continuationToken, runId, counts);
      const page: Finding[] = [];
      for (const [chunk, { kinds }] of chunks.entries()) {
        if (chunk < start.chunk || !kinds.some((kind) => isOfKind(kind, hint))) {
          continue;
        }
        if (page.length >= top) {
          return { findings: page, continuationToken: toContinuationToken(runId, { chunk, offset: 0 }) };
        }
        for (const [offset, finding] of (await readChunk(chunk, signal)).entries()) {
          if ((chunk === start.chunk && offset < start.offset) || !isOfKind(finding, hint) || !filter(finding)) {
            continue;
          }
          if (page.length >= top) {
            return { findings: page, continuationToken: toContinuationToken(runId, { chunk, offset }) };
          }
          page.push(finding);
        }
      }
      return { findings: page };
    },

    async *each(hint, signal) {
      const { findings: chunks } = await stored(signal);
      for (const [chunk, { kinds }] of chunks.entries()) {
        if (kinds.some((kind) => isOfKind(kind, hint))) {
          for (const [offset, finding] of (await readChunk(chunk, signal)).entries()) {
            if (isOfKind(finding, hint)) {
              yield { finding, place: { chunk, offset } };
            }
          }
        }
      }
    },

    at: async (places, signal) => {
      const found = new Map<string, Finding>();
      for (const chunk of new Set(places.map((place) => place.chunk))) {
        const items = await readChunk(chunk, signal);
        for (const place of places) {
          const finding = place.chunk === chunk ? items[place.offset] : undefined;
          if (finding !== undefined) {
            found.set(`${chunk} ${place.offset}`, finding);
          }
        }
      }
      return places.flatMap(({ chunk, offset }) => found.get(`${chunk} ${offset}`) ?? []);
    },
  };
}
