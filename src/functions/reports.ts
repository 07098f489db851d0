import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { parseHistoryQuery } from '../http/history-query';
import { json } from '../http/problem';

/** `GET /api/reports`: every run that started, newest first, with what its report says in short. */
export const reportsEndpoint = endpoint(async (request) => {
  const { runs, next } = await appServices().storage.reports.history(parseHistoryQuery(request.query));
  return json(200, {
    reports: runs.map((run) => ({ ...run, location: `/api/report/${run.runId}` })),
    ...(next !== undefined && { continuationToken: next }),
  });
});
