import { InvalidContinuationTokenError } from './errors';

/** The finding that the next page starts to look at. */
export interface Position {
  /** Index of the chunk. */
  readonly chunk: number;
  /** Index within the chunk. */
  readonly offset: number;
}

/** Opaque to callers; tied to one report, which never changes. */
export function toContinuationToken(runId: string, { chunk, offset }: Position): string {
  return Buffer.from(`${runId} ${chunk} ${offset}`).toString('base64url');
}

/**
 * @param counts findings in each chunk of the report
 * @throws InvalidContinuationTokenError for anything that {@link toContinuationToken} did not make for this report
 */
export function fromContinuationToken(token: string, runId: string, counts: readonly number[]): Position {
  const [, chunk = NaN, offset = NaN] = Buffer.from(token, 'base64url').toString().split(' ').map(Number);
  const position = { chunk, offset };
  const exists = Number.isInteger(offset) && offset >= 0 && offset < (counts[chunk] ?? 0);
  if (!exists || toContinuationToken(runId, position) !== token) {
    throw new InvalidContinuationTokenError();
  }
  return position;
}
