/** Queries to look further with, to be pasted into Log Analytics as they are: one a table, each on one line. */
import { kqlLiteral } from '../inventory/azure/kql-literal';
import type { SignIns } from '../inventory/sign-ins';
import type { SomeRows } from './sign-in-events';
import { spanOf } from './sign-in-wording';

/** By what the sign-ins belong together. */
export type LookBy = 'principal' | 'address' | 'application';

/** Before the first and after the last sign-in: what led to it, and what came of it. */
const MARGIN_MS = 3_600_000;

/** A query names so many principals or addresses. */
const NAMED = 20;

interface TableColumns {
  /** What narrows a table of several sorts of rows. */
  readonly only?: string;
  readonly principal: string;
  readonly principalName: string;
  readonly address: string;
  readonly application: string;
  /** Each sign-in may stand there several times, under one id. */
  readonly id?: string;
  readonly shown: readonly string[];
}

const ENTRA_COLUMNS = ['ResourceDisplayName', 'IPAddress', 'Location', 'ResultType', 'ResultDescription', 'UserAgent'];
const USERS: TableColumns = {
  principal: 'UserId',
  principalName: 'UserPrincipalName',
  address: 'IPAddress',
  application: 'AppId',
  id: 'Id',
  shown: ['UserPrincipalName', 'AppDisplayName', ...ENTRA_COLUMNS],
};
const SERVICE_PRINCIPALS: TableColumns = {
  ...USERS,
  principal: 'ServicePrincipalId',
  principalName: 'ServicePrincipalName',
  shown: ['ServicePrincipalName', 'AppId', 'ServicePrincipalCredentialKeyId', ...ENTRA_COLUMNS],
};

const TABLES: Readonly<Record<string, TableColumns>> = {
  SigninLogs: USERS,
  AADNonInteractiveUserSignInLogs: USERS,
  AADServicePrincipalSignInLogs: SERVICE_PRINCIPALS,
  AADManagedIdentitySignInLogs: { ...SERVICE_PRINCIPALS, shown: ['ServicePrincipalName', 'AppId', ...ENTRA_COLUMNS] },
  SQLSecurityAuditEvents: {
    principal: 'ServerPrincipalName',
    principalName: 'ServerPrincipalName',
    address: 'ClientIp',
    application: 'ApplicationName',
    shown: [
      ...['LogicalServerName', 'DatabaseName', 'ActionName', 'Succeeded', 'ServerPrincipalName', 'ClientIp'],
      ...['ApplicationName', 'AdditionalInformation'],
    ],
  },
  // A column exists here only after somebody sent it.
  AzureDiagnostics: {
    only: 'Category == "SQLSecurityAuditEvents"',
    principal: 'column_ifexists("server_principal_name_s", "")',
    principalName: 'column_ifexists("server_principal_name_s", "")',
    address: 'column_ifexists("client_ip_s", "")',
    application: 'column_ifexists("application_name_s", "")',
    shown: [
      'ServerPrincipalName = column_ifexists("server_principal_name_s", "")',
      'ClientIp = column_ifexists("client_ip_s", "")',
      'DatabaseName = column_ifexists("database_name_s", "")',
      'Succeeded = column_ifexists("succeeded_s", "")',
      'AdditionalInformation = column_ifexists("additional_information_s", "")',
    ],
  },
};

/** What stands around these sign-ins in the tables they are in. */
export function lookFurther(rows: SomeRows, by: LookBy): readonly string[] {
  const { first, last } = spanOf(rows);
  const from = kqlLiteral(new Date(first.getTime() - MARGIN_MS));
  const to = kqlLiteral(new Date(last.getTime() + MARGIN_MS));
  return [...new Set(rows.map(({ table }) => table))].sort().flatMap((table) => {
    const columns = TABLES[table];
    if (columns === undefined) {
      return [];
    }
    const conditions = [
      ...(columns.only === undefined ? [] : [columns.only]),
      `TimeGenerated between (${from} .. ${to})`,
      ...conditionOf(rows, by, columns),
    ];
    const once = columns.id === undefined ? '' : ` | summarize arg_max(TimeGenerated, *) by ${columns.id}`;
    const shown = ['TimeGenerated', ...columns.shown].join(', ');
    return [`${table} | where ${conditions.join(' and ')}${once} | project ${shown} | sort by TimeGenerated asc`];
  });
}

/** None where the log does not tell by what one could look. */
function conditionOf(rows: readonly SignIns[], by: LookBy, columns: TableColumns): readonly string[] {
  switch (by) {
    case 'principal': {
      const ids = distinct(rows.map(({ principalId }) => principalId));
      return ids.length > 0
        ? among(columns.principal, 'in~', ids)
        : among(columns.principalName, 'in~', distinct(rows.map(({ principalName }) => principalName)));
    }
    // A port may stand behind an address.
    case 'address':
      return among(columns.address, 'has_any', distinct(rows.map(({ address }) => address)));
    case 'application':
      return among(columns.application, 'in~', distinct(rows.map(({ applicationId }) => applicationId)));
  }
}

function among(column: string, operator: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${column} ${operator} (${kqlLiteral(values.slice(0, NAMED))})`];
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== ''))];
}
