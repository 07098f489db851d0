import { QueueClient } from '@azure/storage-queue';
import type { Azurite } from '../../../sandbox/azurite';
import { startAzurite } from '../../setup/start-azurite';
import { buildHost, endHosts, runHost, type RunningHost } from './run-host';

interface Seen {
  readonly timers: { readonly succeeds: readonly unknown[]; readonly retries: readonly unknown[] };
  readonly received: readonly { readonly message: unknown; readonly dequeueCount: number }[];
}

describe('timer and queue functions on the local host', () => {
  let azurite: Azurite;
  let host: RunningHost;

  beforeAll(async () => {
    buildHost();
    azurite = await startAzurite();
    host = await runHost({ environment: { AzureWebJobsStorage: azurite.connectionString } });
  });
  afterAll(async () => {
    host.child.kill('SIGTERM');
    await host.ended;
    endHosts();
    await azurite.close();
  });

  const run = (name: string, { wait = true, body = '{"input":""}' } = {}) =>
    fetch(`${host.url}/admin/functions/${name}`, {
      method: 'POST',
      headers: wait ? { 'x-sandbox-wait': 'true' } : {},
      body,
    });
  const seen = async () => (await (await fetch(`${host.url}/api/seen`)).json()) as Seen;
  const enqueue = (value: unknown) => fetch(`${host.url}/api/enqueue`, { method: 'POST', body: JSON.stringify(value) });

  it('runs a timer by hand and answers what became of it', async () => {
    const response = await run('succeeds');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ state: 'succeeded' });
    expect((await seen()).timers.succeeds).toEqual([
      {
        isPastDue: false,
        schedule: { adjustForDST: true },
        scheduleStatus: {
          last: expect.stringMatching(/^1970/),
          next: expect.stringMatching(/-01-01T00:00:00.000Z$/),
          lastUpdated: expect.any(String),
        },
      },
    ]);
  });

  it('answers 202 at once where nobody waits', async () => {
    expect((await run('waits', { wait: false })).status).toBe(202);
    await fetch(`${host.url}/api/release`);
    await host.printed(/Executed waits: succeeded/);
  });

  it('answers 500 with the message of a timer that fails', async () => {
    const response = await run('fails');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ state: 'failed', message: 'the timer failed' });
  });

  it('tries a timer again as its retry policy says', async () => {
    expect((await run('retries')).status).toBe(200);
    expect((await seen()).timers.retries).toEqual([
      null,
      { retryCount: 1, maxRetryCount: 2, exception: { message: 'not yet' } },
      { retryCount: 2, maxRetryCount: 2, exception: { message: 'not yet' } },
    ]);
  });

  it('does not let a timer overlap with itself', async () => {
    const first = run('waits');
    await host.printed(/Executing waits/);
    expect((await run('waits')).status).toBe(409);
    await fetch(`${host.url}/api/release`);
    expect((await first).status).toBe(200);
  });

  it.each([
    ['unknown', '{"input":""}', 404],
    ['echo', '{"input":""}', 400],
    ['succeeds', 'no JSON', 400],
  ])('answers a request to run %s with %s by %i', async (name, body, status) => {
    expect((await run(name, { body })).status).toBe(status);
  });

  it('hands what a function puts out to the function that listens to the queue', async () => {
    await enqueue([{ run: 1 }, 'two']);
    await host.printed(/Executed worker: succeeded[^]*Executed worker: succeeded/);
    expect((await seen()).received).toEqual(
      expect.arrayContaining([
        { message: { run: 1 }, dequeueCount: 1 },
        { message: 'two', dequeueCount: 1 },
      ]),
    );
  });

  it('runs a queue function by hand with a message', async () => {
    expect((await run('worker', { body: '{"input":"by hand"}' })).status).toBe(200);
    expect((await seen()).received.at(-1)).toMatchObject({ message: 'by hand' });
  });

  it('puts a message that fails too often aside', async () => {
    await enqueue('poison');
    await host.printed(/A message failed 2 times and moved to work-poison/);
    const tries = (await seen()).received.filter(({ message }) => message === 'poison');
    expect(tries.map(({ dequeueCount }) => dequeueCount)).toEqual([1, 2]);
    const { peekedMessageItems } = await new QueueClient(azurite.connectionString, 'work-poison').peekMessages();
    expect(peekedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString())).toEqual([
      'poison',
    ]);
  });
});

describe('a schedule from a setting', () => {
  it('runs the timer when it is due', async () => {
    buildHost();
    const host = await runHost({ environment: { SCHEDULE: '* * * * * *' } });
    await host.printed(/Executed succeeds: succeeded[^]*Executed succeeds: succeeded/);
    host.child.kill('SIGTERM');
    expect(await host.ended).toBe(0);
  });
});
