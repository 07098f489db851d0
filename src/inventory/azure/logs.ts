/**
 * Log Analytics queries. Alone to know `@azure/monitor-query`, which is deprecated and still loses less than its
 * successor (docs/decisions/0010-monitor-query.md).
 */
import { LogsQueryClient, LogsQueryResultStatus, type LogsTable } from '@azure/monitor-query';
import type { TokenCredential } from '@azure/core-auth';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { Cloud } from '../../clouds';
import type { Period } from '../model';
import { IncompleteAnswerError } from './azure-request-error';
import { httpClient } from './http-client';
import type { RequestContext } from './request-context';
import { requestPolicies } from './request-policies';
import { USER_AGENT } from './user-agent';

/** Below the time that a single try may take, so that it is the service that gives up, and says so. */
export const QUERY_SECONDS = 90;

/** Values by the name of their column. */
export type LogRow = Readonly<Record<string, unknown>>;

export interface LogAnalytics {
  /**
   * All rows of a query's result.
   * @param workspaceId GUID of the Log Analytics workspace (its `customerId`)
   * @param within days until now, or a period; it holds beside what the query says of `TimeGenerated`
   * @throws IncompleteAnswerError where the service answered only a part, or holds nothing at all
   */
  query(workspaceId: string, query: string, within: number | Period): Promise<readonly LogRow[]>;
}

export function createLogAnalytics(cloud: Cloud, credential: TokenCredential, context: RequestContext): LogAnalytics {
  const client = new LogsQueryClient(credential, {
    httpClient,
    endpoint: cloud.logAnalytics,
    audience: cloud.logAnalyticsAudience,
    retryOptions: { maxRetries: 0 },
    // First, so that it is once for a request and not for each try.
    additionalPolicies: [{ policy: keepPath(cloud.logAnalytics), position: 'perCall' }, ...requestPolicies(context)],
    userAgentOptions: { userAgentPrefix: USER_AGENT },
  });
  return {
    async query(workspaceId, query, within) {
      const timespan =
        typeof within === 'number' ? { duration: `P${within}D` } : { startTime: within.from, endTime: within.to };
      const options = { serverTimeoutInSeconds: QUERY_SECONDS, requestOptions: { shouldDeserialize: isRefusal } };
      const result = await client.queryWorkspace(workspaceId, query, timespan, options).catch((error: unknown) => {
        throw explained(error);
      });
      if (result.status === LogsQueryResultStatus.PartialFailure) {
        throw new IncompleteAnswerError('truncated', `Log Analytics answered a part: ${result.partialError.message}`);
      }
      const [table] = result.tables;
      if (table === undefined) {
        throw new IncompleteAnswerError('truncated', 'Log Analytics answered without a table.');
      }
      return rowsOf(table);
    },
  };
}

/**
 * The client's generated layer takes each text in a row apart, letter by letter, and the client then reads the rows anew
 * from the body: hundreds of megabytes for some thousand rows. Only errors need that layer.
 */
function isRefusal({ status }: { readonly status: number }): boolean {
  return status !== 200;
}

/** https://learn.microsoft.com/azure/azure-monitor/logs/api/errors: 204 comes from a workspace that never got data. */
function explained(error: unknown): unknown {
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 204) {
    return new IncompleteAnswerError('noData', 'The workspace holds no data at all.');
  }
  // The client parses what it gets: so it fails on an empty body.
  return error instanceof SyntaxError || error instanceof TypeError
    ? new IncompleteAnswerError('truncated', 'Log Analytics answered without a result.')
    : error;
}

function rowsOf({ columnDescriptors, rows }: LogsTable): LogRow[] {
  return rows.map((row) =>
    Object.fromEntries(columnDescriptors.map(({ name, type }, index) => [name ?? '', cellOf(row[index], type)])),
  );
}

/**
 * The client makes 1970 of a moment that is not there; no log is that old. Published answers have numbers as texts, too:
 * https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format
 */
function cellOf(cell: unknown, type: string | undefined): unknown {
  if (cell instanceof Date && cell.getTime() === 0) {
    return null;
  }
  const isNumber = type === 'long' || type === 'int' || type === 'real';
  return isNumber && typeof cell === 'string' && cell !== '' ? Number(cell) : cell;
}

/** The client puts its version in the place of the address's path. */
function keepPath(endpoint: string): PipelinePolicy {
  const path = new URL(endpoint).pathname.replace(/\/$/, '');
  return {
    name: 'auditEndpointPath',
    sendRequest(request, next) {
      const url = new URL(request.url);
      url.pathname = `${path}${url.pathname}`;
      request.url = url.href;
      return next(request);
    },
  };
}
