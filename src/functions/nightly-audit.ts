import type { InvocationContext, Timer } from '@azure/functions';
import { appServices, stopSignal } from '../app-services';
import { newRunId } from '../audit/run-id';
import { logTo } from '../log';
import { RunInProgressError } from '../storage/errors';
import { requestOutput } from './requested-audit';

/** The timer function: one audit of everything a night. */
export async function nightlyAudit(_timer: Timer, context: InvocationContext): Promise<void> {
  const services = appServices();
  const log = logTo(context);
  const runId = newRunId(services.now());
  try {
    const { runAudit } = await import('../audit/run-audit');
    await runAudit(services, { runId, trigger: 'schedule', audit: 'full', stop: stopSignal, log });
  } catch (error) {
    if (!(error instanceof RunInProgressError)) {
      throw error;
    }
    // An audit of sign-ins must not cost the night its own: the queue tries again until that has ended.
    context.extraOutputs.set(requestOutput, { runId });
    log.warn('nightly audit put off', { message: error.message });
  }
}
