import type { Sandbox } from '../../../sandbox/azure/server';

export const AUDIENCES = {
  graph: 'https://graph.microsoft.com',
  arm: 'https://management.azure.com',
  synapse: 'https://dev.azuresynapse.net',
  mail: 'https://communication.azure.com',
  logs: 'https://api.loganalytics.io',
} as const;

export interface Reply<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export async function tokenFor(sandbox: Sandbox, resource: string): Promise<string> {
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = sandbox.environment;
  const response = await fetch(`${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`, {
    headers: { 'X-IDENTITY-HEADER': IDENTITY_HEADER ?? '' },
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Asks a service with a good token for it; `path` is below the service's address, or a whole address it gave. */
export async function ask<T>(
  sandbox: Sandbox,
  service: keyof typeof AUDIENCES,
  path: string,
  { body, headers }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Reply<T>> {
  const response = await fetch(path.startsWith('https:') ? path : `${sandbox.url}/${service}${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${await tokenFor(sandbox, AUDIENCES[service])}`,
      'content-type': 'application/json',
      ...headers,
    },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as T };
}

export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}
