/** Looks at what an identity was granted. What cannot be looked at is told beside what can. */
import { setMaxListeners } from 'node:events';
import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import pLimit from 'p-limit';
import * as z from 'zod';
import { singleLine } from '../alerts/safe-text';
import { IncompleteAnswerError } from '../inventory/azure/azure-request-error';
import { listAppRoleAssignments, readGraphAppRoles } from '../inventory/collectors/graph-app-roles';
import { listSubscriptions } from '../inventory/collectors/subscriptions';
import { listSynapseAssignments, listSynapseRoles } from '../inventory/collectors/synapse-role-assignments';
import { toRole } from '../inventory/collectors/azure-role-assignments';
import { listWorkspaces } from '../inventory/collectors/workspaces';
import type { Subscription, Workspace } from '../inventory/model';
import { CannotRunError } from '../cli/cannot-run';
import type { ConnectPermissions, PermissionClients } from './clients';
import type { AzureRights, Granted, GraphRights, Looked, SynapseRights, WorkspaceRights } from './granted';
import { answerOf, problemOf } from './problem-of';

export interface Question {
  /** Object id of the identity. */
  readonly principalId: string;
  readonly tenantId: string;
  /** GUIDs; `undefined`: those that can be seen and have a Synapse workspace. */
  readonly subscriptions: readonly string[] | undefined;
  /** Names; empty: all of those subscriptions. */
  readonly workspaces: readonly string[];
}

/** Reads are few for each place, but there may be hundreds of subscriptions. */
const PLACES_AT_A_TIME = 10;

/** @throws CannotRunError where the question makes no sense: there is no such identity, subscription or workspace */
export async function readGranted(connect: ConnectPermissions, question: Question): Promise<Granted> {
  const stop = new AbortController();
  // Each request listens; more than ten at a time are no leak.
  setMaxListeners(0, stop.signal);
  try {
    return await readEverywhere(connect(stop.signal), question);
  } finally {
    // Where one thing made all the others pointless, nobody waits for their retries.
    stop.abort();
  }
}

async function readEverywhere(clients: PermissionClients, question: Question): Promise<Granted> {
  const [principal, graph, { subscriptions, workspaces, unlisted }] = await Promise.all([
    readPrincipal(clients, question.principalId),
    looked(() => readGraphRights(clients, question.principalId)),
    readPlaces(clients, question),
  ]);
  const limit = pLimit(PLACES_AT_A_TIME);
  return {
    principal,
    graph,
    subscriptions: await Promise.all(
      subscriptions.map(async ({ id, name }) => ({
        id,
        name,
        rights: await limit(() =>
          looked(() => readAzureRights(clients.azure.authorizationOf(id), id, question.principalId)),
        ),
      })),
    ),
    workspaces: await Promise.all(
      workspaces.map(async (workspace): Promise<WorkspaceRights> => ({
        name: workspace.name,
        endpoint: workspace.devEndpoint ?? '',
        rights: await limit(() => looked(() => readSynapseRights(clients, workspace, question.principalId))),
      })),
    ),
    unlisted,
  };
}

async function looked<T>(read: () => Promise<T>): Promise<Looked<T>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

const servicePrincipal = z.object({ displayName: z.string().nullish() });

/** Its name is for people only: who may not read it goes by the id. */
async function readPrincipal({ azure }: PermissionClients, id: string): Promise<Granted['principal']> {
  try {
    const { displayName } = await azure.graph.get(`/servicePrincipals/${id}?$select=id,displayName`, servicePrincipal);
    return { id, name: displayName ?? id };
  } catch (error) {
    const status = answerOf(error)?.status;
    if (status === 404) {
      throw new CannotRunError(
        `The tenant has no service principal with the object id ${id}. Of a managed identity that is its principal id, not its client id.`,
        { cause: error },
      );
    }
    if (status === 403) {
      return { id, name: id };
    }
    throw error;
  }
}

/** @throws Error where Azure does not answer, or not as it should */
export async function readGraphRights(
  { azure: { graph } }: PermissionClients,
  principalId: string,
): Promise<GraphRights> {
  const { resourceId, roleIds } = await readGraphAppRoles(graph);
  const assignments = await listAppRoleAssignments(graph, principalId);
  return {
    resourceId,
    roleIds,
    assignments: assignments
      .filter((assignment) => assignment.resourceId === resourceId)
      .map(({ id, roleId }) => ({ id, roleId })),
  };
}

interface Places {
  readonly subscriptions: readonly Subscription[];
  readonly workspaces: readonly Workspace[];
  readonly unlisted: Granted['unlisted'];
}

async function readPlaces({ azure }: PermissionClients, question: Question): Promise<Places> {
  const { tenantId, subscriptions: wanted } = question;
  const visible = await listVisible(azure, tenantId, wanted);
  const limit = pLimit(PLACES_AT_A_TIME);
  const lists = await Promise.all(
    visible.map(async (subscription) => ({
      subscription,
      workspaces: await limit(() => looked(() => listWorkspaces(azure.workspacesOf(subscription.id), subscription))),
    })),
  );
  const unlisted = lists.flatMap(({ subscription: { id, name }, workspaces }) =>
    workspaces.ok
      ? []
      : [{ where: `Synapse workspaces of subscription ${singleLine(name, 120)} (${id})`, problem: workspaces.problem }],
  );
  const found = lists.flatMap(({ workspaces }) => (workspaces.ok ? workspaces.value : []));
  const subscriptions = lists
    .filter(({ workspaces }) => wanted !== undefined || (workspaces.ok && workspaces.value.length > 0))
    .map(({ subscription }) => subscription);
  if (subscriptions.length === 0 && unlisted.length === 0) {
    throw new CannotRunError(
      'No subscription that you can see has a Synapse workspace: say with --subscription which ones are audited.',
    );
  }
  const names = new Map(question.workspaces.map((name) => [name.toLowerCase(), name]));
  const absent = [...names.keys()].filter((name) => !found.some((workspace) => workspace.name.toLowerCase() === name));
  if (absent.length > 0) {
    const which = absent.map((name) => names.get(name)).join(', ');
    const there = found.map(({ name }) => singleLine(name, 120)).join(', ') || 'none';
    throw new CannotRunError(`--workspace: there is no ${which} in those subscriptions, but ${there}.`);
  }
  return {
    subscriptions,
    workspaces: found.filter(({ name }) => names.size === 0 || names.has(name.toLowerCase())),
    unlisted,
  };
}

async function listVisible(
  { resourceManager, resourceManagerEndpoint }: PermissionClients['azure'],
  tenantId: string,
  wanted: readonly string[] | undefined,
): Promise<Subscription[]> {
  try {
    return await listSubscriptions(resourceManager, resourceManagerEndpoint, tenantId, wanted);
  } catch (cause) {
    if (cause instanceof IncompleteAnswerError && cause.because === 'forbidden') {
      throw new CannotRunError(`You can see no subscription of the tenant ${tenantId}.`, { cause });
    }
    throw cause;
  }
}

async function readAzureRights(
  client: AuthorizationManagementClient,
  subscriptionId: string,
  principalId: string,
): Promise<AzureRights> {
  const scope = `subscriptions/${subscriptionId}`;
  const filter = `atScope() and assignedTo('${principalId}')`;
  const [definitions, assignments] = await Promise.all([
    all(client.roleDefinitions.list(scope)),
    all(client.roleAssignments.listForScope(scope, { filter })),
  ]);
  return {
    roles: definitions.map((definition) => ({
      ...toRole(definition),
      assignableScopes: (definition.assignableScopes ?? []).map((each) => each.toLowerCase()),
    })),
    assignments: assignments.map(
      ({ id = '', principalId: holder = '', roleDefinitionId = '', scope: at = '', condition }) => ({
        id,
        principalId: holder.toLowerCase(),
        roleId: roleDefinitionId.slice(roleDefinitionId.lastIndexOf('/') + 1).toLowerCase(),
        scope: at.toLowerCase(),
        isConditional: Boolean(condition),
      }),
    ),
  };
}

/** @throws Error where the workspace does not answer, or has no address */
export async function readSynapseRights(
  { synapse }: PermissionClients,
  { name, devEndpoint }: Workspace,
  principalId: string,
): Promise<SynapseRights> {
  if (devEndpoint === null) {
    throw new Error(`Azure gives no development endpoint for workspace ${name}.`);
  }
  const [roles, assignments] = await Promise.all([
    listSynapseRoles(synapse, devEndpoint),
    listSynapseAssignments(synapse, devEndpoint),
  ]);
  return {
    roles,
    assignments: assignments
      .filter((assignment) => assignment.principalId === principalId)
      .map(({ id, roleDefinitionId, scope }) => ({ id, roleId: roleDefinitionId, scope })),
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
  }
  return found;
}
