/** Published reports. A report is published by one conditional write, after all of it was stored. */
import type { AlertMemory } from '../alerts/alert-memory';
import type { Baseline } from '../audit/baseline';
import type { Contacts } from '../audit/contacts';
import type { OpenFinding } from '../audit/compare';
import type { Overview } from '../audit/overview';
import type { Report } from '../audit/report';
import { summaryOf } from '../audit/run-summary';
import type { SignInState } from '../audit/sign-in-window';
import { changeState, readRun, readState, type AuditState, type StoredRun } from './audit-state';
import { CHUNKS_IN_PARALLEL } from './chunks';
import { writeDocument } from './documents';
import { NOTHING_DRAFTED, openDraft, type Draft } from './draft';
import { PublicationConflictError, ReportNotFoundError, StorageError } from './errors';
import { inParallel } from './in-parallel';
import { insertAlert, type PendingAlert } from './outbox';
import { publishedReport, type PublishedReport } from './published-report';
import { documentsOf } from './report-documents';
import { removeOlderThan } from './retention';
import { findFullBefore, readHistory, type HistoryPage, type HistoryQuery } from './run-history';
import type { RunLease } from './runs';
import {
  chunkKey,
  headerKey,
  keepsakeFlags,
  type ReportPlace,
  type StoredContents,
  type StoredReport,
} from './stored-report';
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
  /** Id of the last full audit with a report before this run; `undefined`: there is none. */
  fullBefore(runId: string, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Runs that started, newest first, those that failed too.
   * @throws InvalidContinuationTokenError
   */
  history(query: HistoryQuery, signal?: AbortSignal): Promise<HistoryPage>;
  /** To store findings of a run before its report: nobody sees them until that is published with this draft. */
  draft(lease: RunLease): Draft;
  /**
   * Makes this the latest report, its baseline, its state of sign-ins and its memory of what was told those to go by, its alerts deliverable and its run
   * finished: all of it or nothing.
   * @param draft of the same lease; its findings are not stored again where the report has them as they are
   * @throws PublicationConflictError where the lease was lost; `Runs.fail` removes what was written
   */
  publish(lease: RunLease, publication: Publication, draft?: Draft, signal?: AbortSignal): Promise<void>;
  /**
   * Removes runs from before the instant with all that belongs to them, but never the latest report, the latest complete
   * one, or a report with an alert that was not delivered yet.
   * @returns how many runs
   */
  removeOlderThan(instant: Date, signal?: AbortSignal): Promise<number>;
}

const ALERTS_IN_PARALLEL = 4;

export function openReports(tables: Tables): Reports {
  const { runs, findings } = tables;

  return {
    find: async (runId, signal) => {
      const [{ state }, run] = await Promise.all([
        readState(runs, signal),
        runId === undefined ? undefined : readRun(runs, runId, signal),
      ]);
      const place = runId === undefined ? state.published : placeOf(run);
      // Nothing removes the latest report: without its header, storage is at fault.
      const missing = (id: string): Error =>
        runId === undefined
          ? new StorageError(`The header of the latest report (run ${id}) is missing.`)
          : new ReportNotFoundError(id);
      return place && { ...publishedReport(findings, place, missing), latestComplete: state.latestComplete };
    },

    fullBefore: (runId, signal) => findFullBefore(runs, runId, signal),

    history: (query, signal) => readHistory(runs, query, signal),

    draft: ({ run: { partition } }) =>
      openDraft((row, json) => writeDocument(findings, chunkKey(partition, 'findings', row), json)),

    publish: async ({ run, version }, { report, alerts, ...kept }, draft, signal) => {
      const { runId, partition } = run;
      const { findings: all, ...header } = report;
      if (header.runId !== runId) {
        throw new RangeError(`The report of run ${header.runId} cannot be published by run ${runId}.`);
      }
      const { finishedAt } = header;
      const drafted = (await draft?.end()) ?? NOTHING_DRAFTED;
      const contents = { findings: [] as StoredContents[], unconfirmed: [] as StoredContents[] };
      const documents = documentsOf(partition, { all, drafted, ...kept }, contents);
      await inParallel(documents, CHUNKS_IN_PARALLEL, async ({ key, json, release }) => {
        await writeDocument(findings, key, json, signal);
        release?.();
      });
      const stored: StoredReport = {
        header,
        ...contents,
        ...keepsakeFlags(kept),
      };
      await inParallel(alerts, ALERTS_IN_PARALLEL, (alert, index) =>
        insertAlert(tables.alerts, { runId, partition }, index, alert, finishedAt, signal),
      );
      await writeDocument(findings, headerKey(partition), JSON.stringify(stored), signal);
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

/** Where a run's report is, if it has one. */
function placeOf(run: StoredRun | undefined): ReportPlace | undefined {
  return run?.state === 'finished' && run.partition !== undefined
    ? { runId: run.runId, partition: run.partition }
    : undefined;
}
