import * as z from 'zod';
import type { Graph } from '../azure/graph';
import { guid } from './guid';

/** Client id of Microsoft Graph, the same in every tenant. */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/** The application permissions that Microsoft Graph has to give. */
export interface GraphAppRoles {
  /** Object id of Microsoft Graph's own service principal. */
  readonly resourceId: string;
  /** Ids of permissions by value, such as `User.Read.All`. */
  readonly roleIds: ReadonlyMap<string, string>;
}

/** An application permission that a service principal holds, of Microsoft Graph or of another API. */
export interface AppRoleAssignment {
  readonly id: string;
  readonly roleId: string;
  readonly resourceId: string;
  /** Untrusted text. */
  readonly resourceName: string;
}

const graphItself = z.object({
  id: guid,
  appRoles: z.array(
    z.object({
      id: guid,
      value: z.string().nullish(),
      isEnabled: z.boolean().nullish(),
      allowedMemberTypes: z.array(z.string()),
    }),
  ),
});
const appRoleAssignment = z.object({
  id: z.string(),
  appRoleId: guid,
  resourceId: guid,
  resourceDisplayName: z.string().nullish(),
});

/** @throws Error where Graph does not answer, or not as it should */
export async function readGraphAppRoles(graph: Graph): Promise<GraphAppRoles> {
  const filter = encodeURIComponent(`appId eq '${GRAPH_APP_ID}'`);
  for await (const found of graph.list(`/servicePrincipals?$filter=${filter}&$select=id,appRoles`, graphItself)) {
    // Values are unique among roles for applications only: there may be one for users of the same name.
    const roles = found.appRoles.filter(
      ({ isEnabled, allowedMemberTypes }) => isEnabled !== false && allowedMemberTypes.includes('Application'),
    );
    return { resourceId: found.id, roleIds: new Map(roles.flatMap(({ value, id }) => (value ? [[value, id]] : []))) };
  }
  throw new Error('The tenant has no service principal of Microsoft Graph.');
}

/** https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments */
export async function listAppRoleAssignments(graph: Graph, principalId: string): Promise<AppRoleAssignment[]> {
  const found: AppRoleAssignment[] = [];
  for await (const item of graph.list(`/servicePrincipals/${principalId}/appRoleAssignments`, appRoleAssignment)) {
    const { id, appRoleId, resourceId, resourceDisplayName } = item;
    found.push({ id, roleId: appRoleId, resourceId, resourceName: resourceDisplayName ?? resourceId });
  }
  return found;
}
