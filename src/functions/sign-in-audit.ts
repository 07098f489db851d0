import type { InvocationContext, Timer } from '@azure/functions';
import { appServices, stopSignal } from '../app-services';
import { newRunId } from '../audit/run-id';
import { logTo } from '../log';
import { RunInProgressError } from '../storage/errors';

/** The timer function that audits sign-ins alone, many times a day; see docs/decisions/0014-sign-in-audit.md. */
export async function signInAudit(_timer: Timer, context: InvocationContext): Promise<void> {
  const services = appServices();
  const log = logTo(context);
  const [{ isSignInCheck }, { checks }] = await Promise.all([
    import('../audit/sign-in-checks'),
    services.chooseChecks(),
  ]);
  if (!checks.some(isSignInCheck)) {
    log.info('sign-in audit has nothing to do', { message: 'no check of sign-ins is on' });
    return;
  }
  try {
    const { runAudit } = await import('../audit/run-audit');
    await runAudit(services, {
      runId: newRunId(services.now()),
      trigger: 'schedule',
      audit: 'signIns',
      stop: stopSignal,
      log,
    });
  } catch (error) {
    if (!(error instanceof RunInProgressError)) {
      throw error;
    }
    log.warn('sign-in audit skipped', { message: error.message });
  }
}
