import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { parseQuery } from '../http/parse-query';
import { json } from '../http/problem';
import { ALERTS_QUERY } from '../http/schemas/queries';
import type { QueuedAlert } from '../storage/alerts';

/** More than that many are counted, the latest listed: the outbox is for delivery, not for reading. */
const MOST_ALERTS = 1_000;

/** `GET /api/alerts?state=failed`: what became of alerts, the latest first, without what they say. */
export const alertsEndpoint = endpoint(async (request) => {
  const { state } = parseQuery(ALERTS_QUERY, request.query);
  const alerts = (await appServices().storage.alerts.list(state)).toReversed();
  return json(200, { state, count: alerts.length, alerts: alerts.slice(0, MOST_ALERTS).map(describeAlert) });
});

/** What may be shown of an alert to whoever may read the report. */
export function describeAlert(alert: QueuedAlert) {
  const { id, channel, urgency, to, subject, runId, createdAt, state, attempts } = alert;
  return {
    id,
    channel,
    urgency,
    to,
    subject,
    runId,
    createdAt,
    state,
    attempts,
    notBefore: alert.notBefore ?? null,
    sentAt: alert.sentAt ?? null,
    failedAt: alert.failedAt ?? null,
    lastError: alert.lastError ?? null,
  };
}
