/**
 * JSON in ASCII: all else is escaped, so that a text may be cut anywhere, lone surrogates included, and nothing on its way
 * can spoil it. (Azurite breaks characters whose UTF-8 bytes arrive in two packets.) `JSON.parse` reads it.
 */
export function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^ -~]/g, escapeUnit);
}

/** By UTF-16 unit; a report has the same few typographic characters a hundred thousand times. */
const escapes: string[] = [];

function escapeUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  return (escapes[code] ??= `\\u${code.toString(16).padStart(4, '0')}`);
}
