import { USER_AGENT_TABLES } from './collectors/azure-powershell-callers';
import type { LogTableName } from './model';
import type { LogSource } from './sources';

const ENTRA_LOGS =
  'Send them there in the diagnostic settings of Entra ID, and name that workspace in LOG_ANALYTICS_WORKSPACE_IDS.';
const SQL_LOGS =
  'Turn on auditing of the Synapse workspaces and send the category SQLSecurityAuditEvents there in a diagnostic setting of each.';

/** Which tables tell of a source, each by itself, and how to have them filled. */
export const TELLING_TABLES: Readonly<
  Record<Exclude<LogSource, 'logTables'>, { readonly tables: readonly LogTableName[]; readonly advice: string }>
> = {
  azurePowershellCallers: { tables: USER_AGENT_TABLES, advice: ENTRA_LOGS },
  userSignIns: { tables: ['SigninLogs', 'AADNonInteractiveUserSignInLogs'], advice: ENTRA_LOGS },
  servicePrincipalSignIns: { tables: ['AADServicePrincipalSignInLogs'], advice: ENTRA_LOGS },
  managedIdentitySignIns: { tables: ['AADManagedIdentitySignInLogs'], advice: ENTRA_LOGS },
  sqlLogins: { tables: ['SQLSecurityAuditEvents', 'AzureDiagnostics'], advice: SQL_LOGS },
  signInPlaces: {
    tables: ['SigninLogs', 'AADNonInteractiveUserSignInLogs', 'AADServicePrincipalSignInLogs'],
    advice: ENTRA_LOGS,
  },
};
