/** Which key vaults a workspace uses, and whether it uses them. */
import type { LinkedService, Workspace } from './model';

/** Hosts of the vaults that linked services name, each once. One whose address an expression decides has none. */
export function vaultsNamedBy(linkedServices: readonly LinkedService[]): readonly string[] {
  return [...new Set(linkedServices.flatMap((one) => vaultOf(one) ?? []))];
}

/** Host of the vault that a linked service names; `null` for any other linked service. */
export function vaultOf({ type, target }: LinkedService): string | null {
  return type === 'AzureKeyVault' ? target : null;
}

/** Host of the vault with the key of the customer's that a workspace is encrypted with. */
export function keyVaultOf({ customerManagedKey }: Workspace): string | null {
  return customerManagedKey?.vault ?? null;
}

/** `contoso-kv` of `contoso-kv.vault.azure.net` */
export function vaultName(host: string): string {
  return host.split('.')[0] ?? host;
}
