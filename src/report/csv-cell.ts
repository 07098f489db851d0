/** One cell of a table that spreadsheets open: RFC 4180, and nothing in it acts. */

/** The wide ones are taken for the others in Chinese, Japanese and Korean versions. */
const SIGN = '[=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20]';
/** What may stand before a formula: blanks, and what is not seen. */
const UNSEEN = '(?:(?![;\\t\\r\\n])[\\s\\p{Cc}\\p{Cf}])*';
const ACTS = new RegExp(`^'*(?:[\\t\\r\\n]|${UNSEEN}${SIGN})`, 'u');
/** Where a spreadsheet that goes by semicolons, as many languages' do, would begin another cell. */
const ACTS_INSIDE = new RegExp(`[;\\t\\r\\n](?='*${UNSEEN}${SIGN})`, 'gu');
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/**
 * Quoted, quotes doubled. What a spreadsheet would take for a formula is made text by an apostrophe before it:
 * https://owasp.org/www-community/attacks/CSV_Injection. Numbers stay numbers. An apostrophe that was there already gets
 * one as well, so that a reader who takes one away where it stands before a formula has the text as it was.
 */
export function cell(text: string): string {
  if (NUMBER.test(text)) {
    return `"${text}"`;
  }
  const inside = text.replace(ACTS_INSIDE, "$&'");
  return `"${(ACTS.test(text) ? `'${inside}` : inside).replaceAll('"', '""')}"`;
}
