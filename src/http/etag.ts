import { createHash } from 'node:crypto';

/**
 * A strong entity tag (RFC 9110, section 8.8.3): another one wherever anything of what an answer is made of is another.
 * @param parts plain values
 */
export function etagOf(...parts: readonly unknown[]): string {
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 27)}"`;
}
