/** What sign-in and SQL audit logs say, as their queries count it: see `queries/*.kql`. */
import type { Period } from './model';
import type { Scope, SignInSource, SourceName } from './sources';

/** Kinds of principals, each from logs of its own. */
export type SignInKind = 'user' | 'servicePrincipal' | 'managedIdentity' | 'sqlLogin';

/**
 * Sign-ins of one principal from one address with one result within one slot of time: ten minutes where they failed, an
 * hour where they succeeded. Slots are aligned to the clock, so that they don't depend on when the audit runs.
 */
export interface SignIns {
  /** Id of the scope: the ARM id (lower-cased) of the Log Analytics workspace, or its GUID where a setting names it. */
  readonly readFrom: string;
  readonly kind: SignInKind;
  /** The table that most of them are in. */
  readonly table: string;
  /** Object id, lower-cased; of a SQL login its name in lower case. Empty where the log does not say. */
  readonly principalId: string;
  /** Untrusted text. */
  readonly principalName: string;
  /** Of the client, lower-cased; of a service principal its own. Empty for SQL logins and managed identities. */
  readonly applicationId: string;
  /** Untrusted text. */
  readonly applicationName: string;
  /** What was signed in to: the resource's name, or `server/database`. Untrusted text. */
  readonly resource: string;
  /** ARM id of the Synapse workspace, lower-cased; empty where the log does not tell one. */
  readonly workspaceId: string;
  /** IPv4 or IPv6; empty where unknown. */
  readonly address: string;
  /** ISO 3166-1 alpha-2, upper case; empty where unknown. */
  readonly country: string;
  /** Untrusted text; empty where unknown. */
  readonly city: string;
  readonly position: { readonly latitude: number; readonly longitude: number } | null;
  /** Number of the autonomous system that the address belongs to; empty where unknown. */
  readonly autonomousSystem: string;
  /** Number of an AADSTS or SQL error, `0` for success; see `src/audit/sign-in-codes.ts`. */
  readonly result: string;
  /** What the log says of the result, untrusted text; empty where nothing. */
  readonly reason: string;
  /** `keyId` of the secret or certificate, lower-cased; empty where the log does not say. */
  readonly credentialKeyId: string;
  /** A person sat before it. */
  readonly interactive: boolean;
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
}

/** From which country a principal signed in with success on a day (UTC), over the two weeks before the period that is judged and in it. */
export interface SignInPlace {
  readonly readFrom: string;
  readonly kind: SignInKind;
  readonly principalId: string;
  /** ISO 3166-1 alpha-2, upper case; empty where unknown. */
  readonly country: string;
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
}

/** What of the logs concerns Synapse. Made of the inventory of a full audit, and kept for the sign-in audits after it. */
export interface SignInWatch {
  /** When its inventory was read. ISO 8601, as all times here: it is stored. */
  readonly takenAt: string;
  readonly workspaces: readonly WatchedWorkspace[];
  /** Those that Synapse uses, or that may use Synapse. */
  readonly principals: readonly WatchedPrincipal[];
  /** Secrets and certificates of these principals. */
  readonly credentials: readonly WatchedCredential[];
  /** ARM ids of the Log Analytics workspaces that diagnostic settings send to, and GUIDs of those that a setting names. */
  readonly logWorkspaceIds: readonly string[];
  /** What could not be read, so that something that concerns Synapse may be missing above. */
  readonly gaps: readonly WatchGap[];
}

/** A scope of a source that the watch is made of, and that was not read. */
export interface WatchGap {
  readonly source: SourceName;
  readonly scope: Scope;
  readonly message: string;
}

export interface WatchedWorkspace {
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly name: string;
}

export interface WatchedPrincipal {
  readonly kind: Exclude<SignInKind, 'sqlLogin'>;
  /** Object id, lower-cased; of an application without service principal in this tenant its client id. */
  readonly id: string;
  /** Client id, lower-cased; empty for users, and where it is unknown. */
  readonly applicationId: string;
  /** Untrusted text. */
  readonly name: string;
  /** `null`: unknown. */
  readonly enabled: boolean | null;
  /** Names of the workspaces it may use or that use it. */
  readonly workspaces: readonly string[];
}

export interface WatchedCredential {
  /** Lower-cased. */
  readonly keyId: string;
  readonly kind: 'secret' | 'certificate';
  /** Untrusted text; empty where it has none. */
  readonly name: string;
  /** Client id of the application, lower-cased. */
  readonly applicationId: string;
  /** ISO 8601; `null`: it never ends. */
  readonly endsAt: string | null;
}

/** Which period of a source is read in a Log Analytics workspace, by the id of its scope. */
export type PeriodOf = (source: SignInSource, scopeId: string) => Period;
