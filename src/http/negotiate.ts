/** Which representation a caller wants. */
import Negotiator from 'negotiator';
import { FORMATS, MEDIA_TYPES, type Format } from '../report/formats';
import { BadRequestError } from './problem';

/**
 * `format` where it is given, else the best of `Accept` (RFC 9110, section 12.5.1); JSON where either leaves it open.
 * @throws BadRequestError naming the header and what it takes
 */
export function formatOf(format: Format | undefined, accept: string | null): Format {
  if (format !== undefined) {
    return format;
  }
  if (accept === null || accept.trim() === '') {
    return 'json';
  }
  const types = FORMATS.map((candidate) => MEDIA_TYPES[candidate]);
  const best = new Negotiator({ headers: { accept } }).mediaType(types);
  const found = FORMATS.find((candidate) => MEDIA_TYPES[candidate] === best);
  if (found === undefined) {
    throw new BadRequestError(
      'Accept',
      `${JSON.stringify(accept.slice(0, 100))} is nothing a report can be had as; allowed: ${types.join(', ')}.`,
      types,
    );
  }
  return found;
}
