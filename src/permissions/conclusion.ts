import { counted } from '../audit/wording';
import type { Outcome } from './apply-steps';
import type { Excess } from './find-excess';
import type { Missing } from './find-missing';
import type { NotLookedAt } from './not-looked-at';
import type { Action } from './options';
import type { Plan } from './plan';

/** What the command says by its exit code; documented in `docs/permissions-script.md`. */
export const EXIT_CODES = { complete: 0, lacking: 1, unknown: 2, notRun: 3, notAgreed: 4 } as const;

/** All that became known and was done. */
export interface Run {
  readonly action: Action;
  /** Before anything was changed. */
  readonly missing: readonly Missing[];
  /** Told, but no matter of the exit code: somebody may want it. */
  readonly excess: readonly Excess[];
  readonly notLookedAt: readonly NotLookedAt[];
  readonly plan: Plan;
  /** `null`: nothing was to be changed, or nobody agreed to it. */
  readonly outcomes: readonly Outcome[] | null;
}

/** What lacks outranks what is not known: it can be mended at once. */
export function exitCodeOf({ action, missing, notLookedAt, plan, outcomes }: Run): number {
  if (action !== 'verify' && plan.steps.length > 0 && outcomes === null) {
    return EXIT_CODES.notAgreed;
  }
  const failed = (outcomes ?? []).some(({ status }) => status === 'failed');
  if (failed || plan.impossible.length > 0 || (action === 'verify' && missing.length > 0)) {
    return EXIT_CODES.lacking;
  }
  return notLookedAt.length > 0 ? EXIT_CODES.unknown : EXIT_CODES.complete;
}

/** The same in one line. */
export function conclusionOf(run: Run): string {
  const { action, missing, notLookedAt, plan, outcomes } = run;
  const code = exitCodeOf(run);
  if (code === EXIT_CODES.notAgreed) {
    return 'Nothing was changed: nobody agreed to the plan. Run it again with --yes, or where you can be asked.';
  }
  const unknown =
    notLookedAt.length === 0 ? '' : ` ${counted(notLookedAt.length, 'place')} could not be looked at: see above.`;
  if (action === 'verify') {
    return missing.length > 0
      ? `${counted(missing.length, 'permission')} missing.${unknown}`
      : notLookedAt.length > 0
        ? `Nothing is missing where it could be looked.${unknown}`
        : 'All permissions are there.';
  }
  const failed = (outcomes ?? []).filter(({ status }) => status === 'failed').length;
  const done = (outcomes ?? []).length - failed;
  if (plan.steps.length === 0 && plan.impossible.length === 0) {
    const what = action === 'grant' ? 'all that is needed is there' : 'the identity has nothing of it';
    return notLookedAt.length > 0 ? `Nothing to do where it could be looked.${unknown}` : `Nothing to do: ${what}.`;
  }
  const problems = failed + plan.impossible.length;
  return `${counted(done, 'step')} done, ${problems === 0 ? 'none' : problems} failed.${unknown}`;
}
