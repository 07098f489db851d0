import type { RetryOptions } from './core';

/**
 * Milliseconds to wait before the next try of a failed function.
 * @param retryCount tries that were already retries: 0 after the first failure.
 * @returns `undefined` when the policy has no more tries.
 */
export function retryDelay(options: RetryOptions, retryCount: number): number | undefined {
  if (options.maxRetryCount !== -1 && retryCount >= options.maxRetryCount) {
    return undefined;
  }
  if (options.retryStrategy === 'fixedDelay') {
    return (options.delayInterval?.seconds ?? 0) * 1000;
  }
  const least = (options.minimumInterval?.seconds ?? 0) * 1000;
  const most = (options.maximumInterval?.seconds ?? 0) * 1000;
  return Math.min(most, least * 2 ** retryCount);
}
