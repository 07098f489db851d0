import { createHash } from 'node:crypto';

/** The UUID of a name: the same name, the same UUID. */
export function uuidOf(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  // RFC 9562, version 8 (made by a rule of our own), variant 10.
  const variant = ((parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** Letter case does not count. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
