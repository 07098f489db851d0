import { setTimeout as sleep } from 'node:timers/promises';
import { requestContext } from './request-context';

/** Waits between requests to a service that limits them by the second; ends with the run. */
export function pace(milliseconds: number): () => Promise<void> {
  return async () => {
    const context = requestContext.getStore();
    await sleep(milliseconds, undefined, context === undefined ? {} : { signal: context.signal });
  };
}
