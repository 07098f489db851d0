/** Who takes which secret from which key vault: linked services, and credentials of workspaces on behalf of others. */
import type { KeyVaultReference, LinkedService, WorkspaceCredential } from '../inventory/model';
import { vaultOf } from '../inventory/vaults';
import { credentialsByName, group } from './lookup';

/** A linked service or credential that takes a secret from a vault. */
export interface SecretUser {
  readonly kind: 'linkedService' | 'workspaceCredential';
  /** ARM id (lower-cased) of the workspace. */
  readonly readFrom: string;
  readonly name: string;
  /** The linked services that connect with the secret: itself, or those that use the credential. */
  readonly linkedServices: readonly LinkedService[];
  readonly reference: KeyVaultReference;
  /** Host of the vault; `null`: an expression decides it, or the linked service of the vault is not there. */
  readonly vault: string | null;
}

/** One for each reference. Names of artifacts are compared without case. */
export function secretUsers(
  linkedServices: readonly LinkedService[],
  credentials: readonly WorkspaceCredential[],
): readonly SecretUser[] {
  const places = group(linkedServices.map((one) => [one.readFrom, one]));
  const ownCredentials = group(credentials.map((one) => [one.readFrom, one]));
  return [...new Set([...places.keys(), ...ownCredentials.keys()])].flatMap((readFrom) => {
    const services = places.get(readFrom) ?? [];
    const byName = new Map(services.map((one) => [one.name.toLowerCase(), one]));
    const known = credentialsByName(ownCredentials.get(readFrom) ?? []);
    const userOf = (
      kind: SecretUser['kind'],
      name: string,
      users: readonly LinkedService[],
      references: readonly KeyVaultReference[],
    ): readonly SecretUser[] =>
      references.map((reference) => {
        const vault = byName.get(reference.linkedService.toLowerCase());
        return {
          kind,
          readFrom,
          name,
          linkedServices: users,
          reference,
          vault: vault === undefined ? null : vaultOf(vault),
        };
      });
    return [
      ...services.flatMap((one) => userOf('linkedService', one.name, [one], one.keyVaultReferences)),
      ...[...known.values()].flatMap(({ name, keyVaultReferences }) => {
        const users = services.filter(({ credential }) => credential?.toLowerCase() === name.toLowerCase());
        return userOf('workspaceCredential', name, users, keyVaultReferences);
      }),
    ];
  });
}
