/** Published reports. A report is published by one conditional write, after all of it was stored. */
import type { AlertMemory } from '../alerts/alert-memory';
import type { Baseline } from '../audit/baseline';
import type { Contacts } from '../audit/contacts';
import { isOpen, openAfter, type OpenBefore, type OpenFinding } from '../audit/compare';
import type { WholeReport } from '../audit/carry-over';
import type { Finding } from '../audit/finding';
import type { Overview } from '../audit/overview';
import type { Report, ReportHeader } from '../audit/report';
import { summaryOf } from '../audit/run-summary';
import type { SignInState } from '../audit/sign-in-window';
import { changeState, readRun, readState, type AuditState, type StoredRun } from './audit-state';
import { chunksOf, type Chunk, type ChunkContents } from './chunks';
import { readDocument, writeDocument, type Json } from './documents';
import { PublicationConflictError, ReportNotFoundError, StorageError } from './errors';
import { inParallel } from './in-parallel';
import { insertAlert, type PendingAlert } from './outbox';
import { publishedReport, type FindingsPage, type FindingsQuery, type PublishedReport } from './published-report';
import { removeOlderThan } from './retention';
import { findFullBefore, readHistory, type HistoryPage, type HistoryQuery } from './run-history';
import type { RunLease } from './runs';
import {
  chunkKey,
  headerKey,
  keepsakeKey,
  readKeepsake,
  readStoredReport,
  type ChunkedList,
  type ReportPlace,
  type StoredReport,
} from './stored-report';
import type { Key } from './table';
import type { Tables } from './tables';

export interface Publication {
  readonly report: Report;
  /** What is open beside the open ones among the report's findings. */
  readonly unconfirmed: readonly OpenFinding[];
  readonly alerts: readonly PendingAlert[];
  /** What the next run measures changes by. */
  readonly baseline?: Baseline;
  /** What the next audit of sign-ins goes by. */
  readonly signIns?: SignInState;
  /** What was told, these alerts included. */
  readonly alertMemory?: AlertMemory;
  /** Whom findings concern, where there is no memory of alerts that holds it. */
  readonly contacts?: Contacts;
  readonly overview?: Overview;
}

/** A report, and which one was the last that lacks nothing when it was looked for. */
export interface FoundReport extends PublishedReport {
  readonly latestComplete: AuditState['latestComplete'];
}

export interface Reports {
  /**
   * Where the report of a run is, or the latest one; nothing of it is read yet.
   * @returns `undefined`: there is none, or no published one
   */
  find(runId?: string, signal?: AbortSignal): Promise<FoundReport | undefined>;
  latest(signal?: AbortSignal): Promise<ReportHeader | undefined>;
  /** The last report whose `overall` is not `incomplete`. */
  latestComplete(signal?: AbortSignal): Promise<AuditState['latestComplete']>;
  get(runId: string, signal?: AbortSignal): Promise<ReportHeader | undefined>;
  /**
   * As {@link PublishedReport.findings}.
   * @throws ReportNotFoundError
   * @throws InvalidContinuationTokenError
   */
  findings(runId: string, query: FindingsQuery, signal?: AbortSignal): Promise<FindingsPage>;
  /** Of the latest report. */
  openFindings(signal?: AbortSignal): Promise<OpenBefore>;
  /** Of the latest report; `null` where there is none, or where it was published without. */
  baseline(signal?: AbortSignal): Promise<Baseline | null>;
  /** Of the latest report; `null` where there is none, or where no sign-ins were judged. */
  signIns(signal?: AbortSignal): Promise<SignInState | null>;
  /** Of the latest report; `null` where there is none, or where nothing was ever told. */
  alertMemory(signal?: AbortSignal): Promise<AlertMemory | null>;
  /** Of the latest report; `null` where there is none, or where they stand in its memory of alerts. */
  contacts(signal?: AbortSignal): Promise<Contacts | null>;
  /** Of a published report; `null` where there is no such report, or where it was published without. */
  overview(runId: string, signal?: AbortSignal): Promise<Overview | null>;
  /** Id of the last full audit with a report before this run; `undefined`: there is none. */
  fullBefore(runId: string, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Runs that started, newest first, those that failed too.
   * @throws InvalidContinuationTokenError
   */
  history(query: HistoryQuery, signal?: AbortSignal): Promise<HistoryPage>;
  /** The latest report with all its findings. */
  whole(signal?: AbortSignal): Promise<WholeReport | undefined>;
  /**
   * Makes this the latest report, its baseline, its state of sign-ins and its memory of what was told those to go by, its alerts deliverable and its run
   * finished: all of it or nothing.
   * @throws PublicationConflictError where the lease was lost; `Runs.fail` removes what was written
   */
  publish(lease: RunLease, publication: Publication, signal?: AbortSignal): Promise<void>;
  /**
   * Removes runs from before the instant with all that belongs to them, but never the latest report, the latest complete
   * one, or a report with an alert that was not delivered yet.
   * @returns how many runs
   */
  removeOlderThan(instant: Date, signal?: AbortSignal): Promise<number>;
}

interface LatestReport extends StoredReport {
  readonly runId: string;
  readonly partition: string;
}

/** Of chunks: 400 kB each before they are compressed. */
const CONCURRENCY = 4;

export function openReports(tables: Tables): Reports {
  const { runs, findings } = tables;

  async function readLatest(signal?: AbortSignal): Promise<LatestReport | undefined> {
    const { published } = (await readState(runs, signal)).state;
    if (published === undefined) {
      return undefined;
    }
    const report = await readStoredReport(findings, published.partition, signal);
    if (report === undefined) {
      throw new StorageError(`The header of the latest report (run ${published.runId}) is missing.`);
    }
    return { ...report, ...published };
  }

  async function readChunk<T>(key: Key, runId: string, signal?: AbortSignal): Promise<readonly T[]> {
    const items = await readDocument<readonly T[]>(findings, key, signal);
    if (items === undefined) {
      throw new ReportNotFoundError(runId);
    }
    return items;
  }

  async function readAll<T>(
    report: LatestReport,
    list: ChunkedList,
    isWanted: (chunk: ChunkContents) => boolean,
    signal?: AbortSignal,
  ): Promise<readonly T[]> {
    const indexes = report[list].flatMap((chunk, index) => (isWanted(chunk) ? [index] : []));
    const chunks = await inParallel(indexes, CONCURRENCY, (index) =>
      readChunk<T>(chunkKey(report.partition, list, index), report.runId, signal),
    );
    return chunks.flat();
  }

  return {
    latest: async (signal) => (await readLatest(signal))?.header,

    latestComplete: async (signal) => (await readState(runs, signal)).state.latestComplete,

    get: async (runId, signal) => {
      const place = placeOf(await readRun(runs, runId, signal));
      return place && (await readStoredReport(findings, place.partition, signal))?.header;
    },

    find: async (runId, signal) => {
      const [{ state }, run] = await Promise.all([
        readState(runs, signal),
        runId === undefined ? undefined : readRun(runs, runId, signal),
      ]);
      const place = runId === undefined ? state.published : placeOf(run);
      return place && { ...publishedReport(findings, place), latestComplete: state.latestComplete };
    },

    findings: async (runId, query, signal) => {
      const place = placeOf(await readRun(runs, runId, signal));
      if (place === undefined) {
        throw new ReportNotFoundError(runId);
      }
      return publishedReport(findings, place).findings(query, signal);
    },

    openFindings: async (signal) => {
      const latest = await readLatest(signal);
      if (latest === undefined) {
        return { runId: null, open: [] };
      }
      const all = await readAll<Finding>(latest, 'findings', ({ kinds }) => kinds.some((kind) => isOpen(kind)), signal);
      const unconfirmed = await readAll<OpenFinding>(latest, 'unconfirmed', () => true, signal);
      return { runId: latest.runId, open: openAfter({ findings: all, unconfirmed }) };
    },

    baseline: async (signal) => {
      const latest = await readLatest(signal);
      return latest?.hasBaseline === true ? readKeepsake<Baseline>(findings, latest, 'baseline', signal) : null;
    },

    signIns: async (signal) => {
      const latest = await readLatest(signal);
      return latest?.hasSignIns === true ? readKeepsake<SignInState>(findings, latest, 'signIns', signal) : null;
    },

    alertMemory: async (signal) => {
      const latest = await readLatest(signal);
      return latest?.hasAlertMemory === true
        ? readKeepsake<AlertMemory>(findings, latest, 'alertMemory', signal)
        : null;
    },

    contacts: async (signal) => {
      const latest = await readLatest(signal);
      return latest?.hasContacts === true ? readKeepsake<Contacts>(findings, latest, 'contacts', signal) : null;
    },

    overview: async (runId, signal) => {
      const place = placeOf(await readRun(runs, runId, signal));
      return place === undefined ? null : publishedReport(findings, place).overview(signal);
    },

    fullBefore: (runId, signal) => findFullBefore(runs, runId, signal),

    history: (query, signal) => readHistory(runs, query, signal),

    whole: async (signal) => {
      const latest = await readLatest(signal);
      if (latest === undefined) {
        return undefined;
      }
      const all = await readAll<Finding>(latest, 'findings', () => true, signal);
      const unconfirmed = await readAll<OpenFinding>(latest, 'unconfirmed', () => true, signal);
      return { report: { ...latest.header, findings: all }, unconfirmed };
    },

    publish: async ({ run, version }, { report, alerts, ...kept }, signal) => {
      const { runId, partition } = run;
      const { findings: all, ...header } = report;
      if (header.runId !== runId) {
        throw new RangeError(`The report of run ${header.runId} cannot be published by run ${runId}.`);
      }
      const { finishedAt } = header;
      const contents = { findings: [] as ChunkContents[], unconfirmed: [] as ChunkContents[] };
      const documents = documentsOf(partition, { all, ...kept }, contents);
      await inParallel(documents, CONCURRENCY, async ({ key, json, release }) => {
        await writeDocument(findings, key, json, signal);
        release?.();
      });
      const stored: StoredReport = {
        header,
        ...contents,
        ...(kept.baseline !== undefined && { hasBaseline: true }),
        ...(kept.signIns !== undefined && { hasSignIns: true }),
        ...(kept.alertMemory !== undefined && { hasAlertMemory: true }),
        ...(kept.contacts !== undefined && { hasContacts: true }),
        ...(kept.overview !== undefined && { hasOverview: true }),
      };
      await inParallel(alerts, CONCURRENCY, (alert, index) =>
        insertAlert(tables.alerts, { runId, partition }, index, alert, finishedAt, signal),
      );
      await writeDocument(findings, headerKey(partition), [JSON.stringify(stored)], signal);
      const sequence = (version.state.published?.sequence ?? 0) + 1;
      const summary = summaryOf(header);
      const finished = { ...run, state: 'finished', finishedAt, sequence } as const;
      const state: AuditState = {
        ...version.state,
        run: finished,
        published: { runId, partition, sequence, summary },
        ...(header.overall !== 'incomplete' && { latestComplete: { runId, finishedAt } }),
      };
      if ((await changeState(runs, version, state, [{ ...finished, summary }], signal)) === undefined) {
        throw new PublicationConflictError(runId);
      }
    },

    removeOlderThan: (instant, signal) => removeOlderThan(tables, instant, signal),
  };
}

interface ToStore extends Omit<Publication, 'report' | 'alerts'> {
  readonly all: readonly Finding[];
}

/**
 * All that is stored of a report before its header, each when it is its turn; the longest to write first.
 * @param contents filled with those of the chunks
 */
function* documentsOf(
  partition: string,
  { all, unconfirmed, baseline, ...kept }: ToStore,
  contents: Record<ChunkedList, ChunkContents[]>,
): Generator<{ readonly key: Key; readonly json: Json; release?(): void }, void, void> {
  if (baseline !== undefined) {
    yield { key: keepsakeKey(partition, 'baseline'), json: jsonOf(baseline) };
  }
  for (const keepsake of ['signIns', 'alertMemory', 'contacts', 'overview'] as const) {
    if (kept[keepsake] !== undefined) {
      yield { key: keepsakeKey(partition, keepsake), json: [JSON.stringify(kept[keepsake])] };
    }
  }
  yield* chunkDocuments(
    'findings',
    chunksOf(all, (finding) => finding),
  );
  yield* chunkDocuments(
    'unconfirmed',
    chunksOf(unconfirmed, ({ finding }) => finding),
  );

  function* chunkDocuments(list: ChunkedList, chunks: Iterable<Chunk>) {
    for (const { json, contents: own, release } of chunks) {
      yield { key: chunkKey(partition, list, contents[list].push(own) - 1), json: [json], release };
    }
  }
}

/** A scope at a time: the whole text would be the largest thing in memory. */
function* jsonOf({ scopes, ...rest }: Baseline): Generator<string, void, void> {
  yield `${JSON.stringify(rest).slice(0, -1)},"scopes":[`;
  for (const [index, scope] of scopes.entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(scope)}`;
  }
  yield ']}';
}

/** Where a run's report is, if it has one. */
function placeOf(run: StoredRun | undefined): ReportPlace | undefined {
  return run?.state === 'finished' && run.partition !== undefined
    ? { runId: run.runId, partition: run.partition }
    : undefined;
}
