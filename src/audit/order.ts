/** Orders that are the same on every machine: by code unit, whatever its language. */

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A sorted copy; what has the same key keeps its order. */
export function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  // A key is made once for each item, not for each comparison.
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  return keyed.sort((a, b) => compareText(a.key, b.key)).map(({ item }) => item);
}
