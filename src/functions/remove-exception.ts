import { appServices } from '../app-services';
import { endpoint } from '../http/endpoint';
import { SECURITY_HEADERS } from '../http/problem';
import { isUuid } from '../uuid';
import { noSuchException } from './exceptions';

/** `DELETE /api/exceptions/{id}`: what was silenced is told again, by the next audit. */
export const removeExceptionEndpoint = endpoint(async (request) => {
  const id = request.params['id'] ?? '';
  const known = id.toLowerCase();
  // Any other text is no row key for Table Storage to look for.
  const isRemoved = isUuid(known) && (await appServices().storage.exceptions.remove(known));
  return isRemoved ? { status: 204, headers: { ...SECURITY_HEADERS } } : noSuchException(id);
});
