/** What stops when: the sections of a mail, and what an overview tells. */
import { endOf, isReplaced } from './ends';
import type { Finding } from './finding';
import { daysInMs } from './wording';

/** In the order in which they are read. */
export const STOPS = ['failing', 'day', 'events', 'week', 'fortnight', 'month', 'later', 'attention'] as const;
export type Stop = (typeof STOPS)[number];

export const STOP_TITLES: Readonly<Record<Stop, string>> = {
  failing: 'Already failing',
  day: 'Stops within 1 day',
  events: 'Security events',
  week: 'Stops within 7 days',
  fortnight: 'Stops within 14 days',
  month: 'Stops within 30 days',
  later: 'Stops later',
  attention: 'Needs attention',
};

/** Checks that, where they fail without saying an end, tell of something that cannot sign in, or do its work, now. */
export const FAILING_NOW: ReadonlySet<string> = new Set([
  'blocked-by-policy',
  'expired-credential-in-use',
  'invalid-credential-use',
  'key-vault-credential-expiry',
  'managed-identity-cmk-access',
  'managed-identity-failure',
  'managed-identity-key-vault-access',
  'managed-identity-storage-access',
  'pipeline-authentication-failure',
  'principal-disabled',
  'synapse-pipeline-permission',
  'workspace-managed-identity',
]);

/** The last millisecond of a number of days belongs to it, as in the severities. */
const LIMITS: readonly (readonly [days: number, stop: Stop])[] = [
  [0, 'failing'],
  [1, 'day'],
  [7, 'week'],
  [14, 'fortnight'],
  [30, 'month'],
];

export function stopOf(finding: Finding, now: Date): Stop {
  const { evidence, checkId, severity } = finding;
  const end = endOf(finding);
  if (isReplaced(finding)) {
    return 'attention';
  }
  const failsNow = FAILING_NOW.has(checkId) && severity !== 'low' && severity !== 'info';
  // A disabled secret of a vault is of no use before its end either.
  if (failsNow && evidence['state'] === 'disabled') {
    return 'failing';
  }
  if (end !== undefined) {
    const left = end.getTime() - now.getTime();
    return LIMITS.find(([days]) => left <= daysInMs(days))?.[1] ?? (failsNow ? 'failing' : 'later');
  }
  if (failsNow) {
    return 'failing';
  }
  return isEvent(finding) ? 'events' : 'attention';
}

/** Somebody may have done it on purpose: what detections find names a technique of MITRE ATT&CK. */
export function isEvent({ evidence }: Pick<Finding, 'evidence'>): boolean {
  return typeof evidence['technique'] === 'string';
}
