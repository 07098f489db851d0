/** What sign-in and SQL audit logs say, as their queries count it: see `queries/*.kql`. */

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

/** From where a principal signed in with success over the last weeks. */
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
