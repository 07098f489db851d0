import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { parseQuery } from '../http/parse-query';
import { SECURITY_HEADERS } from '../http/problem';
import { NO_QUERY } from '../http/schemas/queries';
import { isUuid } from '../uuid';
import { noSuchException } from './exceptions';

/** `DELETE /api/exceptions/{id}`: what was silenced is told again, by the next audit. */
export const removeExceptionEndpoint = endpoint(async (request) => {
  parseQuery(NO_QUERY, request.query);
  const id = request.params['id'] ?? '';
  const known = id.toLowerCase();
  // Any other text is no row key for Table Storage to look for.
  const isRemoved = isUuid(known) && (await appServices().storage.exceptions.remove(known));
  return isRemoved ? { status: 204, headers: { ...SECURITY_HEADERS } } : noSuchException(id);
});
