/** The requests of an audit as the floor repeats them. */
import type { RecordedRequest } from '../sandbox/azure/server';
import type { ServiceName } from '../sandbox/scenarios/schema';
import type { Read } from './reads';

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

/** Requests that wait for each other as they do in the audit. */
export interface Lane {
  readonly audience: string;
  readonly atATime: number;
  readonly requests: readonly WireRequest[];
}

const AUDIENCES: Partial<Record<ServiceName, string>> = {
  graph: 'https://graph.microsoft.com',
  arm: 'https://management.azure.com',
  synapse: 'https://dev.azuresynapse.net',
  logs: 'https://api.loganalytics.io',
};

/**
 * A lane for each source; tokens, which live for hours, are none.
 * @param azure address of the simulated Azure
 */
export function lanesOf(asked: ReadonlyMap<Read, readonly RecordedRequest[]>, azure: string): readonly Lane[] {
  return [...asked].flatMap(([{ service, atATime }, requests]) => {
    const audience = AUDIENCES[service];
    return audience === undefined
      ? []
      : [
          {
            audience,
            atATime,
            requests: requests.map(({ method, path, body }) => ({ method, url: `${azure}/${service}${path}`, body })),
          },
        ];
  });
}
