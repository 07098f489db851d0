/** A step in words, and as a command that an administrator can run instead. Pure. */
import { singleLine } from '../alerts/safe-text';
import { counted } from '../audit/wording';
import type { Cloud } from '../clouds';
import type { Step } from './plan';

const LONGEST_NAME = 120;

/** Of Azure RBAC; what the SDK sends, too. */
const AUTHORIZATION_VERSION = '2022-04-01';
export const ROLE_DESCRIPTION =
  'Reads what decides whether authentication to Azure Synapse works. Reads no data and no secrets.';

/** What a step does, in one line. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'assignAppRole':
      return `Microsoft Graph: grant ${step.permission}`;
    case 'removeAppRole':
      return `Microsoft Graph: take back ${step.permission}`;
    case 'defineRole':
      return `Azure: ${step.exists ? 'change' : 'create'} the role ${shown(step.roleName)}, so that it has the ${counted(step.actions.length, 'read action')} needed and no others`;
    case 'assignRole':
      return `Azure: assign the role ${shown(step.roleName)} in ${subscription(step)}`;
    case 'removeRole':
      return `Azure: take back the role ${shown(step.roleName)} in ${subscription(step)}`;
    case 'deleteRole':
      return `Azure: delete the role ${shown(step.roleName)}`;
    case 'assignSynapseRole':
      return `Synapse: assign the role ${shown(step.roleName)} in workspace ${shown(step.workspace)}`;
    case 'removeSynapseRole':
      return `Synapse: take back the role ${shown(step.roleName)} in workspace ${shown(step.workspace)}`;
  }
}

/** Who may do it. */
export function whoMay(step: Step): string {
  switch (step.kind) {
    case 'assignAppRole':
    case 'removeAppRole':
      return 'a Privileged Role Administrator of the tenant';
    case 'defineRole':
    case 'assignRole':
    case 'removeRole':
    case 'deleteRole':
      return 'an Owner or User Access Administrator of the subscription';
    case 'assignSynapseRole':
    case 'removeSynapseRole':
      return 'a Synapse Administrator of the workspace, from an address that its firewall lets in';
  }
}

/** The same by the Azure CLI, for a POSIX shell. It has ids where names could be ambiguous. */
export function commandOf(
  step: Step,
  { graph, graphAudience, resourceManager, resourceManagerAudience }: Cloud,
): string {
  const ofGraph = (method: string, path: string, body?: unknown): string =>
    rest(method, `${graph}/v1.0/servicePrincipals/${path}`, graphAudience, body);
  const ofRole = (
    method: string,
    { subscriptionId, roleId }: Extract<Step, { subscriptionId: string }>,
    body?: unknown,
  ) =>
    rest(
      method,
      `${resourceManager}/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleId}?api-version=${AUTHORIZATION_VERSION}`,
      resourceManagerAudience,
      body,
    );
  switch (step.kind) {
    case 'assignAppRole': {
      const { principalId, resourceId, roleId: appRoleId } = step;
      return ofGraph('POST', `${principalId}/appRoleAssignments`, { principalId, resourceId, appRoleId });
    }
    case 'removeAppRole':
      return ofGraph('DELETE', `${step.principalId}/appRoleAssignments/${encodeURIComponent(step.id)}`);
    case 'defineRole':
      return ofRole('PUT', step, { properties: { ...definitionOf(step), type: 'CustomRole' } });
    case 'assignRole':
      return az('role assignment create', {
        '--assignee-object-id': step.principalId,
        '--assignee-principal-type': 'ServicePrincipal',
        '--role': step.roleId,
        '--scope': `/subscriptions/${step.subscriptionId}`,
      });
    case 'removeRole':
      return az('role assignment delete', { '--ids': step.id });
    case 'deleteRole':
      return ofRole('DELETE', step);
    case 'assignSynapseRole':
      return az('synapse role assignment create', {
        '--workspace-name': step.workspace,
        '--role': step.roleId,
        '--assignee-object-id': step.principalId,
        '--assignee-principal-type': 'ServicePrincipal',
      });
    case 'removeSynapseRole':
      return az('synapse role assignment delete', {
        '--workspace-name': step.workspace,
        '--ids': step.id,
        '--yes': '',
      });
  }
}

/** The custom role that a step defines, as Azure takes it. */
export function definitionOf({ roleName, actions, assignableScopes }: Extract<Step, { kind: 'defineRole' }>) {
  return {
    roleName,
    description: ROLE_DESCRIPTION,
    assignableScopes: [...assignableScopes],
    permissions: [{ actions: [...actions], notActions: [], dataActions: [], notDataActions: [] }],
  };
}

function subscription({
  subscriptionName,
  subscriptionId,
}: {
  subscriptionName: string;
  subscriptionId: string;
}): string {
  return `subscription ${shown(subscriptionName)} (${subscriptionId})`;
}

function rest(method: string, url: string, audience: string, body?: unknown): string {
  return az('rest', {
    '--method': method,
    '--url': url,
    '--resource': audience,
    ...(body === undefined ? {} : { '--body': JSON.stringify(body) }),
  });
}

function az(command: string, options: Readonly<Record<string, string>>): string {
  const words = Object.entries(options).flatMap(([name, value]) => (value === '' ? [name] : [name, quoted(value)]));
  return ['az', command, ...words].join(' ');
}

/** As one word for a POSIX shell, whatever is in it. Control characters have no place in a command that is copied. */
function quoted(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
  return /^[\w.:/@-]+$/.test(clean) ? clean : `'${clean.replace(/'/g, `'\\''`)}'`;
}

function shown(name: string): string {
  return singleLine(name, LONGEST_NAME);
}
