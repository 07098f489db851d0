import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { parseQuery } from '../http/parse-query';
import { BadRequestError, json, problem } from '../http/problem';
import { NO_QUERY } from '../http/schemas/queries';
import { isUuid } from '../uuid';

/** `POST /api/alerts/{id}/retry`: has an alert that was given up sent again, by the next delivery. */
export const retryAlertEndpoint = endpoint(async (request) => {
  parseQuery(NO_QUERY, request.query);
  const id = request.params['id'] ?? '';
  if (!isUuid(id)) {
    throw new BadRequestError(
      'id',
      `${JSON.stringify(id.slice(0, 100))} is not the id of an alert: GET /api/alerts?state=failed lists them.`,
    );
  }
  const before = await appServices().storage.alerts.retry(id.toLowerCase());
  switch (before) {
    case undefined:
      return problem(404, 'No such alert', `There is no alert ${id}: GET /api/alerts?state=failed lists them.`);
    case 'failed':
      return json(202, { id: id.toLowerCase(), state: 'pending' });
    case 'pending':
    case 'sending':
    case 'sent':
      return problem(
        409,
        'The alert has not failed',
        `Alert ${id} is ${before}; only one that was given up can be sent again.`,
        { id: id.toLowerCase(), state: before },
      );
  }
});
