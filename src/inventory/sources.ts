/**
 * What can be read, where, and with which permission: the one list from which coverage, "missing permission" messages
 * and `docs/permissions.md` are made.
 */
import { LOG_TABLES } from './model';
import type { SignInPlace, SignIns } from './sign-ins';
import type {
  ActivityEvent,
  AppManagementPolicy,
  Application,
  AuditorIdentity,
  AuditorStorage,
  AuthorizationPolicy,
  ConditionalAccessPolicy,
  AzurePowershellCaller,
  Dataset,
  DeletedServicePrincipal,
  DiagnosticSetting,
  DirectoryAudit,
  EntraAdministrator,
  EntraOnlyAuthentication,
  FederatedCredential,
  FirewallRule,
  Group,
  KeyVault,
  KeyVaultItems,
  LinkedService,
  LogTable,
  ManagedIdentitySqlControl,
  Pipeline,
  PipelineFailures,
  RoleAssignment,
  RoleEligibility,
  SecurityAlertPolicy,
  ServicePrincipal,
  SqlAuditing,
  StorageAccount,
  Subscription,
  Trigger,
  User,
  UserAssignedIdentity,
  Workspace,
  WorkspaceCredential,
} from './model';

export interface Sources {
  readonly applications: Application;
  readonly servicePrincipals: ServicePrincipal;
  readonly deletedServicePrincipals: DeletedServicePrincipal;
  readonly subscriptions: Subscription;
  readonly workspaces: Workspace;
  readonly synapseRoleAssignments: RoleAssignment;
  readonly azureRoleAssignments: RoleAssignment;
  readonly storageAccounts: StorageAccount;
  readonly userAssignedIdentities: UserAssignedIdentity;
  readonly users: User;
  readonly groups: Group;
  readonly entraOnlyAuthentication: EntraOnlyAuthentication;
  readonly entraAdministrators: EntraAdministrator;
  readonly sqlAuditing: SqlAuditing;
  readonly diagnosticSettings: DiagnosticSetting;
  readonly securityAlertPolicies: SecurityAlertPolicy;
  readonly firewallRules: FirewallRule;
  readonly managedIdentitySqlControl: ManagedIdentitySqlControl;
  readonly federatedCredentials: FederatedCredential;
  readonly appManagementPolicies: AppManagementPolicy;
  readonly roleEligibilities: RoleEligibility;
  readonly linkedServices: LinkedService;
  readonly workspaceCredentials: WorkspaceCredential;
  readonly pipelines: Pipeline;
  readonly datasets: Dataset;
  readonly triggers: Trigger;
  readonly pipelineFailures: PipelineFailures;
  readonly conditionalAccessPolicies: ConditionalAccessPolicy;
  readonly authorizationPolicies: AuthorizationPolicy;
  readonly activityLog: ActivityEvent;
  readonly directoryAudits: DirectoryAudit;
  readonly logTables: LogTable;
  readonly azurePowershellCallers: AzurePowershellCaller;
  readonly userSignIns: SignIns;
  readonly servicePrincipalSignIns: SignIns;
  readonly managedIdentitySignIns: SignIns;
  readonly sqlLogins: SignIns;
  readonly signInPlaces: SignInPlace;
  readonly keyVaults: KeyVault;
  readonly keyVaultSecrets: KeyVaultItems;
  readonly keyVaultKeys: KeyVaultItems;
  readonly auditorIdentity: AuditorIdentity;
  readonly auditorStorage: AuditorStorage;
}

export type SourceName = keyof Sources;

/** What sign-in audits read; see `sign-ins.ts`. */
export const SIGN_IN_SOURCES = [
  'userSignIns',
  'servicePrincipalSignIns',
  'managedIdentitySignIns',
  'sqlLogins',
  'signInPlaces',
] as const satisfies readonly SourceName[];
export type SignInSource = (typeof SIGN_IN_SOURCES)[number];

/** What Log Analytics is asked for. */
export const LOG_SOURCES = [
  'logTables',
  'azurePowershellCallers',
  ...SIGN_IN_SOURCES,
] as const satisfies readonly SourceName[];
export type LogSource = (typeof LOG_SOURCES)[number];

export type ScopeKind = 'tenant' | 'subscription' | 'workspace' | 'vault' | 'logAnalytics';

/** As a sentence names them. */
export const SCOPE_KINDS: Readonly<Record<ScopeKind, string>> = {
  tenant: 'tenant',
  subscription: 'subscription',
  workspace: 'workspace',
  vault: 'vault',
  logAnalytics: 'Log Analytics workspace',
};

/** The unit that is read whole or not at all. */
export interface Scope {
  readonly kind: ScopeKind;
  /** Tenant GUID, subscription GUID the workspace's ARM id, the vault's host; of a Log Analytics workspace its GUID where a setting names it. */
  readonly id: string;
  readonly name: string;
}

/**
 * Why a scope could not be read. `forbidden`: a permission is missing; `throttled`: the service kept refusing for load;
 * `truncated`: the answer was cut; `upstream`: what it depends on could not be read; `unreachable`: no connection;
 * `cancelled`: the run was stopped or out of time; `unlicensed`: the tenant has no licence for what would be read;
 * `failed`: anything else.
 */
export type NotCollectedReason =
  | 'forbidden'
  | 'throttled'
  | 'truncated'
  | 'noData'
  | 'upstream'
  | 'unreachable'
  | 'cancelled'
  | 'unlicensed'
  | 'failed';

/** A source arrives whole or not at all; an empty array means "looked and found none". */
export type Collected<T> =
  | { readonly ok: true; readonly data: readonly T[] }
  | { readonly ok: false; readonly because: NotCollectedReason; readonly message: string };

export interface CollectedScope<T> {
  readonly scope: Scope;
  readonly result: Collected<T>;
}

/**
 * Everything one run read. A source that was not asked for is absent. A scope that could not even be listed (its
 * subscription was unreadable) stands there as not collected too, so that no gap is silent.
 */
export type Inventory = { readonly [S in SourceName]?: readonly CollectedScope<Sources[S]>[] };

export interface SourceDescription {
  readonly title: string;
  readonly scope: ScopeKind;
  /** Least permission, as an administrator would search for it. */
  readonly permission: string;
  /** Where to grant it. */
  readonly grantedIn: 'Microsoft Graph' | 'Azure RBAC' | 'Synapse RBAC';
  /** What is asked, for the documentation. */
  readonly api: string;
}

const LOG_QUERY = 'Microsoft.OperationalInsights/workspaces/query';
/** Log Analytics Reader has them all, and reads every table. */
const LOG_PERMISSIONS = `Microsoft.OperationalInsights/workspaces/read, ${LOG_QUERY}/read, ${LOG_TABLES.map((table) => `${LOG_QUERY}/${table}/read`).join(', ')}`;

export const SOURCES: Readonly<Record<SourceName, SourceDescription>> = {
  applications: {
    title: 'Applications with their credentials and owners',
    scope: 'tenant',
    permission: 'Application.Read.All (and User.Read.All for the owners’ mail addresses)',
    grantedIn: 'Microsoft Graph',
    api: 'GET /v1.0/applications?$expand=owners, GET /v1.0/applications/{id}/owners where there are 20 or more',
  },
  servicePrincipals: {
    title: 'Service principals with their credentials',
    scope: 'tenant',
    permission: 'Application.Read.All',
    grantedIn: 'Microsoft Graph',
    api: 'GET /v1.0/servicePrincipals',
  },
  deletedServicePrincipals: {
    title: 'Deleted service principals that can still be restored',
    scope: 'tenant',
    permission: 'Application.Read.All',
    grantedIn: 'Microsoft Graph',
    api: 'GET /v1.0/directory/deletedItems/microsoft.graph.servicePrincipal',
  },
  users: {
    title: 'Users who hold a role',
    scope: 'tenant',
    permission: 'User.Read.All',
    grantedIn: 'Microsoft Graph',
    api: 'POST /v1.0/$batch of GET /users?$filter=id in (…)',
  },
  groups: {
    title: 'Groups that hold a role, with their members',
    scope: 'tenant',
    permission: 'GroupMember.Read.All and User.Read.All (and Member.Read.Hidden for groups that hide their members)',
    grantedIn: 'Microsoft Graph',
    api: 'POST /v1.0/$batch of GET /groups?$filter=id in (…), GET /groups/{id}/transitiveMembers',
  },
  subscriptions: {
    title: 'Subscriptions',
    scope: 'tenant',
    permission:
      'Reader (or the auditor’s custom role, with Microsoft.Resources/subscriptions/read) on at least one subscription',
    grantedIn: 'Azure RBAC',
    api: 'GET /subscriptions',
  },
  workspaces: {
    title: 'Synapse workspaces with their identities',
    scope: 'subscription',
    permission: 'Microsoft.Synapse/workspaces/read',
    grantedIn: 'Azure RBAC',
    api: 'GET /subscriptions/{id}/providers/Microsoft.Synapse/workspaces',
  },
  storageAccounts: {
    title: 'Storage accounts of the workspaces’ default lakes',
    scope: 'workspace',
    permission: 'Microsoft.Storage/storageAccounts/read and Microsoft.ResourceGraph/resources/read',
    grantedIn: 'Azure RBAC',
    api: 'POST /providers/Microsoft.ResourceGraph/resources',
  },
  azureRoleAssignments: {
    title: 'Azure role assignments that concern workspaces, their storage or service principals',
    scope: 'subscription',
    permission: 'Microsoft.Authorization/roleAssignments/read and Microsoft.Authorization/roleDefinitions/read',
    grantedIn: 'Azure RBAC',
    api: 'GET /subscriptions/{id}/providers/Microsoft.Authorization/roleAssignments and …/roleDefinitions',
  },
  userAssignedIdentities: {
    title: 'User-assigned managed identities',
    scope: 'subscription',
    permission: 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
    grantedIn: 'Azure RBAC',
    api: 'GET /subscriptions/{id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities',
  },
  synapseRoleAssignments: {
    title: 'Synapse role assignments',
    scope: 'workspace',
    permission: 'Synapse User (Microsoft.Synapse/workspaces/read)',
    grantedIn: 'Synapse RBAC',
    api: 'GET {workspace dev endpoint}/roleAssignments and /roleDefinitions',
  },
  entraOnlyAuthentication: {
    title: 'Entra-only authentication of the workspaces',
    scope: 'workspace',
    permission: 'Microsoft.Synapse/workspaces/azureADOnlyAuthentications/read',
    grantedIn: 'Azure RBAC',
    api: 'GET {workspace}/azureADOnlyAuthentications',
  },
  entraAdministrators: {
    title: 'Entra administrators of the workspaces’ SQL endpoints',
    scope: 'workspace',
    permission:
      'Microsoft.Synapse/workspaces/administrators/read and Microsoft.Synapse/workspaces/sqlAdministrators/read',
    grantedIn: 'Azure RBAC',
    api: 'GET {workspace}/administrators/activeDirectory and …/sqlAdministrators/activeDirectory',
  },
  sqlAuditing: {
    title: 'SQL auditing of the workspaces and their dedicated pools',
    scope: 'workspace',
    permission:
      'Microsoft.Synapse/workspaces/extendedAuditingSettings/read, Microsoft.Synapse/workspaces/sqlPools/read, Microsoft.Synapse/workspaces/sqlPools/extendedAuditingSettings/read, Microsoft.Insights/diagnosticSettings/read and Microsoft.Insights/diagnosticSettingsCategories/read',
    grantedIn: 'Azure RBAC',
    api: 'GET {workspace}/extendedAuditingSettings/default, …/sqlPools, …/sqlPools/{pool}/extendedAuditingSettings/default, and the diagnostic settings of pools that audit on their own',
  },
  diagnosticSettings: {
    title: 'Diagnostic settings of the workspaces',
    scope: 'workspace',
    permission: 'Microsoft.Insights/diagnosticSettings/read and Microsoft.Insights/diagnosticSettingsCategories/read',
    grantedIn: 'Azure RBAC',
    api: 'GET {workspace}/providers/Microsoft.Insights/diagnosticSettings, and …/diagnosticSettingsCategories where a setting names a category group other than allLogs',
  },
  securityAlertPolicies: {
    title: 'Threat detection of the workspaces’ SQL endpoints',
    scope: 'workspace',
    permission: 'Microsoft.Synapse/workspaces/securityAlertPolicies/read',
    grantedIn: 'Azure RBAC',
    api: 'GET {workspace}/securityAlertPolicies/Default',
  },
  firewallRules: {
    title: 'Firewall rules of the workspaces',
    scope: 'workspace',
    permission: 'Microsoft.Synapse/workspaces/firewallRules/read',
    grantedIn: 'Azure RBAC',
    api: 'GET {workspace}/firewallRules',
  },
  managedIdentitySqlControl: {
    title: 'Control of the workspaces’ identities over their dedicated pools',
    scope: 'workspace',
    permission: 'Microsoft.Synapse/workspaces/managedIdentitySqlControlSettings/read',
    grantedIn: 'Azure RBAC',
    api: 'GET {workspace}/managedIdentitySqlControlSettings/default',
  },
  federatedCredentials: {
    title: 'Federated credentials of applications',
    scope: 'tenant',
    permission: 'Application.Read.All',
    grantedIn: 'Microsoft Graph',
    api: 'GET /v1.0/applications?$expand=federatedIdentityCredentials',
  },
  appManagementPolicies: {
    title: 'The tenant’s default app management policy',
    scope: 'tenant',
    permission: 'Policy.Read.All',
    grantedIn: 'Microsoft Graph',
    api: 'GET /v1.0/policies/defaultAppManagementPolicy',
  },
  roleEligibilities: {
    title: 'Azure roles that can be activated (Privileged Identity Management)',
    scope: 'subscription',
    permission: 'Microsoft.Authorization/roleAssignments/read',
    grantedIn: 'Azure RBAC',
    api: 'GET /subscriptions/{id}/providers/Microsoft.Authorization/roleEligibilitySchedules',
  },
  linkedServices: {
    title: 'Linked services and how they sign in',
    scope: 'workspace',
    permission: 'Synapse User (Microsoft.Synapse/workspaces/read)',
    grantedIn: 'Synapse RBAC',
    api: 'GET {workspace dev endpoint}/linkedservices',
  },
  workspaceCredentials: {
    title: 'Credentials of the workspaces',
    scope: 'workspace',
    permission: 'Synapse User (Microsoft.Synapse/workspaces/read)',
    grantedIn: 'Synapse RBAC',
    api: 'GET {workspace dev endpoint}/credentials',
  },
  pipelines: {
    title: 'Pipelines and what they use',
    scope: 'workspace',
    permission: 'Synapse Artifact User or Synapse Monitoring Operator (Microsoft.Synapse/workspaces/artifacts/read)',
    grantedIn: 'Synapse RBAC',
    api: 'GET {workspace dev endpoint}/pipelines',
  },
  datasets: {
    title: 'Datasets and their linked services',
    scope: 'workspace',
    permission: 'Synapse Artifact User or Synapse Monitoring Operator (Microsoft.Synapse/workspaces/artifacts/read)',
    grantedIn: 'Synapse RBAC',
    api: 'GET {workspace dev endpoint}/datasets',
  },
  triggers: {
    title: 'Triggers and the pipelines they start',
    scope: 'workspace',
    permission: 'Synapse Artifact User or Synapse Monitoring Operator (Microsoft.Synapse/workspaces/artifacts/read)',
    grantedIn: 'Synapse RBAC',
    api: 'GET {workspace dev endpoint}/triggers',
  },
  pipelineFailures: {
    title: 'Failed runs of pipelines, activities and triggers',
    scope: 'workspace',
    permission:
      'Synapse Artifact User or Synapse Monitoring Operator (Microsoft.Synapse/workspaces/pipelines/viewOutputs/action)',
    grantedIn: 'Synapse RBAC',
    api: 'POST {workspace dev endpoint}/queryPipelineRuns, /queryTriggerRuns and /pipelines/{name}/pipelineruns/{id}/queryActivityruns',
  },
  conditionalAccessPolicies: {
    title: 'Conditional access policies',
    scope: 'tenant',
    permission: 'Policy.Read.All',
    grantedIn: 'Microsoft Graph',
    api: 'GET /v1.0/identity/conditionalAccess/policies, at most one a second',
  },
  authorizationPolicies: {
    title: 'The tenant’s authorization policy',
    scope: 'tenant',
    permission: 'Policy.Read.All',
    grantedIn: 'Microsoft Graph',
    api: 'GET /v1.0/policies/authorizationPolicy',
  },
  activityLog: {
    title: 'Activity log: who changed workspaces, diagnostic settings and Azure roles since the last run',
    scope: 'subscription',
    permission: 'Microsoft.Insights/eventtypes/values/read',
    grantedIn: 'Azure RBAC',
    api: 'GET /subscriptions/{id}/providers/Microsoft.Insights/eventtypes/management/values, for each of three resource providers',
  },
  directoryAudits: {
    title: 'Directory audit log: who changed policies since the last run',
    scope: 'tenant',
    permission: 'AuditLog.Read.All and Directory.Read.All',
    grantedIn: 'Microsoft Graph',
    api: "GET /v1.0/auditLogs/directoryAudits?$filter=activityDateTime … and category eq 'Policy'",
  },
  logTables: {
    title: 'Logs of sign-ins and SQL auditing in Log Analytics',
    scope: 'logAnalytics',
    permission: LOG_PERMISSIONS,
    grantedIn: 'Azure RBAC',
    api: 'GET {Log Analytics workspace}, POST {Log Analytics}/v1/workspaces/{id}/query',
  },
  azurePowershellCallers: {
    title: 'Callers with Azure PowerShell',
    scope: 'logAnalytics',
    permission: LOG_PERMISSIONS,
    grantedIn: 'Azure RBAC',
    api: 'POST {Log Analytics}/v1/workspaces/{id}/query',
  },
  userSignIns: {
    title: 'Sign-ins of users that concern Synapse',
    scope: 'logAnalytics',
    permission: LOG_PERMISSIONS,
    grantedIn: 'Azure RBAC',
    api: 'POST {Log Analytics}/v1/workspaces/{id}/query (SigninLogs, AADNonInteractiveUserSignInLogs)',
  },
  servicePrincipalSignIns: {
    title: 'Sign-ins of service principals that concern Synapse',
    scope: 'logAnalytics',
    permission: LOG_PERMISSIONS,
    grantedIn: 'Azure RBAC',
    api: 'POST {Log Analytics}/v1/workspaces/{id}/query (AADServicePrincipalSignInLogs)',
  },
  managedIdentitySignIns: {
    title: 'Sign-ins of managed identities that concern Synapse',
    scope: 'logAnalytics',
    permission: LOG_PERMISSIONS,
    grantedIn: 'Azure RBAC',
    api: 'POST {Log Analytics}/v1/workspaces/{id}/query (AADManagedIdentitySignInLogs)',
  },
  sqlLogins: {
    title: 'Logins to the workspaces’ SQL endpoints',
    scope: 'logAnalytics',
    permission: LOG_PERMISSIONS,
    grantedIn: 'Azure RBAC',
    api: 'POST {Log Analytics}/v1/workspaces/{id}/query (SQLSecurityAuditEvents, AzureDiagnostics)',
  },
  signInPlaces: {
    title: 'Countries that principals sign in from',
    scope: 'logAnalytics',
    permission: LOG_PERMISSIONS,
    grantedIn: 'Azure RBAC',
    api: 'POST {Log Analytics}/v1/workspaces/{id}/query (the tables of sign-ins and SQL auditing, over two weeks more)',
  },
  keyVaults: {
    title: 'Key vaults that linked services and workspaces use',
    scope: 'vault',
    permission: 'Microsoft.KeyVault/vaults/read and Microsoft.ResourceGraph/resources/read',
    grantedIn: 'Azure RBAC',
    api: 'POST /providers/Microsoft.ResourceGraph/resources, GET {vault}',
  },
  keyVaultSecrets: {
    title: 'Names, state and dates of the secrets in those vaults, without their values',
    scope: 'vault',
    permission: 'Microsoft.KeyVault/vaults/secrets/read',
    grantedIn: 'Azure RBAC',
    api: 'GET {vault}/secrets',
  },
  keyVaultKeys: {
    title: 'Names, state and dates of the keys in those vaults',
    scope: 'vault',
    permission: 'Microsoft.KeyVault/vaults/keys/read',
    grantedIn: 'Azure RBAC',
    api: 'GET {vault}/keys',
  },
  auditorIdentity: {
    title: 'The auditor’s own identity and its application permissions',
    scope: 'tenant',
    permission: 'Application.Read.All',
    grantedIn: 'Microsoft Graph',
    api: 'GET /v1.0/servicePrincipals?$filter=appId eq …, GET /v1.0/servicePrincipals/{id}/appRoleAssignments',
  },
  auditorStorage: {
    title: 'The auditor’s own storage account',
    scope: 'tenant',
    permission:
      'Microsoft.Storage/storageAccounts/read and Microsoft.ResourceGraph/resources/read on the auditor’s own resource group',
    grantedIn: 'Azure RBAC',
    api: 'POST /providers/Microsoft.ResourceGraph/resources, GET {storage account}',
  },
};

export const SOURCE_NAMES = Object.keys(SOURCES) as readonly SourceName[];
