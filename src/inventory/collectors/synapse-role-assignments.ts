import * as z from 'zod';
import { parseAnswer } from '../azure/parse-answer';
import type { RestClient } from '../azure/rest-client';
import { guid } from './guid';
import type { PrincipalKind, Role, RoleAssignment, Workspace } from '../model';

const API = 'api-version=2020-12-01';

const assignments = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      roleDefinitionId: guid,
      principalId: guid,
      scope: z.string(),
      // Left out where the principal is gone.
      principalType: z.string().nullish(),
    }),
  ),
});

const names = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const definitions = z.array(
  z.object({
    id: guid,
    name: z.string(),
    isBuiltIn: z.boolean().nullish(),
    permissions: z
      .array(z.object({ actions: names, notActions: names, dataActions: names, notDataActions: names }))
      .nullish()
      .transform((list) => list ?? []),
  }),
);

/**
 * Reads workspaces one after the other or side by side; the role definitions, which are Microsoft's and the same
 * everywhere, are asked for once and again only where a workspace knows a role the others did not.
 */
export function createSynapseRoleReader(): (client: RestClient, workspace: Workspace) => Promise<RoleAssignment[]> {
  const roles = new Map<string, Role>();
  let firstLookUp: Promise<void> | undefined;

  async function lookUpRoles(client: RestClient, endpoint: string): Promise<void> {
    for (const role of await listSynapseRoles(client, endpoint)) {
      roles.set(role.id, role);
    }
  }

  /** Side-by-side readers wait for the one look-up; if it failed, the next one tries on its own workspace. */
  async function knowRoles(client: RestClient, endpoint: string, ids: readonly string[]): Promise<void> {
    if (firstLookUp === undefined) {
      firstLookUp = lookUpRoles(client, endpoint);
      firstLookUp.catch(() => {
        firstLookUp = undefined;
      });
      return firstLookUp;
    }
    await firstLookUp.catch(() => undefined);
    if (ids.some((id) => !roles.has(id))) {
      await lookUpRoles(client, endpoint);
    }
  }

  return async (client, workspace) => {
    if (workspace.devEndpoint === null) {
      throw new Error(`Azure gives no development endpoint for workspace ${workspace.name}.`);
    }
    const found = await listSynapseAssignments(client, workspace.devEndpoint);
    await knowRoles(
      client,
      workspace.devEndpoint,
      found.map((item) => item.roleDefinitionId),
    );
    return found.map((item) => ({
      system: 'synapse',
      id: item.id,
      principalId: item.principalId,
      principalKind: kindOf(item.principalType),
      role: roles.get(item.roleDefinitionId) ?? unknownRole(item.roleDefinitionId),
      scope: item.scope,
      readFrom: workspace.id,
      condition: null,
    }));
  };
}

/** The roles that can be assigned in a workspace. */
export async function listSynapseRoles(client: RestClient, endpoint: string): Promise<Role[]> {
  const { body } = await client.get(`${endpoint}/roleDefinitions?${API}`);
  return parseAnswer(definitions, body, 'Synapse role definitions').map(({ id, name, isBuiltIn, permissions }) => ({
    id,
    name,
    builtIn: isBuiltIn ?? false,
    permissions,
  }));
}

/**
 * The assignments of a workspace as they come. The continuation is a header both ways, and an empty one on the last page.
 */
export async function listSynapseAssignments(
  client: RestClient,
  endpoint: string,
): Promise<z.infer<typeof assignments>['value']> {
  const all: z.infer<typeof assignments>['value'] = [];
  let continuation: string | undefined;
  do {
    const { body, headers } = await client.get(
      `${endpoint}/roleAssignments?${API}`,
      continuation === undefined ? {} : { 'x-ms-continuation': continuation },
    );
    all.push(...parseAnswer(assignments, body, 'Synapse role assignments').value);
    continuation = headers.get('x-ms-continuation') || undefined;
  } while (continuation !== undefined);
  return all;
}

function unknownRole(id: string): Role {
  return { id, name: `unknown role ${id}`, builtIn: false, permissions: [] };
}

export function kindOf(type: string | null | undefined): PrincipalKind {
  switch (type) {
    case 'User':
      return 'user';
    case 'Group':
      return 'group';
    case 'ServicePrincipal':
      return 'servicePrincipal';
    case 'ForeignGroup':
    case 'Device':
      return 'other';
    default:
      return 'unknown';
  }
}
