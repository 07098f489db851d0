/** Judges while the rest of the tenant is read: half of that time is waiting. */
import type { Inventory } from '../inventory/sources';
import type { Check } from './check';
import { evaluate, type EvaluationContext } from './evaluate';
import type { Finding } from './finding';

/** What a check is judged by. */
export interface Grounds {
  /** It may lack what the check does not look at. */
  readonly inventory: Inventory;
  readonly context: EvaluationContext;
}

/**
 * The findings of each check, judged as soon as what it looks at is known, in the order of the checks.
 * @param groundsFor settles when everything is read that a check looks at
 * @param onJudged is given the findings of each check at once
 */
export async function judgeAsRead(
  checks: readonly Check[],
  groundsFor: (check: Check) => Promise<Grounds>,
  onJudged: (findings: readonly Finding[]) => void = () => undefined,
): Promise<readonly Finding[]> {
  let judged: Promise<unknown> = Promise.resolve();
  const all = checks.map(async (check) => {
    const { inventory, context } = await groundsFor(check);
    // One after the other, and answers that arrived meanwhile come first: whoever waits for them asks the next.
    const turn = judged.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
    judged = turn;
    await turn;
    const findings = evaluate([check], inventory, context);
    onJudged(findings);
    return findings;
  });
  return (await Promise.all(all)).flat();
}
