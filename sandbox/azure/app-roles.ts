/** Application permissions of Microsoft Graph, and who has them: https://learn.microsoft.com/graph/api/resources/approleassignment */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { guidOf } from '../scenarios/symbolic-id';
import type { GraphObject } from './directory';
import { APP_ROLES, type AppRoleAssignment } from './grants';
import type { Answer, Call, Tenant } from './service';

/** Client id of Microsoft Graph, the same in every tenant. */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';
const GRAPH_ID = guidOf('sp:microsoft-graph-itself');

const assignment = z.object({ principalId: z.guid(), resourceId: z.guid(), appRoleId: z.guid() });

interface AppRoleParts {
  readonly tenant: Tenant;
  readonly servicePrincipals: readonly GraphObject[];
  readonly error: (code: string, message: string) => unknown;
}

/** Microsoft Graph's own service principal. It stands in no list, as scenarios say which principals there are. */
export function graphItself(): GraphObject {
  return {
    '@odata.type': '#microsoft.graph.servicePrincipal',
    id: GRAPH_ID,
    appId: GRAPH_APP_ID,
    displayName: 'Microsoft Graph',
    appRoles: [
      ...APP_ROLES.map(appRole),
      // Of the same name as one for applications, and no use to one.
      { ...appRole({ id: guidOf('app-role:for-users'), value: 'Application.Read.All' }), allowedMemberTypes: ['User'] },
    ],
  };
}

function appRole({ id, value }: (typeof APP_ROLES)[number]) {
  return {
    allowedMemberTypes: ['Application'],
    description: value,
    displayName: value,
    id,
    isEnabled: true,
    origin: 'Application',
    value,
  };
}

/** `undefined`: not one of its routes. The list of one principal's permissions is answered by `list`. */
export function answerAppRoles(
  call: Call,
  { tenant, servicePrincipals, error }: AppRoleParts,
  list: (call: Call, objects: readonly GraphObject[]) => Answer,
): Answer | undefined {
  const [, principalId = '', assignmentId] =
    /^\/v1\.0\/servicePrincipals\/([^/]+)\/appRoleAssignments(?:\/([^/]+))?$/.exec(call.path) ?? [];
  if (principalId === '') return undefined;
  const { grants, caller } = tenant;
  const notFound = (id: string): Answer => ({
    status: 404,
    body: error(
      'Request_ResourceNotFound',
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  });
  const badRequest = (message: string): Answer => ({ status: 400, body: error('Request_BadRequest', message) });
  const principal = servicePrincipals.find(({ id }) => id === principalId.toLowerCase());
  if (!principal) return notFound(principalId);
  if (call.method === 'GET' && assignmentId === undefined) {
    return list(
      call,
      grants.appRoleAssignments
        .filter((each) => each.principalId === principal.id)
        .map((each) => assignmentObject(each, principal)),
    );
  }
  if (caller !== 'administrator') {
    const message = 'Insufficient privileges to complete the operation.';
    return { status: 403, body: error('Authorization_RequestDenied', message) };
  }
  if (call.method === 'DELETE' && assignmentId !== undefined) {
    if (!grants.appRoleAssignments.some(({ id }) => id === assignmentId)) return notFound(assignmentId);
    grants.appRoleAssignments = grants.appRoleAssignments.filter(({ id }) => id !== assignmentId);
    grants.version += 1;
    return { status: 204 };
  }
  if (call.method !== 'POST' || assignmentId !== undefined) return undefined;
  const parsed = assignment.safeParse(call.body);
  if (!parsed.success) return badRequest('One or more properties are invalid.');
  const { appRoleId, resourceId } = parsed.data;
  if (parsed.data.principalId !== principal.id) return badRequest('Not a valid reference update.');
  if (resourceId !== GRAPH_ID) return notFound(resourceId);
  if (!APP_ROLES.some(({ id }) => id === appRoleId)) {
    return badRequest(`Permission being assigned was not found on application '${GRAPH_APP_ID}'.`);
  }
  const known = grants.appRoleAssignments.some(
    (each) => each.principalId === principal.id && each.appRoleId === appRoleId,
  );
  if (known) return badRequest('Permission being assigned already exists on the object');
  // Graph's ids are base64, with characters that mean something in an address.
  const added = { id: Buffer.from(randomUUID()).toString('base64'), principalId: principal.id, appRoleId };
  grants.appRoleAssignments = [...grants.appRoleAssignments, added];
  grants.version += 1;
  return { status: 201, body: assignmentObject(added, principal) };
}

function assignmentObject({ id, principalId, appRoleId }: AppRoleAssignment, principal: GraphObject): GraphObject {
  return {
    '@odata.type': '#microsoft.graph.appRoleAssignment',
    id,
    deletedDateTime: null,
    appRoleId,
    createdDateTime: '2026-01-01T00:00:00Z',
    principalDisplayName: principal['displayName'],
    principalId,
    principalType: 'ServicePrincipal',
    resourceDisplayName: 'Microsoft Graph',
    resourceId: GRAPH_ID,
  };
}
