/** An audit of everything that knows nothing of earlier ones, and leaves nothing but its report. */
import type { Log } from '../log';
import { DRIFT_CHECK } from './baseline';
import type { ChosenChecks } from './choose-checks';
import { readAndJudge } from './read-and-judge';
import type { ReadingServices } from './reading-services';
import { buildReport, coverageOf, type Report } from './report';

/**
 * What a one-off audit can run of the checks that are on: all but those that compare with what an earlier audit stored.
 * Without that they would see no change in anything, which is not the same as that nothing changed.
 */
export function withoutComparing(chosen: ChosenChecks): ChosenChecks {
  const isComparing = ({ id }: { readonly id: string }): boolean => id === DRIFT_CHECK;
  return {
    ...chosen,
    checks: chosen.checks.filter((check) => !isComparing(check)),
    off: [...chosen.off, ...chosen.checks.filter(isComparing).map(({ id }) => id)],
  };
}

/** @returns what it could not judge, and why, stands in it as not evaluated; `changes` counts none, as nothing was before */
export async function auditOnce(services: ReadingServices, runId: string, log: Log): Promise<Report> {
  const chosen = withoutComparing(await services.chooseChecks());
  const startedAt = services.now();
  const signal = AbortSignal.timeout(services.timeoutMilliseconds);
  const reading = { services, chosen, now: startedAt, signal, log };
  const { inventory, findings, signInPeriod } = await readAndJudge(reading, { baseline: null, readUntil: {} });
  return buildReport(
    {
      runId,
      previousRunId: null,
      startedAt,
      finishedAt: services.now(),
      tenantId: services.tenantId,
      checksOff: chosen.off,
      alertsFailing: null,
      signInPeriod,
    },
    chosen.checks,
    coverageOf(inventory),
    findings,
    [],
  );
}
