/**
 * Azure Communication Services Email, https://learn.microsoft.com/rest/api/communication/email: the only file that knows
 * its SDK. Imported when there is something to send.
 */
import { EmailClient, type EmailClientOptions, type EmailSendOptionalParams } from '@azure/communication-email';
import { AzureKeyCredential, type TokenCredential } from '@azure/core-auth';
import { isRestError, type PipelinePolicy, type RestError } from '@azure/core-rest-pipeline';
import { askedDelay } from '../inventory/azure/request-policies';
import { USER_AGENT } from '../inventory/azure/user-agent';
import { MailError, type Mailer, type MailErrorKind, type MailState } from './mailer';

/** The endpoint may hold a path, as behind a gateway: `https://host/mail`. */
export type MailService =
  { readonly endpoint: string; readonly credential: TokenCredential } | { readonly connectionString: string };

/** A single request; a mail of two times 100 kB is small. */
const REQUEST_TIMEOUT_MILLISECONDS = 30_000;

/**
 * How long an accepted mail is watched. A mail nobody can get (all recipients suppressed) fails within seconds, and then
 * the alert must not count as sent. Longer is not worth it: status reads are rationed (an Azure-managed domain has 10 a
 * minute and 20 an hour), and the service asks for half a minute between them, which makes one or two reads a mail.
 */
const WATCH_MILLISECONDS = 30_000;

/** Between status reads where the service does not say. */
const READ_INTERVAL_MILLISECONDS = 10_000;

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
      try {
        const poller = await client.beginSend(
          {
            senderAddress: sender,
            content: { subject: alert.subject, plainText: alert.plainText, html: alert.html },
            recipients: { to: alert.to.map((address) => ({ address })) },
            disableUserEngagementTracking: true,
          },
          {
            ...requestOptions(signal, watch),
            operationId: alert.id,
            updateIntervalInMs: READ_INTERVAL_MILLISECONDS,
          },
        );
        await poller.pollUntilDone({ abortSignal: AbortSignal.any([signal, AbortSignal.timeout(watchMilliseconds)]) });
      } catch (error) {
        // Once it is accepted the mail is on its way: a status that could not be read, or the end of watching, changes
        // nothing about that. The SDK reads the status once before it even returns the poller.
        if (!watch.accepted) {
          throw toMailError(error, 'sending');
        }
      }
      return watch.state;
    },

    async stateOf(alertId, signal) {
      const watch = watchAnswers();
      try {
        await client.beginSend(NO_MESSAGE, { ...requestOptions(signal, watch), resumeFrom: runningOperation(alertId) });
      } catch (error) {
        if (isRestError(error) && error.statusCode === 404) {
          return { status: 'unknown' };
        }
        // A failed operation makes the SDK throw too, although the service answered.
        if (watch.state.status === 'unknown') {
          throw toMailError(error, 'asking for the state of');
        }
      }
      return watch.state;
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
  accepted: boolean;
  state: MailState;
  readonly onResponse: NonNullable<EmailSendOptionalParams['onResponse']>;
}

/** Keeps what the service last said: the SDK's own errors lose it. */
function watchAnswers(): Watch {
  const watch: Watch = {
    accepted: false,
    state: { status: 'unknown' },
    onResponse(response) {
      if (response.status >= 300) {
        return;
      }
      watch.accepted ||= response.request.method === 'POST';
      watch.state = stateIn(response.parsedBody);
    },
  };
  return watch;
}

interface OperationBody {
  readonly status?: string;
  readonly error?: { readonly code?: string; readonly message?: string };
}

function stateIn(body: OperationBody | undefined): MailState {
  switch (body?.status) {
    case 'Succeeded':
      return { status: 'succeeded' };
    case 'Failed':
    case 'Canceled': {
      const { code = body.status, message = 'no explanation' } = body.error ?? {};
      return { status: 'failed', reason: `${code}: ${message}` };
    }
    default:
      return { status: 'running' };
  }
}

function requestOptions(signal: AbortSignal, { onResponse }: Watch): EmailSendOptionalParams {
  return { abortSignal: signal, requestOptions: { timeout: REQUEST_TIMEOUT_MILLISECONDS }, onResponse };
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

function toMailError(error: unknown, doing: string): MailError {
  const detail = error instanceof Error ? error.message : String(error);
  const where = `${doing} a mail through Azure Communication Services`;
  if (!isRestError(error) || error.statusCode === undefined) {
    return new MailError(`No answer while ${where}: ${detail}`, 'unavailable', { cause: error });
  }
  const kind = kindOf(error);
  const code = error.code === undefined ? '' : ` ${error.code}`;
  return new MailError(`Refused while ${where}: ${error.statusCode}${code}: ${detail} ${ADVICE[kind]}`.trim(), kind, {
    retryAfterMilliseconds: askedDelay((name) => error.response?.headers.get(name)),
    cause: error,
  });
}

const ADVICE: Readonly<Record<MailErrorKind, string>> = {
  throttled: '',
  unavailable: '',
  configuration:
    'Check that MAIL_SENDER is an address of a domain that is linked to the resource, and that the identity may send (role Communication and Email Service Owner, or a custom one).',
  refused: '',
};

/**
 * Codes: https://learn.microsoft.com/rest/api/communication/errorcodes. What a wrong setting or missing role causes is
 * mended without the alert having to change; any other 4xx would be refused again and again.
 */
function kindOf({ statusCode = 0, code = '' }: RestError): MailErrorKind {
  if (statusCode === 429) {
    return 'throttled';
  }
  if (statusCode >= 500 || statusCode === 408) {
    return 'unavailable';
  }
  const isConfiguration = [401, 403, 404].includes(statusCode) || /domain|sender|apiversion/i.test(code);
  return isConfiguration ? 'configuration' : 'refused';
}
