import { appServices } from '../app-services';
import { fromDiffToken, toDiffToken } from '../http/diff-token';
import { endpoint } from '../http/endpoint';
import { etagOf } from '../http/etag';
import { isKnown } from '../http/if-none-match';
import { nextLink } from '../http/next-link';
import { parseQuery } from '../http/parse-query';
import { json, problem, SECURITY_HEADERS } from '../http/problem';
import { DIFF_QUERY } from '../http/schemas/queries';
import { diffReports, type DiffPage } from '../storage/diff-reports';
import type { PublishedReport } from '../storage/published-report';

/** `GET /api/report/diff`: what opened, worsened, was resolved, or can (not) be looked at any more, between two reports. */
export const reportDiffEndpoint = endpoint(async (request) => {
  const { continuationToken, top, ...asked } = parseQuery(DIFF_QUERY, request.query);
  const { kind } = asked;
  const position = continuationToken === undefined ? { ...asked, start: 0 } : fromDiffToken(continuationToken, asked);
  const { reports } = appServices().storage;
  const [to, given] = await Promise.all([
    reports.find(position.to),
    position.from === undefined ? undefined : reports.find(position.from),
  ]);
  if (to === undefined) {
    return position.to === undefined
      ? problem(404, 'No report yet', 'No audit has finished so far, so that there is nothing to compare.')
      : noReport('to', position.to);
  }
  if (position.from !== undefined && given === undefined) {
    return noReport('from', position.from);
  }
  const before = given === undefined ? await reports.fullBefore(to.runId) : undefined;
  const from = given ?? (before === undefined ? undefined : await reports.find(before));
  if (from === undefined) {
    return problem(404, 'Nothing to compare with', `There is no report of a full audit before run ${to.runId}.`, {
      parameter: 'from',
    });
  }
  const etag = etagOf('diff', from.runId, to.runId, kind, position.start, top);
  if (isKnown(request.headers.get('if-none-match'), etag)) {
    return { status: 304, headers: { ...SECURITY_HEADERS, etag } };
  }
  const page = await diffReports(from, to, { kinds: kind, start: position.start, top });
  const runs = { from: from.runId, to: to.runId };
  const next = page.next === undefined ? undefined : toDiffToken({ ...runs, kind, start: page.next });
  return json(200, await describeDiff(from, to, page, next), {
    etag,
    ...nextLink('/api/report/diff', request.query, next, runs),
  });
});

export async function describeDiff(
  from: PublishedReport,
  to: PublishedReport,
  { counts, changes }: DiffPage,
  continuationToken: string | undefined,
) {
  return {
    schemaVersion: 1 as const,
    from: await describe(from),
    to: await describe(to),
    counts,
    changes,
    ...(continuationToken !== undefined && { continuationToken }),
  };
}

async function describe(report: PublishedReport) {
  const { runId, startedAt, finishedAt, fullAuditAt, signInsAt, overall, totals } = await report.header();
  return { runId, startedAt, finishedAt, fullAuditAt, signInsAt, overall, totals };
}

function noReport(parameter: 'from' | 'to', runId: string) {
  return problem(404, 'No such report', `There is no report ${runId}, which ${parameter} names.`, { parameter });
}
