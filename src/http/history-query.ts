import type { HistoryQuery } from '../storage/run-history';
import { BadRequestError } from './problem';
import { oneOf, refuseUnknown } from './query-parameters';

const PARAMETERS = ['top', 'continuationToken', 'audit', 'code'] as const;
const DEFAULT_TOP = 100;
const MAX_TOP = 1000;

/** @throws BadRequestError naming the parameter and what it takes */
export function parseHistoryQuery(parameters: URLSearchParams): HistoryQuery {
  refuseUnknown(parameters, PARAMETERS);
  const audit = parameters.get('audit');
  const before = parameters.get('continuationToken');
  return {
    top: topOf(parameters.get('top')),
    ...(before !== null && { before }),
    ...(audit !== null && { audit: oneOf('audit', audit, ['full', 'signIns']) }),
  };
}

function topOf(text: string | null): number {
  if (text === null) {
    return DEFAULT_TOP;
  }
  const top = Number(text);
  if (!/^\d+$/.test(text) || top < 1 || top > MAX_TOP) {
    throw new BadRequestError(
      'top',
      `${JSON.stringify(text.slice(0, 100))} is not a valid top; allowed: 1 to ${MAX_TOP}.`,
    );
  }
  return top;
}
