import { readFileSync } from 'node:fs';
import { unknownSettings } from '../settings';
import { CannotRunError } from './cannot-run';
import { closest } from './closest';
import { parseLocalSettings } from './local-settings';

/**
 * The environment, over what a `local.settings.json` says.
 * @param file path; it need not be there
 * @throws CannotRunError where the file is not understood
 */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  file: string,
): Readonly<Record<string, string>> {
  const given = Object.entries(environment).flatMap(([name, value]) => (value?.trim() ? [[name, value]] : []));
  return { ...readFile(file), ...(Object.fromEntries(given) as Record<string, string>) };
}

/**
 * What may be a setting with a typing error, in one line; `undefined`: nothing. No more than a word: a shell, and a
 * pipeline all the more, holds variables of others.
 */
export function warningOf(environment: Readonly<Record<string, string>>, known: readonly string[]): string | undefined {
  const names = unknownSettings(environment).map((name) => {
    const meant = closest(name, known);
    return meant === undefined ? name : `${name} (did you mean ${meant}?)`;
  });
  return names.length === 0 ? undefined : `No setting of the auditor, and ignored: ${names.join(', ')}.`;
}

function readFile(file: string): Readonly<Record<string, string>> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      return {};
    }
    throw new CannotRunError(`local.settings.json cannot be read: ${message}.`, { cause: error });
  }
  return parseLocalSettings(text);
}
