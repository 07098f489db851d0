/**
 * Azure Communication Services Email, https://learn.microsoft.com/rest/api/communication/email: the only file that knows
 * its SDK. Imported when there is something to send.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { EmailClient, type EmailClientOptions, type EmailSendOptionalParams } from '@azure/communication-email';
import { AzureKeyCredential, type TokenCredential } from '@azure/core-auth';
import { isRestError, type PipelinePolicy, type RestError } from '@azure/core-rest-pipeline';
import { askedDelay } from '../inventory/azure/request-policies';
import { USER_AGENT } from '../inventory/azure/user-agent';
import { MailError, type Mailer, type MailErrorKind, type MailState } from './mailer';

/** The endpoint may hold a path, as behind a gateway: `https://host/mail`. */
export type MailService =
  { readonly endpoint: string; readonly credential: TokenCredential } | { readonly connectionString: string };

/** Sending and watching together, or a question; well within a claim. */
const TIMEOUT_MILLISECONDS = 60_000;

/**
 * How long an accepted mail is watched. A mail nobody can get (all recipients suppressed) fails within seconds, and then
 * the alert must not count as sent. Longer is not worth it: status reads are rationed (an Azure-managed domain has 10 a
 * minute and 20 an hour). The service asks for half a minute between them, which makes two a mail: the SDK's own, right
 * after sending, and one at the end.
 */
const WATCH_MILLISECONDS = 30_000;

/** Between status reads where the service does not say, and at least. */
const READ_INTERVAL_MILLISECONDS = 10_000;
const LEAST_INTERVAL_MILLISECONDS = 1_000;

/**
 * @param sender address of a domain linked to the resource
 * @throws Error when the connection string or endpoint is malformed; the message holds neither
 */
export function createMailer(
  service: MailService,
  sender: string,
  { watchMilliseconds = WATCH_MILLISECONDS }: { readonly watchMilliseconds?: number } = {},
): Mailer {
  const client = createClient(service);
  return {
    async send(alert, signal) {
      const watch = watchAnswers();
      const abortSignal = withTimeout(signal);
      try {
        const poller = await client.beginSend(
          {
            senderAddress: sender,
            content: { subject: alert.subject, plainText: alert.plainText, html: alert.html },
            recipients: { to: alert.to.map((address) => ({ address })) },
            attachments: alert.attachments.map(({ name, contentType, text }) => ({
              name,
              contentType,
              contentInBase64: Buffer.from(text).toString('base64'),
            })),
            disableUserEngagementTracking: true,
          },
          { operationId: alert.id, abortSignal, onResponse: watch.onResponse },
        );
        // Not pollUntilDone: it would read twice at once.
        let watched = watch.interval;
        while (!poller.isDone() && watched <= watchMilliseconds) {
          await wait(watch.interval, undefined, { signal: abortSignal });
          await poller.poll();
          watched += watch.interval;
        }
      } catch (error) {
        // Once it is accepted the mail is on its way: a status that could not be read changes nothing about that. The
        // SDK reads the status once before it even returns the poller.
        if (watch.state.status === 'unknown') {
          throw toMailError(error, 'sending');
        }
      }
      return knownState(watch);
    },

    async stateOf(alertId, signal) {
      const watch = watchAnswers();
      try {
        await client.beginSend(NO_MESSAGE, {
          resumeFrom: runningOperation(alertId),
          abortSignal: withTimeout(signal),
          onResponse: watch.onResponse,
        });
      } catch (error) {
        if (isRestError(error) && error.statusCode === 404) {
          return { status: 'unknown' };
        }
        // A failed operation makes the SDK throw too, although the service answered.
        if (watch.state.status === 'unknown') {
          throw toMailError(error, 'asking for the state of');
        }
      }
      return knownState(watch);
    },
  };
}

/** Resuming sends nothing but a status read; were that ever to change, the service would refuse this one. */
const NO_MESSAGE = { senderAddress: '', content: { subject: '', plainText: '' }, recipients: { to: [] } };

/** A poller as `poller.toString()` would have saved it, had the process lived: all it needs is where to ask. */
function runningOperation(id: string): string {
  const operationLocation = `/emails/operations/${encodeURIComponent(id)}`;
  return JSON.stringify({
    state: { status: 'running', config: { operationLocation, metadata: { mode: 'OperationLocation' } } },
  });
}

interface Watch {
  state: MailState;
  /** Milliseconds until the service wants to be asked again. */
  interval: number;
  readonly onResponse: NonNullable<EmailSendOptionalParams['onResponse']>;
}

/** Keeps what the service last said: the SDK's own errors lose it. */
function watchAnswers(): Watch {
  const watch: Watch = {
    state: { status: 'unknown' },
    interval: READ_INTERVAL_MILLISECONDS,
    onResponse(response) {
      if (response.status >= 300) {
        return;
      }
      const accepted: MailState = response.status === 202 ? { status: 'running' } : watch.state;
      watch.state = stateIn(response.parsedBody as OperationBody | undefined) ?? accepted;
      const asked = askedDelay((name) => response.headers.get(name));
      watch.interval = Math.max(asked ?? READ_INTERVAL_MILLISECONDS, LEAST_INTERVAL_MILLISECONDS);
    },
  };
  return watch;
}

function knownState({ state }: Watch): MailState {
  if (state.status === 'unknown') {
    throw new MailError('Something answered that is not the mail service.', 'unavailable');
  }
  return state;
}

interface OperationBody {
  readonly status?: string;
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** `undefined`: not an answer of the mail service, but perhaps the page of a proxy. */
function stateIn(body: OperationBody | undefined): MailState | undefined {
  switch (body?.status) {
    case 'NotStarted':
    case 'Running':
      return { status: 'running' };
    case 'Succeeded':
      return { status: 'succeeded' };
    case 'Failed':
    case 'Canceled': {
      const { code = body.status, message = 'no explanation' } = body.error ?? {};
      return { status: 'failed', reason: `${code}: ${message}` };
    }
    default:
      return undefined;
  }
}

/** The SDK's own timeout ends with the headers of an answer: a body that never comes would be waited for. */
function withTimeout(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]);
}

function createClient(service: MailService): EmailClient {
  const { endpoint, credential } = 'connectionString' in service ? parse(service.connectionString) : service;
  const { origin, pathname } = new URL(endpoint);
  const options: EmailClientOptions = {
    // A mail is repeated only from the outbox, which first asks what became of it; nor is a Retry-After of an hour
    // waited for in here.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: pathPolicy(pathname.replace(/\/+$/, '')), position: 'perCall' }],
    userAgentOptions: { userAgentPrefix: USER_AGENT },
  };
  return 'getToken' in credential
    ? new EmailClient(origin, credential, options)
    : new EmailClient(origin, credential, options);
}

/** Parsed here, as the SDK takes no path and puts a connection string it cannot read, key included, into its error. */
function parse(connectionString: string): { readonly endpoint: string; readonly credential: AzureKeyCredential } {
  const parts = new Map(
    connectionString.split(';').map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()] as const;
    }),
  );
  const endpoint = parts.get('endpoint') ?? '';
  const key = parts.get('accesskey') ?? '';
  if (!URL.canParse(endpoint) || key === '') {
    throw new Error(
      'The connection string of Communication Services must have the form endpoint=https://…;accesskey=…',
    );
  }
  return { endpoint, credential: new AzureKeyCredential(key) };
}

/** Puts the endpoint's path before the SDK's own, before the request is signed. */
function pathPolicy(path: string): PipelinePolicy {
  return {
    name: 'mailEndpointPath',
    async sendRequest(request, next) {
      const url = new URL(request.url);
      if (!url.pathname.startsWith(`${path}/`)) {
        url.pathname = path + url.pathname;
        request.url = url.href;
      }
      return next(request);
    },
  };
}

function toMailError(error: unknown, doing: 'sending' | 'asking for the state of'): MailError {
  const detail = error instanceof Error ? error.message : String(error);
  const where = `${doing} a mail through Azure Communication Services`;
  if (!isRestError(error) || error.statusCode === undefined) {
    return new MailError(`No answer while ${where}: ${detail}`, 'unavailable', { cause: error });
  }
  const judged = kindOf(error);
  // Only sending can show that a mail is refused; a refused question says nothing about the mail.
  const kind = judged === 'refused' && doing !== 'sending' ? 'unavailable' : judged;
  const code = error.code === undefined ? '' : ` ${error.code}`;
  const advice = kind === 'configuration' ? CONFIGURATION_ADVICE : '';
  return new MailError(`Refused while ${where}: ${error.statusCode}${code}: ${detail}${advice}`, kind, {
    retryAfterMilliseconds: askedDelay((name) => error.response?.headers.get(name)),
    cause: error,
  });
}

const CONFIGURATION_ADVICE =
  ' Check that MAIL_SENDER is an address of a domain that is linked to the resource, and that the identity may send (role Communication and Email Service Owner, or a custom one).';

/**
 * Codes: https://learn.microsoft.com/rest/api/communication/errorcodes. What a wrong setting or missing role causes is
 * mended without the alert having to change; any other 4xx would be refused again and again.
 */
function kindOf({ statusCode = 0, code = '' }: RestError): MailErrorKind {
  if (statusCode === 429) {
    return 'throttled';
  }
  // Below 400 what came back cannot be read, and with 409 the id is known already: both are clear once it is asked.
  if (statusCode >= 500 || statusCode < 400 || statusCode === 408 || statusCode === 409) {
    return 'unavailable';
  }
  const isConfiguration = [401, 403, 404].includes(statusCode) || /domain|sender|apiversion/i.test(code);
  return isConfiguration ? 'configuration' : 'refused';
}
