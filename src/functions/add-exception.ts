import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { parseException } from '../http/exception-body';
import { readJson } from '../http/json-body';
import { parseQuery } from '../http/parse-query';
import { json } from '../http/problem';
import { NO_QUERY } from '../http/schemas/queries';
import { describeException, openFindings } from './exceptions';

/** Longer than any exception: three texts of 500 characters, each of them escaped. */
const MAX_BODY_BYTES = 16 * 1024;

/** `POST /api/exceptions`: silences alerts about some findings until a date. 201; 200 where the same one was there already. */
export const addExceptionEndpoint = endpoint(async (request) => {
  parseQuery(NO_QUERY, request.query);
  const services = appServices();
  const { storage, now } = services;
  const asked = await parseException(await readJson(request, MAX_BODY_BYTES), {
    now: now(),
    checkIds: async () => {
      const { checks, off } = await services.chooseChecks();
      return [...checks.map(({ id }) => id), ...off].sort();
    },
  });
  const { exception, isNew } = await storage.exceptions.add(asked);
  return json(isNew ? 201 : 200, describeException(exception, await openFindings(storage), now()), {
    location: `/api/exceptions/${exception.id}`,
  });
});
