/** Every run that started, newest first, in pages. Records sort by age, oldest first, and can be listed that way only. */
import type { RunSummary } from '../audit/overview';
import { compactTime } from '../audit/run-id';
import { listRunsBetween, readState, type StoredRun } from './audit-state';
import { InvalidContinuationTokenError } from './errors';
import type { Table } from './table';

/** What became of a run. Times are ISO 8601. */
export interface HistoryEntry {
  readonly runId: string;
  readonly state: 'running' | 'finished' | 'failed';
  /** What it set out to audit; `null`: of a version that did not say. */
  readonly audit: 'full' | 'signIns' | null;
  readonly trigger: 'schedule' | 'request';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Why it failed. */
  readonly message: string | null;
  /** Of its report; `null` where it left none, or a version that kept none. */
  readonly summary: RunSummary | null;
}

export interface HistoryQuery {
  /** 1 or more. */
  readonly top: number;
  /** `next` of the page before. */
  readonly before?: string;
  /** `full` are also those that do not say, as versions that did not say knew no other. */
  readonly audit?: 'full' | 'signIns';
}

export interface HistoryPage {
  /** May be fewer than were asked for, or none, although there are more. */
  readonly runs: readonly HistoryEntry[];
  /** For the next page; absent on the last one. */
  readonly next?: string;
}

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Of a page's first span: runs are hourly where sign-ins are audited, and nightly where they are not. */
const SPAN_OF_A_RUN = HOUR;
const SHORTEST_SPAN = DAY;

/** Rows read at once: one request, and a megabyte or two. */
const MOST_ROWS = 999;

/** Rows read for a page, however few of them it shows. */
const MOST_ROWS_A_PAGE = 3_000;

/** No run is older: nothing is kept for longer than ten years, and there was no auditor before. */
const FIRST = Date.UTC(2020, 0, 1);

/** A run starts after its id was made, but clocks of machines differ. */
const CLOCKS_DIFFER = DAY;

/**
 * Reads spans of time backwards, each twice as long as the one before, and shorter again where there is more in one than
 * is read at once: a page costs a few requests wherever it begins, and reads no more the older the system is.
 * @throws InvalidContinuationTokenError
 */
export async function readHistory(runs: Table, query: HistoryQuery, signal?: AbortSignal): Promise<HistoryPage> {
  const { top, audit } = query;
  const page: HistoryEntry[] = [];
  let end = query.before === undefined ? await newest(runs, signal) : fromToken(query.before);
  let span = Math.max(top * SPAN_OF_A_RUN, SHORTEST_SPAN) + (query.before === undefined ? CLOCKS_DIFFER : 0);
  let room = MOST_ROWS_A_PAGE;
  while (timeOf(end) > FIRST) {
    const start = compactTime(new Date(Math.max(FIRST, timeOf(end) - span)));
    // In a second there cannot be too many.
    const limit = span > SECOND ? MOST_ROWS + 1 : undefined;
    const rows = await listRunsBetween(runs, start, end, limit, signal);
    if (limit !== undefined && rows.length >= limit) {
      span = Math.max(SECOND, span / 4);
      continue;
    }
    for (const run of rows.toReversed()) {
      const entry = entryOf(run);
      if (entry === undefined || (audit !== undefined && (entry.audit ?? 'full') !== audit)) {
        continue;
      }
      if (page.length === top) {
        return { runs: page, next: toToken(page.at(-1)?.runId ?? end) };
      }
      page.push(entry);
    }
    end = start;
    span *= 2;
    room -= rows.length;
    if (room <= 0 && timeOf(end) > FIRST) {
      return { runs: page, next: toToken(end) };
    }
  }
  return { runs: page };
}

/** Behind all that started; what was asked for since and has not begun is no matter. */
async function newest(runs: Table, signal?: AbortSignal): Promise<string> {
  const { run } = (await readState(runs, signal)).state;
  const last = run === undefined ? FIRST : Date.parse(run.startedAt) + CLOCKS_DIFFER;
  return compactTime(new Date(last));
}

function entryOf(run: StoredRun): HistoryEntry | undefined {
  const { runId, state, trigger, startedAt } = run;
  if (state === 'requested' || startedAt === undefined) {
    return undefined;
  }
  const { audit = null, finishedAt = null, message = null, summary = null } = run;
  return { runId, state, audit, trigger, startedAt, finishedAt, message, summary };
}

/** Where a page ends: a run's id, or a time as ids begin with it. What is older is on the pages after it. */
type Bound = string;

function toToken(bound: Bound): string {
  return Buffer.from(bound).toString('base64url');
}

function fromToken(token: string): Bound {
  const bound = Buffer.from(token, 'base64url').toString();
  if (!/^\d{8}T\d{6}Z(-[0-9a-f]{8})?$/.test(bound) || toToken(bound) !== token || Number.isNaN(timeOf(bound))) {
    throw new InvalidContinuationTokenError();
  }
  return bound;
}

/** Its second, in milliseconds since 1970. */
function timeOf(bound: Bound): number {
  const [date, time] = [bound.slice(0, 8), bound.slice(9, 15)];
  const iso = `${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`;
  return Date.parse(iso);
}
