import type { DiffKind } from '../audit/diff';
import { isRunId } from '../audit/run-id';
import { InvalidContinuationTokenError } from '../storage/errors';

/** The page of differences that comes next, and what they are of: the latest report may be another one by then. */
export interface DiffPosition {
  readonly from: string;
  readonly to: string;
  readonly kind: readonly DiffKind[];
  readonly start: number;
}

/** Opaque to callers. */
export function toDiffToken({ from, to, kind, start }: DiffPosition): string {
  return Buffer.from([from, to, start, ...kind].join(' ')).toString('base64url');
}

/**
 * @param asked what the query says beside the token; it must say the same, or nothing
 * @throws InvalidContinuationTokenError for anything that {@link toDiffToken} did not make for it
 */
export function fromDiffToken(
  token: string,
  asked: { readonly from?: string | undefined; readonly to?: string | undefined; readonly kind: readonly DiffKind[] },
): DiffPosition {
  const [from = '', to = '', start = ''] = Buffer.from(token, 'base64url').toString().split(' ');
  const position = { from, to, kind: asked.kind, start: Number(start) };
  const isOurs = isRunId(from) && isRunId(to) && Number.isSafeInteger(position.start) && position.start > 0;
  const isAsked = (asked.from ?? from) === from && (asked.to ?? to) === to;
  if (!isOurs || !isAsked || toDiffToken(position) !== token) {
    throw new InvalidContinuationTokenError();
  }
  return position;
}
