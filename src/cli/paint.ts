import type { Colour, Paint } from '../report/text';

const CODES: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, green: 32, cyan: 36, dim: 2, bold: 1 };

/** @see https://no-color.org */
export function createPaint(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Paint {
  const coloured = stream.isTTY === true && !environment['NO_COLOR'];
  return (colour, text) => (coloured ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text);
}
