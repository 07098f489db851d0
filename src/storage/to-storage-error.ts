import { StorageError } from './errors';
import { isLoopback } from './loopback';

export type Action = 'read' | 'write' | 'create';

/**
 * Tells what to do about an error of `@azure/data-tables`, of `@azure/identity` or of the network; keeps it as `cause`.
 * @param url of the account; its query (a shared access signature) is left out of the message
 */
export function toStorageError(
  error: unknown,
  action: Action,
  { url, tableName }: { readonly url: string; readonly tableName: string },
): StorageError {
  if (error instanceof StorageError) {
    return error;
  }
  const endpoint = url.replace(/\?.*$/s, '');
  return new StorageError(`Could not ${action} table ${tableName} at ${endpoint}: ${explain(error, endpoint)}`, {
    cause: error,
  });
}

/**
 * HTTP status and the service's own code of a failed request. The code stands in `details` after a request for one row,
 * in `code` after a transaction, in a header where the request was refused.
 */
export function answerOf(error: unknown): { readonly status?: number; readonly code?: string } {
  const { statusCode, code, details, response } = Object(error) as RestErrorShape;
  const serviceCode = details?.odataError?.code ?? code ?? response?.headers.get('x-ms-error-code');
  return {
    ...(typeof statusCode === 'number' && { status: statusCode }),
    ...(typeof serviceCode === 'string' && { code: serviceCode }),
  };
}

interface RestErrorShape {
  readonly statusCode?: unknown;
  readonly code?: unknown;
  readonly details?: { readonly odataError?: { readonly code?: unknown } };
  readonly response?: { readonly headers: { get(name: string): string | undefined } };
}

const ADDRESS_ADVICE = 'Check AUDIT_STORAGE_TABLE_ENDPOINT or AzureWebJobsStorage, and the network.';
const KEY_ADVICE =
  'Check the key or signature in AzureWebJobsStorage and the clock, or set AUDIT_STORAGE_TABLE_ENDPOINT to use an identity.';
const ROLE_ADVICE =
  'Give the identity of this app the role "Storage Table Data Contributor" on the storage account, and let the app through its firewall.';

/** https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
const KEY_CODES = ['AuthenticationFailed', 'KeyBasedAuthenticationNotPermitted'];
const ROLE_CODES = ['AuthorizationPermissionMismatch', 'InsufficientAccountPermissions'];

function explain(error: unknown, endpoint: string): string {
  const { status, code = '' } = answerOf(error);
  const answer = [status, code].filter(Boolean).join(' ');
  if (status === 401 || status === 403) {
    const advice = [ROLE_CODES.includes(code) || KEY_ADVICE, KEY_CODES.includes(code) || ROLE_ADVICE];
    return `refused (${answer}). ${advice.filter((text) => text !== true).join(' ')}`;
  }
  if (status !== undefined) {
    return `answered ${answer}.${status >= 500 ? ' The service is busy or disturbed: try again later.' : ''}`;
  }
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (/Credential|Authentication/.test(name)) {
    return `no token could be had (${name}). Sign in with "az login", or give the app an identity.`;
  }
  if (name === 'AbortError') {
    return `no answer in time. ${ADDRESS_ADVICE}`;
  }
  if (code !== '') {
    return `not reachable (${code}). ${ADDRESS_ADVICE}${isLoopback(endpoint) ? ' Is Azurite running?' : ''}`;
  }
  return message;
}
