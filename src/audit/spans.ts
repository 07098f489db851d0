/** What happens close together in time. */

/** Something that began and ended, once or as one of many. */
export interface Timed {
  readonly first: Date;
  readonly last: Date;
}

/** What is known of the items in a span while it slides over them. */
export interface Tally<T> {
  add(item: T): void;
  remove(item: T): void;
  /**
   * Whether the span is one that is looked for.
   * @param from milliseconds; the beginning of its first item
   * @param to milliseconds; the end of its last item
   */
  meets(from: number, to: number): boolean;
}

/**
 * The items that stand, from beginning to end, in a span of at most that length which meets the condition; in order of
 * their beginning. Each item enters and leaves the tally at most once.
 */
export function inSpans<T extends Timed>(items: readonly T[], length: number, tally: Tally<T>): readonly T[] {
  const byFirst = [...items].sort((a, b) => a.first.getTime() - b.first.getTime());
  const byLast = [...items].sort((a, b) => a.last.getTime() - b.last.getTime());
  const within = new Set<T>();
  const starts: number[] = [];
  let entered = 0;
  let to = -Infinity;
  for (const leaving of byFirst) {
    const from = leaving.first.getTime();
    for (
      let next = byLast[entered];
      next !== undefined && next.last.getTime() <= from + length;
      next = byLast[entered]
    ) {
      entered += 1;
      if (next.first.getTime() >= from) {
        to = next.last.getTime();
        within.add(next);
        tally.add(next);
      }
    }
    if (within.size > 0 && tally.meets(from, to)) {
      starts.push(from);
    }
    if (within.delete(leaving)) {
      tally.remove(leaving);
    }
  }
  return standingIn(byFirst, starts, length);
}

/** @param starts in ascending order, as the beginnings of the items are */
function standingIn<T extends Timed>(byFirst: readonly T[], starts: readonly number[], length: number): readonly T[] {
  let latest = 0;
  return byFirst.filter(({ first, last }) => {
    while ((starts[latest + 1] ?? Infinity) <= first.getTime()) {
      latest += 1;
    }
    const start = starts[latest];
    return start !== undefined && start <= first.getTime() && last.getTime() <= start + length;
  });
}

/** Counts what is in a span, by what is counted of each item. */
export function tallyOf<T>(countOf: (item: T) => number, atLeast: number): Tally<T> {
  let sum = 0;
  return {
    add: (item) => {
      sum += countOf(item);
    },
    remove: (item) => {
      sum -= countOf(item);
    },
    meets: () => sum >= atLeast,
  };
}

/** How many items have each key, and how many keys there are. */
export class KeyCounts {
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#counts.size;
  }

  add(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  remove(key: string): void {
    const count = this.#counts.get(key);
    if (count !== undefined && count > 1) {
      this.#counts.set(key, count - 1);
    } else {
      this.#counts.delete(key);
    }
  }
}
