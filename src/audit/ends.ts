/** When what a finding is about ends, as its evidence says it. */
import type { Finding } from './finding';

/** When the credential a finding is about ends; `undefined` where it is about nothing that ends. */
export function endOf({ evidence }: Pick<Finding, 'evidence'>): Date | undefined {
  const endsAt = evidence['endsAt'];
  const end = typeof endsAt === 'string' ? new Date(endsAt) : undefined;
  return end === undefined || Number.isNaN(end.getTime()) ? undefined : end;
}

/** Of a credential that a newer one has replaced only that it should be removed is to be told: nothing stops with it. */
export function isReplaced({ evidence }: Pick<Finding, 'evidence'>): boolean {
  return typeof evidence['replacedBy'] === 'string';
}
