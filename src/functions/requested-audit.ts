import { output, type InvocationContext } from '@azure/functions';
import { appServices, stopSignal } from '../app-services';
import { isRunId } from '../audit/run-id';
import { logTo } from '../log';
import { RunFinishedError } from '../storage/errors';

export const REQUEST_QUEUE = 'audit-requests';

/** Where `POST /api/audit` leaves its requests. */
export const requestOutput = output.storageQueue({ queueName: REQUEST_QUEUE, connection: 'AzureWebJobsStorage' });

/**
 * The queue function behind `POST /api/audit`: an audit may outlast the 230 seconds an HTTP answer has. A run that fails,
 * or that meets another one, throws, and the platform tries the message again a minute later (`host.json`).
 */
export async function requestedAudit(message: unknown, context: InvocationContext): Promise<void> {
  const runId = typeof message === 'object' && message !== null && 'runId' in message ? message.runId : undefined;
  const log = logTo(context);
  if (typeof runId !== 'string' || !isRunId(runId)) {
    log.error('audit request not understood', { expected: '{"runId":"YYYYMMDDTHHMMSSZ-xxxxxxxx"}' });
    return;
  }
  try {
    const { runAudit } = await import('../audit/run-audit');
    await runAudit(appServices(), { runId, trigger: 'request', audit: 'full', stop: stopSignal, log });
  } catch (error) {
    // The queue may hand out a message twice; the second time there is nothing left to do.
    if (!(error instanceof RunFinishedError)) {
      throw error;
    }
    log.info('requested audit has run already', { runId });
  }
}
