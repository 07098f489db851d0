import { withoutComparing } from '../audit/audit-once';
import type { ChosenChecks } from '../audit/choose-checks';
import { CannotRunError } from './cannot-run';
import { closest } from './closest';

/**
 * The checks that a one-off audit runs.
 * @param chosen what the settings choose
 * @param wanted ids that the command line names; empty: all
 * @throws CannotRunError where one of them cannot run, or none is left
 */
export function onlyChecks(chosen: ChosenChecks, wanted: readonly string[]): ChosenChecks {
  const on = chosen.checks.map(({ id }) => id);
  const able = withoutComparing(chosen).checks.map(({ id }) => id);
  if (able.length === 0) {
    throw new CannotRunError('CHECK_OPTIONS leaves no check on that a one-off audit can run.');
  }
  for (const id of wanted) {
    if (chosen.off.includes(id)) {
      throw new CannotRunError(`--check ${id}: it is switched off by the setting CHECK_OPTIONS.`);
    }
    if (!on.includes(id)) {
      const known = [...on, ...chosen.off].sort();
      const meant = closest(id, known);
      const hint = meant === undefined ? '.' : `; did you mean ${meant}?`;
      throw new CannotRunError(`--check: ${JSON.stringify(id)} is none${hint} There are: ${known.join(', ')}.`);
    }
    if (!able.includes(id)) {
      throw new CannotRunError(
        `--check ${id}: it compares with what an earlier audit stored, and a one-off audit knows of none.`,
      );
    }
  }
  if (wanted.length === 0) {
    return chosen;
  }
  return {
    ...chosen,
    checks: chosen.checks.filter(({ id }) => wanted.includes(id)),
    off: [...chosen.off, ...on.filter((id) => !wanted.includes(id))],
  };
}
