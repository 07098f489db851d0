/** Which representation a caller wants. */
import type { HttpRequest } from '@azure/functions';
import Negotiator from 'negotiator';
import { FORMATS, MEDIA_TYPES, type Format } from '../report/formats';
import { BadRequestError } from './problem';
import { oneOf } from './query-parameters';

/**
 * `format` where it is given, else the best of `Accept` (RFC 9110, section 12.5.1); JSON where either leaves it open.
 * @throws BadRequestError naming the parameter or header and what it takes
 */
export function formatOf(request: Pick<HttpRequest, 'query' | 'headers'>): Format {
  const asked = request.query.get('format');
  if (asked !== null) {
    return oneOf('format', asked, FORMATS);
  }
  const accept = request.headers.get('accept');
  if (accept === null || accept.trim() === '') {
    return 'json';
  }
  const types = FORMATS.map((format) => MEDIA_TYPES[format]);
  const best = new Negotiator({ headers: { accept } }).mediaType(types);
  const format = FORMATS.find((candidate) => MEDIA_TYPES[candidate] === best);
  if (format === undefined) {
    throw new BadRequestError(
      'Accept',
      `${JSON.stringify(accept.slice(0, 100))} is nothing a report can be had as; allowed: ${types.join(', ')}.`,
      types,
    );
  }
  return format;
}
