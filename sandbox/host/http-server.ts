import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Admin } from './admin';
import {
  findFunction,
  textAnswer,
  toAnswer,
  toInvocation,
  type Answer,
  type HttpFunction,
  type ReceivedRequest,
} from './http-functions';
import type { Invoke } from './invoke';
import type { Log } from './log';

export interface HttpServerOptions {
  readonly functions: readonly HttpFunction[];
  readonly invoke: Invoke;
  readonly admin: Admin;
  readonly log: Log;
  /** Demanded for functions with an authorization level and for `/admin`; absent: open, as `func start` is. */
  readonly key?: string;
}

/** Azure's own limit of a request's body. */
const MAX_BODY_BYTES = 100 * 1024 * 1024;

/** The HTTP front of the host. Whatever arrives gets an answer: no request ends the process. */
export function createHttpServer({ functions, invoke, admin, log, key }: HttpServerOptions): Server {
  const authorized = ({ url, headers }: ReceivedRequest) =>
    key === undefined || (headers['x-functions-key'] ?? url.searchParams.get('code')) === key;

  async function answer(request: ReceivedRequest): Promise<Answer> {
    const { method, url } = request;
    if (url.pathname === '/' && (method === 'GET' || method === 'HEAD')) {
      return textAnswer(200, 'The local host is running.');
    }
    if (/^\/admin(\/|$)/i.test(url.pathname)) {
      return authorized(request) ? admin(request) : { status: 401 };
    }
    const match = findFunction(functions, method, url.pathname);
    if (match === undefined) {
      return { status: 404 };
    }
    if (match.found.needsKey && !authorized(request)) {
      return { status: 401 };
    }
    return toAnswer(await invoke(match.found.target, toInvocation(match, request)));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    if (url === undefined) {
      send(response, textAnswer(400, 'The address of the request is malformed.'));
      return;
    }
    const body = await readBody(request);
    if (body === undefined) {
      send(response, textAnswer(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`));
      return;
    }
    const { method = 'GET', headers } = request;
    send(response, await answer({ method, url, headers: joinHeaders(headers), body }));
  }

  const server = createServer((request, response) => {
    // A server that was closed waits for connections that clients keep for later.
    response.on('close', () => {
      if (!server.listening) {
        server.closeIdleConnections();
      }
    });
    serve(request, response).catch((error: unknown) => {
      // Without the query, which may hold a key.
      const path = request.url?.split('?')[0];
      log('error', 'host', `${request.method} ${path}: ${error instanceof Error ? error.message : String(error)}`);
      if (response.headersSent) {
        response.destroy();
      } else {
        send(response, { status: 500 });
      }
    });
  });
  return server;
}

/** @returns `undefined` where the address is none, or its path is not properly encoded. */
function urlOf({ url: target = '/', headers }: IncomingMessage): URL | undefined {
  const base = `http://${headers.host ?? 'localhost'}`;
  if (!target.startsWith('/') || !URL.canParse(target, base)) {
    return undefined;
  }
  const url = new URL(target, base);
  try {
    decodeURIComponent(url.pathname);
  } catch {
    return undefined;
  }
  return url;
}

/** @returns `undefined` where it is too large. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      resolve(undefined);
      return;
    }
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) {
        request.pause();
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    request.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  const content = Buffer.from(body);
  const length = status === 204 || status === 304 ? {} : { 'content-length': content.length };
  // What was not read of the request would be taken for the next one.
  const connection = response.req.complete ? {} : { connection: 'close' };
  response.writeHead(status, { ...headers, ...length, ...connection });
  response.end(content);
}

function joinHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]),
  );
}
