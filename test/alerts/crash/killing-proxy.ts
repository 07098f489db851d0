/** The network between a process and the services it writes to: at the nth request that changes something it kills it. */
import { createServer as createPlainServer, request as plainRequest, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer, request as tlsRequest } from 'node:https';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Certificates } from '../../../sandbox/azure/certificates';

/** `after`: the request took effect and nobody heard the answer; `before`: it never arrived. */
export type Death = 'before' | 'after';

export interface Executioner {
  /** Watches a process from now on: at the nth request that counts, 0 is the first, it is killed. */
  aim(point: number, death: Death, kill: () => void): void;
  /**
   * Opens a way to an address.
   * @param counts whether a request is a point to kill at
   * @param certificates for https
   */
  open(address: string, counts: (request: IncomingMessage) => boolean, certificates?: Certificates): Promise<Proxy>;
  /** What counted since it was aimed. */
  readonly seen: readonly string[];
  readonly hasKilled: boolean;
}

export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Its proxies count together. */
export function anExecutioner(): Executioner {
  let target: { point: number; death: Death; kill: () => void } | undefined;
  let seen: string[] = [];
  let hasKilled = false;

  const aim: Executioner['aim'] = (point, death, kill) => {
    target = { point, death, kill };
    seen = [];
    hasKilled = false;
  };

  /** @returns whether the process is dead now */
  const strike = (): boolean => {
    target?.kill();
    hasKilled = true;
    return true;
  };

  async function serve(
    to: URL,
    counts: (request: IncomingMessage) => boolean,
    own: () => string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await buffer(request);
    if (hasKilled) {
      response.destroy();
      return;
    }
    const isPoint =
      counts(request) && seen.push(`${request.method} ${request.url?.split('?')[0]}`) - 1 === target?.point;
    if (isPoint && target?.death === 'before' && strike()) {
      response.destroy();
      return;
    }
    const answer = await forward(to, request, body);
    if (isPoint && strike()) {
      response.destroy();
      return;
    }
    const location = answer.headers['operation-location'];
    response.writeHead(answer.status, {
      ...answer.headers,
      // Absolute: the process would go past us.
      ...(typeof location === 'string' && { 'operation-location': location.replace(to.origin, own()) }),
    });
    response.end(answer.body);
  }

  const open: Executioner['open'] = async (address, counts, certificates) => {
    const to = new URL(address);
    const own = (): string => `${to.protocol}//${to.hostname}:${(server.address() as AddressInfo).port}`;
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      serve(to, counts, own, request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    };
    const server: Server = certificates
      ? createTlsServer({ key: certificates.key, cert: certificates.cert }, listener)
      : createPlainServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      url: own(),
      close: async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  };

  return {
    aim,
    open,
    get seen() {
      return seen;
    },
    get hasKilled() {
      return hasKilled;
    },
  };
}

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(to: URL, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Forwarded> {
  const send = to.protocol === 'https:' ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      { protocol: to.protocol, hostname: to.hostname, port: to.port, method, path: url, headers, agent: false },
      (incoming) => {
        buffer(incoming).then((answer) => {
          resolve({ status: incoming.statusCode ?? 502, headers: incoming.headers, body: answer });
        }, reject);
      },
    );
    outgoing.on('error', reject).end(body);
  });
}
