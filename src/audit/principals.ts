/** Applications and service principals seen as what they are to whoever signs in: one principal with its credentials. */
import type { Application, Credential, ServicePrincipal } from '../inventory/model';
import { remembered } from './remembered';

/** An application and its service principal in this tenant: one client id, and the credentials of either sign in both. */
export interface Principal {
  readonly appId: string;
  /** `undefined`: the application is registered in another tenant. */
  readonly application: Application | undefined;
  /** `undefined`: the application was never signed in to this tenant, so it can hold no role. */
  readonly servicePrincipal: ServicePrincipal | undefined;
}

export interface HeldCredential {
  readonly credential: Credential;
  readonly holder: 'application' | 'servicePrincipal';
  /** Object id of the holder. */
  readonly holderId: string;
  readonly holderName: string;
}

/** Joined by client id, without managed identities: the platform rotates their credentials. */
export const principalsOf = remembered(joinByClientId);

function joinByClientId(
  applications: readonly Application[],
  servicePrincipals: readonly ServicePrincipal[],
): readonly Principal[] {
  const principals = new Map<string, Principal>();
  for (const application of applications) {
    const { appId } = application;
    principals.set(appId, { appId, application, servicePrincipal: undefined });
  }
  for (const servicePrincipal of servicePrincipals) {
    if (servicePrincipal.kind !== 'managedIdentity') {
      const { appId } = servicePrincipal;
      principals.set(appId, { appId, application: principals.get(appId)?.application, servicePrincipal });
    }
  }
  return [...principals.values()];
}

/** The credentials of one kind; one that stands on both objects counts once, as the application's. */
export function credentialsOf(principal: Principal, kind: Credential['kind']): readonly HeldCredential[] {
  const held = new Map<string, HeldCredential>();
  for (const holder of ['application', 'servicePrincipal'] as const) {
    const object = principal[holder];
    if (object !== undefined) {
      for (const credential of object.credentials.filter((one) => one.kind === kind && !held.has(one.keyId))) {
        held.set(credential.keyId, { credential, holder, holderId: object.id, holderName: object.displayName });
      }
    }
  }
  return [...held.values()];
}

/** `true` where sign-ins fail whatever the credential: the service principal is disabled, or Microsoft disabled the application. */
export function isDisabled({ application, servicePrincipal }: Principal): boolean {
  return application?.disabledByMicrosoft === true || servicePrincipal?.enabled === false;
}
