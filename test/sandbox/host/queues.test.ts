import { QueueClient } from '@azure/storage-queue';
import type { Azurite } from '../../../sandbox/azurite';
import type { RegisteredFunction } from '../../../sandbox/host/core';
import type { Invoke, Outcome } from '../../../sandbox/host/invoke';
import { createQueueListener, createQueueOutputs, type QueueListenerOptions } from '../../../sandbox/host/queues';
import { startAzurite } from '../../setup/start-azurite';

const SUCCEEDED: Outcome = { state: 'succeeded', response: { outputData: [] } };
const FAILED: Outcome = { state: 'failed', error: new Error('on purpose') };

describe('a queue listener', () => {
  let azurite: Azurite;
  let stop: AbortController;

  beforeAll(async () => {
    azurite = await startAzurite();
  });
  beforeEach(() => {
    stop = new AbortController();
  });
  afterEach(() => {
    stop.abort();
  });
  afterAll(() => azurite.close());

  const encode = (text: string) => Buffer.from(text).toString('base64');

  async function aQueue(name: string, ...messages: string[]): Promise<QueueClient> {
    const queue = new QueueClient(azurite.connectionString, name);
    await queue.create();
    for (const message of messages) {
      await queue.sendMessage(encode(message));
    }
    return queue;
  }

  function listenTo(queueName: string, invoke: Invoke, options: Partial<QueueListenerOptions> = {}): Promise<void> {
    const trigger = { name: 'message', type: 'queueTrigger', direction: 'in', queueName } as const;
    const target: RegisteredFunction = { name: 'worker', bindings: {}, trigger, callback: () => undefined };
    const settings = { batchSize: 1, maxDequeueCount: 2, visibilityTimeoutSeconds: 0 };
    const environment = { AzureWebJobsStorage: azurite.connectionString };
    return createQueueListener(target, { settings, environment, invoke, log: () => undefined, ...options }).listen(
      stop.signal,
    );
  }

  it('hands over text and what is known of a message, then deletes it', async () => {
    const queue = await aQueue('plain', '{"run":1}');
    const requests: Parameters<Invoke>[1][] = [];
    const listening = listenTo('plain', (_, request) => {
      requests.push(request);
      stop.abort();
      return Promise.resolve(SUCCEEDED);
    });
    await listening;
    expect(requests).toMatchObject([
      {
        inputData: [{ name: 'message', data: { string: '{"run":1}' } }],
        triggerMetadata: { QueueTrigger: { json: '"plain"' }, DequeueCount: { json: '1' } },
      },
    ]);
    expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
  });

  it('keeps a message hidden for as long as its function runs', async () => {
    const queue = await aQueue('long', 'slow work');
    let renewals = 0;
    let finish: () => void = () => undefined;
    const open = (connectionString: string, name: string) => {
      const client = new QueueClient(connectionString, name);
      const update = client.updateMessage.bind(client);
      jest.spyOn(client, 'updateMessage').mockImplementation(async (...parameters) => {
        const updated = await update(...parameters);
        renewals += 1;
        // Three renewals of half a second: the first lease of a second is over.
        if (renewals === 3) {
          finish();
        }
        return updated;
      });
      return client;
    };
    let calls = 0;
    await listenTo(
      'long',
      () =>
        new Promise((resolve) => {
          calls += 1;
          finish = () => {
            stop.abort();
            resolve(SUCCEEDED);
          };
        }),
      { leaseSeconds: 1, open },
    );
    expect(calls).toBe(1);
    expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
  });

  it('lets a failed message come again until it has failed too often', async () => {
    const queue = await aQueue('failing', 'bad');
    const log: string[] = [];
    await listenTo('failing', () => Promise.resolve(FAILED), {
      log: (_, __, message) => {
        log.push(message);
        stop.abort();
      },
    });
    expect(log).toEqual(['A message failed 2 times and moved to failing-poison.']);
    expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
    const poison = new QueueClient(azurite.connectionString, 'failing-poison');
    expect((await poison.peekMessages()).peekedMessageItems).toMatchObject([{ messageText: encode('bad') }]);
  });

  it('waits for a queue that is made later, by the first message to it', async () => {
    const write = createQueueOutputs({ AzureWebJobsStorage: azurite.connectionString });
    const out = { type: 'queue', direction: 'out', queueName: 'later' } as const;
    const trigger = { name: 'timer', type: 'timerTrigger', direction: 'in' } as const;
    const sender: RegisteredFunction = { name: 'sender', bindings: { out }, trigger, callback: () => undefined };
    const texts: (string | undefined)[] = [];
    const listening = listenTo('later', (_, { inputData }) => {
      texts.push(inputData[0]?.data.string);
      if (texts.length === 3) {
        stop.abort();
      }
      return Promise.resolve(SUCCEEDED);
    });
    await write(sender, {
      outputData: [
        { name: 'out', data: { json: '["é", {"a":1}]' } },
        { name: 'out', data: { string: 'text' } },
      ],
    });
    await listening;
    expect(texts.sort()).toEqual(['text', '{"a":1}', 'é']);
  });

  it('says that storage cannot be reached, and goes on', async () => {
    const log: string[] = [];
    const unreachable = azurite.connectionString.replace(
      /QueueEndpoint=[^;]*/,
      'QueueEndpoint=http://127.0.0.1:1/none',
    );
    await listenTo('anything', () => Promise.resolve(SUCCEEDED), {
      environment: { AzureWebJobsStorage: unreachable },
      open: (connectionString, name) => new QueueClient(connectionString, name, { retryOptions: { maxTries: 1 } }),
      log: (_, __, message) => {
        if (log.push(message) === 2) {
          stop.abort();
        }
      },
    });
    expect(log).toHaveLength(2);
    expect(log[0]).toMatch(/^The queue anything cannot be read: .*ECONNREFUSED/);
  });
});
