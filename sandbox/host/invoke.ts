import { randomUUID } from 'node:crypto';
import type { InvocationRequest, InvocationResponse, RegisteredFunction } from './core';
import type { App } from './load-app';
import type { Log } from './log';
import { retryDelay } from './retry-delay';
import { slept } from './sleep';

export type Outcome =
  | { readonly state: 'succeeded'; readonly response: InvocationResponse }
  | { readonly state: 'failed'; readonly error: Error };

/** Runs a function once. A function that throws is an outcome too: the promise is never rejected. */
export type Invoke = (target: RegisteredFunction, request: InvocationRequest) => Promise<Outcome>;

export interface Invoker {
  readonly invoke: Invoke;
  /** As `invoke`, and again after a failure as the function's retry policy says. */
  readonly invokeWithRetries: Invoke;
  /** Names of the functions that run now. */
  readonly running: () => readonly string[];
  /** Resolves when no function runs. */
  readonly idle: () => Promise<void>;
}

export interface InvokerOptions {
  readonly app: App;
  readonly log: Log;
  /** Stores the values of output bindings other than the HTTP answer; a failure fails the invocation. */
  readonly writeOutputs: (target: RegisteredFunction, response: InvocationResponse) => Promise<void>;
  /** A function ran past `functionTimeout` of host.json. It cannot be stopped, so the process has to be. */
  readonly onTimeout: () => void;
  /** Ends the waits between retries. */
  readonly signal: AbortSignal;
}

/** What the host and its language worker do together for one call of a function. */
export function createInvoker({ app, log, writeOutputs, onTimeout, signal }: InvokerOptions): Invoker {
  const running = new Map<string, { readonly name: string; readonly done: Promise<unknown> }>();

  async function call(target: RegisteredFunction, id: string, request: InvocationRequest): Promise<InvocationResponse> {
    const invocation = app.model.getInvocationModel({
      invocationId: id,
      metadata: { name: target.name, bindings: target.bindings },
      request,
      state: 'invocation',
      log: (level, category, message) => {
        log(level, category === 'user' ? target.name : 'host', message);
      },
    });
    const { context, inputs } = await invocation.getArguments();
    const result = await invocation.invokeFunction(context, inputs, target.callback);
    const response = await invocation.getResponse(context, result);
    await writeOutputs(target, response);
    return response;
  }

  async function callInTime(target: RegisteredFunction, id: string, request: InvocationRequest): Promise<Outcome> {
    const called = call(target, id, request).then(
      (response): Outcome => ({ state: 'succeeded', response }),
      (error: unknown): Outcome => ({ state: 'failed', error: asError(error) }),
    );
    const limit = app.settings.functionTimeoutMilliseconds;
    if (limit === null) {
      return called;
    }
    const answered = new AbortController();
    const outcome = await Promise.race([called, slept(limit, answered.signal)]);
    answered.abort();
    if (typeof outcome !== 'boolean') {
      return outcome;
    }
    onTimeout();
    return { state: 'failed', error: new Error(`It ran longer than functionTimeout of host.json (${limit} ms).`) };
  }

  async function invoke(target: RegisteredFunction, request: InvocationRequest): Promise<Outcome> {
    const id = randomUUID();
    const startedAt = performance.now();
    log('information', 'host', `Executing ${target.name} (${id}).`);
    const done = callInTime(target, id, request);
    running.set(id, { name: target.name, done });
    const outcome = await done;
    running.delete(id);
    const milliseconds = Math.round(performance.now() - startedAt);
    if (outcome.state === 'succeeded') {
      log('information', 'host', `Executed ${target.name}: succeeded in ${milliseconds} ms (${id}).`);
    } else {
      log(
        'error',
        'host',
        `Executed ${target.name}: failed after ${milliseconds} ms (${id}): ${outcome.error.message}`,
      );
      log('debug', 'host', outcome.error.stack ?? 'The error has no stack.');
    }
    return outcome;
  }

  async function invokeWithRetries(target: RegisteredFunction, request: InvocationRequest): Promise<Outcome> {
    let outcome = await invoke(target, request);
    const policy = target.retryOptions;
    for (let retryCount = 0; policy !== undefined && outcome.state === 'failed'; retryCount += 1) {
      const delay = retryDelay(policy, retryCount);
      if (delay === undefined || signal.aborted) {
        break;
      }
      log('information', 'host', `Trying ${target.name} again in ${delay} ms.`);
      if (!(await slept(delay, signal))) {
        break;
      }
      outcome = await invoke(target, {
        ...request,
        retryContext: {
          retryCount: retryCount + 1,
          maxRetryCount: policy.maxRetryCount,
          exception: { message: outcome.error.message },
        },
      });
    }
    return outcome;
  }

  return {
    invoke,
    invokeWithRetries,
    running: () => [...running.values()].map(({ name }) => name),
    idle: async () => {
      while (running.size > 0) {
        await Promise.all([...running.values()].map(({ done }) => done));
      }
    },
  };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
