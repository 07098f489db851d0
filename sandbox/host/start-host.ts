import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdmin } from './admin';
import { httpFunctionsOf, type HttpFunction } from './http-functions';
import { createHttpServer } from './http-server';
import { createInvoker } from './invoke';
import { loadApp, type App } from './load-app';
import type { Log } from './log';
import { createQueueListener, createQueueOutputs, type QueueListener } from './queues';
import { slept } from './sleep';
import { createTimer, type Timer } from './timers';

export interface Host {
  readonly url: string;
  /** Takes no more work and gives the functions that run a moment to finish. */
  readonly stop: () => Promise<void>;
}

export interface HostOptions {
  /** Of the built app. */
  readonly directory: string;
  /** 0: any free one. */
  readonly port: number;
  readonly key?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** A function exceeded `functionTimeout`: it goes on running, so the process should end. */
  readonly onTimeout: () => void;
}

/** Functions that still run this long after a stop are abandoned. */
const GRACE_MILLISECONDS = 1500;

/**
 * Loads the app and serves its functions on 127.0.0.1 until it is stopped. Once a process: the app stays loaded.
 * @throws Error what the app throws while it is loaded, or one sentence about what is wrong with its bindings or the port.
 */
export async function startHost({ directory, port, key, environment, log, onTimeout }: HostOptions): Promise<Host> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const app = await loadApp(directory, log);
  checkBindings(app);
  const { functions, settings } = app;
  const writeOutputs = createQueueOutputs(environment);
  const { invoke, invokeWithRetries, running, idle } = createInvoker({ app, log, writeOutputs, onTimeout, signal });

  const ofType = (type: string) => functions.filter(({ trigger }) => trigger.type === type);
  const httpFunctions = httpFunctionsOf(functions, settings.routePrefix);
  const timers = ofType('timerTrigger').map((target) => createTimer(target, environment, invokeWithRetries, log));
  const queues = ofType('queueTrigger').map((target) =>
    createQueueListener(target, { settings: settings.queues, environment, invoke, log }),
  );
  const server = createHttpServer({
    functions: httpFunctions,
    invoke,
    admin: createAdmin({ functions, timers, invoke, state: () => (signal.aborted ? 'Stopping' : 'Running') }),
    log,
    ...(key === undefined ? {} : { key }),
  });

  await app.runHooks('appStart');
  const url = `http://localhost:${await listen(server, port)}`;
  for (const line of describeFunctions(url, httpFunctions, timers, queues)) {
    log('information', 'host', line);
  }
  timers.forEach((timer) => {
    timer.start();
  });
  queues.forEach((queue) => void queue.listen(signal));

  return {
    url,
    stop: async () => {
      log('information', 'host', 'Stopping.');
      stopping.abort();
      timers.forEach((timer) => {
        timer.stop();
      });
      const answered = new Promise((resolve) => server.close(resolve));
      // The app hears of it while its functions still run, so that they can come to an end.
      const terminated = app.runHooks('appTerminate').catch((error: unknown) => {
        log('error', 'host', `The hook appTerminate failed: ${error instanceof Error ? error.message : String(error)}`);
      });
      await Promise.race([Promise.all([terminated, idle(), answered]), slept(GRACE_MILLISECONDS)]);
      if (running().length > 0) {
        log('warning', 'host', `Abandoned: ${running().join(', ')}.`);
      }
      server.closeAllConnections();
    },
  };
}

/** @throws Error for a binding that would do nothing here. */
function checkBindings({ functions }: App): void {
  const known = ['in httpTrigger', 'in timerTrigger', 'in queueTrigger', 'out http', 'out queue'];
  for (const { name, bindings } of functions) {
    for (const { direction, type } of Object.values(bindings)) {
      if (!known.includes(`${direction} ${type}`)) {
        throw new Error(`The local host does not have the binding "${type}" (${direction}) of the function ${name}.`);
      }
    }
  }
}

/** @returns the port that was opened. */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${cause.message})`;
      reject(new Error(`Port ${port} ${why}. Name another one with --port.`, { cause }));
    });
    server.listen(port, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function describeFunctions(
  url: string,
  httpFunctions: readonly HttpFunction[],
  timers: readonly Timer[],
  queues: readonly QueueListener[],
): readonly string[] {
  return [
    ...httpFunctions.map(({ target, methods, template }) => `${target.name}: ${methods.join(', ')} ${url}${template}`),
    ...timers.map(
      ({ target, schedule }) =>
        `${target.name}: timer ${schedule.expression}, next at ${schedule.next(new Date()).toISOString()}`,
    ),
    ...queues.map(({ target, queueName }) => `${target.name}: queue ${queueName}`),
  ];
}
