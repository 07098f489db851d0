import type { InvocationContext, Timer } from '@azure/functions';
import { appServices, stopSignal } from '../app-services';
import { newRunId } from '../audit/run-id';
import { logTo } from '../log';
import { RunInProgressError } from '../storage/errors';

/** The timer function: one audit a night. */
export async function nightlyAudit(_timer: Timer, context: InvocationContext): Promise<void> {
  const services = appServices();
  const log = logTo(context);
  try {
    const { runAudit } = await import('../audit/run-audit');
    await runAudit(services, {
      runId: newRunId(services.now()),
      trigger: 'schedule',
      audit: 'full',
      stop: stopSignal,
      log,
    });
  } catch (error) {
    if (!(error instanceof RunInProgressError)) {
      throw error;
    }
    log.warn('nightly audit skipped', { message: error.message });
  }
}
