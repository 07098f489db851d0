/** JSON that every parser takes: half characters, which some refuse even escaped, become U+FFFD. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value);
  // Only they are escaped so. Hardly any report has one, and to look at each text takes longer than all the rest.
  return /\\ud[89a-f]/.test(json)
    ? JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? wellFormed(part) : part))
    : json;
}

export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}
