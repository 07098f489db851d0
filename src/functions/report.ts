import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { appServices } from '../app-services';
import type { Exception } from '../audit/exception';
import { isActive, showException } from '../audit/exceptions';
import type { Status } from '../audit/finding';
import { sortedBy } from '../audit/order';
import { isRunId } from '../audit/run-id';
import { endpoint } from '../http/endpoint';
import { etagOf } from '../http/etag';
import { filterOf } from '../http/finding-filter';
import { isKnown } from '../http/if-none-match';
import { formatOf } from '../http/negotiate';
import { nextLink } from '../http/next-link';
import { notAllowed, parseQuery } from '../http/parse-query';
import { json, problem, SECURITY_HEADERS } from '../http/problem';
import { DEFAULT_TOP, MAX_TOP, REPORT_QUERY, type ReportQuery } from '../http/schemas/queries';
import { MEDIA_TYPES, type Format } from '../report/formats';
import { render } from '../report/render';
import type { ShownReport } from '../report/shown-report';
import type { PublishedReport } from '../storage/published-report';
import type { FoundReport } from '../storage/reports';
import { withProblemPages } from './problem-page';
import { answerPage } from './report-page';

/** The queue gives a request up after five tries, a minute or an audit's length apart. */
const REQUEST_LIFETIME_MILLISECONDS = 60 * 60_000;

/** `GET /api/report` and `GET /api/report/{runId}`: the latest report, or that of one run. Browsers get pages, of problems too. */
export const reportEndpoint = withProblemPages(
  endpoint(async (request) => {
    const query = parseQuery(REPORT_QUERY, request.query);
    const format = formatOf(query.format, request.headers.get('accept'));
    const runId = request.params['runId'] || undefined;
    const { reports, exceptions } = appServices().storage;
    const [report, all] = await Promise.all([
      runId === undefined || isRunId(runId) ? reports.find(runId) : undefined,
      exceptions.list(),
    ]);
    if (report !== undefined) {
      return answer(request, report, query, format, all);
    }
    return runId === undefined
      ? problem(
          404,
          'No report yet',
          'No audit has finished so far. Start one by POST /api/audit or wait for the night.',
        )
      : stateOf(runId);
  }),
);

async function answer(
  request: HttpRequest,
  report: FoundReport,
  query: ReportQuery,
  format: Format,
  all: readonly Exception[],
): Promise<HttpResponseInit> {
  const asOf = appServices().now();
  const exceptions = sortedBy(
    all.filter((exception) => isActive(exception, asOf)),
    ({ id }) => id,
  );
  const lastComplete = report.latestComplete ?? null;
  const { code: _code, format: _format, ...asked } = query;
  // A published report never changes: these alone say what the answer is made of.
  const etag = etagOf(report.runId, format, asked, lastComplete, exceptions);
  const headers = { ...SECURITY_HEADERS, vary: 'Accept', etag };
  if (format !== 'html' && isKnown(request.headers.get('if-none-match'), etag)) {
    return { status: 304, headers };
  }
  const header = await report.header();
  refuseOthers(
    'check',
    query.check,
    header.checks.map(({ id }) => id),
  );
  const owned = await ownedBy(query.owner, report);
  const read = (status: readonly Status[], defaultTop: number) =>
    report.findings({
      filter: filterOf({ ...query, status }, owned),
      hint: { status, severity: query.severity },
      top: query.top ?? defaultTop,
      ...(query.continuationToken !== undefined && { continuationToken: query.continuationToken }),
    });
  if (format === 'html') {
    return answerPage({ request, query, report, exceptions, read });
  }
  const page = await read(query.status, format === 'json' ? DEFAULT_TOP : MAX_TOP);
  const findings = page.findings.map((finding) => showException(finding, exceptions, asOf));
  const shown: ShownReport = { ...header, lastComplete, ...page, findings };
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': `${MEDIA_TYPES[format]}; charset=utf-8`,
      // By the run's id, as the latest report may be another one by then.
      ...nextLink(`/api/report/${report.runId}`, request.query, page.continuationToken),
    },
    body: await render(shown, format),
  };
}

/** @throws BadRequestError naming the first value that is none of the allowed ones */
function refuseOthers(parameter: string, values: readonly string[], allowed: readonly string[]): void {
  for (const value of values) {
    if (!allowed.includes(value)) {
      throw notAllowed(parameter, value, allowed.length === 0 ? 'none, as this report knows none' : allowed);
    }
  }
}

/**
 * Ids of the applications that an owner has; `undefined`: nobody is asked for.
 * @throws BadRequestError
 */
async function ownedBy(owner: string | undefined, report: PublishedReport): Promise<ReadonlySet<string> | undefined> {
  if (owner === undefined || owner === '') {
    return undefined;
  }
  const owners = (await report.overview())?.owners.items ?? [];
  const wanted = owner.toLowerCase();
  refuseOthers(
    'owner',
    [wanted],
    owners.map(({ key }) => key),
  );
  return new Set(owners.find(({ key }) => key === wanted)?.applicationIds);
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
