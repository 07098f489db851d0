/** Log Analytics without sockets: the simulated service's own engine over rows that arrive in their time. */
import type { LogAnalytics } from '../../src/inventory/azure/logs';
import { columnsIn, customerIdOf } from '../azure/log-rows';
import { createAnalyzer } from '../kql/language';
import { runQuery } from '../kql/run-query';
import { declarationWith } from '../kql/schema';
import { rowOf, type Table, type Value } from '../kql/values';
import type { LogEntry } from './log-entry';

interface Stored {
  readonly columns: Table['columns'];
  readonly rows: { readonly at: Date; readonly arrives: Date; readonly cells: readonly Value[] }[];
}

/** @param now until when rows have arrived; also what queries take for now */
export type LogsAt = (now: Date) => LogAnalytics;

export function storeLogs(entries: Iterable<LogEntry>): LogsAt {
  const sent = new Map<string, Map<string, LogEntry[]>>();
  for (const entry of entries) {
    const workspace = customerIdOf(entry.exportedTo);
    const tables = sent.get(workspace) ?? new Map<string, LogEntry[]>();
    const rows = tables.get(entry.table) ?? [];
    rows.push(entry);
    sent.set(workspace, tables.set(entry.table, rows));
  }
  const workspaces = new Map([...sent].map(([id, tables]) => [id, databaseOf(tables)]));
  return (now) => ({
    query: (workspaceId, query, within) => {
      const database = workspaces.get(workspaceId);
      if (!database) throw new Error(`There is no workspace ${workspaceId}.`);
      const period =
        typeof within === 'number' ? { from: new Date(now.getTime() - within * 86_400_000), to: now } : within;
      const tableOf = (name: string): Table | undefined => {
        const table = database.tables.get(name);
        return (
          table && {
            columns: table.columns,
            rows: table.rows
              .filter(({ at, arrives }) => arrives <= now && at >= period.from && at <= period.to)
              .map(({ cells }) => cells),
          }
        );
      };
      const { columns, rows } = runQuery(query, { analyze: database.analyze, tableOf }, now);
      return Promise.resolve(
        rows.map((row) => Object.fromEntries(columns.map(({ name }, position) => [name, row[position] ?? null]))),
      );
    },
  });
}

function databaseOf(tables: ReadonlyMap<string, readonly LogEntry[]>) {
  const declarations = [...tables].flatMap(
    ([name, entries]) => declarationWith(name, columnsIn(entries.map(({ cells }) => cells))) ?? [],
  );
  const stored = declarations.map(({ name, columns }): [string, Stored] => [
    name,
    {
      columns,
      rows: (tables.get(name) ?? []).map(({ arrives, cells }) => ({
        at: cells['TimeGenerated'] as Date,
        arrives,
        cells: rowOf(
          columns,
          columns.map((column) => cells[column.name]),
        ),
      })),
    },
  ]);
  return { analyze: createAnalyzer(declarations), tables: new Map(stored) };
}
