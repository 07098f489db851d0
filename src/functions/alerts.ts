import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { json } from '../http/problem';
import { oneOf, refuseUnknown } from '../http/query-parameters';
import { ALERT_STATES, type AlertState, type QueuedAlert } from '../storage/alerts';

const PARAMETERS = ['state', 'code'];
const DEFAULT_STATE: AlertState = 'failed';

/** More than that many are counted, the latest listed: the outbox is for delivery, not for reading. */
const MOST_ALERTS = 1_000;

/** `GET /api/alerts?state=failed`: what became of alerts, the latest first, without what they say. */
export const alertsEndpoint = endpoint(async (request) => {
  refuseUnknown(request.query, PARAMETERS);
  const state = oneOf('state', request.query.get('state') ?? DEFAULT_STATE, ALERT_STATES);
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
