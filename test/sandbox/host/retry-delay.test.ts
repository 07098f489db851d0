import { retryDelay } from '../../../sandbox/host/retry-delay';

describe('a retry policy', () => {
  const fixed = { retryStrategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 3 } } as const;
  const exponential = {
    retryStrategy: 'exponentialBackoff',
    maxRetryCount: 4,
    minimumInterval: { seconds: 2 },
    maximumInterval: { seconds: 10 },
  } as const;

  const delays = (policy: Parameters<typeof retryDelay>[0], count: number) =>
    Array.from({ length: count }, (_, n) => retryDelay(policy, n));

  it('with a fixed delay waits the same each time, then gives up', () => {
    expect(delays(fixed, 3)).toEqual([3000, 3000, undefined]);
  });

  it('with back-off waits twice as long each time, up to its maximum', () => {
    expect(delays(exponential, 5)).toEqual([2000, 4000, 8000, 10_000, undefined]);
  });

  it('with -1 never gives up', () => {
    expect(retryDelay({ ...fixed, maxRetryCount: -1 }, 1_000_000)).toBe(3000);
  });
});
