import type { InvocationContext, Timer } from '@azure/functions';
import { appServices, stopSignal } from '../app-services';
import { logTo } from '../log';

/** Every five minutes: what an audit could not send yet, because a limit was hit or the service was away. */
export const DELIVERY_SCHEDULE = '0 */5 * * * *';

/** The timer function that empties the outbox between audits. */
export async function deliverPendingAlerts(_timer: Timer, context: InvocationContext): Promise<void> {
  await appServices().deliver(stopSignal, logTo(context));
}
