import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { InvalidContinuationTokenError, ReportNotFoundError, StorageError } from '../storage/errors';
import { logTo } from '../log';
import { BadRequestError, problem, TooLargeError } from './problem';

type Handler = (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;

/** Turns what a handler throws into a problem document: a bad request is the caller's, anything else is logged and ours. */
export function endpoint(handler: Handler): Handler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      if (error instanceof BadRequestError) {
        const { parameter, allowed } = error;
        return problem(400, 'Bad request', error.message, { parameter, ...(allowed ? { allowed } : {}) });
      }
      if (error instanceof TooLargeError) {
        return problem(413, 'Body too large', error.message, { parameter: 'body', limitBytes: error.limit });
      }
      if (error instanceof InvalidContinuationTokenError) {
        return problem(400, 'Bad request', error.message, { parameter: 'continuationToken' });
      }
      if (error instanceof ReportNotFoundError) {
        return problem(404, 'No such report', error.message);
      }
      logTo(context).error('request failed', { message: error instanceof Error ? error.message : String(error) });
      return error instanceof StorageError
        ? problem(503, 'Storage unavailable', error.message, {}, { 'retry-after': '30' })
        : problem(500, 'Internal error', `Look for invocation ${context.invocationId} in the logs.`);
    }
  };
}
