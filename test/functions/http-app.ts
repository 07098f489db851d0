/** The app's HTTP functions as a host calls them: by method and address, through their routes, over a real Azurite. */
import { HttpRequest, InvocationContext, type HttpFunctionOptions, type HttpResponseInit } from '@azure/functions';
import { findFunction, httpFunctionsOf } from '../../sandbox/host/http-functions';
import type { Services } from '../../src/services';

export interface HttpApp {
  readonly functions: ReadonlyMap<string, HttpFunctionOptions>;
  readonly services: Services;
  /** @param address beneath `/api`, with its query */
  call(method: string, address: string, options?: CallOptions): Promise<HttpAnswer>;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly mediaType: string | undefined;
  readonly body: string;
  /** @throws SyntaxError where the body is none */
  json(): never;
}

/** @param settings the environment of the app */
export async function loadHttpApp(settings: Readonly<Record<string, string>>): Promise<HttpApp> {
  Object.assign(process.env, settings);
  const functions = new Map<string, HttpFunctionOptions>();
  const ignore = () => undefined;
  jest.resetModules();
  jest.doMock('@azure/functions', () => ({
    ...jest.requireActual<object>('@azure/functions'),
    app: {
      timer: ignore,
      storageQueue: ignore,
      http: (name: string, options: HttpFunctionOptions) => functions.set(name, options),
      hook: { appStart: ignore, appTerminate: ignore },
    },
  }));
  await import('../../src/main');
  const { appServices } = await import('../../src/app-services');
  const routes = httpFunctionsOf(
    [...functions].map(([name, { route, methods, authLevel }]) => ({
      name,
      bindings: {},
      trigger: { name, type: 'httpTrigger', direction: 'in', route, methods, authLevel },
      callback: ignore,
    })),
    'api',
  );

  async function call(method: string, address: string, { headers = {}, body }: CallOptions = {}): Promise<HttpAnswer> {
    const url = new URL(`http://localhost/api${address}`);
    const match = findFunction(routes, method, url.pathname);
    const options = match && functions.get(match.found.target.name);
    if (match === undefined || options === undefined) {
      throw new Error(`No function answers ${method} ${address}.`);
    }
    const request = new HttpRequest({
      method,
      url: url.href,
      headers,
      params: match.params,
      query: Object.fromEntries([...url.searchParams.keys()].map((key) => [key, url.searchParams.getAll(key).join()])),
      ...(body !== undefined && { body: { string: typeof body === 'string' ? body : JSON.stringify(body) } }),
    });
    const context = new InvocationContext({ functionName: 'test', invocationId: 'invocation-1', logHandler: ignore });
    const answer = (await options.handler(request, context)) as HttpResponseInit;
    const answered = answer.headers as Record<string, string>;
    const text = typeof answer.body === 'string' ? answer.body : '';
    return {
      status: answer.status ?? 200,
      headers: answered,
      mediaType: answered['content-type']?.split(';')[0],
      body: text,
      json: () => JSON.parse(text) as never,
    };
  }

  return { functions, services: appServices(), call };
}
