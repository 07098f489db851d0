/** A part of a list, and the token that asks for the part after it; `null` on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly size: number;
  /** Token of the page before; `null` for the first one. */
  readonly token: string | null;
  /** Answer with no items and the token of where it goes on. */
  readonly empty: boolean;
}

/** `undefined` where the token is none of ours. */
export function pageOf<T>(list: readonly T[], { size, token, empty }: PageRequest): Page<T> | undefined {
  const start = token === null ? 0 : startOf(token);
  if (start === undefined) return undefined;
  if (empty) return { items: [], next: tokenOf(start) };
  const end = start + size;
  return { items: list.slice(start, end), next: end < list.length ? tokenOf(end) : null };
}

/** The query as it was sent, with the page token in it replaced. */
export function withToken(rawQuery: string, parameter: string, token: string): string {
  const others = rawQuery
    .split('&')
    .filter(
      (part) => part !== '' && decodeURIComponent(part.split('=')[0] ?? '').toLowerCase() !== parameter.toLowerCase(),
    );
  return [...others, `${parameter}=${encodeURIComponent(token)}`].join('&');
}

function tokenOf(start: number): string {
  return Buffer.from(`start:${start}`).toString('base64url');
}

function startOf(token: string): number | undefined {
  const match = /^start:(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
