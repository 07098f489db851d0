/**
 * The known word that somebody most likely meant, or `undefined` where none is near: at most one letter in three may be
 * wrong, missing or too many.
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= word.length / 3 ? best.candidate : undefined;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of Array.from(a).entries()) {
    const now = [row + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const [left = 0, above = 0, diagonal = 0] = [now[column], before[column + 1], before[column]];
      now.push(Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1)));
    }
    before = now;
  }
  return before.at(-1) ?? 0;
}
