import * as z from 'zod';
import type { Graph } from '../azure/graph';
import type { AuthorizationPolicy } from '../model';

const policy = z.object({
  id: z.string(),
  allowInvitesFrom: z.string().nullish(),
  guestUserRoleId: z.string().nullish(),
  blockMsolPowerShell: z.boolean().nullish(),
  defaultUserRolePermissions: z.object({
    allowedToCreateApps: z.boolean().nullish(),
    permissionGrantPoliciesAssigned: z.array(z.string()).nullish(),
  }),
});

/** There is exactly one in every tenant: https://learn.microsoft.com/graph/api/authorizationpolicy-get */
export async function readAuthorizationPolicy(graph: Graph): Promise<AuthorizationPolicy[]> {
  const answer = await graph.get('/policies/authorizationPolicy', policy);
  const { allowedToCreateApps, permissionGrantPoliciesAssigned } = answer.defaultUserRolePermissions;
  return [
    {
      id: answer.id,
      allowInvitesFrom: answer.allowInvitesFrom ?? null,
      guestUserRoleId: answer.guestUserRoleId?.toLowerCase() ?? null,
      usersMayCreateApps: allowedToCreateApps ?? null,
      userConsentPolicies: [...(permissionGrantPoliciesAssigned ?? [])].sort(),
      blocksMsolPowerShell: answer.blockMsolPowerShell ?? null,
    },
  ];
}
