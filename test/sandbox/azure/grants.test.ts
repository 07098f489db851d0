/** Permissions that are granted in the simulated Azure while it runs, with the errors of the real one. */
import { ADMINISTRATOR_CLIENT_ID } from '../../../sandbox/azure/azure';
import type { Sandbox } from '../../../sandbox/azure/server';
import { guidOf } from '../../../sandbox/scenarios/symbolic-id';
import { NOTHING, scenarioOf, SUBSCRIPTION } from '../../permissions/permission-scenario';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { AUDIENCES, tokenFor } from './ask';

const AUDITOR = guidOf('mi:auth-auditor');
const ROLE = guidOf('a role');
const GRAPH_FILTER = `$filter=${encodeURIComponent("appId eq '00000003-0000-0000-c000-000000000000'")}`;

interface Reply {
  readonly status: number;
  readonly body: {
    readonly error?: { readonly code: string; readonly message: string };
    readonly value?: readonly { readonly id: string; readonly appRoles?: readonly Role[] }[];
  } | null;
}
interface Role {
  readonly id: string;
  readonly value: string;
  readonly allowedMemberTypes: readonly string[];
}

describe('granting', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox(scenarioOf(NOTHING));
  });
  beforeEach(() => {
    sandbox.load(scenarioOf(NOTHING));
  });
  afterAll(() => sandbox.close());

  const tokens = new Map<string, string>();
  const administratorToken = async (audience: string): Promise<string> => {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER = '' } = sandbox.environment;
    const query = new URLSearchParams({
      'api-version': '2019-08-01',
      resource: audience,
      client_id: ADMINISTRATOR_CLIENT_ID,
    });
    const known = tokens.get(audience);
    if (known !== undefined) return known;
    const response = await fetch(`${IDENTITY_ENDPOINT}?${query.toString()}`, {
      headers: { 'X-IDENTITY-HEADER': IDENTITY_HEADER },
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    tokens.set(audience, token);
    return token;
  };
  const send = async (
    service: 'graph' | 'arm' | 'synapse',
    method: string,
    path: string,
    body?: unknown,
    as: 'administrator' | 'auditor' = 'administrator',
  ): Promise<Reply> => {
    const audience = AUDIENCES[service];
    const token = as === 'administrator' ? await administratorToken(audience) : await tokenFor(sandbox, audience);
    const response = await fetch(`${sandbox.url}/${service}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as Reply['body']) };
  };
  const refused = (status: number, code: string) => ({ status, body: { error: { code } } });

  describe('Microsoft Graph', () => {
    const path = `/v1.0/servicePrincipals/${AUDITOR}/appRoleAssignments`;
    const roleIdOf = async (value: string) => {
      const { body } = await send('graph', 'GET', `/v1.0/servicePrincipals?${GRAPH_FILTER}&$select=id,appRoles`);
      const [graph] = body!.value!;
      const role = graph!.appRoles!.find(
        (each) => each.value === value && each.allowedMemberTypes.includes('Application'),
      )!;
      return { principalId: AUDITOR, resourceId: graph!.id, appRoleId: role.id };
    };

    test('gives an application permission once, which then lets its holder read', async () => {
      const policies = () => send('graph', 'GET', '/v1.0/policies/authorizationPolicy', undefined, 'auditor');
      expect(await policies()).toMatchObject(refused(403, 'Authorization_RequestDenied'));
      const body = await roleIdOf('Policy.Read.All');
      expect(await send('graph', 'POST', path, body)).toMatchObject({ status: 201, body });
      expect(await policies()).toMatchObject({ status: 200 });
      expect(await send('graph', 'POST', path, body)).toMatchObject({
        status: 400,
        body: {
          error: { code: 'Request_BadRequest', message: 'Permission being assigned already exists on the object' },
        },
      });
      const [given] = (await send('graph', 'GET', path)).body!.value!;
      expect(await send('graph', 'DELETE', `${path}/${encodeURIComponent(given!.id)}`)).toMatchObject({ status: 204 });
      expect(await policies()).toMatchObject(refused(403, 'Authorization_RequestDenied'));
      expect(await send('graph', 'DELETE', `${path}/${encodeURIComponent(given!.id)}`)).toMatchObject(
        refused(404, 'Request_ResourceNotFound'),
      );
    });

    test('refuses who has no right to give or take, and what makes no sense', async () => {
      const body = await roleIdOf('Policy.Read.All');
      for (const [method, where] of [
        ['POST', path],
        ['DELETE', `${path}/x`],
      ] as const) {
        expect(await send('graph', method, where, body, 'auditor')).toMatchObject(
          refused(403, 'Authorization_RequestDenied'),
        );
      }
      const invalid = [{}, { ...body, principalId: SUBSCRIPTION }, { ...body, appRoleId: SUBSCRIPTION }];
      for (const each of invalid) {
        expect(await send('graph', 'POST', path, each)).toMatchObject(refused(400, 'Request_BadRequest'));
      }
      expect(await send('graph', 'POST', path, { ...body, resourceId: SUBSCRIPTION })).toMatchObject(
        refused(404, 'Request_ResourceNotFound'),
      );
      expect(await send('graph', 'POST', path.replace(AUDITOR, SUBSCRIPTION), body)).toMatchObject(
        refused(404, 'Request_ResourceNotFound'),
      );
      expect(await send('graph', 'GET', `/v1.0/servicePrincipals/${SUBSCRIPTION}`)).toMatchObject(
        refused(404, 'Request_ResourceNotFound'),
      );
      expect(await send('graph', 'GET', "/v1.0/servicePrincipals?$filter=appId eq 'x'")).toMatchObject(
        refused(400, 'Request_UnsupportedQuery'),
      );
    });
  });

  describe('Azure Resource Manager', () => {
    const VERSION = 'api-version=2022-04-01';
    const base = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization`;
    const definitionPath = `${base}/roleDefinitions/${ROLE}?${VERSION}`;
    const assignmentPath = `${base}/roleAssignments/${guidOf('an assignment')}?${VERSION}`;
    const definition = (more: object = {}) => ({
      properties: {
        roleName: 'Lister',
        type: 'CustomRole',
        assignableScopes: [`/subscriptions/${SUBSCRIPTION}`],
        permissions: [{ actions: ['Microsoft.Synapse/workspaces/read', 'Microsoft.Resources/subscriptions/read'] }],
        ...more,
      },
    });
    const assignment = (principalId = AUDITOR) => ({
      properties: {
        roleDefinitionId: `${base}/roleDefinitions/${ROLE}`,
        principalId,
        principalType: 'ServicePrincipal',
      },
    });

    test('defines a role and assigns it once, which then lets its holder read', async () => {
      const list = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Synapse/workspaces?api-version=2021-06-01`;
      const workspaces = () => send('arm', 'GET', list, undefined, 'auditor');
      expect(await workspaces()).toMatchObject(refused(404, 'SubscriptionNotFound'));
      expect(await send('arm', 'PUT', assignmentPath, assignment())).toMatchObject(
        refused(404, 'RoleDefinitionDoesNotExist'),
      );
      expect(await send('arm', 'GET', definitionPath)).toMatchObject(refused(404, 'RoleDefinitionDoesNotExist'));
      expect(await send('arm', 'PUT', definitionPath, definition())).toMatchObject({ status: 201 });
      expect(await send('arm', 'GET', definitionPath)).toMatchObject({
        status: 200,
        body: { properties: { roleName: 'Lister' } },
      });
      expect(await send('arm', 'PUT', assignmentPath, assignment())).toMatchObject({ status: 201 });
      expect(await workspaces()).toMatchObject({ status: 200 });
      expect(await send('arm', 'PUT', assignmentPath, assignment())).toMatchObject(
        refused(409, 'RoleAssignmentExists'),
      );
      expect(await send('arm', 'PUT', assignmentPath, assignment(guidOf('mi:orders-copy')))).toMatchObject(
        refused(400, 'RoleAssignmentUpdateNotPermitted'),
      );
      expect(await send('arm', 'DELETE', definitionPath)).toMatchObject(refused(400, 'RoleDefinitionHasAssignments'));
      expect(await send('arm', 'DELETE', assignmentPath)).toMatchObject({ status: 200 });
      expect(await workspaces()).toMatchObject(refused(404, 'SubscriptionNotFound'));
      expect(await send('arm', 'DELETE', assignmentPath)).toMatchObject({ status: 204 });
      expect(await send('arm', 'DELETE', definitionPath)).toMatchObject({ status: 200 });
      expect(await send('arm', 'DELETE', definitionPath)).toMatchObject({ status: 204 });
    });

    test('refuses what makes no sense', async () => {
      await send('arm', 'PUT', definitionPath, definition());
      const other = definitionPath.replace(ROLE, guidOf('another role'));
      expect(await send('arm', 'PUT', other, definition())).toMatchObject(
        refused(409, 'RoleDefinitionWithSameNameExists'),
      );
      expect(await send('arm', 'PUT', other, definition({ roleName: 'X', assignableScopes: [] }))).toMatchObject(
        refused(400, 'InvalidRoleDefinition'),
      );
      expect(await send('arm', 'PUT', other, definition({ roleName: 'X', assignableScopes: ['/'] }))).toMatchObject(
        refused(400, 'LinkedInvalidPropertyId'),
      );
      expect(await send('arm', 'PUT', assignmentPath, {})).toMatchObject(
        refused(400, 'InvalidCreateRoleAssignmentRequest'),
      );
    });

    test('refuses who may read there, but has no right to change anything', async () => {
      await send('arm', 'PUT', definitionPath, definition());
      await send('arm', 'PUT', assignmentPath, assignment());
      for (const [method, path] of [
        ['PUT', definitionPath],
        ['DELETE', definitionPath],
        ['PUT', assignmentPath],
        ['DELETE', assignmentPath],
      ] as const) {
        expect(await send('arm', method, path, definition(), 'auditor')).toMatchObject(
          refused(403, 'AuthorizationFailed'),
        );
      }
    });
  });

  describe('Synapse', () => {
    const path = `/fabrikam-orders/roleAssignments/${guidOf('an assignment')}?api-version=2020-12-01`;
    const body = {
      roleId: '2a385764-43e8-416c-9825-7b18d05a2c4b',
      principalId: AUDITOR,
      scope: 'workspaces/fabrikam-orders',
      principalType: 'ServicePrincipal',
    };

    test('gives a role once, which then lets its holder read', async () => {
      const read = () =>
        send('synapse', 'GET', '/fabrikam-orders/linkedservices?api-version=2020-12-01', undefined, 'auditor');
      expect(await read()).toMatchObject(refused(403, 'Unauthorized'));
      expect(await send('synapse', 'PUT', path, body)).toMatchObject({ status: 200, body: { principalId: AUDITOR } });
      expect(await read()).toMatchObject({ status: 200 });
      expect(await send('synapse', 'PUT', path, body)).toMatchObject(refused(409, 'RoleAssignmentAlreadyExists'));
      expect(await send('synapse', 'DELETE', path)).toMatchObject({ status: 200 });
      expect(await read()).toMatchObject(refused(403, 'Unauthorized'));
      expect(await send('synapse', 'DELETE', path)).toMatchObject({ status: 204 });
    });

    test('refuses who has no right to, and what makes no sense', async () => {
      for (const method of ['PUT', 'DELETE']) {
        expect(await send('synapse', method, path, body, 'auditor')).toMatchObject(refused(403, 'Unauthorized'));
      }
      expect(await send('synapse', 'PUT', path, { ...body, roleId: ROLE })).toMatchObject(
        refused(400, 'InvalidRequest'),
      );
    });
  });
});
