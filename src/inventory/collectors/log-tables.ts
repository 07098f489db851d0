import * as z from 'zod';
import type { LogAnalytics } from '../azure/logs';
import { parseAnswer } from '../azure/parse-answer';
import { LOG_DAYS, LOG_TABLES, type LogTable } from '../model';
import query from '../queries/log-tables.kql';

const row = z.object({ Table: z.enum(LOG_TABLES), Rows: z.number(), Newest: z.date().nullable() });

/**
 * The tables of a Log Analytics workspace that concern authentication, with how much they hold: a table that was never
 * exported is absent, and must not be taken for one without incidents.
 *
 * @param workspaceId GUID of the workspace
 * @param readFrom id of the scope
 */
export async function listLogTables(logs: LogAnalytics, workspaceId: string, readFrom: string): Promise<LogTable[]> {
  const rows = await logs.query(workspaceId, query, LOG_DAYS);
  return rows.map((each) => {
    const { Table: table, Rows: count, Newest: newest } = parseAnswer(row, each, 'A table of Log Analytics');
    return { readFrom, table, rows: count, newest };
  });
}
