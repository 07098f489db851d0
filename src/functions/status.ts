import { appServices } from '../app-services';
import type { ReportHeader } from '../audit/report';
import { endpoint } from '../http/endpoint';
import { json } from '../http/problem';
import type { RunRecord } from '../storage/runs';

/** A nightly report is stale when the next one is two hours overdue. */
export const STALE_AFTER_HOURS = 26;

/** `GET /api/status`, for monitors: 200 when the last report is fresh and complete, otherwise 503 with the reason. */
export const statusEndpoint = endpoint(async () => {
  const { storage, now, settings } = appServices();
  const [report, lastRun, alerts] = await Promise.all([
    storage.reports.latest(),
    storage.runs.last(),
    storage.alerts.counts(),
  ]);
  const status = describeStatus(report, lastRun, now());
  return json(status.healthy ? 200 : 503, { ...status, mails: settings.mail === undefined ? 'off' : alerts });
});

/** Pure; times in ISO 8601, `ageHours` with one decimal. */
export function describeStatus(report: ReportHeader | undefined, lastRun: RunRecord | undefined, now: Date) {
  const ageHours = report === undefined ? null : (now.getTime() - Date.parse(report.finishedAt)) / 3_600_000;
  const stale = ageHours === null || ageHours > STALE_AFTER_HOURS;
  const failure = failureOf(lastRun, now);
  const reasons = [
    ...(report === undefined ? ['no audit has finished yet'] : []),
    ...(report !== undefined && stale ? [`the last report is older than ${STALE_AFTER_HOURS} hours`] : []),
    ...(failure === undefined ? [] : [failure]),
    ...(report?.overall === 'incomplete' ? ['something could not be evaluated; see coverage in the report'] : []),
  ];
  return {
    healthy: reasons.length === 0,
    reasons,
    overall: report?.overall ?? null,
    ageHours: ageHours === null ? null : Math.round(ageHours * 10) / 10,
    stale,
    totals: report?.totals ?? null,
    severities: report?.severities ?? null,
    nextExpiry: report?.nextExpiry ?? null,
    runId: report?.runId ?? null,
    finishedAt: report?.finishedAt ?? null,
    lastRun: lastRun === undefined ? null : { runId: lastRun.runId, state: lastRun.state },
  };
}

/** The newest run that started is also the newest published one, unless it failed or is under way. */
function failureOf(lastRun: RunRecord | undefined, now: Date): string | undefined {
  if (lastRun?.state === 'failed') {
    return `run ${lastRun.runId} failed: ${lastRun.message ?? 'no reason known'}`;
  }
  const overdue = lastRun?.state === 'running' && Date.parse(lastRun.expiresAt ?? '') <= now.getTime();
  return overdue ? `run ${lastRun.runId} stopped before it finished` : undefined;
}
