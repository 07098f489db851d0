import { uuidOf } from '../uuid';

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
