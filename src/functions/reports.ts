import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { nextLink } from '../http/next-link';
import { parseQuery } from '../http/parse-query';
import { json } from '../http/problem';
import { HISTORY_QUERY } from '../http/schemas/queries';
import type { HistoryPage } from '../storage/run-history';

/** `GET /api/reports`: every run that started, newest first, with what its report says in short. */
export const reportsEndpoint = endpoint(async (request) => {
  const { top, continuationToken: before, audit } = parseQuery(HISTORY_QUERY, request.query);
  const { reports } = appServices().storage;
  const page = await reports.history({
    top,
    ...(before !== undefined && { before }),
    ...(audit !== undefined && { audit }),
  });
  return json(200, describeHistory(page), nextLink('/api/reports', request.query, page.next));
});

export function describeHistory({ runs, next }: HistoryPage) {
  return {
    reports: runs.map((run) => ({ ...run, location: `/api/report/${run.runId}` })),
    ...(next !== undefined && { continuationToken: next }),
  };
}
