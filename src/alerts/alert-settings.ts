/** What people decide about alerts; read by `settings.ts`. */
import type { Severity } from '../audit/finding';
import type { ExpiryStep } from './news';

/** Who is told beside the administrators and owners. What is given must all hold; nothing given means everything. */
export interface AlertRoute {
  /** From this severity up. */
  readonly minSeverity?: Severity | undefined;
  readonly checkId?: string | undefined;
  /** Mail addresses. */
  readonly to: readonly string[];
}

export interface AlertSettings {
  /** Ends of credentials are told when they are this many days away, and when they are over. */
  readonly steps: readonly ExpiryStep[];
  /** What is less severe stands in the report alone. */
  readonly minSeverity: Severity;
  /** So long after a security event was told the same one is not told again. */
  readonly quietHours: number;
  /** Name of the tag that holds the mail addresses of a workspace's owners. */
  readonly tag: string;
  readonly routes: readonly AlertRoute[];
  /** Whether owners are told of what is theirs. */
  readonly owners: boolean;
}

export const DEFAULT_ALERT_SETTINGS: AlertSettings = {
  steps: [30, 14, 7, 1, 'expired'],
  minSeverity: 'low',
  quietHours: 24,
  tag: 'NotifyEmail',
  routes: [],
  owners: true,
};
