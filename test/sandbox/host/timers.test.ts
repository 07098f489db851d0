import type { RegisteredFunction } from '../../../sandbox/host/core';
import type { Outcome } from '../../../sandbox/host/invoke';
import { createTimer } from '../../../sandbox/host/timers';

describe('a timer', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2026-03-01T00:00:00Z') });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const SUCCEEDED: Outcome = { state: 'succeeded', response: { outputData: [] } };

  function aTimer(schedule: string, properties: object = {}) {
    const trigger = { name: 'timer', type: 'timerTrigger', direction: 'in', schedule, ...properties } as const;
    const target: RegisteredFunction = { name: 'audit', bindings: {}, trigger, callback: () => undefined };
    const runs: { readonly at: string; finish(): void }[] = [];
    const log: string[] = [];
    const timer = createTimer(
      target,
      { NIGHTLY: '0 0 1 * * *' },
      () =>
        new Promise((resolve) => {
          runs.push({
            at: new Date().toISOString(),
            finish: () => {
              resolve(SUCCEEDED);
            },
          });
        }),
      (_, __, message) => log.push(message),
    );
    return { timer, runs, log };
  }

  it('runs when it is due, and again the next time', async () => {
    const { timer, runs } = aTimer('%NIGHTLY%');
    timer.start();
    await jest.advanceTimersByTimeAsync(3_600_000 - 1);
    expect(runs).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    runs[0]?.finish();
    await jest.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(runs.map(({ at }) => at)).toEqual(['2026-03-01T01:00:00.000Z', '2026-03-02T01:00:00.000Z']);
  });

  it('waits longer than a single timeout of Node can', async () => {
    const { timer, runs } = aTimer('0 0 0 1 1 *');
    timer.start();
    await jest.advanceTimersByTimeAsync(306 * 24 * 3_600_000 - 1);
    expect(runs).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs.map(({ at }) => at)).toEqual(['2027-01-01T00:00:00.000Z']);
  });

  it('leaves an occurrence out while it still runs, and says so', async () => {
    const { timer, runs, log } = aTimer('* * * * * *');
    timer.start();
    await jest.advanceTimersByTimeAsync(2000);
    expect(runs).toHaveLength(1);
    expect(log).toEqual(['audit is due but still runs: this occurrence is left out.']);
    runs[0]?.finish();
    await jest.advanceTimersByTimeAsync(1000);
    expect(runs).toHaveLength(2);
  });

  it('cannot be run by hand while it runs', async () => {
    const { timer, runs } = aTimer('* * * * * *');
    const first = timer.run();
    expect(timer.run()).toBeUndefined();
    runs[0]?.finish();
    expect(await first).toEqual(SUCCEEDED);
    expect(timer.run()).toBeDefined();
  });

  it('runs at once when it is registered to', () => {
    const { timer, runs } = aTimer('%NIGHTLY%', { runOnStartup: true });
    timer.start();
    expect(runs).toHaveLength(1);
    timer.stop();
  });

  it('does not run any more when it is stopped', async () => {
    const { timer, runs } = aTimer('* * * * * *');
    timer.start();
    timer.stop();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(runs).toHaveLength(0);
  });
});
