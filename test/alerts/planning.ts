/** Builders of what an alert plan goes by. */
import type { AlertMemory, KnownBlindness, ToldProblem } from '../../src/alerts/alert-memory';
import { DEFAULT_ALERT_SETTINGS } from '../../src/alerts/alert-settings';
import { stepReached } from '../../src/alerts/expiry-steps';
import { endOf } from '../../src/audit/ends';
import type { PlannedRun, Planning } from '../../src/alerts/plan-alerts';
import type { Change } from '../../src/audit/compare';
import { NO_CONTACTS } from '../../src/audit/contacts';
import { aRun, NOW } from './changes';

export { planAlerts } from '../../src/alerts/plan-alerts';

export const NOTHING_OPEN: AlertMemory = {
  problems: {},
  blindness: {},
  contacts: NO_CONTACTS,
  exceptionsNamedUntil: '2026-11-01T00:00:00.000Z',
};

/** A nightly run, in which `failed-login-burst` was the only check of sign-ins. */
export function aPlannedRun(changes: Partial<PlannedRun> = {}): PlannedRun {
  const run = aRun(changes);
  return {
    startedAt: run.finishedAt,
    checkIds: ['secret-expiry', 'managed-identity-storage-access', 'failed-login-burst'],
    eventCheckIds: ['failed-login-burst'],
    isWhole: true,
    ...run,
    ...changes,
  };
}

/** Somebody was told before, and of nothing that is open. */
export function aPlanning(changes: Partial<Planning> = {}): Planning {
  return {
    memory: NOTHING_OPEN,
    exceptions: [],
    contacts: NO_CONTACTS,
    unreachable: new Set(),
    administrators: ['team@example.com'],
    hasWebhook: false,
    settings: DEFAULT_ALERT_SETTINGS,
    carried: [],
    ...changes,
  };
}

/** The memory that makes each change news, or none where it is as it was: all before it was told the night before. */
export function memoryBefore(changes: readonly Change[]): AlertMemory {
  const yesterday = new Date(NOW.getTime() - 86_400_000);
  const problems: Record<string, ToldProblem> = {};
  const blindness: Record<string, KnownBlindness> = {};
  for (const { kind, finding, from } of changes) {
    if (finding.status === 'notEvaluated') {
      const keys = finding.sources?.length ? finding.sources : [`check ${finding.checkId}`];
      const seen: KnownBlindness = kind === 'opened' ? { runs: 1 } : { runs: 2, toldAt: NOW.toISOString() };
      keys.forEach((key) => (blindness[key] = seen));
    } else if (kind !== 'opened' && finding.severity !== 'info') {
      const end = endOf(finding);
      const step = end && stepReached(end, yesterday, DEFAULT_ALERT_SETTINGS.steps);
      problems[finding.fingerprint] = {
        checkId: finding.checkId,
        severity: from ?? finding.severity,
        toldAt: yesterday.toISOString(),
        ...(end !== undefined && { endsAt: end.toISOString() }),
        ...(step !== undefined && { step }),
        everybody: true,
      };
    }
  }
  return { ...NOTHING_OPEN, problems, blindness };
}
