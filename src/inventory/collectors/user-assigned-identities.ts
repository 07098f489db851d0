import type { ManagedServiceIdentityClient } from '@azure/arm-msi';
import type { UserAssignedIdentity } from '../model';

/** https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/list-by-subscription */
export async function listUserAssignedIdentities(
  client: ManagedServiceIdentityClient,
): Promise<UserAssignedIdentity[]> {
  const identities: UserAssignedIdentity[] = [];
  for await (const { id, name, clientId, principalId } of client.userAssignedIdentities.listBySubscription()) {
    if (!id || !name || !clientId || !principalId) {
      throw new Error(`The user-assigned identity ${name ?? id ?? '(unnamed)'} came incomplete.`);
    }
    identities.push({
      id: id.toLowerCase(),
      name,
      clientId: clientId.toLowerCase(),
      principalId: principalId.toLowerCase(),
    });
  }
  return identities;
}
