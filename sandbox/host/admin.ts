import type { RegisteredFunction } from './core';
import { jsonAnswer, type Answer, type ReceivedRequest } from './http-functions';
import type { Invoke, Outcome } from './invoke';
import type { Timer } from './timers';

/** Answers requests below `/admin`. */
export type Admin = (request: ReceivedRequest) => Promise<Answer>;

export interface AdminOptions {
  readonly functions: readonly RegisteredFunction[];
  readonly timers: readonly Timer[];
  readonly invoke: Invoke;
  readonly state: () => 'Running' | 'Stopping';
}

/** Ours, not Azure's: with `true` a run is answered when it has finished, with what became of it. */
const WAIT_HEADER = 'x-sandbox-wait';

/**
 * The part of the host's management API that starts functions by hand, as
 * https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http describes it.
 */
export function createAdmin({ functions, timers, invoke, state }: AdminOptions): Admin {
  /** `undefined`: it runs already, and a timer never overlaps with itself. */
  function run(target: RegisteredFunction, input: string): Promise<Outcome> | undefined {
    const timer = timers.find((candidate) => candidate.target === target);
    return timer
      ? timer.run()
      : invoke(target, { inputData: [{ name: target.trigger.name, data: { string: input } }], triggerMetadata: {} });
  }

  async function runByName(name: string, request: ReceivedRequest): Promise<Answer> {
    const target = functions.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (target === undefined) {
      return jsonAnswer(404, { message: `There is no function "${name}".` });
    }
    if (target.trigger.type === 'httpTrigger') {
      return jsonAnswer(400, { message: `${target.name} is an HTTP function: call its route.` });
    }
    const input = inputOf(request.body);
    if (input === undefined) {
      return jsonAnswer(400, { message: 'The body must be JSON such as {"input": ""}.' });
    }
    const outcome = run(target, input);
    if (outcome === undefined) {
      return jsonAnswer(409, { message: `${target.name} runs already.` });
    }
    if (request.headers[WAIT_HEADER] !== 'true') {
      return { status: 202 };
    }
    const finished = await outcome;
    return finished.state === 'succeeded'
      ? jsonAnswer(200, { state: 'succeeded' })
      : jsonAnswer(500, { state: 'failed', message: finished.error.message });
  }

  return async (request) => {
    const { method, url } = request;
    const [, area = '', name = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    if (method === 'GET' && area === 'host' && name === 'status' && rest.length === 0) {
      return jsonAnswer(200, { state: state(), processUptime: Math.round(process.uptime() * 1000) });
    }
    if (method === 'GET' && area === 'functions' && name === '') {
      return jsonAnswer(
        200,
        functions.map((each) => ({ name: each.name, trigger: each.trigger.type })),
      );
    }
    if (method === 'POST' && area === 'functions' && name !== '' && rest.length === 0) {
      return runByName(name, request);
    }
    return { status: 404 };
  };
}

/** @returns `undefined` where the body is not what the API asks for. */
function inputOf(body: Buffer): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) {
    return undefined;
  }
  const { input = '' } = json as { readonly input?: unknown };
  return typeof input === 'string' ? input : JSON.stringify(input);
}
