import { appServices } from '../app-services';
import { newRunId } from '../audit/run-id';
import { endpoint } from '../http/endpoint';
import { parseQuery } from '../http/parse-query';
import { json, problem } from '../http/problem';
import { NO_QUERY } from '../http/schemas/queries';
import { requestOutput } from './requested-audit';

/** `POST /api/audit`: puts a run into the queue and says where its report will be. */
export const auditEndpoint = endpoint(async (request, context) => {
  parseQuery(NO_QUERY, request.query);
  const { storage, now } = appServices();
  const last = await storage.runs.last();
  if (last?.state === 'running' && Date.parse(last.expiresAt ?? '') > now().getTime()) {
    const location = `/api/report/${last.runId}`;
    return problem(
      409,
      'An audit is running',
      `Run ${last.runId} started at ${last.startedAt ?? 'an unknown time'}; ask again when it has finished.`,
      { runId: last.runId },
      { location, 'retry-after': '30' },
    );
  }
  const runId = newRunId(now());
  await storage.runs.request(runId, now());
  context.extraOutputs.set(requestOutput, { runId });
  const location = `/api/report/${runId}`;
  return json(202, { runId, state: 'requested', location }, { location, 'retry-after': '10' });
});
