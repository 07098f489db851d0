import { IncompleteAnswerError } from '../azure/azure-request-error';
import { withParameters, type KqlParameter } from '../azure/kql-literal';
import type { LogAnalytics, LogRow } from '../azure/logs';
import type { Period } from '../model';

/** Of one query. */
export const MOST_ROWS = 50_000;

interface Asked {
  /** With the parameters `From`, `To` (not included) and `MostRows`. */
  readonly query: string;
  /** Further parameters: the query is asked once with each. */
  readonly filters: readonly Readonly<Record<string, KqlParameter>>[];
  readonly period: Period;
  /** Rows stand for no longer than this, and none for a time across two of them: so that halves can be asked for. */
  readonly stepMs: number;
}

/**
 * All rows that a query gives for a period. Where there are more than one query may bring, it is asked for each half.
 *
 * @param workspaceId GUID of the Log Analytics workspace
 * @throws IncompleteAnswerError where there are too many within one step already
 */
export async function readLogRows(
  logs: LogAnalytics,
  workspaceId: string,
  { query, filters, period, stepMs }: Asked,
): Promise<LogRow[]> {
  const read = async (filter: Asked['filters'][number], from: number, to: number): Promise<readonly LogRow[]> => {
    const [start, end] = [new Date(from), new Date(to)];
    const text = withParameters(query, { ...filter, From: start, To: end, MostRows: MOST_ROWS });
    const rows = await logs.query(workspaceId, text, { from: start, to: end });
    if (rows.length <= MOST_ROWS) return rows;
    const middle = floor((from + to) / 2 + stepMs / 2);
    if (middle <= from || middle >= to) {
      throw new IncompleteAnswerError(
        'truncated',
        `There are more than ${MOST_ROWS} rows from ${start.toISOString()} to ${end.toISOString()}, even counted together.`,
      );
    }
    return [...(await read(filter, from, middle)), ...(await read(filter, middle, to))];
  };
  const floor = (time: number): number => Math.floor(time / stepMs) * stepMs;

  const rows: LogRow[] = [];
  for (const filter of filters) {
    // A period has both ends, a query only the first.
    for (const row of await read(filter, floor(period.from.getTime()), period.to.getTime() + 1)) rows.push(row);
  }
  return rows;
}
