/** What holds of every query string. */
import { BadRequestError } from './problem';

/** @throws BadRequestError naming the first parameter that is none of these */
export function refuseUnknown(query: URLSearchParams, allowed: readonly string[]): void {
  for (const name of query.keys()) {
    oneOf('query', name, allowed);
  }
}

/** @throws BadRequestError naming the parameter and the allowed values */
export function oneOf<T extends string>(parameter: string, value: string, allowed: readonly T[]): T {
  const known = allowed.find((candidate) => candidate === value);
  if (known === undefined) {
    throw new BadRequestError(
      parameter,
      `${JSON.stringify(value.slice(0, 100))} is not a valid ${parameter === 'query' ? 'query parameter' : parameter}; allowed: ${allowed.join(', ')}.`,
      allowed,
    );
  }
  return known;
}
