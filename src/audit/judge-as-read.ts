/** Judges while the rest of the tenant is read: half of that time is waiting. */
import type { InventoryReading } from '../inventory/inventory-reading';
import { LOG_SOURCES } from '../inventory/sources';
import type { Check } from './check';
import { evaluate, sourcesOf, type EvaluationContext } from './evaluate';
import type { Finding } from './finding';

/** `false` for what logs or changes are judged by: both are known when everything else is. */
export function isJudgedAsRead(check: Check): boolean {
  const logs: readonly string[] = LOG_SOURCES;
  return check.usesDrift !== true && !sourcesOf(check).some((source) => logs.includes(source));
}

/**
 * The findings of such checks, each judged as soon as what it looks at is read.
 * @param checks of which {@link isJudgedAsRead} holds
 */
export async function judgeAsRead(
  checks: readonly Check[],
  reading: InventoryReading,
  context: Omit<EvaluationContext, 'drift' | 'signIns'>,
): Promise<readonly Finding[]> {
  let judged: Promise<unknown> = Promise.resolve();
  const findings = checks.map(async (check) => {
    const part = await reading.of(sourcesOf(check));
    // One after the other, and answers that arrived meanwhile come first: whoever waits for them asks the next.
    const turn = judged.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
    judged = turn;
    await turn;
    return evaluate([check], part, context);
  });
  return (await Promise.all(findings)).flat();
}
