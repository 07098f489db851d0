/**
 * The facts an audit is judged on: small, plain, read-only objects. Collectors turn API answers into these at the edge;
 * nothing further in knows a wire format. Ids that Azure compares without case are lower-cased by the collectors.
 */

/** A secret or certificate of an application or service principal. Never holds the secret, its hint or a key. */
export interface Credential {
  /** Provider key of the credential; stable however it is renamed. */
  readonly keyId: string;
  readonly kind: 'secret' | 'certificate';
  readonly displayName: string | null;
  readonly startsAt: Date | null;
  /** `null`: the credential never expires. */
  readonly endsAt: Date | null;
  /** What a certificate is for. A SAML signing pair is folded into one `samlSigning` certificate by the collector. */
  readonly usage: 'signIn' | 'samlSigning';
}

export interface Owner {
  readonly id: string;
  readonly name: string;
  readonly mail: string | null;
  /** `null`: Graph did not say (the permission to read users is missing). */
  readonly enabled: boolean | null;
}

/** An app registration of this tenant. */
export interface Application {
  /** Object id. */
  readonly id: string;
  /** Client id, shared with its service principal. */
  readonly appId: string;
  readonly displayName: string;
  /** `null`: Graph did not say. */
  readonly createdAt: Date | null;
  readonly credentials: readonly Credential[];
  readonly owners: readonly Owner[];
  /** Set where Microsoft itself disabled the application. */
  readonly disabledByMicrosoft: boolean;
  /** What people wrote about it, whom to tell by `NotifyEmail=` perhaps. Untrusted text. */
  readonly notes: string | null;
}

export interface ServicePrincipal {
  /** Object id: what role assignments name. */
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly kind: 'application' | 'managedIdentity' | 'other';
  /** Credentials on the principal itself; empty for managed identities, whose certificates the platform rotates. */
  readonly credentials: readonly Credential[];
  /** ARM id of the resource that a managed identity belongs to, lower-cased. */
  readonly managedBy: string | null;
}

/** A service principal in the directory's recycle bin; restorable for 30 days. */
export interface DeletedServicePrincipal {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly deletedAt: Date | null;
}

export interface User {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly guest: boolean;
  readonly enabled: boolean;
}

/** A group that holds a role, with everybody in it, nested groups flattened. */
export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly users: readonly User[];
  readonly servicePrincipalIds: readonly string[];
}

export interface Subscription {
  readonly id: string;
  readonly name: string;
}

export interface UserAssignedIdentityReference {
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly clientId: string | null;
  readonly principalId: string | null;
}

/** A Synapse workspace as Azure Resource Manager describes it. */
export interface Workspace {
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Base address of the data plane as Azure gives it, a path in it included, without trailing slash. */
  readonly devEndpoint: string | null;
  readonly identity: {
    readonly systemAssigned: boolean;
    readonly principalId: string | null;
    readonly tenantId: string | null;
    readonly userAssigned: readonly UserAssignedIdentityReference[];
  };
  /** The lake the workspace was created with. */
  readonly defaultStorage: {
    readonly accountName: string;
    readonly filesystem: string;
    /** ARM id of the account, lower-cased; older workspaces don't say it. */
    readonly accountId: string | null;
  } | null;
  /** The key of the customer's that its data is encrypted with beside Azure's own; `null`: none. */
  readonly customerManagedKey: {
    /** `Consistent` where all parts of the workspace use it; `null`: Azure does not say. */
    readonly status: string | null;
    /** Host of the vault, lower-cased. */
    readonly vault: string;
    readonly keyName: string;
    /** ARM id (lower-cased) of the user-assigned identity that reads it; `null`: the workspace's own. */
    readonly identityId: string | null;
  } | null;
  /** `Normal`, or what else Azure calls it (`Connected`: its SQL belongs to a logical server); `null`: it does not say. */
  readonly workspaceType: string | null;
  /** The workspace's own word on Entra-only authentication; `null`: none. */
  readonly entraOnlyAuthentication: boolean | null;
  /** `null`: Azure does not say. */
  readonly publicNetworkAccess: boolean | null;
  /** Private endpoints whose connection is approved. */
  readonly approvedPrivateEndpoints: number;
}

export interface UserAssignedIdentity {
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly principalId: string;
}

/** Where a storage account of that name is; names are unique in all of Azure. */
export interface StorageAccount {
  readonly name: string;
  /** ARM id, lower-cased. */
  readonly id: string;
}

/** The service principal that the auditor runs as. */
export interface AuditorIdentity {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly enabled: boolean;
  /** Application permissions it holds. */
  readonly appRoles: readonly {
    /** Of the assignment. */
    readonly id: string;
    /** Value of a permission of Microsoft Graph, such as `User.Read.All`; `null`: it is another one. */
    readonly graphPermission: string | null;
    readonly name: string;
  }[];
}

/** How the storage account that keeps the auditor's state may be reached. */
export interface AuditorStorage {
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly name: string;
  /** Whether a key of the account opens it. */
  readonly sharedKeys: boolean;
  /** Whether containers may be opened to everybody. */
  readonly publicBlobs: boolean;
  /** `TLS1_2`, as Azure writes it. */
  readonly leastTls: string;
  readonly httpsOnly: boolean;
}

/** A key vault that workspaces use, without anything that is kept in it. */
export interface KeyVault {
  /** Host of its address, lower-cased: what linked services and workspaces name it by. */
  readonly host: string;
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly name: string;
  /** Azure RBAC decides who may read what is in it; otherwise its access policies do. */
  readonly rbac: boolean;
  readonly accessPolicies: readonly KeyVaultAccessPolicy[];
  /** Nobody can delete a key for good before its time. */
  readonly purgeProtection: boolean;
  /** Its firewall lets every network in. */
  readonly openToAllNetworks: boolean;
  /** Its firewall lets Microsoft's trusted services in. */
  readonly trustsMicrosoftServices: boolean;
  readonly approvedPrivateEndpoints: number;
}

export interface KeyVaultAccessPolicy {
  /** Object id of a principal or group. */
  readonly principalId: string;
  /** Only together with this application; `null`: by itself. */
  readonly applicationId: string | null;
  /** Lower-cased: `get`, `wrapkey`; `all`. */
  readonly keys: readonly string[];
  readonly secrets: readonly string[];
}

/** The newest version of a secret or key; certificates are kept as secrets. Never holds what is kept in it. */
export interface KeyVaultItem {
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly startsAt: Date | null;
  /** `null`: nobody gave it an end. */
  readonly endsAt: Date | null;
  /** Of a certificate `application/x-pkcs12` or `application/x-pem-file`. */
  readonly contentType: string | null;
}

/** All secrets, or all keys, of one vault: there is one of these for each vault that was read, however empty. */
export interface KeyVaultItems {
  readonly vault: Pick<KeyVault, 'host' | 'id' | 'name'>;
  readonly items: readonly KeyVaultItem[];
}

export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

export interface Role {
  /** GUID of the definition. */
  readonly id: string;
  readonly name: string;
  readonly builtIn: boolean;
  readonly permissions: readonly Permission[];
}

export type PrincipalKind = 'user' | 'group' | 'servicePrincipal' | 'other' | 'unknown';

/** A role assignment of Azure RBAC or of Synapse RBAC, its role definition already looked up. */
export interface RoleAssignment {
  readonly system: 'azure' | 'synapse';
  /** ARM id (lower-cased), or the Synapse assignment id. */
  readonly id: string;
  readonly principalId: string;
  readonly principalKind: PrincipalKind;
  readonly role: Role;
  /** ARM scope (lower-cased), or a Synapse scope such as `workspaces/ws/credentials/WorkspaceSystemIdentity`. */
  readonly scope: string;
  /** The subscription (GUID) or workspace (ARM id) it was read from. */
  readonly readFrom: string;
  /** Azure RBAC condition expression, where one narrows the assignment. */
  readonly condition: string | null;
}

/** Whether the SQL endpoints of a workspace take nothing but sign-ins of Entra ID. */
export interface EntraOnlyAuthentication {
  /** ARM id (lower-cased) of the workspace. */
  readonly readFrom: string;
  readonly enabled: boolean;
  /** Whether all parts of the workspace agree; `null`: it was never set. */
  readonly state: 'consistent' | 'inconsistent' | 'updating' | null;
  readonly since: Date | null;
}

/** How far back logs are read. */
export const LOG_DAYS = 30;

/** Tables of Log Analytics that say something of authentication. */
export const LOG_TABLES = [
  'SigninLogs',
  'AADNonInteractiveUserSignInLogs',
  'AADServicePrincipalSignInLogs',
  'AADManagedIdentitySignInLogs',
  'MicrosoftGraphActivityLogs',
  'SQLSecurityAuditEvents',
  'AzureDiagnostics',
] as const;
export type LogTableName = (typeof LOG_TABLES)[number];

/** A table that a Log Analytics workspace has. One that nothing was ever exported to is not among them. */
export interface LogTable {
  /** Id of the scope: the workspace's ARM id (lower-cased), or its GUID where a setting names it. */
  readonly readFrom: string;
  /** Of AzureDiagnostics only what SQL auditing writes counts. */
  readonly table: LogTableName;
  /** Within {@link LOG_DAYS}. */
  readonly rows: number;
  /** `null`: no rows. */
  readonly newest: Date | null;
}

/** A principal that used Azure PowerShell within {@link LOG_DAYS}, with one of its user agents. */
export interface AzurePowershellCaller {
  /** Id of the scope, as {@link LogTable.readFrom}. */
  readonly readFrom: string;
  readonly principalKind: 'user' | 'servicePrincipal';
  /** Object id, lower-cased. */
  readonly principalId: string;
  /** As the log has it; untrusted text, empty where the log does not say. */
  readonly name: string;
  /** Untrusted text; it says nothing of a version where a browser signed in. */
  readonly userAgent: string;
  readonly requests: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** Where it was seen. */
  readonly tables: readonly string[];
}

/** Who administers the SQL endpoints of a workspace with an account of Entra ID. */
export interface EntraAdministrator {
  /** ARM id (lower-cased) of the workspace. */
  readonly readFrom: string;
  /** Azure keeps two settings; the portal shows and changes both as one. */
  readonly setting: 'administrators' | 'sqlAdministrators';
  /** Name at the time it was set; untrusted text. */
  readonly login: string;
  /** Object id; of an application it may be the client id. */
  readonly principalId: string;
  readonly tenantId: string | null;
}

/** The SQL auditing policy of a workspace or of one dedicated pool. */
export interface SqlAuditing {
  /** ARM id (lower-cased) of the workspace. */
  readonly readFrom: string;
  readonly target: 'workspace' | 'sqlPool';
  /** ARM id (lower-cased) of the workspace or pool. */
  readonly id: string;
  readonly name: string;
  /** Settings of a paused pool cannot be changed. */
  readonly paused: boolean;
  readonly enabled: boolean;
  readonly actionGroups: readonly string[];
  readonly toAzureMonitor: boolean;
  /** Address of the storage account; `null`: none. */
  readonly storageEndpoint: string | null;
  /** Of what is kept in storage; 0: for ever. */
  readonly retentionDays: number;
  /** Condition that events must meet to be audited. */
  readonly predicate: string | null;
  /** The pool's own; only read where its own auditing sends to Azure Monitor. The workspace's are a source of their own. */
  readonly diagnosticSettings: readonly DiagnosticSetting[];
}

/** Where a resource's logs go. */
export interface DiagnosticSetting {
  /** ARM id (lower-cased) of the workspace. */
  readonly readFrom: string;
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly name: string;
  /** ARM id (lower-cased) of the Log Analytics workspace; `null`: it does not send there. */
  readonly logAnalyticsId: string | null;
  /** Carries every log category, those to come included. */
  readonly allLogs: boolean;
  /** The log categories that are on; the category group `audit` is resolved. */
  readonly categories: readonly string[];
}

/** The threat detection of a workspace's SQL endpoints. */
export interface SecurityAlertPolicy {
  /** ARM id (lower-cased) of the workspace. */
  readonly readFrom: string;
  /** `new`: nobody ever decided. */
  readonly state: 'new' | 'enabled' | 'disabled';
  readonly disabledAlerts: readonly string[];
  readonly mailAddresses: readonly string[];
  readonly mailsAccountAdmins: boolean;
}

/** Whether the workspace's own identity gets CONTROL on its dedicated pools, so that pipelines can work there as it. */
export interface ManagedIdentitySqlControl {
  /** ARM id (lower-cased) of the workspace. */
  readonly readFrom: string;
  /** What somebody chose. */
  readonly wanted: boolean;
  /** What Azure made of it. */
  readonly actual: 'enabled' | 'enabling' | 'disabled' | 'disabling' | 'unknown';
}

/** Addresses that a workspace's public endpoints admit. */
export interface FirewallRule {
  /** ARM id (lower-cased) of the workspace. */
  readonly readFrom: string;
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly name: string;
  /** IPv4, both ends included. */
  readonly start: string;
  readonly end: string;
}

/** Trust of an application in tokens of another identity provider, instead of a secret. */
export interface FederatedCredential {
  readonly id: string;
  /** Object id of the application. */
  readonly applicationId: string;
  readonly name: string;
  readonly issuer: string;
  /** `null`: an expression is matched instead, which Graph v1.0 does not show. */
  readonly subject: string | null;
  readonly audiences: readonly string[];
}

/** How long the tenant lets a new credential be valid. */
export interface CredentialLimit {
  readonly kind: Credential['kind'];
  readonly maxDays: number;
  /** Only for applications made after that; `null`: for all. */
  readonly createdAfter: Date | null;
}

/** The tenant's default app management policy; without limits where it is switched off. */
export interface AppManagementPolicy {
  readonly applicationLimits: readonly CredentialLimit[];
  readonly servicePrincipalLimits: readonly CredentialLimit[];
}

/** An Azure role that a principal may activate (Privileged Identity Management). */
export interface RoleEligibility {
  /** ARM id, lower-cased. */
  readonly id: string;
  readonly principalId: string;
  readonly principalKind: PrincipalKind;
  readonly roleName: string;
  /** ARM scope, lower-cased. */
  readonly scope: string;
  /** The subscription (GUID) it was read from. */
  readonly readFrom: string;
}

/** What a linked service or a workspace credential reads from a Key Vault; never the secret itself. */
export interface KeyVaultReference {
  /** Name of the linked service of the vault. */
  readonly linkedService: string;
  /** `null`: an expression decides it at run time. */
  readonly secretName: string | null;
  /** `null`: the newest version. */
  readonly secretVersion: string | null;
}

/**
 * How a linked service signs in, as its definition says. `credential`: as a credential of the workspace. `connectionString`:
 * with a secret that Azure shows only encrypted. `unstated`: the definition names no way, and the type decides.
 * `expression`: a parameter decides at run time. `unknown`: in a way that is not known here.
 */
export type SignInMethod =
  | 'managedIdentity'
  | 'credential'
  | 'servicePrincipalSecret'
  | 'servicePrincipalCertificate'
  | 'key'
  | 'sas'
  | 'password'
  | 'connectionString'
  | 'anonymous'
  | 'unstated'
  | 'expression'
  | 'unknown';

/** A linked service of a workspace. Never holds a secret. */
export interface LinkedService {
  /** ARM id of the workspace, lower-cased. */
  readonly readFrom: string;
  readonly name: string;
  /** As on the wire, such as `AzureBlobFS`. */
  readonly type: string;
  readonly signIn: {
    readonly method: SignInMethod;
    /** Names of the properties that tell. */
    readonly evidence: readonly string[];
  };
  /** Client id, lower-cased; `expression` where a parameter decides it; `null` where it names none itself. */
  readonly servicePrincipalId: string | null;
  /** Name of the workspace credential it uses. */
  readonly credential: string | null;
  readonly keyVaultReferences: readonly KeyVaultReference[];
  /** Names of the properties whose secret is stored with the definition instead of in a Key Vault. */
  readonly inlineSecrets: readonly string[];
  /** Host or server it connects to; `null` where it says none, or an expression decides. */
  readonly target: string | null;
  /** Names of the linked services it needs itself: its vault, its staging store. */
  readonly dependsOn: readonly string[];
}

/** A credential of a workspace, which linked services refer to by name. */
export interface WorkspaceCredential {
  /** ARM id of the workspace, lower-cased. */
  readonly readFrom: string;
  readonly name: string;
  readonly kind: 'managedIdentity' | 'servicePrincipal' | 'other';
  /** ARM id of the user-assigned identity, lower-cased; `null`: the workspace's own identity. */
  readonly identityId: string | null;
  /** Client id, lower-cased; `expression` where a parameter decides it. */
  readonly servicePrincipalId: string | null;
  readonly keyVaultReferences: readonly KeyVaultReference[];
}

/** What a pipeline refers to, by name, from activities at any depth. */
export interface Pipeline {
  /** ARM id of the workspace, lower-cased. */
  readonly readFrom: string;
  readonly name: string;
  readonly linkedServices: readonly string[];
  readonly datasets: readonly string[];
  /** Pipelines it starts itself. */
  readonly pipelines: readonly string[];
  /** It runs a data flow, a notebook or a Spark job, and what those use is not read. */
  readonly runsUnread: boolean;
}

export interface Dataset {
  /** ARM id of the workspace, lower-cased. */
  readonly readFrom: string;
  readonly name: string;
  readonly linkedService: string;
}

export interface Trigger {
  /** ARM id of the workspace, lower-cased. */
  readonly readFrom: string;
  readonly name: string;
  readonly started: boolean;
  /** Pipelines it starts. */
  readonly pipelines: readonly string[];
  /** `null`: it does not simply start at the same times every day. */
  readonly daily: {
    /** `02:00`, in order. */
    readonly times: readonly string[];
    /** As Azure names it: `UTC`, `W. Europe Standard Time`. */
    readonly timeZone: string;
  } | null;
}

/** What failed in a workspace of late. */
export interface PipelineFailures {
  /** ARM id of the workspace, lower-cased. */
  readonly readFrom: string;
  /** First the last run of each pipeline and trigger, then the others, the latest first each; the first of them where there are too many. */
  readonly runs: readonly FailedRun[];
  /** Failed runs that were found, also those that are not among `runs`. */
  readonly total: number;
  /** Azure has more of them than were asked for. */
  readonly hasMore: boolean;
}

/** A run of a pipeline, or of a trigger that could not start one. Names and messages are untrusted text. */
export interface FailedRun {
  readonly kind: 'pipeline' | 'trigger';
  readonly runId: string;
  /** Of the pipeline, or of the trigger. */
  readonly name: string;
  /** ISO 8601; `null` where Azure does not say. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Who or what started it: `Manual`, a trigger's name, another pipeline. */
  readonly invokedBy: string | null;
  /** As Azure has it, its first 8,000 characters; of a pipeline it repeats what the activity says. */
  readonly message: string;
  /** Activities that failed; `null`: they were not asked for, as there are too many runs. */
  readonly activities: readonly FailedActivity[] | null;
}

export interface FailedActivity {
  readonly name: string;
  /** As on the wire, such as `Copy`. */
  readonly type: string;
  /** `null` where there is none. */
  readonly errorCode: string | null;
  /** As on the wire: `UserError`, `SystemError`. */
  readonly failureType: string | null;
  /** Its first 8,000 characters. */
  readonly message: string;
  readonly endedAt: string | null;
}

/** A conditional access policy of the tenant. */
export interface ConditionalAccessPolicy {
  readonly id: string;
  readonly name: string;
  /** As on the wire: `enabled`, `disabled`, `enabledForReportingButNotEnforced`. */
  readonly state: string;
  /** A digest of each part of its rules, by the part's name; `null`: the policy does not use that part. */
  readonly parts: Readonly<Record<ConditionalAccessPart, string | null>>;
}

export type ConditionalAccessPart =
  | 'users'
  | 'applications'
  | 'clientApplications'
  | 'clientAppTypes'
  | 'locations'
  | 'platforms'
  | 'otherConditions'
  | 'grantControls'
  | 'sessionControls';

/** What the tenant lets everybody do. */
export interface AuthorizationPolicy {
  readonly id: string;
  readonly allowInvitesFrom: string | null;
  /** GUID of the directory role that guests have. */
  readonly guestUserRoleId: string | null;
  readonly usersMayCreateApps: boolean | null;
  readonly userConsentPolicies: readonly string[];
  readonly blocksMsolPowerShell: boolean | null;
}

/** A write or a deletion that the activity log of a subscription tells of, and that did not fail. */
export interface ActivityEvent {
  readonly at: Date;
  /** Name or object id of the caller, as the log has it; `null`: it names none. */
  readonly who: string | null;
  /** Lower-cased, such as `microsoft.synapse/workspaces/firewallrules/write`. */
  readonly operation: string;
  /** ARM id, lower-cased. */
  readonly resourceId: string;
  /** The subscription (GUID) it was read from. */
  readonly readFrom: string;
}

/** A change of a directory policy that the audit log of the directory tells of. */
export interface DirectoryAudit {
  readonly at: Date;
  /** Name or id of the initiator; `null`: the log names none. */
  readonly who: string | null;
  /** Such as `Update conditional access policy`. */
  readonly activity: string;
  /** Object ids, lower-cased. */
  readonly targetIds: readonly string[];
}

/** A stretch of time, both ends included. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}
