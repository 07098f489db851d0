/** Orders that are the same on every machine: by code unit, whatever its language. */

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A sorted copy; what has the same key keeps its order. */
export function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => compareText(keyOf(a), keyOf(b)));
}
