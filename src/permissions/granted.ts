/** What an identity was granted, as far as it could be looked at. Ids are in lower case. */
import type { Role } from '../inventory/model';

/** `problem`: one sentence that says why it could not be looked at. */
export type Looked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

export interface Granted {
  /** The identity's service principal. */
  readonly principal: { readonly id: string; readonly name: string };
  readonly graph: Looked<GraphRights>;
  readonly subscriptions: readonly SubscriptionRights[];
  readonly workspaces: readonly WorkspaceRights[];
  /** What could not even be listed. */
  readonly unlisted: readonly { readonly where: string; readonly problem: string }[];
}

export interface GraphRights {
  /** Object id of Microsoft Graph's own service principal in this tenant. */
  readonly resourceId: string;
  /** Id of each app role by its value. */
  readonly roleIds: ReadonlyMap<string, string>;
  /** App roles of Microsoft Graph that the identity has. */
  readonly assignments: readonly { readonly id: string; readonly roleId: string }[];
}

export interface SubscriptionRights {
  readonly id: string;
  readonly name: string;
  readonly rights: Looked<AzureRights>;
}

export interface AzureRights {
  /** Those that can be assigned in the subscription. */
  readonly roles: readonly AzureRole[];
  /** Those at the subscription or above it that reach the identity, by way of groups too. */
  readonly assignments: readonly AzureAssignment[];
}

export interface AzureRole extends Role {
  /** ARM ids. */
  readonly assignableScopes: readonly string[];
}

export interface AzureAssignment {
  /** ARM id. */
  readonly id: string;
  readonly principalId: string;
  readonly roleId: string;
  readonly scope: string;
  readonly isConditional: boolean;
}

export interface WorkspaceRights {
  readonly name: string;
  /** Address of the data plane, without a slash at its end. */
  readonly endpoint: string;
  readonly rights: Looked<SynapseRights>;
}

export interface SynapseRights {
  readonly roles: readonly Role[];
  /** Those of the identity itself. */
  readonly assignments: readonly { readonly id: string; readonly roleId: string; readonly scope: string }[];
}
