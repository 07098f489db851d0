/**
 * A simulated Azure for tests and `npm start`: one HTTPS server on this machine that speaks the wire protocols the
 * auditor uses and plays a scenario. Never deployed.
 */
import { setMaxListeners } from 'node:events';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Scenario } from '../scenarios/schema';
import { fillSymbols, guidOf } from '../scenarios/symbolic-id';
import { createAzure, type Azure, type Outcome, type Secrets } from './azure';
import { createCertificates, type Certificates } from './certificates';
import { answerControl } from './control';
import type { Outbox, SentMail } from './outbox';
import type { RecordedRequest } from './recorded-request';
import type { ReceivedAlert, WebhookBox } from './webhook';

export type { SentMail } from './outbox';
export type { RecordedRequest } from './recorded-request';
export type { ReceivedAlert } from './webhook';

export interface Sandbox {
  /** `https://localhost:PORT`. */
  readonly url: string;
  /** Certificate of the authority, for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  /** Settings that lead the app here, those of the scenario among them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Plays another scenario from now on; request log and outbox stay. */
  load(scenario: Scenario): void;
  requests(): readonly RecordedRequest[];
  outbox(): readonly SentMail[];
  /** What was posted to `{url}/webhook/…`. */
  webhooks(): readonly ReceivedAlert[];
  /** Empties request log, outbox and what webhooks got. */
  forget(): void;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

export interface SandboxOptions {
  readonly scenario: Scenario;
  /** Default: any free one. */
  readonly port?: number;
  /** Default: made for this sandbox and removed with it. */
  readonly certificates?: Certificates;
  /** What the scenario's dates are relative to; default: now. Tokens live by the real clock. */
  readonly now?: Date;
  /** What the mail service's limits go by; default: the real one. */
  readonly clock?: () => Date;
}

const MOST_BODY_BYTES = 32 * 1024 * 1024;

/** Rejects with the system's error where the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const temporary = options.certificates ? undefined : await mkdtemp(join(tmpdir(), 'sandbox-'));
  const certificates = options.certificates ?? (await createCertificates(temporary ?? ''));
  const secrets = secretsOf(certificates);
  const closing = new AbortController();
  // Each delayed answer listens; more than ten at a time are no leak.
  setMaxListeners(0, closing.signal);
  const requests: RecordedRequest[] = [];
  const outbox: Outbox = new Map();
  const webhooks: WebhookBox = new Map();
  let scenario = options.scenario;
  let azure: Azure;

  const load = (next: Scenario): void => {
    const times = { now: options.now ?? new Date(), clock: options.clock ?? (() => new Date()) };
    azure = createAzure(next, url, times, secrets, { outbox, webhooks });
    scenario = next;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? 'GET';
    const [rawPath = '/', ...rest] = (request.url ?? '/').split('?');
    const rawQuery = rest.join('?');
    const [, prefix = '', remainder = ''] = /^\/+([^/]*)(.*)$/.exec(rawPath) ?? [];
    const body = await readBody(request);
    const path = decoded(remainder.replace(/^\/+/, '/'));
    if (body.problem !== undefined || path === undefined) {
      sendText(response, 400, 'text/plain', body.problem ?? 'The path is not well encoded.');
      return;
    }
    if (prefix === '__sandbox') {
      const page = answerControl(method, path, body.value, { requests, outbox, webhooks, load });
      sendText(response, page.status, page.contentType, page.text);
      return;
    }
    const sentPath = `${remainder}${rawQuery === '' ? '' : `?${rawQuery}`}`;
    const call = {
      method,
      path,
      query: new URLSearchParams(rawQuery),
      rawQuery,
      headers: request.headers,
      body: body.value,
      emptyPage: false,
    };
    const outcome = azure.answer(prefix, call, sentPath);
    if (!outcome) {
      sendText(response, 404, 'text/plain', `The sandbox has no ${method} ${rawPath}.`);
      return;
    }
    requests.push({
      at: new Date().toISOString(),
      service: outcome.service,
      method,
      path: sentPath,
      status: outcome.status,
      ...(body.value !== undefined && { body: body.value }),
    });
    await send(response, outcome, closing.signal);
  };

  const server = createServer({ key: certificates.key, cert: certificates.cert }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A caller that went away is no fault of the sandbox; anything else must be seen where it was caused.
      if (response.destroyed || closing.signal.aborted) return;
      if (response.headersSent) response.destroy();
      else
        sendText(
          response,
          500,
          'text/plain',
          `The sandbox failed: ${error instanceof Error ? error.stack : String(error)}`,
        );
    });
  });
  // Longer than any pause of a client, so that a kept connection is never ended in its face.
  server.keepAliveTimeout = 60_000;
  const removeTemporary = async (): Promise<void> => {
    if (temporary) await rm(temporary, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
  } catch (error) {
    await removeTemporary();
    throw error;
  }
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  load(options.scenario);

  return {
    url,
    caFile: certificates.caFile,
    get environment() {
      return environmentOf(scenario, url, secrets);
    },
    load,
    requests: () => [...requests],
    outbox: () => [...outbox.values()],
    webhooks: () => [...webhooks.values()],
    forget() {
      requests.length = 0;
      outbox.clear();
      webhooks.clear();
    },
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
      server.closeAllConnections();
      await closed;
      await removeTemporary();
    },
  };
}

/**
 * Derived from the server's key, so that sandboxes with the same certificates accept each other's tokens: identity
 * libraries keep tokens for as long as the process lives.
 */
function secretsOf({ key }: Certificates): Secrets {
  const derive = (purpose: string): Buffer => createHmac('sha256', key).update(purpose).digest();
  return { tokenKey: derive('tokens'), identityHeader: derive('identity header').toString('hex') };
}

function environmentOf({ tenant, mail, settings }: Scenario, url: string, secrets: Secrets): Record<string, string> {
  return {
    AZURE_TENANT_ID: guidOf(tenant.id),
    AZURE_RESOURCE_MANAGER_ENDPOINT: `${url}/arm`,
    MICROSOFT_GRAPH_ENDPOINT: `${url}/graph`,
    LOG_ANALYTICS_ENDPOINT: `${url}/logs`,
    IDENTITY_ENDPOINT: `${url}/msi/token`,
    IDENTITY_HEADER: secrets.identityHeader,
    COMMUNICATION_SERVICES_ENDPOINT: `${url}/mail`,
    MAIL_SENDER: mail.sender,
    MAIL_RECIPIENTS: mail.recipients.join(','),
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, fillSymbols(value)])),
  };
}

type Body = { readonly value?: unknown; readonly problem?: undefined } | { readonly problem: string };

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return { problem: 'The request body is too large.' };
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString()) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: `The request body is not JSON: ${error.message}` };
    throw error;
  }
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

async function send(response: ServerResponse, outcome: Outcome, signal: AbortSignal): Promise<void> {
  const { status, headers, text, fault } = outcome;
  if (fault?.delayMilliseconds) await wait(fault.delayMilliseconds, undefined, { signal });
  const bytes = Buffer.from(text);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...headers,
  });
  if (!fault?.cut) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

function sendText(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
