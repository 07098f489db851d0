/** The report as a page: everything that it is made of, read side by side, and what a browser may do with it. */
import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { appServices } from '../app-services';
import type { Exception } from '../audit/exception';
import { showException } from '../audit/exceptions';
import type { Finding, Status } from '../audit/finding';
import { SECURITY_HEADERS } from '../http/problem';
import type { ReportQuery } from '../http/schemas/queries';
import { MEDIA_TYPES } from '../report/formats';
import type { PageFilters, PagePlace, PageStatus } from '../report/html/page-input';
import type { ShownReport } from '../report/shown-report';
import type { FoundReport } from '../storage/reports';
import { describeStatus, failureOf, readStatus } from './status';

/** Few enough to look through, and to be there at once. */
const DEFAULT_TOP = 100;

/** What a page shows unless it is asked for anything else. */
const OPEN: readonly Status[] = ['fail', 'notEvaluated'];

/** Full audits that the trend shows. */
const TREND_RUNS = 30;

interface PageOfFindings extends Pick<ShownReport, 'continuationToken'> {
  readonly findings: readonly Finding[];
}

export interface AskedPage {
  readonly request: HttpRequest;
  readonly query: ReportQuery;
  readonly report: FoundReport;
  /** Those in force. */
  readonly exceptions: readonly Exception[];
  /** The findings that the query asks for, but of these statuses, and so many where it does not say. */
  readonly read: (statuses: readonly Status[], defaultTop: number) => Promise<PageOfFindings>;
}

/** @returns without an entity tag: the page tells the time since it was made, and how things stand now */
export async function answerPage({ request, query, report, exceptions, read }: AskedPage): Promise<HttpResponseInit> {
  const { storage, now: clock } = appServices();
  const now = clock();
  const filters = filtersOf(query);
  const statuses = filters.statuses.length === 0 ? OPEN : filters.statuses;
  const [header, page, overview, history, standing, { renderPage }] = await Promise.all([
    report.header(),
    read(statuses, DEFAULT_TOP),
    report.overview(),
    storage.reports.history({ top: TREND_RUNS, audit: 'full' }),
    standingNow(now),
    import('../report/html/render-page'),
  ]);
  const findings = page.findings.map((finding) => showException(finding, exceptions, now));
  const trend = history.runs.flatMap(({ summary }) => (summary === null ? [] : [summary])).reverse();
  const body = renderPage({
    report: { ...header, lastComplete: report.latestComplete ?? null, ...page, findings },
    overview,
    trend,
    status: standing.status,
    filters,
    isLatest: standing.latestRunId === header.runId,
    place: placeOf(request),
    now,
  });
  return { status: 200, headers: await pageHeaders(), body };
}

async function standingNow(now: Date): Promise<{ readonly latestRunId: string | null; readonly status: PageStatus }> {
  const { report, lastRun, alerts } = await readStatus(now);
  const status = describeStatus(report, lastRun, now, appServices().settings.signInSchedule, alerts);
  const failure = failureOf(lastRun, now) ?? null;
  return {
    latestRunId: status.runId,
    status: {
      stale: status.stale,
      areSignInsStale: status.signIns.stale,
      failure,
      runningId: failure === null && lastRun?.state === 'running' ? lastRun.runId : null,
      alertTrouble: status.mails === 'off' ? null : (status.mails.failing?.reason ?? null),
    },
  };
}

/** Of the frame that a page or what stands in for it comes in: nothing runs, and nothing is loaded, but what is in it. */
export async function pageHeaders(): Promise<Record<string, string>> {
  const { PAGE_SCRIPT, PAGE_STYLE } = await import('../report/html/document');
  return {
    ...SECURITY_HEADERS,
    'content-type': `${MEDIA_TYPES.html}; charset=utf-8`,
    vary: 'Accept',
    'content-security-policy': [
      "default-src 'none'",
      `style-src ${hashOf(PAGE_STYLE)}`,
      `script-src ${hashOf(PAGE_SCRIPT)}`,
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function filtersOf(query: ReportQuery): PageFilters {
  return {
    statuses: query.status,
    severities: query.severity,
    checks: query.check,
    subject: query.subject ?? '',
    workspace: query.workspace.join(','),
    principal: query.principal.join(','),
    owner: query.owner ?? '',
    q: query.q ?? '',
  };
}

export function placeOf({ url, query }: Pick<HttpRequest, 'url' | 'query'>): PagePlace {
  return {
    root: new URL(url).pathname.endsWith('/report') ? '' : '../',
    code: query.get('code') || null,
    top: query.get('top'),
    isContinued: query.has('continuationToken'),
  };
}
