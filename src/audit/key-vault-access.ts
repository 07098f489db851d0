/**
 * What a principal may do in a key vault: by Azure RBAC or by access policies, never both.
 * https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy
 */
import type { Group, KeyVault, KeyVaultAccessPolicy, RoleAssignment } from '../inventory/model';
import { subscriptionIn } from '../inventory/arm-id';
import { describeRole, groupsByMember, rolesHeldBy } from './lookup';
import { coversResource, grantsAction, grantsDataAction } from './rbac';
import { command, steps } from './wording';

/** A right in a vault, as access policies and as roles name it. */
export interface VaultRight {
  readonly kind: 'keys' | 'secrets';
  readonly name: string;
  readonly dataAction: string;
}

export const READ_SECRET: VaultRight = {
  kind: 'secrets',
  name: 'get',
  dataAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
};

/** What encrypting with a key of the customer’s takes. */
export const WRAP_KEYS: readonly VaultRight[] = [
  { kind: 'keys', name: 'get', dataAction: 'Microsoft.KeyVault/vaults/keys/read' },
  { kind: 'keys', name: 'wrapKey', dataAction: 'Microsoft.KeyVault/vaults/keys/wrap/action' },
  { kind: 'keys', name: 'unwrapKey', dataAction: 'Microsoft.KeyVault/vaults/keys/unwrap/action' },
];

export interface VaultAccess {
  /** Names of rights that nothing grants. */
  readonly missing: readonly string[];
  /** Names of rights that are granted under a condition only, which is not evaluated. */
  readonly conditional: readonly string[];
  /** What grants something, in words. */
  readonly through: readonly string[];
  /** What looks as if it granted something, in words: that which does not count in this vault. */
  readonly inVain: readonly string[];
}

interface AccessFacts {
  readonly azureRoleAssignments: readonly RoleAssignment[];
  readonly groups: readonly Group[];
}

/**
 * @param itemId ARM id of the secret or key; a role may be assigned on it alone
 * @param facts assignments of the vault's subscription, and the groups that hold them or are in its access policies
 */
export function accessTo(
  vault: KeyVault,
  itemId: string,
  principalId: string,
  rights: readonly VaultRight[],
  { azureRoleAssignments, groups }: AccessFacts,
): VaultAccess {
  const roles = rolesHeldBy(principalId, azureRoleAssignments, groups).filter(({ assignment }) =>
    coversResource(assignment, itemId),
  );
  const giving = roles.filter(({ assignment: { role } }) =>
    rights.some(({ dataAction }) => grantsDataAction(role, dataAction)),
  );
  const ids = [principalId, ...(groupsByMember(groups).get(principalId) ?? []).map(({ id }) => id)];
  const policies = vault.accessPolicies.filter(
    (policy) =>
      // An entry with an application counts only for what that application does for the principal.
      policy.applicationId === null &&
      ids.includes(policy.principalId) &&
      rights.some((right) => allows(policy, right)),
  );
  const describedPolicies = policies.map((policy) => describePolicy(policy, rights, principalId));
  if (!vault.rbac) {
    return {
      missing: namesOf(rights.filter((right) => !policies.some((policy) => allows(policy, right)))),
      conditional: [],
      through: describedPolicies,
      inVain: giving.map(describeRole),
    };
  }
  const grants = ({ dataAction }: VaultRight, among: typeof giving): boolean =>
    among.some(({ assignment: { role } }) => grantsDataAction(role, dataAction));
  const unconditional = giving.filter(({ assignment }) => assignment.condition === null);
  const managing = roles.filter(
    (held) => !giving.includes(held) && grantsAction(held.assignment.role, 'Microsoft.KeyVault/vaults/write'),
  );
  return {
    missing: namesOf(rights.filter((right) => !grants(right, giving))),
    conditional: namesOf(rights.filter((right) => grants(right, giving) && !grants(right, unconditional))),
    through: giving.map(describeRole),
    inVain: [...managing.map(describeRole), ...describedPolicies],
  };
}

/** `closed`: whoever is not in a network that its rules name, nor at a private endpoint, is refused. */
export function describeNetwork(vault: KeyVault): 'all networks' | 'trusted services' | 'private endpoints' | 'closed' {
  if (vault.openToAllNetworks) {
    return 'all networks';
  }
  if (vault.trustsMicrosoftServices) {
    return 'trusted services';
  }
  return vault.approvedPrivateEndpoints > 0 ? 'private endpoints' : 'closed';
}

/**
 * How to give a principal rights in a vault. The command for access policies replaces what the principal has of that kind,
 * so that its other permissions are named in it.
 * https://learn.microsoft.com/cli/azure/keyvault#az-keyvault-set-policy
 *
 * @param role built-in role that grants them
 */
export function grantAccess(vault: KeyVault, principalId: string, role: string, rights: readonly VaultRight[]): string {
  if (vault.rbac) {
    return steps(
      `Assign ${role}:`,
      command`az role assignment create --role ${role} --assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --scope ${vault.id}`,
      'It takes some minutes to work.',
    );
  }
  const kind = rights[0]?.kind ?? 'secrets';
  const own = vault.accessPolicies.find(
    (policy) => policy.applicationId === null && policy.principalId === principalId,
  );
  const names = [...new Set([...(own?.[kind] ?? []), ...namesOf(rights).map((name) => name.toLowerCase())])];
  const option = kind === 'secrets' ? '--secret-permissions' : '--key-permissions';
  return steps(
    `Put it into the vault’s access policies with ${namesOf(rights).join(', ')} on ${kind}:`,
    `${command`az keyvault set-policy --name ${vault.name} --subscription ${subscriptionIn(vault.id)} --object-id ${principalId}`} ${option} ${names.join(' ')}`,
  );
}

/** The command that changes a setting of a vault. */
export function updateVault(vault: KeyVault, option: string): string {
  return `${command`az keyvault update --name ${vault.name} --subscription ${subscriptionIn(vault.id)}`} ${option}`;
}

function allows(policy: KeyVaultAccessPolicy, { kind, name }: VaultRight): boolean {
  return policy[kind].includes(name.toLowerCase()) || policy[kind].includes('all');
}

function namesOf(rights: readonly VaultRight[]): readonly string[] {
  return rights.map(({ name }) => name);
}

function describePolicy(policy: KeyVaultAccessPolicy, rights: readonly VaultRight[], principalId: string): string {
  const given = namesOf(rights.filter((right) => allows(policy, right))).join(', ');
  const through = policy.principalId === principalId ? '' : ` through group ${policy.principalId}`;
  return `access policy with ${given} on ${rights[0]?.kind ?? ''}${through}`;
}
