import type { Sandbox } from '../../../sandbox/azure/server';
import { createFaults } from '../../../sandbox/azure/faults';
import { parseScenario } from '../../../sandbox/scenarios/load-scenario';
import type { Fault } from '../../../sandbox/scenarios/schema';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask } from './ask';

function faultsOf(...faults: readonly object[]): Fault[] {
  return parseScenario({ extends: 'healthy', name: 'faulty', faults }, 'faulty').faults;
}

describe('which request a fault strikes', () => {
  const strikes = (faults: Fault[], count: number, path = '/a'): boolean[] => {
    const strike = createFaults(faults);
    return Array.from({ length: count }, () => strike('graph', 'GET', path) !== undefined);
  };

  test('the first one, by default', () => {
    expect(strikes(faultsOf({ service: 'graph', status: 503 }), 3)).toEqual([true, false, false]);
  });
  test('as many as it says', () => {
    expect(strikes(faultsOf({ service: 'graph', status: 503, times: 2 }), 3)).toEqual([true, true, false]);
  });
  test('all of them', () => {
    expect(strikes(faultsOf({ service: 'graph', status: 503, times: 'always' }), 3)).toEqual([true, true, true]);
  });
  test('every nth, and no more often than it says', () => {
    expect(strikes(faultsOf({ service: 'graph', status: 503, every: 2 }), 4)).toEqual([false, true, false, true]);
    const once = faultsOf({ service: 'graph', status: 503, every: 2, times: 1 });
    expect(strikes(once, 4)).toEqual([false, true, false, false]);
  });
  test('only those of its service, method and path', () => {
    expect(strikes(faultsOf({ service: 'arm', status: 503 }), 1)).toEqual([false]);
    expect(strikes(faultsOf({ service: 'graph', method: 'POST', status: 503 }), 1)).toEqual([false]);
    expect(strikes(faultsOf({ service: 'graph', path: '^/b', status: 503 }), 1)).toEqual([false]);
    expect(strikes(faultsOf({ service: 'graph', path: '^/b', status: 503 }), 1, '/b?x')).toEqual([true]);
  });
  test('one at a time: the second fault takes the request after', () => {
    const strike = createFaults(faultsOf({ service: 'graph', status: 503 }, { service: 'graph', status: 429 }));
    expect([1, 2, 3].map(() => strike('graph', 'GET', '/')?.status)).toEqual([503, 429, undefined]);
  });
});

describe('what a fault does', () => {
  let sandbox: Sandbox;
  beforeAll(async () => (sandbox = await startTestSandbox('healthy')));
  afterAll(() => sandbox.close());

  const play = (fault: object): void => {
    sandbox.load(parseScenario({ extends: 'healthy', name: 'faulty', faults: [fault] }, 'faulty'));
  };
  const applications = () => ask<{ value: unknown[] }>(sandbox, 'graph', '/v1.0/applications?$top=999');

  test('answers with its status, code and Retry-After in the shape of the service, then lets through', async () => {
    play({ service: 'graph', status: 429, retryAfterSeconds: 1, code: 'Busy', message: 'Later.' });
    const struck = await applications();
    expect(struck).toMatchObject({ status: 429, body: { error: { code: 'Busy', message: 'Later.' } } });
    expect(struck.headers.get('retry-after')).toBe('1');
    expect((await applications()).body.value).toHaveLength(12);
  });

  test('sends no Retry-After unless told to', async () => {
    play({ service: 'graph', status: 429 });
    const struck = await applications();
    expect(struck.headers.has('retry-after')).toBe(false);
    expect(struck.body).toMatchObject({ error: { code: 'TooManyRequests' } });
  });

  test('cuts the connection in the middle of the answer, once', async () => {
    play({ service: 'graph', cut: true });
    await expect(applications()).rejects.toThrow();
    expect((await applications()).body.value).toHaveLength(12);
  });

  test('holds an answer back while others pass', async () => {
    play({ service: 'graph', delayMilliseconds: 1000 });
    sandbox.forget();
    const arrivals: string[] = [];
    const held = applications().then(() => arrivals.push('held'));
    while (!sandbox.requests().some(({ service }) => service === 'graph')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await applications().then(() => arrivals.push('passing'));
    await held;
    expect(arrivals).toEqual(['passing', 'held']);
  });

  test('empties a page without losing what was on it', async () => {
    play({ service: 'graph', emptyPage: true });
    const empty = (await applications()).body as { value: unknown[]; '@odata.nextLink'?: string };
    expect(empty.value).toEqual([]);
    const next = await ask<{ value: unknown[] }>(sandbox, 'graph', empty['@odata.nextLink'] ?? '');
    expect(next.body.value).toHaveLength(12);
  });

  test('strikes the token endpoint as well', async () => {
    play({ service: 'identity', status: 500 });
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = sandbox.environment;
    const url = `${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https%3A%2F%2Fgraph.microsoft.com`;
    const headers = { 'X-IDENTITY-HEADER': IDENTITY_HEADER ?? '' };
    expect((await fetch(url, { headers })).status).toBe(500);
    expect((await fetch(url, { headers })).status).toBe(200);
  });
});
