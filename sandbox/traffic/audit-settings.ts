import { HOMES } from './places';
import type { Traffic } from './traffic';

/** What the simulated company would set. */
export interface AuditSettings {
  /** `TRUSTED_NETWORKS`. */
  readonly trustedNetworks: readonly string[];
  /** `CHECK_OPTIONS`; all else is as it comes. */
  readonly checkOptions: Readonly<Record<string, unknown>>;
}

export function auditSettingsOf({ cast }: Traffic): AuditSettings {
  return {
    trustedNetworks: cast.trustedNetworks,
    checkOptions: {
      'disallowed-country': { denied: ['KP'] },
      // People work at home.
      'untrusted-network': { alsoFrom: HOMES.map(({ network }) => `${network}.0.0/16`) },
    },
  };
}
