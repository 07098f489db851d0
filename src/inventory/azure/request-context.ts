import { AsyncLocalStorage } from 'node:async_hooks';

/** Counts what goes over the wire for one source, retries included. */
export interface Meter {
  requests: number;
  retries: number;
}

export interface RequestContext {
  readonly meter: Meter;
  /** Ends every request of this context. */
  readonly signal: AbortSignal;
}

/**
 * The SDK clients are shared by all collectors, so the source a request belongs to travels with the asynchronous call
 * chain instead of through every SDK method.
 */
export const requestContext = new AsyncLocalStorage<RequestContext>();
