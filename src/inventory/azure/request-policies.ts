/** One behaviour on the wire for every Azure service: retry, deadline, counting. Handed to the SDK clients and our own. */
import {
  RestError,
  retryPolicy,
  type PipelinePolicy,
  type PipelineResponse,
  type RetryInformation,
  type RetryModifiers,
} from '@azure/core-rest-pipeline';
import type { RequestContext } from './request-context';

/** A single try may take so long; Graph pages with 999 applications take seconds. */
const TRY_TIMEOUT_MILLISECONDS = 100_000;
const MAX_RETRIES = 6;
const FIRST_DELAY_MILLISECONDS = 500;
const LONGEST_DELAY_MILLISECONDS = 60_000;
const RETRYABLE_STATUS: readonly number[] = [408, 429, 500, 502, 503, 504];

/** To spread as `additionalPolicies`; the SDK's own retries must be off (`retryOptions: { maxRetries: 0 }`). */
export function requestPolicies(
  context: RequestContext,
): { policy: PipelinePolicy; position: 'perCall' | 'perRetry' }[] {
  return [
    { policy: deadlinePolicy(context), position: 'perCall' },
    { policy: patientRetryPolicy(context), position: 'perCall' },
    { policy: tryPolicy(context, TRY_TIMEOUT_MILLISECONDS), position: 'perRetry' },
  ];
}

/** Lets the waiting between tries end with the run. */
function deadlinePolicy({ signal }: RequestContext): PipelinePolicy {
  return {
    name: 'auditDeadline',
    sendRequest(request, next) {
      request.abortSignal = signal;
      return next(request);
    },
  };
}

/**
 * Counts a try, and ends one that takes too long. The client's own timeout ends when the headers are there; a body that
 * stalls after that would hold up the run.
 */
export function tryPolicy({ meter, signal }: RequestContext, timeoutMilliseconds: number): PipelinePolicy {
  return {
    name: 'auditTry',
    async sendRequest(request, next) {
      meter.requests += 1;
      const outer = request.abortSignal;
      // AbortSignal.any would do, but keeps something of every request until the run has ended.
      const controller = new AbortController();
      const stop = () => {
        controller.abort();
      };
      const timer = setTimeout(stop, timeoutMilliseconds);
      if (signal.aborted) {
        stop();
      }
      signal.addEventListener('abort', stop);
      request.abortSignal = controller.signal;
      try {
        return await next(request);
      } catch (error) {
        if (controller.signal.aborted && !signal.aborted) {
          const seconds = timeoutMilliseconds / 1000;
          throw new RestError(`no complete answer within ${seconds} seconds`, { code: 'ETIMEDOUT', request });
        }
        throw error;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        if (outer === undefined) {
          delete request.abortSignal;
        } else {
          request.abortSignal = outer;
        }
      }
    },
  };
}

/**
 * The SDK's policy gives up at once on a 429 without Retry-After, which Resource Graph and conditional access send. This
 * one waits what the service asks for and otherwise doubles from half a second. Every request of an audit reads, so that
 * repeating one, POST queries included, is safe; those that grant permissions find what was done the first time.
 */
function patientRetryPolicy({ meter }: RequestContext): PipelinePolicy {
  const policy = retryPolicy(
    [
      {
        name: 'patientRetry',
        retry(information: RetryInformation): RetryModifiers {
          if (!isTransient(information)) {
            return { skipStrategy: true };
          }
          if (information.retryCount < MAX_RETRIES) {
            meter.retries += 1;
          }
          return { retryAfterInMs: delayFor(information.retryCount, information.response) };
        },
      },
    ],
    { maxRetries: MAX_RETRIES },
  );
  return { ...policy, name: 'auditRetry' };
}

function isTransient({ response, responseError }: RetryInformation): boolean {
  if (response !== undefined) {
    return RETRYABLE_STATUS.includes(response.status) && !ranOutOfTime(response);
  }
  // No answer at all: refused, cut, timed out. A wrong host name will not get right by asking again.
  return responseError !== undefined && responseError.code !== 'ENOTFOUND';
}

/** A query that did not end in the time it was given (`Prefer: wait=…`) would not the next time either. */
function ranOutOfTime({ status, request }: PipelineResponse): boolean {
  return status === 504 && request.headers.has('prefer');
}

/** @returns milliseconds to wait before try `retryCount + 1` */
export function delayFor(retryCount: number, response: Pick<PipelineResponse, 'headers'> | undefined): number {
  const asked = response === undefined ? undefined : askedDelay((name) => response.headers.get(name));
  const backoff = Math.min(FIRST_DELAY_MILLISECONDS * 2 ** retryCount, LONGEST_DELAY_MILLISECONDS);
  // Jitter, so that scopes read side by side don't come back all at once.
  return asked ?? backoff * (0.75 + Math.random() / 2);
}

/** What Retry-After and its relatives ask for, in milliseconds; Resource Graph says it as `hh:mm:ss`. */
export function askedDelay(header: (name: string) => string | null | undefined): number | undefined {
  const milliseconds = header('retry-after-ms') ?? header('x-ms-retry-after-ms');
  if (milliseconds && Number.isFinite(Number(milliseconds))) {
    return Number(milliseconds);
  }
  const seconds = header('retry-after');
  if (seconds) {
    const delay = Number.isFinite(Number(seconds)) ? Number(seconds) * 1000 : Date.parse(seconds) - Date.now();
    return Number.isFinite(delay) ? Math.max(delay, 0) : undefined;
  }
  const resets = /^(\d+):(\d\d):(\d\d)$/.exec(header('x-ms-user-quota-resets-after') ?? '');
  return resets === null ? undefined : (Number(resets[1]) * 3600 + Number(resets[2]) * 60 + Number(resets[3])) * 1000;
}
