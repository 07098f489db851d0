/** Which blindness a run tells of: after two runs, then once a day while it lasts, and when it is over. Pure. */
import type { AlertMemory, KnownBlindness } from './alert-memory';
import { newsOf, type Blindness, type ToldChange } from './news';

export interface BlindnessContext {
  readonly now: Date;
  /** Whether every check that is on ran: what none of them misses can be read. */
  readonly isWhole: boolean;
  /** Runs in a row that must have missed a source before that is told. */
  readonly patience: number;
}

export interface PlannedBlindness {
  readonly blind: readonly Blindness[];
  readonly regained: readonly Blindness[];
  readonly memory: AlertMemory['blindness'];
}

/** A single failure is often over with the next run; the digest that a tenant begins with says all at once. */
export const PATIENCE = 2;

/** A day, but for what one night's run starts earlier than another's. */
const REPEAT_MILLISECONDS = 20 * 3_600_000;

/** @param changes those of findings that were not evaluated, and are or are not any more */
export function planBlindness(
  changes: readonly ToldChange[],
  known: AlertMemory['blindness'],
  { now, isWhole, patience }: BlindnessContext,
): PlannedBlindness {
  const of = (...kinds: ToldChange['kind'][]) => changes.filter(({ kind }) => kinds.includes(kind));
  // However long it has been missed, it is told as what is missed now.
  const { blind } = newsOf(of('opened', 'unchanged', 'worsened').map((change) => ({ ...change, kind: 'opened' })));
  const { regained } = newsOf(of('resolved'));
  const unconfirmed = newsOf(of('unconfirmed').map((change) => ({ ...change, kind: 'opened' }))).blind;
  const missed = new Set(blind.map(keyOf));
  const unknown = new Set(unconfirmed.map(keyOf));
  const seen = new Set(regained.map(keyOf).filter((key) => !missed.has(key) && !unknown.has(key)));

  const memory: Record<string, KnownBlindness> = {};
  const told = new Set<string>();
  for (const blindness of blind) {
    const key = keyOf(blindness);
    const { runs = 0, toldAt } = known[key] ?? {};
    const isDue = toldAt === undefined ? runs + 1 >= patience : isToldAgain(blindness, toldAt, now);
    if (isDue) {
      told.add(key);
    }
    const last = told.has(key) ? now.toISOString() : toldAt;
    memory[key] = { runs: runs + 1, ...(last !== undefined && { toldAt: last }) };
  }
  for (const [key, before] of Object.entries(known)) {
    const isOver = seen.has(key) || (isWhole && !unknown.has(key));
    if (!missed.has(key) && !isOver) {
      memory[key] = before;
    }
  }
  return {
    blind: blind.filter((blindness) => told.has(keyOf(blindness))),
    regained: regained.filter((one) => seen.has(keyOf(one)) && known[keyOf(one)]?.toldAt !== undefined),
    memory,
  };
}

function isToldAgain({ because }: Blindness, toldAt: string, now: Date): boolean {
  // A licence is bought or it is not: nothing is broken.
  return because !== 'unlicensed' && now.getTime() - Date.parse(toldAt) >= REPEAT_MILLISECONDS;
}

/** Whatever the reason, and wherever: that a source fails otherwise than the night before is no news. */
export function keyOf({ source, finding }: Blindness): string {
  return source ?? `check ${finding.checkId}`;
}
