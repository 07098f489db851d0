/** How close the end of a credential is, in the steps that people are told of. */
import { daysInMs } from '../audit/wording';
import type { ExpiryStep } from './news';

/** The closest step that was reached; `undefined`: none yet. "Within n days" includes its last millisecond. */
export function stepReached(end: Date, now: Date, steps: readonly ExpiryStep[]): ExpiryStep | undefined {
  const left = end.getTime() - now.getTime();
  const reached = steps.filter((step) => (step === 'expired' ? left <= 0 : left <= daysInMs(step)));
  return reached.reduce<ExpiryStep | undefined>(
    (closest, step) => (isCloser(step, closest) ? step : closest),
    undefined,
  );
}

/** Whether `a` is closer to the end than `b`; anything is closer than none. */
export function isCloser(a: ExpiryStep | undefined, b: ExpiryStep | undefined): boolean {
  return daysOf(a) < daysOf(b);
}

function daysOf(step: ExpiryStep | undefined): number {
  return step === undefined ? Infinity : step === 'expired' ? -1 : step;
}
