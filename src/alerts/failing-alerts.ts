/** Alerts that do not arrive, as report and status say it. Pure. */
import type { AlertsFailing } from '../audit/report';
import type { QueuedAlert } from '../storage/alerts';

/**
 * The latest trouble stands for all: mostly they have one cause.
 * @param failing the latest first
 */
export function describeFailing(failing: readonly QueuedAlert[]): AlertsFailing | null {
  const [latest] = failing;
  return latest === undefined ? null : { alerts: failing.length, reason: latest.lastError ?? 'no reason known' };
}
