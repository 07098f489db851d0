import { parseArgs } from 'node:util';
import { CannotRunError } from '../../src/cli/cannot-run';

/**
 * Takes `--scenario` out of the arguments of a command that knows of no simulated tenants.
 * @returns the last one given, empty where there is none, and the other arguments as they are
 * @throws CannotRunError where it has no value
 */
export function takeScenario(args: readonly string[]): { readonly scenario: string; readonly rest: readonly string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    options: { scenario: { type: 'string' } },
    strict: false,
    tokens: true,
  });
  const rest = [...args];
  let scenario = '';
  for (const token of tokens.toReversed()) {
    if (token.kind === 'option' && token.name === 'scenario') {
      if (!token.value || token.value.startsWith('-')) {
        throw new CannotRunError('--scenario: expected the name of a scenario, or the path of a JSON file.');
      }
      scenario ||= token.value;
      rest.splice(token.index, token.inlineValue ? 1 : 2);
    }
  }
  return { scenario, rest };
}
