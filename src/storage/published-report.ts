/** A published report as its readers have it: each part is read when it is asked for. */
import type { Finding } from '../audit/finding';
import type { Overview } from '../audit/overview';
import type { ReportHeader } from '../audit/report';
import { isOfKind, type KindHint } from './chunks';
import { fromContinuationToken, toContinuationToken, type Position } from './continuation-token';
import { readDocument } from './documents';
import { ReportNotFoundError } from './errors';
import { chunkKey, readKeepsake, readStoredReport, type ReportPlace, type StoredReport } from './stored-report';
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

/** Every method throws {@link ReportNotFoundError} where the report was removed meanwhile. */
export interface PublishedReport {
  readonly runId: string;
  header(signal?: AbortSignal): Promise<ReportHeader>;
  /** `null` where it was published without. */
  overview(signal?: AbortSignal): Promise<Overview | null>;
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

/** Nothing is read yet. */
export function publishedReport(table: Table, place: ReportPlace): PublishedReport {
  const { runId, partition } = place;
  let reading: Promise<StoredReport> | undefined;

  function stored(signal?: AbortSignal): Promise<StoredReport> {
    return (reading ??= readStoredReport(table, partition, signal).then((report) => found(report)));
  }

  function found<T>(part: T | undefined): T {
    if (part === undefined) {
      throw new ReportNotFoundError(runId);
    }
    return part;
  }

  async function readChunk(chunk: number, signal?: AbortSignal): Promise<readonly Finding[]> {
    return found(await readDocument<readonly Finding[]>(table, chunkKey(partition, 'findings', chunk), signal));
  }

  return {
    runId,

    header: async (signal) => (await stored(signal)).header,

    overview: async (signal) =>
      (await stored(signal)).hasOverview === true ? readKeepsake<Overview>(table, place, 'overview', signal) : null,

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
