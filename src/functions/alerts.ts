import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { BadRequestError, json } from '../http/problem';
import { ALERT_STATES, type AlertState, type QueuedAlert } from '../storage/alerts';

const PARAMETERS: readonly string[] = ['state', 'code'];
const DEFAULT_STATE: AlertState = 'failed';

/** More than that many are counted, the latest listed: the outbox is for delivery, not for reading. */
const MOST_ALERTS = 1_000;

/** `GET /api/alerts?state=failed`: what became of alerts, the latest first, without what they say. */
export const alertsEndpoint = endpoint(async (request) => {
  const state = stateOf(request.query);
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

/** @throws BadRequestError */
function stateOf(query: URLSearchParams): AlertState {
  const unknown = [...query.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw new BadRequestError(
      'query',
      `${JSON.stringify(unknown.slice(0, 100))} is not a valid query parameter; allowed: ${PARAMETERS.join(', ')}.`,
      PARAMETERS,
    );
  }
  const given = query.get('state') ?? DEFAULT_STATE;
  const state = ALERT_STATES.find((known) => known === given);
  if (state === undefined) {
    throw new BadRequestError(
      'state',
      `${JSON.stringify(given.slice(0, 100))} is not a valid state; allowed: ${ALERT_STATES.join(', ')}.`,
      ALERT_STATES,
    );
  }
  return state;
}
