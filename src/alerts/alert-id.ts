import { createHash } from 'node:crypto';

/**
 * The id of an alert: a UUID made of what it tells, to whom, and since which published run. A run that is repeated after
 * a crash compares with the same base, finds the same changes and so makes the same alert again instead of a second
 * one; the same problem coming back later is a change since another run, hence another alert. The mail service knows
 * the mail by this id too (header `Operation-Id`).
 *
 * @param parts ids, never texts for people: a reworded message is the same alert
 */
export function alertId(parts: {
  readonly tenantId: string;
  readonly baseRunId: string | null;
  readonly to: readonly string[];
  readonly changeKeys: readonly string[];
}): string {
  const { tenantId, baseRunId, to, changeKeys } = parts;
  const name = JSON.stringify([
    tenantId,
    baseRunId,
    to.map((address) => address.toLowerCase()).sort(),
    [...changeKeys].sort(),
  ]);
  return uuidOf(name);
}

/** The id of the same alert told through another channel as well. */
export function alertIdFor(channel: string, id: string): string {
  return uuidOf(JSON.stringify([channel, id]));
}

function uuidOf(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  // RFC 9562, version 8 (made by a rule of our own), variant 10.
  const variant = ((parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
