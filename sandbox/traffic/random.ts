/** Chance that is the same in every run: whoever needs some takes a stream of its own, so that nobody changes another's. */
import { createHash } from 'node:crypto';

export interface Chance {
  /** A whole number from 0 to one below the limit. */
  below(limit: number): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** @param share of the times, from 0 to 1 */
  happens(share: number): boolean;
  /** @throws Error where there is nothing to pick from */
  pick<T>(items: readonly T[]): T;
  /** A GUID of version 4. */
  guid(): string;
}

/** Mulberry32: small, and the same sequence for the same seed everywhere. Each call gives a number below 1. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param name of whom it is for; another name has another sequence */
export function createChance(seed: number, name: string): Chance {
  const random = createRandom(createHash('sha256').update(`${seed} ${name}`).digest().readInt32BE());
  const below = (limit: number): number => Math.floor(random() * limit);
  const hex = (digits: number): string =>
    below(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    happens: (share) => random() < share,
    pick(items) {
      const picked = items[below(items.length)];
      if (picked === undefined) throw new Error(`There is nothing to pick from for ${name}.`);
      return picked;
    },
    guid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(8)}${hex(4)}`,
  };
}
