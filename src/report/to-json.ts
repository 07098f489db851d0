/** JSON that every parser takes: half characters, which some refuse even escaped, become U+FFFD. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? wellFormed(part) : part));
}

export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}
