import type { HttpRequest } from '@azure/functions';
import { BadRequestError, TooLargeError } from './problem';

/**
 * The body of a request, parsed. Its content type is not asked for: what is JSON is JSON.
 * @param limit bytes
 * @throws TooLargeError
 * @throws BadRequestError where it is no JSON in UTF-8
 */
export async function readJson(request: HttpRequest, limit: number): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) {
    throw new TooLargeError(limit);
  }
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > limit) {
    throw new TooLargeError(limit);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BadRequestError(
      'body',
      `The body is no JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
    );
  }
}
