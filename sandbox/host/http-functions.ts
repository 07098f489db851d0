import type { HttpData, InvocationRequest, RegisteredFunction } from './core';
import type { Outcome } from './invoke';
import { compareRoutes, matchRoute, parseRoute, type Route } from './route';

/** An HTTP function as it can be called. */
export interface HttpFunction {
  readonly target: RegisteredFunction;
  readonly methods: readonly string[];
  /** Begins with a slash and the route prefix. */
  readonly template: string;
  readonly route: Route;
  readonly needsKey: boolean;
}

/** A request that was read whole. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface FoundFunction {
  readonly found: HttpFunction;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The HTTP functions in the order in which their routes are tried.
 * @throws Error naming the function whose route is not understood.
 */
export function httpFunctionsOf(
  functions: readonly RegisteredFunction[],
  routePrefix: string,
): readonly HttpFunction[] {
  return functions
    .filter(({ trigger }) => trigger.type === 'httpTrigger')
    .map((target) => {
      const { route, methods, authLevel } = target.trigger;
      const own = typeof route === 'string' ? route : target.name;
      const template = ['', routePrefix, own.replace(/^\/+/, '')].filter((part, n) => n === 0 || part !== '').join('/');
      return {
        target,
        methods: Array.isArray(methods) ? methods.map((method) => String(method).toUpperCase()) : ['GET', 'POST'],
        template,
        route: parseRoute(template),
        needsKey: authLevel !== 'anonymous',
      };
    })
    .sort((a, b) => compareRoutes(a.route, b.route));
}

/**
 * The function that a request is for. A function that allows GET also answers HEAD. As with Azure's host, a route that
 * exists for other methods only is not found.
 * @throws URIError where the path is not properly encoded.
 */
export function findFunction(
  functions: readonly HttpFunction[],
  method: string,
  path: string,
): FoundFunction | undefined {
  for (const found of functions) {
    const params = matchRoute(found.route, path);
    if (params !== undefined && allows(found.methods, method)) {
      return { found, params };
    }
  }
  return undefined;
}

function allows(methods: readonly string[], method: string): boolean {
  return methods.includes(method) || (method === 'HEAD' && methods.includes('GET'));
}

/** The invocation that a request becomes. A repeated query key is joined with commas, as the host does it. */
export function toInvocation({ found, params }: FoundFunction, request: ReceivedRequest): InvocationRequest {
  const { method, url, headers, body } = request;
  const http: HttpData = {
    method: found.methods.includes(method) ? method : 'GET',
    url: url.href,
    headers,
    params,
    query: Object.fromEntries([...url.searchParams.keys()].map((key) => [key, url.searchParams.getAll(key).join(',')])),
    body: { bytes: body },
  };
  return { inputData: [{ name: found.target.trigger.name, data: { http } }] };
}

/** The HTTP answer of an outcome. A function that returns nothing answers 204, one that throws 500 without a word. */
export function toAnswer(outcome: Outcome): Answer {
  if (outcome.state === 'failed') {
    return { status: 500 };
  }
  const http = outcome.response.returnValue?.http;
  if (http === undefined) {
    return { status: 204 };
  }
  const { statusCode, headers = {}, body } = http;
  const content = body?.bytes ?? body?.string ?? body?.json;
  return { status: Number(statusCode ?? 200), headers, ...(content === undefined ? {} : { body: content }) };
}

export function textAnswer(status: number, text: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
