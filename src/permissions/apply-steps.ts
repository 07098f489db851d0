/** Takes the steps of a plan, one after the other. What fails holds up only what cannot be done without it. */
import type { PermissionClients } from './clients';
import { definitionOf } from './describe-step';
import { problemOf, answerOf } from './problem-of';
import type { Step } from './plan';

export type Outcome =
  /** `wasThere`: Azure says that it was like that already. */
  | { readonly step: Step; readonly status: 'done'; readonly wasThere: boolean }
  | { readonly step: Step; readonly status: 'failed'; readonly problem: string };

export interface ApplyContext {
  readonly clients: PermissionClients;
  /** Waits until a new role can be expected to be known everywhere. */
  readonly pause: () => Promise<void>;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** A new role is known everywhere only after a while; asked for before that, Azure says that there is none. */
const TRIES_WITH_NEW_ROLE = 7;

export async function applySteps(steps: readonly Step[], context: ApplyContext): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    const failed = outcomes.find((outcome) => outcome.status === 'failed' && isNeededFor(outcome.step, step));
    const outcome: Outcome =
      failed === undefined
        ? await attempt(step, context)
        : { step, status: 'failed', problem: 'Not tried, as a step that it needs failed.' };
    outcomes.push(outcome);
    context.onOutcome(outcome);
  }
  return outcomes;
}

function isNeededFor(earlier: Step, later: Step): boolean {
  return (
    (earlier.kind === 'defineRole' && later.kind === 'assignRole' && earlier.roleId === later.roleId) ||
    (earlier.kind === 'removeRole' && later.kind === 'deleteRole' && earlier.roleId === later.roleId)
  );
}

async function attempt(step: Step, context: ApplyContext): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      await take(step, context);
      return { step, status: 'done', wasThere: false };
    } catch (error) {
      if (isDoneAlready(step, error)) {
        return { step, status: 'done', wasThere: true };
      }
      const isTooEarly = step.kind === 'assignRole' && answerOf(error)?.code === 'RoleDefinitionDoesNotExist';
      if (!isTooEarly || tries === TRIES_WITH_NEW_ROLE) {
        return { step, status: 'failed', problem: problemOf(error) };
      }
    }
    await context.pause();
  }
}

async function take(step: Step, { clients: { azure, graph, graphEndpoint, synapse } }: ApplyContext): Promise<void> {
  switch (step.kind) {
    // https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments
    case 'assignAppRole': {
      const { principalId, resourceId, roleId: appRoleId } = step;
      const body = { principalId, resourceId, appRoleId };
      await graph.post(`${graphEndpoint}/v1.0/servicePrincipals/${principalId}/appRoleAssignments`, body);
      return;
    }
    case 'removeAppRole': {
      const id = encodeURIComponent(step.id);
      await graph.delete(`${graphEndpoint}/v1.0/servicePrincipals/${step.principalId}/appRoleAssignments/${id}`);
      return;
    }
    case 'defineRole': {
      const client = azure.authorizationOf(step.subscriptionId);
      await client.roleDefinitions.createOrUpdate(`subscriptions/${step.subscriptionId}`, step.roleId, {
        ...definitionOf(step),
        roleType: 'CustomRole',
      });
      return;
    }
    case 'assignRole': {
      const { subscriptionId, principalId, roleId, name } = step;
      const client = azure.authorizationOf(subscriptionId);
      await client.roleAssignments.create(`subscriptions/${subscriptionId}`, name, {
        roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
        principalId,
        // So that Azure does not look for a new identity where it is not known yet.
        principalType: 'ServicePrincipal',
      });
      return;
    }
    case 'removeRole':
      await azure.authorizationOf(step.subscriptionId).roleAssignments.deleteById(step.id.replace(/^\//, ''));
      return;
    case 'deleteRole':
      await azure
        .authorizationOf(step.subscriptionId)
        .roleDefinitions.delete(`subscriptions/${step.subscriptionId}`, step.roleId);
      return;
    // https://learn.microsoft.com/rest/api/synapse/data-plane/role-assignments/create-role-assignment
    case 'assignSynapseRole': {
      const { workspace, endpoint, principalId, roleId, name } = step;
      const scope = `workspaces/${workspace}`;
      const body = { roleId, principalId, scope, principalType: 'ServicePrincipal' };
      await synapse.put(`${endpoint}/roleAssignments/${name}?api-version=2020-12-01`, body);
      return;
    }
    case 'removeSynapseRole': {
      const scope = encodeURIComponent(`workspaces/${step.workspace}`);
      const id = encodeURIComponent(step.id);
      await synapse.delete(`${step.endpoint}/roleAssignments/${id}?api-version=2020-12-01&scope=${scope}`);
    }
  }
}

/** A request that is repeated after its answer was lost meets what it made itself; so do two runs at a time. */
function isDoneAlready({ kind }: Step, error: unknown): boolean {
  const answer = answerOf(error);
  if (answer === undefined) {
    return false;
  }
  switch (kind) {
    case 'assignAppRole':
      return answer.status === 400 && /already exists/i.test(answer.message);
    case 'assignRole':
      return answer.code === 'RoleAssignmentExists';
    case 'assignSynapseRole':
      return answer.code === 'RoleAssignmentAlreadyExists';
    case 'removeAppRole':
    case 'removeSynapseRole':
      return answer.status === 404;
    case 'defineRole':
    case 'removeRole':
    case 'deleteRole':
      return false;
  }
}
