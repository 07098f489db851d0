import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import { withParameters } from '../azure/kql-literal';
import type { LogAnalytics } from '../azure/logs';
import { parseAnswer } from '../azure/parse-answer';
import { LOG_DAYS, type AzurePowershellCaller, type LogTableName } from '../model';
import query from '../queries/azure-powershell-callers.kql';

/** Logs that carry the user agent of Azure PowerShell. AzureActivity does not: its HTTPRequest has only the address. */
export const USER_AGENT_TABLES: readonly LogTableName[] = [
  'SigninLogs',
  'AADNonInteractiveUserSignInLogs',
  'AADServicePrincipalSignInLogs',
  'MicrosoftGraphActivityLogs',
];

const MOST_ROWS = 10_000;

const row = z.object({
  Kind: z.enum(['user', 'servicePrincipal']),
  Id: z.string(),
  Name: z.string(),
  UserAgent: z.string(),
  Requests: z.number(),
  FirstSeen: z.date(),
  LastSeen: z.date(),
  Sources: z.array(z.string()),
});

/**
 * Who used Azure PowerShell in the last days, one entry a caller and user agent.
 * @param workspaceId GUID of the workspace
 * @param readFrom id of the scope
 * @throws IncompleteAnswerError where there are more than can be taken
 */
export async function listAzurePowershellCallers(
  logs: LogAnalytics,
  workspaceId: string,
  readFrom: string,
): Promise<AzurePowershellCaller[]> {
  const rows = await logs.query(workspaceId, withParameters(query, { MostRows: MOST_ROWS }), LOG_DAYS);
  if (rows.length > MOST_ROWS) {
    throw new IncompleteAnswerError('truncated', `There are more than ${MOST_ROWS} callers and user agents.`);
  }
  return rows.map((each) => {
    const caller = parseAnswer(row, each, 'A caller in Log Analytics');
    return {
      readFrom,
      principalKind: caller.Kind,
      principalId: caller.Id,
      name: caller.Name,
      userAgent: caller.UserAgent,
      requests: caller.Requests,
      firstSeen: caller.FirstSeen,
      lastSeen: caller.LastSeen,
      tables: caller.Sources,
    };
  });
}
