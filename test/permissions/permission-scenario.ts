import { parseScenario } from '../../sandbox/scenarios/load-scenario';
import healthy from '../../sandbox/scenarios/healthy.json';
import type { Scenario } from '../../sandbox/scenarios/schema';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import { neededIn } from '../../src/permissions/needed';

export const AUDITOR = guidOf('mi:auth-auditor');
export const SUBSCRIPTION = guidOf('sub:fabrikam');
export const ROLE = 'Synapse Authentication Auditor (fabrikam)';
export const WORKSPACES = ['fabrikam-orders', 'fabrikam-reports'];

export interface Held {
  readonly graph: readonly string[];
  /** Actions of the role that the templates make; `null`: the auditor does not have it. */
  readonly actions: readonly string[] | null;
  /** Synapse role by workspace. */
  readonly synapse: Readonly<Record<string, string>>;
}

/** As the templates and a run of grant leave it. */
export const EVERYTHING: Held = {
  graph: neededIn('Microsoft Graph'),
  actions: neededIn('Azure RBAC'),
  synapse: Object.fromEntries(WORKSPACES.map((name) => [name, 'Synapse Artifact User'])),
};
export const NOTHING: Held = { graph: [], actions: null, synapse: {} };

/** The healthy tenant, with an auditor who may read what it holds and nothing else. Pages are large, to be read quickly. */
export function scenarioOf(held: Held, more: Readonly<Record<string, unknown>> = {}): Scenario {
  return parseScenario(
    {
      extends: 'healthy',
      name: 'permissions',
      paging: { graph: 999, resourceManager: 1000, synapse: 1000 },
      appRoleAssignments: [],
      auditor: { identity: 'mi:auth-auditor', graphPermissions: held.graph },
      customRoles:
        held.actions === null ? [] : [{ name: ROLE, subscriptions: ['sub:fabrikam'], actions: held.actions }],
      azureRoleAssignments: [
        ...healthy.azureRoleAssignments.filter(({ principal }) => principal !== 'mi:auth-auditor'),
        ...(held.actions === null ? [] : [{ principal: 'mi:auth-auditor', role: ROLE, scope: 'sub:fabrikam' }]),
      ],
      workspaces: healthy.workspaces.map((workspace) => {
        const role = held.synapse[workspace.name];
        const own = role === undefined ? [] : [{ principal: 'mi:auth-auditor', role }];
        return { ...workspace, roleAssignments: [...workspace.roleAssignments, ...own] };
      }),
      ...more,
    },
    'permissions',
  );
}
