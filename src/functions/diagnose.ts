import { appServices } from '../app-services';
import { parseDiagnose } from '../http/diagnose-body';
import { endpoint } from '../http/endpoint';
import { readJson } from '../http/json-body';
import { parseQuery } from '../http/parse-query';
import { json, problem } from '../http/problem';
import { NO_QUERY } from '../http/schemas/queries';
import type { Storage } from '../storage/open-storage';

/** Twice what is looked at of a text, which JSON may escape. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * `POST /api/diagnose`: why a run failed, by its id or by the text of its error; it goes by the open findings of the latest
 * report, and by the error alone where there is none.
 */
export const diagnoseEndpoint = endpoint(async (request) => {
  parseQuery(NO_QUERY, request.query);
  const asked = parseDiagnose(await readJson(request, MAX_BODY_BYTES));
  const { storage, now } = appServices();
  const [{ reportRunId, findings }, { diagnoseRun, diagnoseText }] = await Promise.all([
    readLatest(storage),
    // The catalogue is large, and no other function needs it.
    import('../diagnosis/by-report'),
  ]);
  const { workspace } = asked;
  if ('text' in asked) {
    return json(200, { reportRunId, ...diagnoseText(asked.text, { now: now(), findings, workspace }) });
  }
  const found = findings === null ? undefined : diagnoseRun(asked.runId, findings, workspace);
  return found === undefined
    ? problem(404, 'No such run', notFound(asked.runId, reportRunId))
    : json(200, { reportRunId, ...found });
});

/** Its open findings; both are `null` where there is no report. */
async function readLatest({ reports }: Storage) {
  const latest = await reports.find();
  const open = await latest?.open();
  return { reportRunId: latest?.runId ?? null, findings: open?.map(({ finding }) => finding) ?? null };
}

function notFound(runId: string, reportRunId: string | null): string {
  return reportRunId === null
    ? 'No audit has finished so far, so that no run is known. Start one by POST /api/audit, or send the text of the error as text.'
    : `No open finding of report ${reportRunId} holds run ${runId}: it did not fail for want of authentication as far as is known, failed after that report or before the hours that it looks back, or is in a workspace whose runs could not be read. Send the text of its error as text.`;
}
