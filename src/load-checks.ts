/** Loads the checks: only an audit needs them, and an app that sets options for them, to see at its start that they are right. */
import { chooseChecks, type ChosenChecks } from './audit/choose-checks';
import { describeProblem, SettingsError, SETTINGS } from './settings';

/**
 * @param given what the setting `CHECK_OPTIONS` says
 * @throws SettingsError where the checks do not take it
 */
export async function loadChecks(given: Readonly<Record<string, unknown>>): Promise<ChosenChecks> {
  const { default: all } = await import('./checks');
  const { problems, ...chosen } = chooseChecks(all, given);
  if (problems.length > 0) {
    throw new SettingsError(
      problems.map((problem) => describeProblem('CHECK_OPTIONS', JSON.stringify(given), problem)),
    );
  }
  return chosen;
}

/**
 * For the start of the app, where every problem is told at once.
 * @param text the setting `CHECK_OPTIONS`; checks are loaded only where it says anything
 * @param wrong what is wrong with the other settings
 * @throws SettingsError
 */
export async function verifyCheckOptions(text: string | undefined, wrong?: SettingsError): Promise<void> {
  const given = SETTINGS.CHECK_OPTIONS.safeParse(text?.trim() ? text : undefined);
  const problems = [...(wrong?.problems ?? [])];
  // What is no JSON object is a problem already.
  if (given.success && Object.keys(given.data).length > 0) {
    await loadChecks(given.data).catch((error: unknown) => {
      if (!(error instanceof SettingsError)) {
        throw error;
      }
      problems.push(...error.problems);
    });
  }
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
}
