import type { HttpResponseInit } from '@azure/functions';

/** Sent with every answer: findings are nobody else's business, in caches or in frames. */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** A request that can't be answered as it stands; becomes a problem document. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
  constructor(
    /** The query parameter, header or field at fault. */
    readonly parameter: string,
    message: string,
    readonly allowed?: readonly string[],
  ) {
    super(message);
  }
}

/** A request whose body is longer than any that makes sense; becomes a problem document. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
  /** @param limit bytes */
  constructor(readonly limit: number) {
    super(`The body is longer than ${limit} bytes, which is more than anything that can be asked for takes.`);
  }
}

/** An error answer as RFC 9457 has it. */
export function problem(
  status: number,
  title: string,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit {
  return {
    status,
    headers: { ...SECURITY_HEADERS, 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, detail, ...more }),
  };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponseInit {
  return {
    status,
    headers: { ...SECURITY_HEADERS, 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
