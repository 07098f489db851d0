/** How a linked service signs in, once its type and the workspace's credentials are taken into account. */
import type { LinkedService, SignInMethod, WorkspaceCredential } from '../inventory/model';
import { LINKED_SERVICE_TYPES } from './linked-service-types';
import { credentialsByName } from './lookup';

export type ResolvedSignIn =
  | { readonly method: 'systemAssignedIdentity' }
  | { readonly method: 'userAssignedIdentity'; readonly identityId: string }
  /** The credential it names is not there. */
  | { readonly method: 'missingCredential'; readonly name: string }
  | {
      readonly method: 'servicePrincipalSecret' | 'servicePrincipalCertificate';
      /** Client id; `expression` where a parameter decides it. */
      readonly appId: string;
    }
  | { readonly method: Exclude<SignInMethod, 'managedIdentity' | 'credential' | ServicePrincipalMethod | 'unstated'> };

type ServicePrincipalMethod = 'servicePrincipalSecret' | 'servicePrincipalCertificate';

/** @param credentials those of the linked service's workspace */
export function resolveSignIn(
  { type, signIn, credential, servicePrincipalId }: LinkedService,
  credentials: readonly WorkspaceCredential[],
): ResolvedSignIn {
  switch (signIn.method) {
    case 'credential':
      return byCredential(credential ?? '', credentials);
    case 'managedIdentity':
      return { method: 'systemAssignedIdentity' };
    case 'servicePrincipalSecret':
    case 'servicePrincipalCertificate':
      return { method: signIn.method, appId: servicePrincipalId ?? 'expression' };
    case 'unstated':
      return LINKED_SERVICE_TYPES[type]?.identityByDefault === true
        ? { method: 'systemAssignedIdentity' }
        : { method: 'unknown' };
    default:
      return { method: signIn.method };
  }
}

function byCredential(name: string, credentials: readonly WorkspaceCredential[]): ResolvedSignIn {
  const credential = credentialsByName(credentials).get(name.toLowerCase());
  if (credential === undefined) {
    return { method: 'missingCredential', name };
  }
  switch (credential.kind) {
    case 'managedIdentity':
      return credential.identityId === null
        ? { method: 'systemAssignedIdentity' }
        : { method: 'userAssignedIdentity', identityId: credential.identityId };
    case 'servicePrincipal':
      return { method: 'servicePrincipalSecret', appId: credential.servicePrincipalId ?? 'expression' };
    case 'other':
      return { method: 'unknown' };
  }
}
