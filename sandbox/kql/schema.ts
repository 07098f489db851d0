/**
 * The tables of Log Analytics that the auditor may ask, in our own words: in `schema.json` the names of a table's columns
 * by their type. https://learn.microsoft.com/azure/azure-monitor/reference/tables-index
 */
import type { TableDeclaration } from './language';
import schema from './schema.json';
import type { Column } from './values';

/** What every table has. `TenantId` is the workspace's own id, not the tenant's. */
const COMMON = {
  string: 'TenantId SourceSystem Type _IsBillable _ResourceId _SubscriptionId',
  datetime: 'TimeGenerated',
  real: '_BilledSize',
};

type ByType = Readonly<Record<string, string>>;

const TABLES: Readonly<Record<string, readonly Column[]>> = Object.fromEntries(
  Object.entries(schema as Readonly<Record<string, ByType>>).map(([name, own]) => [
    name,
    [...columnsOf(COMMON), ...columnsOf(own)],
  ]),
);

export const TABLE_NAMES: readonly string[] = Object.keys(TABLES);

/** `undefined` for a table that is not declared. */
export function declarationOf(name: string): TableDeclaration | undefined {
  const columns = TABLES[name];
  return columns && { name, columns };
}

/**
 * The same for a table that holds these columns. AzureDiagnostics is shared by all services: it has a column with the
 * type in its name only after somebody sent it.
 */
export function declarationWith(name: string, sent: ReadonlySet<string>): TableDeclaration | undefined {
  const declared = declarationOf(name);
  if (!declared || name !== 'AzureDiagnostics') return declared;
  return {
    name,
    columns: declared.columns.filter((column) => !/_[sdtgb]$/.test(column.name) || sent.has(column.name)),
  };
}

function columnsOf(byType: ByType): Column[] {
  return Object.entries(byType).flatMap(([type, names]) => names.split(' ').map((name) => ({ name, type })));
}
