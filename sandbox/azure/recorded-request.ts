import type { ServiceName } from '../scenarios/schema';

/** One request a service got. */
export interface RecordedRequest {
  readonly at: string;
  readonly service: ServiceName;
  readonly method: string;
  /** As sent, with the query, without the service's prefix. */
  readonly path: string;
  readonly status: number;
  readonly body?: unknown;
}
