/**
 * Cuts a text into pieces of at most `limit` UTF-16 units, never inside a surrogate pair: half a pair does not survive
 * UTF-8. Joined again the pieces are the text.
 * @param limit 2 or more
 */
export function splitText(text: string, limit: number): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  do {
    const end = Math.min(start + limit, text.length);
    const next = end < text.length && isPair(text, end - 1) ? end - 1 : end;
    pieces.push(text.slice(start, next));
    start = next;
  } while (start < text.length);
  return pieces;
}

function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}
