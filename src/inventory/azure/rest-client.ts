/** A small client for the services without a lossless SDK: the Azure pipeline with our policies, JSON in and out. */
import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpHeaders,
} from '@azure/core-rest-pipeline';
import { AzureRequestError, describeErrorBody } from './azure-request-error';
import { httpClient } from './http-client';
import type { RequestContext } from './request-context';
import { requestPolicies } from './request-policies';
import { USER_AGENT } from './user-agent';

export interface RestAnswer {
  readonly body: unknown;
  readonly headers: HttpHeaders;
}

export interface RestClient {
  /** @throws AzureRequestError for any status but 2xx, RestError where no answer came, AbortError when stopped */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<RestAnswer>;
  /** For queries, and for what does no harm when it is done twice: a POST is repeated like a GET. */
  post(url: string, body: unknown): Promise<RestAnswer>;
}

/** What changes something, too. Nothing that audits takes one. */
export interface WritingRestClient extends RestClient {
  put(url: string, body: unknown): Promise<RestAnswer>;
  /** The answer has no body. */
  delete(url: string): Promise<void>;
}

/** @param audience token audience of the service, without `/.default` */
export function createRestClient(
  credential: TokenCredential,
  audience: string,
  context: RequestContext,
): WritingRestClient {
  const pipeline = createPipelineFromOptions({
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: USER_AGENT },
  });
  for (const { policy, position } of requestPolicies(context)) {
    pipeline.addPolicy(policy, position === 'perRetry' ? { afterPhase: 'Sign' } : {});
  }
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: `${audience}/.default` }), {
    phase: 'Sign',
  });

  async function send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    headers: Record<string, string>,
    body?: unknown,
  ) {
    const request = createPipelineRequest({
      method,
      url,
      headers: createHttpHeaders({ accept: 'application/json', ...headers }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const response = await pipeline.sendRequest(httpClient, request);
    const name = `${method} ${new URL(url).pathname}`;
    if (response.status < 200 || response.status > 299) {
      const { code, message } = describeErrorBody(response.bodyAsText);
      throw new AzureRequestError(name, response.status, code, message);
    }
    return { name, response };
  }

  async function ask(...request: Parameters<typeof send>): Promise<RestAnswer> {
    const { name, response } = await send(...request);
    return { body: parse(name, response.status, response.bodyAsText), headers: response.headers };
  }

  const json = { 'content-type': 'application/json' };
  return {
    get: (url, headers) => ask('GET', url, { ...headers }),
    post: (url, body) => ask('POST', url, json, body),
    put: (url, body) => ask('PUT', url, json, body),
    async delete(url) {
      await send('DELETE', url, {});
    },
  };
}

function parse(name: string, status: number, text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new AzureRequestError(name, status, 'InvalidJson', 'the answer is not JSON, or was cut');
  }
}
