/** Rows of logs: as a scenario describes them, as the query language holds them, and as the service sends them. */
import { declarationOf, declarationWith } from '../kql/schema';
import type { TableDeclaration } from '../kql/language';
import { isList, jsonText, nothingOf, textOf, type Row, type Table, type Value } from '../kql/values';
import { isMoment, momentOf } from '../scenarios/moment';
import { fillSymbols, guidOf } from '../scenarios/symbolic-id';
import type { Scenario } from '../scenarios/schema';

type Workspace = Scenario['logAnalyticsWorkspaces'][number];
type Cells = Readonly<Record<string, unknown>>;

const FITS: Readonly<Record<string, (cell: unknown) => boolean>> = {
  string: (cell) => typeof cell === 'string',
  guid: (cell) => typeof cell === 'string',
  datetime: (cell) => typeof cell === 'string' && isMoment(cell),
  bool: (cell) => typeof cell === 'boolean',
  dynamic: () => true,
};

/** What of a described row fits no column. */
export function unfitCells(table: string, cells: Cells): { readonly found: string; readonly expected: string }[] {
  const columns = declarationOf(table)?.columns ?? [];
  return Object.entries(cells).flatMap(([name, cell]) => {
    const column = columns.find((each) => each.name === name);
    if (!column) return [{ found: name, expected: `a column of ${table}` }];
    const fits = FITS[column.type] ?? ((each: unknown) => typeof each === 'number');
    return cell === null || fits(cell)
      ? []
      : [{ found: `${name}: ${JSON.stringify(cell)}`, expected: `a value of type ${column.type}` }];
  });
}

/** Id under which a Log Analytics workspace is queried, given its name. */
export function customerIdOf(name: string): string {
  return guidOf(`logs:${name}`);
}

/** The tables that a workspace has, as the parser must know them. */
export function declarationsIn({ tables }: Workspace): TableDeclaration[] {
  return tables.flatMap(
    ({ name, rows }) => declarationWith(name, new Set(rows.flatMap((row) => Object.keys(row)))) ?? [],
  );
}

/** A workspace's tables by name, with moments and ids filled in. */
export function tablesIn(workspace: Workspace, now: Date): ReadonlyMap<string, Table> {
  return new Map(
    declarationsIn(workspace).map(({ name, columns }) => {
      const described = workspace.tables.find((table) => table.name === name)?.rows ?? [];
      const common = { TenantId: customerIdOf(workspace.name), TimeGenerated: '-1m', Type: name };
      const rows = described.map((cells): Row => {
        const filled: Cells = { ...common, ...cells };
        return columns.map(({ name: column, type }) => toValue(filled[column], type, now));
      });
      return [name, { columns, rows }];
    }),
  );
}

function toValue(cell: unknown, type: string, now: Date): Value {
  if (cell === undefined || cell === null) return nothingOf(type);
  if (type === 'datetime') return momentOf(cell as string, now);
  return filled(cell as Value);
}

function filled(value: Value): Value {
  if (typeof value === 'string') return fillSymbols(value);
  if (isList(value)) return value.map(filled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each as Value)]));
}

/**
 * A table as the service sends it: moments and durations as texts, dynamic values as JSON texts.
 * https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format
 */
export function toWire({ columns, rows }: Table): unknown {
  return {
    name: 'PrimaryResult',
    columns,
    rows: rows.map((row) => columns.map(({ type }, position) => toCell(row[position] ?? null, type))),
  };
}

function toCell(value: Value, type: string): unknown {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z');
  if (type === 'dynamic') return typeof value === 'string' ? value : jsonText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'object' ? textOf(value) : value;
}
