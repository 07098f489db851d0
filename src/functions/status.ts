import { appServices } from '../app-services';
import type { RunSummary } from '../audit/overview';
import { endpoint } from '../http/endpoint';
import { json } from '../http/problem';
import { nextRun } from '../schedule';
import type { AlertStanding } from '../storage/alerts';
import type { RunRecord } from '../storage/runs';
import type { StatusFacts } from '../storage/status';

/** Findings of a nightly audit are stale when the next one is two hours overdue. */
export const STALE_AFTER_HOURS = 26;
const OVERDUE_HOURS = 2;
const HOUR_MS = 3_600_000;

/** `GET /api/status`, for monitors: 200 when the last report is fresh in all its parts and complete, otherwise 503 with the reason. */
export const statusEndpoint = endpoint(async () => {
  const { now, settings } = appServices();
  const asOf = now();
  const { report, lastRun, alerts } = await readStatus(asOf);
  const status = describeStatus(report, lastRun, asOf, settings.signInSchedule, alerts);
  return json(status.healthy ? 200 : 503, status);
});

/** What is known of the audits, and of alerts where any are sent. */
export function readStatus(now: Date): Promise<StatusFacts> {
  const { storage, settings } = appServices();
  return storage.status.read({ now, withAlerts: settings.mail !== undefined || settings.webhook !== undefined });
}

/**
 * Pure; times in ISO 8601, ages with one decimal. `ageHours` and `stale` are those of the last full audit, as an audit of
 * sign-ins carries everything else over; `signIns` are that of theirs.
 * @param signInSchedule NCRONTAB
 * @param alerts `undefined`: none are sent
 */
export function describeStatus(
  report: RunSummary | undefined,
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
  if (failing === null) {
    return null;
  }
  const { isAnyGivenUp, ...trouble } = failing;
  const next = isAnyGivenUp ? 'GET /api/alerts?state=failed lists what was given up' : 'they are tried again';
  return { ...trouble, next };
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
