import { endpoint } from '../http/endpoint';
import { parseQuery } from '../http/parse-query';
import { json } from '../http/problem';
import { NO_QUERY } from '../http/schemas/queries';

/** `GET /api/openapi.json`: the description of all this. Other functions never load it. */
export const openapiEndpoint = endpoint(async (request) => {
  parseQuery(NO_QUERY, request.query);
  const { default: description } = await import('../../docs/openapi.json');
  return json(200, description);
});
