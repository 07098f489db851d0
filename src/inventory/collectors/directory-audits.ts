import * as z from 'zod';
import type { Graph } from '../azure/graph';
import type { DirectoryAudit, Period } from '../model';
import { requiredInstant } from './instant';

const identity = z
  .object({
    id: z.string().nullish(),
    displayName: z.string().nullish(),
    userPrincipalName: z.string().nullish(),
    appId: z.string().nullish(),
    servicePrincipalId: z.string().nullish(),
  })
  .nullish();

const audit = z.object({
  activityDateTime: requiredInstant,
  activityDisplayName: z.string(),
  result: z.string().nullish(),
  initiatedBy: z.object({ user: identity, app: identity }).nullish(),
  targetResources: z.array(z.object({ id: z.string().nullish() })).nullish(),
});

/**
 * Changes of policies; the log keeps 7 or 30 days, by licence. https://learn.microsoft.com/graph/api/directoryaudit-list
 * @param beforeNext keeps to five requests in ten seconds: https://learn.microsoft.com/graph/throttling-limits
 */
export async function listDirectoryAudits(
  graph: Graph,
  { from, to }: Period,
  beforeNext: () => Promise<void>,
): Promise<DirectoryAudit[]> {
  const filter = `activityDateTime ge ${from.toISOString()} and activityDateTime le ${to.toISOString()} and category eq 'Policy'`;
  const audits: DirectoryAudit[] = [];
  const path = `/auditLogs/directoryAudits?$filter=${encodeURIComponent(filter)}`;
  for await (const item of graph.list(path, audit, beforeNext)) {
    const { activityDateTime, activityDisplayName, result, initiatedBy, targetResources } = item;
    if (result !== 'failure') {
      audits.push({
        at: activityDateTime,
        who: nameOf(initiatedBy),
        activity: activityDisplayName,
        targetIds: (targetResources ?? []).flatMap(({ id }) => (id ? [id.toLowerCase()] : [])),
      });
    }
  }
  return audits;
}

function nameOf(initiatedBy: z.infer<typeof audit>['initiatedBy']): string | null {
  const { user, app } = initiatedBy ?? {};
  return (
    user?.userPrincipalName ||
    user?.displayName ||
    user?.id ||
    app?.displayName ||
    app?.servicePrincipalId ||
    app?.appId ||
    null
  );
}
