import { CannotRunError } from './cannot-run';

/**
 * The subscriptions to audit.
 * @param set those of `AUDIT_SUBSCRIPTIONS`; `undefined`: every visible one
 * @param wanted those of the command line; empty: all
 * @throws CannotRunError where the setting leaves one of them out
 */
export function onlySubscriptions(
  set: readonly string[] | undefined,
  wanted: readonly string[],
): readonly string[] | undefined {
  const outside = wanted.find((id) => set?.includes(id) === false);
  if (outside !== undefined) {
    throw new CannotRunError(`--subscription ${outside}: it is not among those of the setting AUDIT_SUBSCRIPTIONS.`);
  }
  return wanted.length === 0 ? set : wanted;
}
