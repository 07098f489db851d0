import * as z from 'zod';
import type { Graph } from '../azure/graph';
import type { AuditorIdentity } from '../model';
import { listAppRoleAssignments, readGraphAppRoles } from './graph-app-roles';
import { guid } from './guid';

const servicePrincipal = z.object({
  id: guid,
  appId: guid,
  displayName: z.string().nullish(),
  accountEnabled: z.boolean(),
});

/**
 * The service principal that the auditor runs as, and the application permissions it holds.
 * @param clientId `undefined`: no setting says which one it is
 * @throws Error where the tenant has none with that client id
 */
export async function readAuditorIdentity(graph: Graph, clientId: string | undefined): Promise<AuditorIdentity[]> {
  if (clientId === undefined) {
    return [];
  }
  const filter = encodeURIComponent(`appId eq '${clientId}'`);
  const path = `/servicePrincipals?$filter=${filter}&$select=id,appId,displayName,accountEnabled`;
  const roles = readGraphAppRoles(graph);
  // Whatever is thrown first is told; the other one must not go unheard.
  roles.catch(() => undefined);
  for await (const { id, appId, displayName, accountEnabled } of graph.list(path, servicePrincipal)) {
    const { resourceId: ofGraph, roleIds } = await roles;
    const values = new Map([...roleIds].map(([value, roleId]) => [roleId, value]));
    const held = await listAppRoleAssignments(graph, id);
    return [
      {
        id,
        appId,
        displayName: displayName ?? appId,
        enabled: accountEnabled,
        appRoles: held.map(({ id: assignmentId, roleId, resourceId, resourceName }) => ({
          id: assignmentId,
          graphPermission: resourceId === ofGraph ? (values.get(roleId) ?? null) : null,
          name: resourceId === ofGraph ? (values.get(roleId) ?? roleId) : `${roleId} of ${resourceName}`,
        })),
      },
    ];
  }
  throw new Error(`The tenant has no service principal with the client id ${clientId}, which AZURE_CLIENT_ID names.`);
}
