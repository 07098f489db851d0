import { describeFailing } from '../alerts/failing-alerts';
import { appServices } from '../app-services';
import type { ReportHeader } from '../audit/report';
import { endpoint } from '../http/endpoint';
import { json } from '../http/problem';
import { nextRun } from '../schedule';
import type { AlertStanding } from '../storage/alerts';
import type { RunRecord } from '../storage/runs';

/** Findings of a nightly audit are stale when the next one is two hours overdue. */
export const STALE_AFTER_HOURS = 26;
const OVERDUE_HOURS = 2;
const HOUR_MS = 3_600_000;

/** `GET /api/status`, for monitors: 200 when the last report is fresh in all its parts and complete, otherwise 503 with the reason. */
export const statusEndpoint = endpoint(async () => {
  const { storage, now, settings } = appServices();
  const [report, lastRun, alerts] = await Promise.all([
    storage.reports.latest(),
    storage.runs.last(),
    storage.alerts.standing(),
  ]);
  const areMailsOff = settings.mail === undefined && settings.webhook === undefined;
  const status = describeStatus(report, lastRun, now(), settings.signInSchedule, areMailsOff ? undefined : alerts);
  return json(status.healthy ? 200 : 503, status);
});

/**
 * Pure; times in ISO 8601, ages with one decimal. `ageHours` and `stale` are those of the last full audit, as an audit of
 * sign-ins carries everything else over; `signIns` are that of theirs.
 * @param signInSchedule NCRONTAB
 * @param alerts `undefined`: none are sent
 */
export function describeStatus(
  report: ReportHeader | undefined,
  lastRun: RunRecord | undefined,
  now: Date,
  signInSchedule: string,
  alerts?: AlertStanding,
) {
  const ageHours = hoursSince(report?.fullAuditAt, now);
  const stale = ageHours === null || ageHours > STALE_AFTER_HOURS;
  const signIns = describeSignIns(report?.signInsAt ?? null, now, signInSchedule);
  const failure = failureOf(lastRun, now);
  const failing = alerts === undefined ? null : troubleOf(alerts.failing);
  const reasons = [
    ...(report === undefined ? ['no audit has finished yet'] : []),
    ...(report !== undefined && stale ? [`the last full audit is older than ${STALE_AFTER_HOURS} hours`] : []),
    ...(signIns.stale ? [`the next audit of sign-ins is more than ${OVERDUE_HOURS} hours overdue`] : []),
    ...(failure === undefined ? [] : [failure]),
    ...(report?.overall === 'incomplete' ? ['something could not be evaluated; see coverage in the report'] : []),
    ...(failing === null ? [] : [`alerts do not arrive: ${failing.reason}`]),
  ];
  return {
    healthy: reasons.length === 0,
    reasons,
    overall: report?.overall ?? null,
    ageHours: ageHours === null ? null : toTenths(ageHours),
    stale,
    signIns,
    totals: report?.totals ?? null,
    severities: report?.severities ?? null,
    nextExpiry: report?.nextExpiry ?? null,
    runId: report?.runId ?? null,
    finishedAt: report?.finishedAt ?? null,
    lastRun: lastRun === undefined ? null : { runId: lastRun.runId, state: lastRun.state },
    mails: alerts === undefined ? ('off' as const) : { ...alerts.counts, failing },
  };
}

function troubleOf(failing: AlertStanding['failing']) {
  const described = describeFailing(failing);
  return described === null
    ? null
    : {
        ...described,
        problem: failing[0]?.lastProblem ?? null,
        next: failing.some(({ state }) => state === 'failed')
          ? 'GET /api/alerts?state=failed lists what was given up'
          : 'they are tried again',
      };
}

/** Never stale where no check of sign-ins is on. */
function describeSignIns(readAt: string | null, now: Date, schedule: string) {
  const ageHours = hoursSince(readAt, now);
  const due = readAt === null ? null : nextRun(schedule, new Date(readAt));
  return {
    readAt,
    ageHours: ageHours === null ? null : toTenths(ageHours),
    stale: due !== null && now.getTime() > due.getTime() + OVERDUE_HOURS * HOUR_MS,
  };
}

function hoursSince(instant: string | null | undefined, now: Date): number | null {
  return instant === null || instant === undefined ? null : (now.getTime() - Date.parse(instant)) / HOUR_MS;
}

function toTenths(hours: number): number {
  return Math.round(hours * 10) / 10;
}

/** The newest run that started is also the newest published one, unless it failed or is under way. */
export function failureOf(lastRun: RunRecord | undefined, now: Date): string | undefined {
  if (lastRun?.state === 'failed') {
    return `run ${lastRun.runId} failed: ${lastRun.message ?? 'no reason known'}`;
  }
  const overdue = lastRun?.state === 'running' && Date.parse(lastRun.expiresAt ?? '') <= now.getTime();
  return overdue ? `run ${lastRun.runId} stopped before it finished` : undefined;
}
