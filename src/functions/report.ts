import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { appServices } from '../app-services';
import type { Exception } from '../audit/exception';
import { isActive, showException } from '../audit/exceptions';
import type { Status } from '../audit/finding';
import type { ReportHeader } from '../audit/report';
import { isRunId } from '../audit/run-id';
import { endpoint } from '../http/endpoint';
import { formatOf } from '../http/negotiate';
import { json, problem, SECURITY_HEADERS } from '../http/problem';
import { DEFAULT_TOP, matches, parseReportQuery } from '../http/report-query';
import { MEDIA_TYPES } from '../report/formats';
import { render } from '../report/render';
import type { ShownReport } from '../report/shown-report';
import { withProblemPages } from './problem-page';
import { answerPage } from './report-page';

/** The queue gives a request up after five tries, a minute or an audit's length apart. */
const REQUEST_LIFETIME_MILLISECONDS = 60 * 60_000;

/** `GET /api/report` and `GET /api/report/{runId}`: the latest report, or that of one run. */
export const reportEndpoint = withProblemPages(
  endpoint(async (request) => {
    const runId = request.params['runId'];
    const { reports } = appServices().storage;
    if (runId === undefined || runId === '') {
      const latest = await reports.latest();
      return latest === undefined
        ? problem(
            404,
            'No report yet',
            'No audit has finished so far. Start one by POST /api/audit or wait for the night.',
          )
        : answer(request, latest);
    }
    const header = isRunId(runId) ? await reports.get(runId) : undefined;
    return header === undefined ? stateOf(runId) : answer(request, header);
  }),
);

async function answer(request: HttpRequest, header: ReportHeader): Promise<HttpResponseInit> {
  const format = formatOf(request);
  const query = parseReportQuery(
    request.query,
    header.checks.map((check) => check.id),
  );
  const { storage, now } = appServices();
  const asOf = now();
  const exceptions = (await storage.exceptions.list()).filter((exception) => isActive(exception, asOf));
  // A published report never changes, so that its run id and the exceptions in force say which version this is.
  const etag = exceptions.length === 0 ? `"${header.runId}"` : `"${header.runId}.${versionOf(exceptions)}"`;
  const { reports } = storage;
  const owned = query.owner === undefined ? undefined : await ownedBy(query.owner, header.runId);
  const read = (statuses: readonly Status[], top: number) => {
    const [status] = statuses;
    const [severity] = query.severities;
    return reports.findings(header.runId, {
      filter: (finding) => matches({ ...query, statuses }, finding, owned),
      hint: {
        ...(statuses.length === 1 && status ? { status } : {}),
        ...(query.severities.length === 1 && severity ? { severity } : {}),
      },
      top,
      ...(query.continuationToken === undefined ? {} : { continuationToken: query.continuationToken }),
    });
  };
  const lastComplete = (await reports.latestComplete()) ?? null;
  if (format === 'html') {
    return answerPage({
      request,
      header,
      lastComplete,
      exceptions,
      read: (statuses, defaultTop) => read(statuses, query.top ?? defaultTop),
    });
  }
  if (request.headers.get('if-none-match')?.includes(etag)) {
    return { status: 304, headers: { ...SECURITY_HEADERS, etag } };
  }
  const page = await read(query.statuses, query.top ?? DEFAULT_TOP);
  const findings = page.findings.map((finding) => showException(finding, exceptions, asOf));
  const shown: ShownReport = { ...header, lastComplete, ...page, findings };
  const contentType = `${MEDIA_TYPES[format]}; charset=utf-8`;
  return {
    status: 200,
    headers: { ...SECURITY_HEADERS, 'content-type': contentType, vary: 'Accept', etag },
    body: await render(shown, format),
  };
}

/** Ids of the applications that an owner has. */
async function ownedBy(owner: string, runId: string): Promise<ReadonlySet<string>> {
  const owners = (await appServices().storage.reports.overview(runId))?.owners.items ?? [];
  return new Set(owners.find(({ key }) => key === owner.toLowerCase())?.applicationIds);
}

/** Another one where an exception came, went or says something else. */
function versionOf(exceptions: readonly Exception[]): string {
  const sorted = exceptions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}

/** A run without a report is asked for, under way, or failed. */
async function stateOf(runId: string): Promise<HttpResponseInit> {
  const { storage, now } = appServices();
  const run = isRunId(runId) ? await storage.runs.get(runId) : undefined;
  const after = (instant: string | undefined, milliseconds = 0) =>
    now().getTime() > Date.parse(instant ?? '') + milliseconds;
  switch (run?.state) {
    case 'requested':
      return after(run.requestedAt, REQUEST_LIFETIME_MILLISECONDS)
        ? problem(404, 'The run never began', `Run ${runId} was asked for and could not begin. Ask again.`, { run })
        : json(202, run, { 'retry-after': '10' });
    case 'running':
      return after(run.expiresAt)
        ? problem(404, 'The run failed', `Run ${runId} stopped before it finished.`, { run })
        : json(202, run, { 'retry-after': '10' });
    case 'failed':
      return problem(404, 'The run failed', `Run ${runId} left no report: ${run.message ?? 'no reason known'}`, {
        run,
      });
    default:
      return problem(404, 'No such report', `There is no report ${JSON.stringify(runId.slice(0, 100))}.`);
  }
}
