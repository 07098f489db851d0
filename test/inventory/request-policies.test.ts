import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { askedDelay, delayFor, tryPolicy } from '../../src/inventory/azure/request-policies';
import { aRequestContext } from '../fixtures/request-context';

const asked = (headers: Record<string, string>) => askedDelay((name) => headers[name]);

describe('the delay a service asks for', () => {
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'x-ms-retry-after-ms': '40' }, 40],
    [{ 'x-ms-user-quota-resets-after': '00:00:05' }, 5000],
    [{ 'x-ms-user-quota-resets-after': '01:02:03' }, 3_723_000],
  ])('of %j is %i ms', (headers, milliseconds) => {
    expect(asked(headers)).toBe(milliseconds);
  });

  it('may be a date', () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    expect(asked({ 'retry-after': inAnHour })).toBeGreaterThan(3_500_000);
    expect(asked({ 'retry-after': new Date(0).toUTCString() })).toBe(0);
  });

  it.each([[{}], [{ 'retry-after': 'soon' }], [{ 'x-ms-user-quota-resets-after': '5' }]])(
    'of %j is unknown',
    (headers) => {
      expect(asked(headers)).toBeUndefined();
    },
  );
});

describe('the delay before another try', () => {
  it('is what the service asks for, where it asks', () => {
    expect(delayFor(5, { headers: createHttpHeaders({ 'retry-after': '3' }) })).toBe(3000);
  });

  it('doubles from half a second, a quarter up or down, up to a minute', () => {
    for (const [tries, expected] of [
      [0, 500],
      [1, 1000],
      [4, 8000],
      [20, 60_000],
    ] as const) {
      const delay = delayFor(tries, undefined);
      expect(delay).toBeGreaterThanOrEqual(expected * 0.75);
      expect(delay).toBeLessThanOrEqual(expected * 1.25);
    }
  });
});

describe('a try', () => {
  const request = () => createPipelineRequest({ url: 'https://localhost/' });
  /** A service that never finishes its answer: only the abort ends it. */
  const stalling = (sent: ReturnType<typeof request>) =>
    new Promise<PipelineResponse>((_resolve, reject) => {
      sent.abortSignal?.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
    });

  it('that stalls ends as a time-out, which is tried again', async () => {
    const sent = request();
    await expect(tryPolicy(aRequestContext(), 5).sendRequest(sent, stalling)).rejects.toMatchObject({
      name: 'RestError',
      code: 'ETIMEDOUT',
    });
    expect(sent.abortSignal).toBeUndefined();
  });

  it('ends with the run, and then not as a time-out', async () => {
    const stop = new AbortController();
    const context = aRequestContext(stop.signal);
    const trying = tryPolicy(context, 60_000).sendRequest(request(), stalling);
    stop.abort();
    await expect(trying).rejects.toThrow('aborted');
    expect(context.meter.requests).toBe(1);
  });

  it('that begins after the end of the run is over at once', async () => {
    const sent = request();
    const policy = tryPolicy(aRequestContext(AbortSignal.abort()), 60_000);
    const aborted = await policy.sendRequest(sent, (now) =>
      Promise.resolve({ aborted: now.abortSignal?.aborted } as never),
    );
    expect(aborted).toEqual({ aborted: true });
  });
});
