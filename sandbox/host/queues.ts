import { QueueClient, RestError, type DequeuedMessageItem } from '@azure/storage-queue';
import type { InvocationRequest, InvocationResponse, RegisteredFunction, TypedData } from './core';
import type { HostSettings } from './host-settings';
import type { Invoke } from './invoke';
import type { Log } from './log';
import { resolveConnection, resolveSettings } from './resolve-setting';
import { slept } from './sleep';

type Environment = Readonly<Record<string, string | undefined>>;

/** Opens the queue that a binding names. Exported for tests. */
export type OpenQueue = (connectionString: string, name: string) => QueueClient;

const openQueue: OpenQueue = (connectionString, name) => new QueueClient(connectionString, name);

export interface QueueListener {
  readonly target: RegisteredFunction;
  readonly queueName: string;
  /** Takes messages until the signal; resolves then, with messages possibly still in work. */
  listen(signal: AbortSignal): Promise<void>;
}

export interface QueueListenerOptions {
  readonly settings: HostSettings['queues'];
  readonly environment: Environment;
  readonly invoke: Invoke;
  readonly log: Log;
  /** How long a message in work is hidden from others; renewed at half of it. */
  readonly leaseSeconds?: number;
  readonly open?: OpenQueue;
}

const SHORTEST_POLL = 100;
const LONGEST_POLL = 2000;

/**
 * Feeds a function from its storage queue, as the Storage Queues extension does: base64 texts, a message that fails
 * `maxDequeueCount` times moves to `<queue>-poison`. Unlike there, a batch is finished before the next is taken.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
 */
export function createQueueListener(target: RegisteredFunction, options: QueueListenerOptions): QueueListener {
  const { settings, environment, invoke, log, leaseSeconds = 60, open = openQueue } = options;
  const { queueName, connectionString } = addressOf(target, target.trigger, environment);
  const queue = open(connectionString, queueName);
  const poison = open(connectionString, `${queueName}-poison`);

  async function take(signal: AbortSignal): Promise<readonly DequeuedMessageItem[]> {
    try {
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages: Math.min(settings.batchSize, 32),
        visibilityTimeout: leaseSeconds,
        abortSignal: signal,
      });
      return receivedMessageItems;
    } catch (error) {
      // The output binding creates the queue with the first message.
      if (!signal.aborted && !isNotFound(error)) {
        log('warning', 'host', `The queue ${queueName} cannot be read: ${messageOf(error)}`);
      }
      return [];
    }
  }

  async function work(message: DequeuedMessageItem): Promise<void> {
    const lease = holdLease(queue, message, leaseSeconds, (error) => {
      log('warning', 'host', `A message of ${queueName} could not be kept hidden: ${messageOf(error)}`);
    });
    const outcome = await invoke(target, requestOf(target, queueName, message));
    const receipt = await lease.release();
    if (outcome.state === 'succeeded') {
      await queue.deleteMessage(message.messageId, receipt);
    } else if (message.dequeueCount >= settings.maxDequeueCount) {
      await poison.createIfNotExists();
      await poison.sendMessage(message.messageText);
      await queue.deleteMessage(message.messageId, receipt);
      log('error', 'host', `A message failed ${message.dequeueCount} times and moved to ${queueName}-poison.`);
    } else {
      await queue.updateMessage(message.messageId, receipt, undefined, settings.visibilityTimeoutSeconds);
    }
  }

  async function listen(signal: AbortSignal): Promise<void> {
    let pause = SHORTEST_POLL;
    while (!signal.aborted) {
      const messages = await take(signal);
      for (const result of await Promise.allSettled(messages.map(work))) {
        if (result.status === 'rejected') {
          log('warning', 'host', `A message of ${queueName} will come again: ${messageOf(result.reason)}`);
        }
      }
      if (messages.length > 0) {
        pause = SHORTEST_POLL;
      } else {
        await slept(pause, signal);
        pause = Math.min(pause * 2, LONGEST_POLL);
      }
    }
  }

  return { target, queueName, listen };
}

/** Renews the lease of a message until it is released; that gives the receipt which is valid then. */
function holdLease(
  queue: QueueClient,
  { messageId, popReceipt }: DequeuedMessageItem,
  seconds: number,
  onError: (error: unknown) => void,
): { release(): Promise<string> } {
  let receipt = popReceipt;
  let renewal = Promise.resolve();
  const renew = async () => {
    try {
      const renewed = await queue.updateMessage(messageId, receipt, undefined, seconds);
      receipt = renewed.popReceipt ?? receipt;
    } catch (error) {
      onError(error);
    }
  };
  const interval = setInterval(() => {
    renewal = renewal.then(renew);
  }, seconds * 500);
  return {
    release: async () => {
      clearInterval(interval);
      await renewal;
      return receipt;
    },
  };
}

/** Sends what a function left in its queue output bindings; creates the queue when it is missing. */
export function createQueueOutputs(
  environment: Environment,
  open: OpenQueue = openQueue,
): (target: RegisteredFunction, response: InvocationResponse) => Promise<void> {
  return async (target, { returnValue, outputData }) => {
    const values = [...outputData, ...(returnValue ? [{ name: '$return', data: returnValue }] : [])];
    for (const { name, data } of values) {
      const binding = target.bindings[name];
      if (binding?.type !== 'queue') {
        continue;
      }
      const { connectionString, queueName } = addressOf(target, binding, environment);
      const queue = open(connectionString, queueName);
      await queue.createIfNotExists();
      for (const text of textsOf(data)) {
        await queue.sendMessage(Buffer.from(text).toString('base64'));
      }
    }
  };
}

/** @throws Error naming the function whose binding lacks a setting. */
function addressOf(
  target: RegisteredFunction,
  binding: Readonly<Record<string, unknown>>,
  environment: Environment,
): { readonly queueName: string; readonly connectionString: string } {
  try {
    return {
      queueName: resolveSettings(String(binding['queueName']), environment),
      connectionString: resolveConnection(binding['connection'], environment),
    };
  } catch (cause) {
    throw new Error(`The queue binding of ${target.name}: ${messageOf(cause)}`, { cause });
  }
}

function requestOf(target: RegisteredFunction, queueName: string, message: DequeuedMessageItem): InvocationRequest {
  const text = Buffer.from(message.messageText, 'base64').toString();
  return {
    inputData: [{ name: target.trigger.name, data: { string: text } }],
    triggerMetadata: {
      QueueTrigger: { json: JSON.stringify(queueName) },
      Id: { json: JSON.stringify(message.messageId) },
      DequeueCount: { json: String(message.dequeueCount) },
      InsertionTime: { json: JSON.stringify(message.insertedOn) },
      ExpirationTime: { json: JSON.stringify(message.expiresOn) },
      NextVisibleTime: { json: JSON.stringify(message.nextVisibleOn) },
      PopReceipt: { json: JSON.stringify(message.popReceipt) },
    },
  };
}

/** One message a value, but an array is one message an element. */
function textsOf({ string, json, bytes, int, double }: TypedData): readonly string[] {
  if (json === undefined) {
    return [string ?? (bytes ? Buffer.from(bytes).toString() : String(int ?? double))];
  }
  const value = JSON.parse(json) as unknown;
  const elements = Array.isArray(value) ? value : [value];
  return elements.map((element) => (typeof element === 'string' ? element : JSON.stringify(element)));
}

function isNotFound(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
