/** Addresses as Kusto's `ipv4_…` functions read them; null where the text is no address. */

/** `10.1.2.3` or `10.0.0.0/8`, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

export function parseIpv4(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text.trim())?.slice(1).map(Number);
  return parts === undefined || parts.some((part) => part > 255)
    ? null
    : parts.reduce((number, part) => number * 256 + part, 0);
}

export function parseRange(text: string): Range | null {
  const [address = '', length = '32', ...more] = text.split('/');
  const bits = /^\d{1,2}$/.test(length) ? Number(length) : 33;
  const number = parseIpv4(address);
  if (number === null || bits > 32 || more.length > 0) return null;
  const size = 2 ** (32 - bits);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

/** Only the ranges of RFC 1918: loopback, link-local and shared addresses are not private to Kusto. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

export function isPrivate(text: string): boolean | null {
  return isInAnyRange(text, PRIVATE);
}

/** Null where address or range cannot be read. */
export function isInRange(text: string, range: string): boolean | null {
  const [address, wanted] = [parseRange(text), parseRange(range)];
  return address === null || wanted === null ? null : address.first >= wanted.first && address.last <= wanted.last;
}

export function isInAnyRange(text: string, ranges: readonly string[]): boolean | null {
  const found = ranges.map((range) => isInRange(text, range));
  return found.includes(true) ? true : found.includes(null) ? null : false;
}
