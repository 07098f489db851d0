/** Runs one function of the built app, as the host does, in a process that never ran anything. */
import { dirname, join } from 'node:path';
import type { InvocationRequest, RegisteredFunction } from '../../sandbox/host/core';
import { createInvoker } from '../../sandbox/host/invoke';
import { loadApp } from '../../sandbox/host/load-app';
import { answerParent } from '../answer-parent';

export interface AppQuestion {
  /** Directory of the built app. */
  readonly directory: string;
  readonly function: 'nightly-audit' | 'status';
}

/** A line the app logged. */
export interface AppEvent {
  /** Milliseconds since the function was called. */
  readonly at: number;
  readonly message: string;
}

export interface AppRun {
  readonly milliseconds: number;
  /** Processor time of the whole process, its helper threads included. */
  readonly processorMilliseconds: number;
  readonly events: readonly AppEvent[];
  readonly peakMemoryBytes: number;
  /** Files of the app that were loaded by the end, in the order of loading. */
  readonly loaded: readonly string[];
}

async function run({ directory, function: name }: AppQuestion): Promise<AppRun> {
  const events: AppEvent[] = [];
  let startedAt = performance.now();
  const log = (_level: string, source: string, message: string) => {
    if (source === name) {
      events.push({ at: performance.now() - startedAt, message });
    }
  };
  const app = await loadApp(directory, log);
  await app.runHooks('appStart');
  const target = app.functions.find((each) => each.name === name);
  if (target === undefined) {
    throw new Error(`The app has no function ${name}.`);
  }
  const { signal } = new AbortController();
  const { invoke } = createInvoker({
    app,
    log,
    writeOutputs: () => Promise.resolve(),
    onTimeout: () => undefined,
    signal,
  });
  const usedBefore = process.cpuUsage();
  startedAt = performance.now();
  const outcome = await invoke(target, requestFor(target));
  const milliseconds = performance.now() - startedAt;
  if (outcome.state === 'failed') {
    throw outcome.error;
  }
  const { user, system } = process.cpuUsage(usedBefore);
  const dist = join(directory, 'dist');
  return {
    milliseconds,
    processorMilliseconds: (user + system) / 1000,
    events,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    loaded: Object.keys(require.cache).filter((file) => dirname(file) === dist),
  };
}

function requestFor({ name, trigger }: RegisteredFunction): InvocationRequest {
  const data =
    trigger.type === 'httpTrigger'
      ? { http: { method: 'GET', url: `http://localhost/api/${name}`, headers: {}, params: {}, query: {} } }
      : { json: '{"IsPastDue":false}' };
  return { inputData: [{ name: trigger.name, data }] };
}

export const answers = { run };
answerParent(answers);
