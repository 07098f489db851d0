import { version } from '../../package.json';
import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { parseQuery } from '../http/parse-query';
import { SECURITY_HEADERS } from '../http/problem';
import { NO_QUERY } from '../http/schemas/queries';
import { METRICS_MEDIA_TYPE, renderMetrics } from '../report/metrics';
import { describeStatus, failureOf, readStatus } from './status';

/** `GET /api/metrics`: what the status says, for Prometheus. 200 whatever it is: a scrape that fails says nothing. */
export const metricsEndpoint = endpoint(async (request) => {
  parseQuery(NO_QUERY, request.query);
  const { now, settings } = appServices();
  const asOf = now();
  const { report, latestComplete, lastRun, alerts } = await readStatus(asOf);
  const status = describeStatus(report, lastRun, asOf, settings.signInSchedule, alerts);
  const body = renderMetrics({
    now: asOf,
    version,
    report,
    lastCompleteAt: latestComplete?.finishedAt,
    healthy: status.healthy,
    stale: status.stale,
    signInsStale: status.signIns.stale,
    lastRunFailed: failureOf(lastRun, asOf) !== undefined,
    alerts: alerts && { counts: alerts.counts, failing: alerts.failing?.alerts ?? 0 },
  });
  return { status: 200, headers: { ...SECURITY_HEADERS, 'content-type': METRICS_MEDIA_TYPE }, body };
});
