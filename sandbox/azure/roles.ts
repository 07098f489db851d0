import { guidOf } from '../scenarios/symbolic-id';
import type { Scenario } from '../scenarios/schema';
import azureDefinitions from './azure-role-definitions.json';
import synapseDefinitions from './synapse-role-definitions.json';

export interface AzureRole {
  readonly id: string;
  readonly name: string;
  readonly builtIn: boolean;
  /** Symbolic ids of the subscriptions a custom role may be assigned in. */
  readonly subscriptions: readonly string[];
  readonly permission: {
    readonly actions: readonly string[];
    readonly notActions: readonly string[];
    readonly dataActions: readonly string[];
    readonly notDataActions: readonly string[];
  };
}

export interface SynapseRole {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly dataActions: readonly string[];
  readonly scopes: readonly string[];
}

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const BUILT_IN_AZURE_ROLES: readonly AzureRole[] = azureDefinitions.map(({ id, name, ...permission }) => ({
  id,
  name,
  builtIn: true,
  subscriptions: [],
  permission,
}));

/**
 * Names as the service gives them ("Apache Spark Administrator", not as documented with "Synapse" before it). The GUID
 * of Synapse Monitoring Operator is not published; it is made up here, so nothing may rely on it.
 * https://learn.microsoft.com/azure/synapse-analytics/security/synapse-workspace-synapse-rbac-roles
 */
export const SYNAPSE_ROLES: readonly SynapseRole[] = synapseDefinitions.map((role) => ({
  ...role,
  id: guidOf(role.id),
}));

/** The built-in roles of Azure and the custom ones of this tenant. */
export function azureRolesOf(customRoles: Scenario['customRoles']): readonly AzureRole[] {
  return [
    ...BUILT_IN_AZURE_ROLES,
    ...customRoles.map(({ name, subscriptions, ...permission }) => ({
      id: guidOf(`role:${name}`),
      name,
      builtIn: false,
      subscriptions,
      permission,
    })),
  ];
}
