import { setTimeout as sleep } from 'node:timers/promises';

/** Waits between requests to a service that limits them by the second. @param signal ends the waiting */
export function pace(milliseconds: number, signal: AbortSignal): () => Promise<void> {
  return () => sleep(milliseconds, undefined, { signal });
}
