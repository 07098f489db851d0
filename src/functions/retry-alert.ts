import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { BadRequestError, json, problem } from '../http/problem';
import { logTo } from '../log';
import { isUuid } from '../uuid';

/** `POST /api/alerts/{id}/retry`: has an alert that was given up sent again, by the next delivery. */
export const retryAlertEndpoint = endpoint(async (request, context) => {
  const id = request.params['id'] ?? '';
  if (!isUuid(id)) {
    throw new BadRequestError(
      'id',
      `${JSON.stringify(id.slice(0, 100))} is not the id of an alert: GET /api/alerts?state=failed lists them.`,
    );
  }
  const { storage, now } = appServices();
  const before = await storage.alerts.retry(id.toLowerCase());
  switch (before) {
    case undefined:
      return problem(404, 'No such alert', `There is no alert ${id}: GET /api/alerts?state=failed lists them.`);
    case 'failed':
      try {
        await storage.status.noteAlerts(now());
      } catch (error) {
        // It is done, and the next delivery notes it: asked to repeat it, whoever asked would be told that it has not failed.
        logTo(context).warn('retry not noted', { message: error instanceof Error ? error.message : String(error) });
      }
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
