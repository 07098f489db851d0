import { USER_AGENT_TABLES } from './collectors/azure-powershell-callers';
import type { LogTableName } from './model';
import type { SignInKind } from './sign-ins';
import type { LogSource } from './sources';

/** Where sign-ins of a kind are told, in one or the other. */
export const SIGN_IN_TABLES: Readonly<Record<SignInKind, readonly LogTableName[]>> = {
  user: ['SigninLogs', 'AADNonInteractiveUserSignInLogs'],
  servicePrincipal: ['AADServicePrincipalSignInLogs'],
  managedIdentity: ['AADManagedIdentitySignInLogs'],
  sqlLogin: ['SQLSecurityAuditEvents', 'AzureDiagnostics'],
};

const ENTRA_LOGS =
  'Send them there in the diagnostic settings of Entra ID, and name that workspace in LOG_ANALYTICS_WORKSPACE_IDS.';
const SQL_LOGS =
  'Turn on auditing of the Synapse workspaces and send the category SQLSecurityAuditEvents there in a diagnostic setting of each.';

/** Which tables tell of a source, each by itself, and how to have them filled. */
export const TELLING_TABLES: Readonly<
  Record<
    Exclude<LogSource, 'logTables'>,
    {
      readonly tables: readonly LogTableName[];
      /** One of them without which the others hide what matters. */
      readonly indispensable?: LogTableName;
      readonly advice: string;
    }
  >
> = {
  azurePowershellCallers: { tables: USER_AGENT_TABLES, advice: ENTRA_LOGS },
  userSignIns: { tables: SIGN_IN_TABLES.user, indispensable: 'SigninLogs', advice: ENTRA_LOGS },
  servicePrincipalSignIns: { tables: SIGN_IN_TABLES.servicePrincipal, advice: ENTRA_LOGS },
  managedIdentitySignIns: { tables: SIGN_IN_TABLES.managedIdentity, advice: ENTRA_LOGS },
  sqlLogins: { tables: SIGN_IN_TABLES.sqlLogin, advice: SQL_LOGS },
  signInPlaces: { tables: Object.values(SIGN_IN_TABLES).flat(), advice: ENTRA_LOGS },
};
