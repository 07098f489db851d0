import { SCOPE_KINDS, SOURCES, type NotCollectedReason, type Scope, type SourceName } from './sources';
import { AzureRequestError, describeErrorBody, IncompleteAnswerError } from './azure/azure-request-error';

/** Says why a scope could not be read, in words an administrator can act on. The one place where errors become facts. */
export function classifyError(
  source: SourceName,
  scope: Scope,
  error: unknown,
): { readonly because: NotCollectedReason; readonly message: string } {
  const { permission, grantedIn, title } = SOURCES[source];
  const where = scope.kind === 'tenant' ? '' : ` of ${SCOPE_KINDS[scope.kind]} ${scope.name}`;
  const { because, detail } = explain(error);
  const advice: Readonly<Record<NotCollectedReason, string>> = {
    forbidden: `Missing permission: ${permission} (${grantedIn}).`,
    throttled: 'The service kept throttling; the next run tries again.',
    truncated: 'The answer was incomplete and was not used.',
    noData: 'There is nothing to read.',
    upstream: '',
    unreachable: 'No connection: look at the network, the DNS and the private endpoints between the auditor and it.',
    unlicensed: '',
    cancelled: 'The run was stopped or out of time before this was read.',
    failed: 'The next run tries again.',
  };
  return { because, message: `${title}${where} could not be read: ${detail} ${advice[because]}`.trim() };
}

function explain(error: unknown): { because: NotCollectedReason; detail: string } {
  if (error instanceof IncompleteAnswerError) {
    return { because: error.because, detail: error.message };
  }
  if (nameOf(error) === 'AbortError') {
    return { because: 'cancelled', detail: 'stopped.' };
  }
  if (!(error instanceof Error)) {
    return { because: 'failed', detail: sentence(String(error)) };
  }
  const answer = answerOf(error);
  if (answer === undefined) {
    const code = codeOf(error);
    return isConnectionCode(code)
      ? { because: 'unreachable', detail: `${code}.` }
      : { because: 'failed', detail: sentence(error.message) };
  }
  const detail = sentence(`${answer.status}${answer.code === '' ? '' : ` ${answer.code}`}: ${answer.message}`);
  if (answer.status === 401) {
    return { because: 'forbidden', detail: `${detail} The identity’s sign-in was not accepted.` };
  }
  if (answer.code === 'ClientIpAddressNotAuthorized') {
    return {
      because: 'unreachable',
      detail: `${detail} The workspace’s firewall does not admit the auditor: allow its address or give it a private endpoint.`,
    };
  }
  // A 400: https://learn.microsoft.com/entra/id-governance/licensing-fundamentals
  if (answer.code === 'AadPremiumLicenseRequired') {
    const advice = 'Without Microsoft Entra ID P2 or Governance nobody can activate such a role either.';
    return { because: 'unlicensed', detail: `${detail} ${advice}` };
  }
  // A 403 of the log APIs, which look the licence up with the caller's own permissions:
  // https://github.com/microsoftgraph/microsoft-graph-docs/issues/12537
  if (answer.code === 'Authentication_RequestFromNonPremiumTenantOrB2CTenant') {
    const advice =
      'The tenant has no licence for it, or Directory.Read.All is missing, without which no licence is seen.';
    return { because: 'unlicensed', detail: `${detail} ${advice}` };
  }
  const because: NotCollectedReason =
    answer.status === 403 ? 'forbidden' : answer.status === 429 || answer.status === 503 ? 'throttled' : 'failed';
  return { because, detail };
}

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Our own REST client's errors and the SDKs' RestError. */
function answerOf(error: Error): Answer | undefined {
  if (error instanceof AzureRequestError) {
    return { status: error.statusCode, code: error.code, message: error.detail };
  }
  const { statusCode, code, response } = error as Error & {
    statusCode?: unknown;
    code?: unknown;
    response?: { bodyAsText?: string | null };
  };
  if (typeof statusCode !== 'number') {
    return undefined;
  }
  // The newer SDKs leave the body out and put its message into the error.
  const body = response?.bodyAsText ? describeErrorBody(response.bodyAsText) : { code: '', message: error.message };
  return { status: statusCode, code: typeof code === 'string' ? code : body.code, message: body.message };
}

/** By name, as an abort is a DOMException or an SDK's own class. */
function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
}

function codeOf(error: Error): string {
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? code : '';
}

function isConnectionCode(code: string): boolean {
  return /^(E[A-Z]+|REQUEST_SEND_ERROR|[A-Z_]*CERT[A-Z_]*)$/.test(code);
}

function sentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 600);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
