/** One line without characters that act instead of being shown: escape sequences of a terminal, overrides of direction. */
export function safeText(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').replace(/\p{Cf}/gu, '');
}
