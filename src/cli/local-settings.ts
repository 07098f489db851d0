import { CannotRunError } from './cannot-run';

/**
 * The app settings of a `local.settings.json`.
 * @param text of the file.
 * @throws CannotRunError in one sentence about the first thing that is wrong; never with a value, which may be a secret.
 */
export function parseLocalSettings(text: string): Readonly<Record<string, string>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without the parser's own error, which quotes the text.
    throw new CannotRunError('local.settings.json is not JSON.');
  }
  const { IsEncrypted, Values } = (json ?? {}) as { readonly IsEncrypted?: unknown; readonly Values?: unknown };
  if (IsEncrypted === true) {
    throw new CannotRunError('local.settings.json is encrypted: run func settings decrypt.');
  }
  if (typeof Values !== 'object' || Values === null || Array.isArray(Values)) {
    throw new CannotRunError('local.settings.json has no object "Values".');
  }
  for (const [name, value] of Object.entries(Values)) {
    if (typeof value !== 'string') {
      throw new CannotRunError(`local.settings.json: the value of ${name} must be a text.`);
    }
  }
  return Values as Record<string, string>;
}
