import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Scenario } from '../scenarios/schema';
import { guidOf } from '../scenarios/symbolic-id';
import { pageOf, withToken } from './paging';
import { SYNAPSE_ROLES } from './roles';
import { isRefused, type Answer, type Call, type Service, type Tenant } from './service';
import { answerRunQuery, runQueryOf } from './synapse-runs';
import { ARTIFACT_LISTS, isArtifactRoute, type ArtifactRoute } from './synapse-artifacts';

type Workspace = Scenario['workspaces'][number];

const VERSION = '2020-12-01';

const newAssignment = z.object({
  roleId: z.guid(),
  principalId: z.guid(),
  scope: z.string(),
  principalType: z.enum(['User', 'Group', 'ServicePrincipal']),
});

/**
 * The data plane of all workspaces, each under a path of its own: role assignments, role definitions, artifacts and runs.
 * https://learn.microsoft.com/rest/api/synapse/data-plane/role-assignments
 */
export function createSynapse(tenant: Tenant): Service {
  const { scenario } = tenant;
  const error = (code: string, message: string): unknown => ({ error: { code, message } });

  const definitions = SYNAPSE_ROLES.map(({ id, name, description, dataActions, scopes }) => ({
    id,
    name,
    isBuiltIn: true,
    description,
    permissions: [{ actions: [], notActions: [], dataActions, notDataActions: [] }],
    scopes,
    availabilityStatus: 'Available',
  }));

  const forbidden = (action: string, { name }: Workspace): Answer => {
    const message = `The principal '${guidOf('sp:auditor')}' does not have the required Synapse RBAC permission to perform this action. Required permission: Action: Microsoft.Synapse/workspaces/${action}, Scope: workspaces/${name}/*.`;
    return { status: 403, body: error('Unauthorized', message) };
  };

  /** https://learn.microsoft.com/rest/api/synapse/data-plane/role-assignments/create-role-assignment */
  const changeAssignment = (call: Call, workspace: Workspace, id: string): Answer => {
    const { grants, caller } = tenant;
    const known = grants.synapseAssignments.get(workspace.name) ?? [];
    const change = (assignments: typeof known): void => {
      grants.synapseAssignments.set(workspace.name, assignments);
      grants.version += 1;
    };
    if (caller !== 'administrator') {
      return forbidden(`roleAssignments/${call.method === 'PUT' ? 'write' : 'delete'}`, workspace);
    }
    if (call.method === 'DELETE') {
      if (!known.some((each) => each.id === id)) return { status: 204 };
      change(known.filter((each) => each.id !== id));
      return { status: 200 };
    }
    const parsed = newAssignment.safeParse(call.body);
    if (!parsed.success || !SYNAPSE_ROLES.some((role) => role.id === parsed.data.roleId)) {
      return { status: 400, body: error('InvalidRequest', 'The role assignment is not valid.') };
    }
    const { roleId: roleDefinitionId, ...rest } = parsed.data;
    const isSame = ({ roleDefinitionId: role, principalId, scope }: (typeof known)[number]): boolean =>
      role === roleDefinitionId && principalId === rest.principalId && scope === rest.scope;
    if (known.some(isSame)) {
      const message = `Role Assignment with roleId '${roleDefinitionId}', principalId '${rest.principalId}' and scope '${rest.scope}' within workspace '${workspace.name}' already exists.`;
      return { status: 409, body: error('RoleAssignmentAlreadyExists', message) };
    }
    const added = { id, roleDefinitionId, ...rest };
    change([...known, added]);
    return { status: 200, body: added };
  };

  const listAssignments = (call: Call, workspace: Workspace): Answer => {
    const { query, headers } = call;
    const fits = (parameter: string, value: string): boolean => (query.get(parameter) ?? value) === value;
    const assignments = (tenant.grants.synapseAssignments.get(workspace.name) ?? []).filter(
      ({ roleDefinitionId, principalId, scope }) =>
        fits('roleId', roleDefinitionId) && fits('principalId', principalId) && fits('scope', scope),
    );
    const continuation = headers['x-ms-continuation'];
    const token = typeof continuation === 'string' && continuation !== '' ? continuation : null;
    const page = pageOf(assignments, {
      size: scenario.paging.synapse,
      token,
      empty: call.emptyPage || (scenario.paging.emptyFirstPage && token === null),
    });
    if (!page) return { status: 400, body: error('InvalidContinuationToken', 'The continuation token is not valid.') };
    return {
      status: 200,
      // An empty header, not a missing one, ends the list.
      headers: { 'x-ms-continuation': page.next ?? '' },
      body: { count: page.items.length, value: page.items },
    };
  };

  /** Unlike role assignments, artifacts go on at an address in the body. */
  const listArtifacts = (call: Call, workspace: Workspace, route: ArtifactRoute): Answer => {
    const items = ARTIFACT_LISTS[route].items(workspace, scenario);
    if (items === null) {
      return { status: 404, body: error('NotFound', `No HTTP resource was found that matches '${call.path}'.`) };
    }
    const token = call.query.get('$skipToken');
    const page = pageOf(items, {
      size: scenario.paging.synapse,
      token,
      empty: call.emptyPage || (scenario.paging.emptyFirstPage && token === null),
    });
    if (!page) return { status: 400, body: error('InvalidContinuationToken', 'The continuation token is not valid.') };
    const next =
      page.next && `${tenant.address}/synapse${call.path}?${withToken(call.rawQuery, '$skipToken', page.next)}`;
    return { status: 200, body: { value: page.items, ...(next && { nextLink: next }) } };
  };

  return {
    audiences: ['https://dev.azuresynapse.net'],
    constant: true,
    error,
    headers: () => ({ 'x-ms-request-id': randomUUID(), server: 'Microsoft-HTTPAPI/2.0' }),
    unauthorized(problem) {
      // Unlike the other errors of this service these are not wrapped.
      const flat = (code: string, message: string): Answer => ({ status: 401, body: { code, message } });
      if (problem === 'missing') return flat('AuthenticationFailed', 'BearerToken not found in request');
      return problem === 'wrongAudience'
        ? flat(
            'InvalidTokenAuthenticationAudience',
            'Token Authentication failed with SecurityTokenInvalidAudienceException - IDX10214: Audience validation failed.',
          )
        : flat(
            'AuthenticationFailed',
            'Token Authentication failed - MISE12034: AuthenticationTicketProvider Name:AuthenticationTicketProvider, GetVersion:1.33.0.0. ',
          );
    },
    handle(call) {
      const [, name, path = ''] = /^\/([^/]+)(\/.+)$/.exec(call.path) ?? [];
      const [, route = '', item] = /^\/(\w+)(?:\/([0-9a-f-]{36}))?$/i.exec(path) ?? [];
      const list = route.toLowerCase();
      const runQuery = call.method === 'POST' ? runQueryOf(path) : undefined;
      const isList = list === 'roleassignments' || list === 'roledefinitions' || isArtifactRoute(list);
      const changes = list === 'roleassignments' && item !== undefined && ['PUT', 'DELETE'].includes(call.method);
      const reads = call.method === 'GET' && isList && item === undefined;
      if (name === undefined || !(reads || changes || runQuery !== undefined)) return undefined;
      const workspace = scenario.workspaces.find((each) => each.name === name.toLowerCase());
      if (!workspace) return { status: 404, body: error('WorkspaceNotFound', `There is no workspace '${name}'.`) };
      const version = call.query.get('api-version');
      if (version !== VERSION) {
        return {
          status: 400,
          body: error('UnsupportedApiVersion', `The api-version '${String(version)}' is not ${VERSION}.`),
        };
      }
      if (changes) return changeAssignment(call, workspace, item.toLowerCase());
      const { source, action } = runQuery
        ? { source: 'pipelineFailures' as const, action: 'pipelines/viewOutputs/action' }
        : isArtifactRoute(list)
          ? ARTIFACT_LISTS[list]
          : { source: 'synapseRoleAssignments' as const, action: 'read' };
      if (isRefused(tenant, source) || isRefused(tenant, source, `workspace:${workspace.name}`)) {
        return forbidden(action, workspace);
      }
      if (runQuery) return answerRunQuery(runQuery, workspace, call, tenant, error);
      if (isArtifactRoute(list)) return listArtifacts(call, workspace, list);
      return list === 'roledefinitions' ? { status: 200, body: definitions } : listAssignments(call, workspace);
    },
  };
}
