/** Routes of Azure Resource Manager that define and assign roles: https://learn.microsoft.com/rest/api/authorization */
import * as z from 'zod';
import type { Scenario } from '../scenarios/schema';
import { guidOf } from '../scenarios/symbolic-id';
import type { AzureAssignment } from './grants';
import { subscriptionIdOf } from './resource-ids';
import type { AzureRole } from './roles';
import type { Answer, Call, Tenant } from './service';

type Subscription = Scenario['subscriptions'][number];

interface RoleChangeParts {
  readonly tenant: Tenant;
  readonly forbidden: (action: string, scope: string) => Answer;
  readonly error: (code: string, message: string) => unknown;
  readonly roleObject: (role: AzureRole, subscription: Subscription) => unknown;
  readonly assignmentObject: (assignment: AzureAssignment, subscription: Subscription) => unknown;
}

interface RoleChangeRoute {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  readonly versions: readonly string[];
  readonly answer: (call: Call, subscription: Subscription) => Answer;
}

const names = z.array(z.string()).default([]);
const definition = z.object({
  properties: z.object({
    roleName: z.string().min(1),
    type: z.literal('CustomRole'),
    assignableScopes: z.array(z.string()).min(1),
    permissions: z
      .array(z.object({ actions: names, notActions: names, dataActions: names, notDataActions: names }))
      .length(1),
  }),
});
const assignment = z.object({
  properties: z.object({
    roleDefinitionId: z.string(),
    principalId: z.guid(),
    principalType: z.enum(['User', 'Group', 'ServicePrincipal']),
  }),
});

const VERSIONS = ['2022-04-01'];
const pathOf = (type: string): RegExp =>
  new RegExp(`^/subscriptions/([^/]+)/providers/Microsoft\\.Authorization/${type}/([^/]+)$`, 'i');

/** Of definitions and assignments at a subscription. */
export function roleChangeRoutes(parts: RoleChangeParts): RoleChangeRoute[] {
  const { tenant, forbidden, error, roleObject, assignmentObject } = parts;
  const { grants } = tenant;

  const route = (
    method: RoleChangeRoute['method'],
    type: 'roleDefinitions' | 'roleAssignments',
    answer: (id: string, call: Call, subscription: Subscription) => Answer,
  ): RoleChangeRoute => ({
    method,
    path: pathOf(type),
    versions: VERSIONS,
    answer: (call, subscription) => {
      const right = { GET: 'read', PUT: 'write', DELETE: 'delete' }[method];
      return tenant.caller === 'administrator'
        ? answer(pathOf(type).exec(call.path)?.[2]?.toLowerCase() ?? '', call, subscription)
        : forbidden(`Microsoft.Authorization/${type}/${right}`, subscriptionIdOf(subscription.id));
    },
  });
  const invalid = (code: string, message: string, status = 400): Answer => ({ status, body: error(code, message) });
  const setRoles = (roles: readonly AzureRole[]): void => {
    grants.azureRoles = roles;
    grants.version += 1;
  };
  const setAssignments = (assignments: readonly AzureAssignment[]): void => {
    grants.azureAssignments = assignments;
    grants.version += 1;
  };

  return [
    route('GET', 'roleDefinitions', (id, _, subscription) => {
      const role = grants.azureRoles.find((each) => each.id === id);
      return role
        ? { status: 200, body: roleObject(role, subscription) }
        : invalid('RoleDefinitionDoesNotExist', `The specified role definition with ID '${id}' does not exist.`, 404);
    }),
    route('PUT', 'roleDefinitions', (id, call, subscription) => {
      const parsed = definition.safeParse(call.body);
      if (!parsed.success) return invalid('InvalidRoleDefinition', 'The role definition is not valid.');
      const { roleName, assignableScopes, permissions } = parsed.data.properties;
      if (grants.azureRoles.some((each) => each.name === roleName && each.id !== id)) {
        const message = `A custom role with the same name already exists in this directory. Use a different name: '${roleName}'.`;
        return invalid('RoleDefinitionWithSameNameExists', message, 409);
      }
      const symbols = assignableScopes.flatMap((scope) =>
        tenant.scenario.subscriptions.filter((each) => subscriptionIdOf(each.id) === scope).map((each) => each.id),
      );
      if (symbols.length < assignableScopes.length) {
        return invalid('LinkedInvalidPropertyId', 'An assignable scope is not the id of a subscription.');
      }
      const known = grants.azureRoles.find((each) => each.id === id);
      const [permission] = permissions;
      if (!permission || known?.builtIn) return invalid('InvalidRoleDefinition', 'The role definition is not valid.');
      const role = { id, name: roleName, builtIn: false, subscriptions: symbols, permission };
      setRoles([...grants.azureRoles.filter((each) => each !== known), role]);
      return { status: 201, body: roleObject(role, subscription) };
    }),
    route('DELETE', 'roleDefinitions', (id, _, subscription) => {
      const role = grants.azureRoles.find((each) => each.id === id);
      if (!role) return { status: 204 };
      if (grants.azureAssignments.some(({ roleId }) => roleId === id)) {
        const message = `There are existing role assignments referencing role (code: ${id}).`;
        return invalid('RoleDefinitionHasAssignments', message);
      }
      setRoles(grants.azureRoles.filter((each) => each !== role));
      return { status: 200, body: roleObject(role, subscription) };
    }),
    route('PUT', 'roleAssignments', (name, call, subscription) => {
      const parsed = assignment.safeParse(call.body);
      if (!parsed.success) return invalid('InvalidCreateRoleAssignmentRequest', 'The request body is not valid.');
      const { roleDefinitionId, principalId, principalType } = parsed.data.properties;
      const roleId = roleDefinitionId.slice(roleDefinitionId.lastIndexOf('/') + 1).toLowerCase();
      const role = grants.azureRoles.find((each) => each.id === roleId);
      if (!role || !(role.builtIn || role.subscriptions.includes(subscription.id))) {
        const message = `The specified role definition with ID '${roleId}' does not exist.`;
        return invalid('RoleDefinitionDoesNotExist', message, 404);
      }
      const scopeId = subscriptionIdOf(subscription.id);
      const isSame = (each: AzureAssignment): boolean =>
        each.roleId === roleId && guidOf(each.principal) === principalId && each.scopeId === scopeId;
      if (grants.azureAssignments.some(isSame)) {
        return invalid('RoleAssignmentExists', 'The role assignment already exists.', 409);
      }
      if (grants.azureAssignments.some((each) => each.name === name)) {
        const message = 'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.';
        return invalid('RoleAssignmentUpdateNotPermitted', message);
      }
      const added = {
        name,
        principal: principalId,
        principalType,
        role: role.name,
        scope: subscription.id,
        condition: null,
        scopeId,
        roleId,
      };
      setAssignments([...grants.azureAssignments, added]);
      return { status: 201, body: assignmentObject(added, subscription) };
    }),
    route('DELETE', 'roleAssignments', (name, _, subscription) => {
      const known = grants.azureAssignments.find((each) => each.name === name);
      if (!known) return { status: 204 };
      setAssignments(grants.azureAssignments.filter((each) => each !== known));
      return { status: 200, body: assignmentObject(known, subscription) };
    }),
  ];
}
