/** Why authentication in a pipeline fails: every cause that is told apart, as data. */

export interface CauseDescription {
  /** A clause: what is the case. */
  readonly title: string;
  /** Where to look, while nobody knows whether it is so. */
  readonly look: string;
  /** One command or portal step a line; what stands in angle brackets the reader fills in. */
  readonly remedy: readonly string[];
  /** Documentation of the rule. */
  readonly source: string;
}

const LEARN = 'https://learn.microsoft.com';
const AADSTS = `${LEARN}/entra/identity-platform/reference-error-codes`;
const ADF_IDENTITY = `${LEARN}/azure/data-factory/data-factory-service-identity`;
const SYNAPSE_ROLES = `${LEARN}/azure/synapse-analytics/security/synapse-workspace-understand-what-role-you-need`;
const RBAC_TROUBLES = `${LEARN}/azure/role-based-access-control/troubleshooting`;
const STORAGE_403 = `${LEARN}/troubleshoot/azure/azure-storage/blobs/authentication/storage-troubleshoot-403-errors`;
const VAULT_ACCESS = `${LEARN}/azure/key-vault/general/rbac-access-policy`;
const VAULT_403 = `${LEARN}/azure/key-vault/general/rest-error-codes`;
const SQL_IDENTITY = `${LEARN}/azure/data-factory/connector-azure-sql-database#managed-identity`;
const SQL_LOGIN = `${LEARN}/sql/relational-databases/errors-events/mssqlserver-18456-database-engine-error`;
const CREDENTIALS = `${LEARN}/azure/data-factory/credentials?tabs=synapse-analytics`;

/** By id. Ids are never reused: findings and their fingerprints name them. */
export const CAUSES = {
  'secret-expired': {
    title: 'the client secret of the service principal has expired',
    look: 'App registrations > the application > Certificates & secrets: when each secret ends, and which one the linked service reads.',
    remedy: [
      'Add a new secret beside the old one:',
      'az ad app credential reset --id <client id> --append --display-name rotated',
      'Put it wherever the old one is read (Key Vault, linked service), run the pipeline again, then remove the old one.',
    ],
    source: AADSTS,
  },
  'rotated-secret-not-used': {
    title: 'the secret was replaced, and the linked service still reads the old one',
    look: 'The linked service: whether it names a version of the secret in the vault, or holds the secret itself.',
    remedy: [
      'Let the linked service read the newest version of the secret from the vault (clear the secret version), or store the new secret where it is read, and publish:',
      'az synapse linked-service show --workspace-name <workspace> --name <linked service>',
    ],
    source: `${LEARN}/azure/data-factory/store-credentials-in-key-vault`,
  },
  'wrong-secret': {
    title:
      'the client secret that is sent is none of the application’s: its id instead of its value, or one that was removed',
    look: 'Whether what was stored is a GUID: that is the id of a secret. Only the value, shown once when it is made, signs in.',
    remedy: [
      'Make a new secret and store its value, not its id, wherever the linked service reads it:',
      'az ad app credential reset --id <client id> --append --display-name pipelines --query password --output tsv',
    ],
    source: AADSTS,
  },
  'certificate-expired': {
    title: 'the certificate that the service principal signs in with has expired',
    look: 'App registrations > the application > Certificates & secrets > Certificates.',
    remedy: [
      'Add a new certificate beside the old one:',
      'az ad app credential reset --id <client id> --append --cert @new-certificate.pem',
      'Put it, with its key, wherever the old one is read, then remove the old one.',
    ],
    source: AADSTS,
  },
  'certificate-not-registered': {
    title: 'the certificate that is used is not registered with the application',
    look: 'The thumbprint in the error, against those under Certificates & secrets of the application.',
    remedy: [
      'Register the certificate, or let the linked service use the one that is registered:',
      'az ad app credential reset --id <client id> --append --cert @certificate.pem',
    ],
    source: AADSTS,
  },
  'federated-credential-mismatch': {
    title:
      'no federated credential of the application fits the token: issuer, subject and audience are compared letter by letter',
    look: 'Issuer, subject and audience in the error, against those of the application’s federated credentials.',
    remedy: ['az ad app federated-credential list --id <client id>'],
    source: `${LEARN}/entra/workload-id/workload-identity-federation-considerations`,
  },
  'principal-disabled': {
    title: 'the service principal or account is disabled',
    look: 'Enterprise applications > the application > Properties: “Enabled for users to sign in?”.',
    remedy: ['Enable it, if that was a mistake:', 'az ad sp update --id <client id> --set accountEnabled=true'],
    source: AADSTS,
  },
  'principal-deleted': {
    title: 'the service principal or identity was deleted',
    look: 'App registrations > Deleted applications: it can be restored for 30 days, with its roles.',
    remedy: [
      'Restore it, while it is in the recycle bin:',
      'az rest --method post --url https://graph.microsoft.com/v1.0/directory/deletedItems/<object id>/restore',
    ],
    source: `${LEARN}/entra/identity/enterprise-apps/delete-recover-faq`,
  },
  'unknown-application': {
    title: 'the tenant that was asked has no such application',
    look: 'The client id in the linked service, letter by letter, and whether it was ever consented to in that tenant.',
    remedy: [
      'Correct the client id in the linked service; where the application exists and only its service principal is missing:',
      'az ad sp create --id <client id>',
    ],
    source: AADSTS,
  },
  'wrong-tenant': {
    title: 'the token is asked from, or made by, the wrong tenant',
    look: 'The tenant in the linked service, against that of the application and of the resource it signs in to.',
    remedy: [
      'Correct the tenant in the linked service and publish. To see which tenant is which:',
      'az account show --query tenantId --output tsv',
    ],
    source: AADSTS,
  },
  'resource-not-in-tenant': {
    title: 'a token is asked for a resource that the tenant does not know, or that nobody consented to',
    look: 'The resource (audience) that is asked for: its name is often misspelt; Synapse’s is https://dev.azuresynapse.net.',
    remedy: [
      'Correct the resource in the activity or linked service, or create its service principal in the tenant:',
      'az ad sp create --id <id of the resource’s application>',
    ],
    source: AADSTS,
  },
  'wrong-audience': {
    title: 'the token is made out to another service than the one that is called',
    look: 'The resource of the Web activity or client: for the workspace’s own endpoint https://dev.azuresynapse.net without a slash at its end, not https://management.azure.com.',
    remedy: [
      'Set the resource for which the token is asked, and run it again:',
      'az account get-access-token --resource https://dev.azuresynapse.net',
    ],
    source: `${LEARN}/rest/api/synapse/`,
  },
  'token-missing': {
    title: 'the call carries no token',
    look: 'The Authorization header or the authentication of the Web activity: it must send “Bearer” and a token.',
    remedy: [
      'Choose System-assigned managed identity as authentication of the activity, with the resource https://dev.azuresynapse.net.',
    ],
    source: `${LEARN}/azure/data-factory/control-flow-web-activity#authentication`,
  },
  'token-rejected': {
    title: 'the token was not accepted: it has ended, is cut, or comes from another tenant or cloud',
    look: 'exp, aud and tid of the token that was sent: the times, the service it is for, the tenant it is of.',
    remedy: [
      'Let the caller ask for a new token each time, and see that it gets one:',
      'az account get-access-token --resource https://dev.azuresynapse.net --tenant <tenant id>',
    ],
    source: `${LEARN}/rest/api/synapse/`,
  },
  'clock-skew': {
    title:
      'the assertion is out of its time: the clock of the machine that signs in is wrong, or it keeps an old assertion',
    look: 'The times in the error, and the clock of the machine (the self-hosted integration runtime, the build agent).',
    remedy: ['Set the clock of the machine right and restart what runs on it:', 'w32tm /resync /force'],
    source: AADSTS,
  },
  'conditional-access': {
    title: 'a policy of the tenant stops the sign-in: conditional access, a risk, or a restriction between tenants',
    look: 'Sign-in logs > Service principal sign-ins > the sign-in > Conditional access: which policy failed, and why.',
    remedy: [
      'Admit the address or exclude the principal in the policy, or run the pipeline from where the policy allows it:',
      'az rest --method get --url https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies',
    ],
    source: `${LEARN}/entra/identity/conditional-access/workload-identity`,
  },
  'second-factor': {
    title: 'a second factor is asked of a user account, which no pipeline can give',
    look: 'Which linked service signs in as a person.',
    remedy: [
      'Let the linked service sign in as a managed identity or service principal instead of a person, and publish.',
    ],
    source: `${LEARN}/entra/identity/authentication/concept-mandatory-multifactor-authentication`,
  },
  'account-locked': {
    title: 'the account is locked after too many failures, or its address is blocked',
    look: 'The sign-in log of the account: from where the failures come. Often it is an old password, still stored on a self-hosted integration runtime.',
    remedy: ['Put the new password wherever the old one is stored, wait for the lock to end, and run it again.'],
    source: AADSTS,
  },
  'password-refused': {
    title: 'the name or password of the account is wrong, or the password has expired',
    look: 'Where the linked service keeps the password, and when it was last changed at the target.',
    remedy: [
      'Store the account’s current password where the linked service reads it, test the connection, and publish.',
    ],
    source: AADSTS,
  },
  'synapse-role-missing': {
    title: 'the principal lacks a Synapse role in the workspace',
    look: 'Synapse Studio > Manage > Access control. Azure’s Owner and Contributor give no right in it.',
    remedy: [
      'az synapse role assignment create --workspace-name <workspace> --role "Synapse Contributor" --assignee-object-id <object id> --assignee-principal-type ServicePrincipal',
    ],
    source: SYNAPSE_ROLES,
  },
  'use-secret-missing': {
    title:
      'the principal may not use the workspace’s credential (credentials/useSecret/action); Synapse Contributor does not include it',
    look: 'Synapse Studio > Manage > Access control: Synapse Credential User on WorkspaceSystemIdentity, or Synapse Administrator.',
    remedy: [
      'az synapse role assignment create --workspace-name <workspace> --role "Synapse Credential User" --assignee-object-id <object id> --assignee-principal-type ServicePrincipal --item-type credentials --item WorkspaceSystemIdentity',
    ],
    source: SYNAPSE_ROLES,
  },
  'azure-role-missing': {
    title: 'the principal lacks an Azure role for what it does to the resource itself',
    look: 'Access control (IAM) of the scope that the error names.',
    remedy: [
      'az role assignment create --role <role with the action> --assignee-object-id <object id> --assignee-principal-type ServicePrincipal --scope <scope in the error>',
    ],
    source: RBAC_TROUBLES,
  },
  'role-propagation': {
    title: 'the right was given only after the run, or so shortly before that it did not work yet',
    look: 'When the role was assigned: it takes up to ten minutes to work, and up to a day for a managed identity that got it through a group.',
    remedy: [
      'Wait ten minutes, then run the pipeline again. Where a group carries the role, assign it to the identity itself instead.',
    ],
    source: RBAC_TROUBLES,
  },
  'role-conditional': {
    title: 'the right is given under a condition only, which may not let this through',
    look: 'Access control (IAM) > Role assignments > View condition.',
    remedy: ['Let the condition admit it, or assign the role without one.'],
    source: `${LEARN}/azure/role-based-access-control/conditions-overview`,
  },
  'orphaned-assignment': {
    title:
      'the role is assigned to an object id that no longer exists: the identity was made anew under the same name and has another one',
    look: 'Access control (IAM): “Identity not found” beside the role.',
    remedy: ['Assign the role to the new object id, then delete the old assignment.'],
    source: RBAC_TROUBLES,
  },
  'identity-missing': {
    title: 'the workspace has no managed identity',
    look: 'The workspace in the portal > Managed identities.',
    remedy: [
      'az rest --method patch --url "<workspace id>?api-version=2021-06-01" --body \'{"identity":{"type":"SystemAssigned"}}\'',
    ],
    source: ADF_IDENTITY,
  },
  'identity-not-attached': {
    title: 'the user-assigned identity that the credential names is not attached to the workspace',
    look: 'The workspace in the portal > Managed identities > User assigned, against Manage > Credentials in Synapse Studio.',
    remedy: [
      'Attach it, in the portal under Managed identities of the workspace, or let the credential name one that is attached.',
    ],
    source: CREDENTIALS,
  },
  'identity-deleted': {
    title: 'the user-assigned identity that the credential names was deleted',
    look: 'Managed Identities in the portal, and Manage > Credentials in Synapse Studio.',
    remedy: [
      'Create the identity anew (it gets another object id), attach it, assign it the roles of the old one, and let the credential name it.',
    ],
    source: CREDENTIALS,
  },
  'identity-not-supported': {
    title: 'the service or this type of linked service does not accept the managed identity',
    look: 'The page of the connector: which kinds of authentication it lists.',
    remedy: [
      'Choose a way of signing in that the linked service supports, with its secret in a Key Vault, and publish.',
    ],
    source: `${LEARN}/entra/identity/managed-identities-azure-resources/managed-identities-status`,
  },
  'identity-not-ready': {
    title: 'the managed identity could not get a token',
    look: 'That the identity exists and is attached, that its service principal is enabled, that the target supports it, and what changed of late.',
    remedy: [
      'See which identities the workspace has and whether the service principal is there and enabled:',
      'az synapse workspace show --name <workspace> --resource-group <resource group> --query identity',
      'az ad sp show --id <principal id>',
    ],
    source: ADF_IDENTITY,
  },
  'credential-missing': {
    title: 'the linked service names a credential that the workspace does not have',
    look: 'Manage > Credentials in Synapse Studio.',
    remedy: [
      'Create the credential under Manage > Credentials, or choose one that exists in the linked service, and publish.',
    ],
    source: CREDENTIALS,
  },
  'authentication-not-stated': {
    title: 'the linked service does not say how to sign in: a deployment dropped or changed it',
    look: 'typeProperties of the linked service: whether authentication, credential or authenticationType is there.',
    remedy: [
      'Choose the authentication in Synapse Studio again and publish; deploy with a tool that keeps it:',
      'az synapse linked-service show --workspace-name <workspace> --name <linked service>',
    ],
    source: `${LEARN}/azure/data-factory/concepts-linked-services`,
  },
  'storage-role-missing': {
    title:
      'the identity has no right on the data in the storage account; Owner and Contributor manage it and open no file',
    look: 'Access control (IAM) of the account, and the access control lists of the folder.',
    remedy: [
      'az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id <object id> --assignee-principal-type ServicePrincipal --scope <storage account id>',
    ],
    source: `${LEARN}/azure/synapse-analytics/security/how-to-grant-workspace-managed-identity-permissions`,
  },
  'storage-firewall': {
    title: 'the firewall of the storage account does not let the integration runtime in',
    look: 'Networking of the account: trusted services, resource instances, managed private endpoints. Trusted services count for the workspace’s own identity only, not for a user-assigned one or a key.',
    remedy: [
      'Let the workspace in as a resource instance, or create and approve a managed private endpoint:',
      'az storage account network-rule add --account-name <account> --resource-group <resource group> --resource-id <workspace id> --tenant-id <tenant id>',
    ],
    source: STORAGE_403,
  },
  'storage-key-refused': {
    title: 'the storage account refuses the key or shared access signature: wrong, ended, or keys are not allowed',
    look: 'Whether the account allows key access, when the signature ends, and whether the keys were rotated.',
    remedy: [
      'Let the linked service sign in as the managed identity; or store the current key:',
      'az storage account show --name <account> --query allowSharedKeyAccess',
      'az storage account keys list --account-name <account>',
    ],
    source: STORAGE_403,
  },
  'vault-access-missing': {
    title: 'the identity may not read secrets in the key vault',
    look: 'Access control (IAM) or Access policies of the vault, whichever its permission model is.',
    remedy: [
      'In a vault with Azure RBAC:',
      'az role assignment create --role "Key Vault Secrets User" --assignee-object-id <object id> --assignee-principal-type ServicePrincipal --scope <vault id>',
      'In one with access policies:',
      'az keyvault set-policy --name <vault> --object-id <object id> --secret-permissions get',
    ],
    source: VAULT_ACCESS,
  },
  'vault-permission-model': {
    title:
      'the right to read secrets was given in the way that does not count in this vault: roles and access policies exclude each other',
    look: 'Access configuration of the vault: Azure role-based access control or vault access policy.',
    remedy: ['az keyvault show --name <vault> --query properties.enableRbacAuthorization'],
    source: VAULT_ACCESS,
  },
  'vault-firewall': {
    title: 'the firewall of the key vault does not let the caller in',
    look: 'Networking of the vault: trusted Microsoft services, addresses, private endpoints. A Web activity does not count as a trusted service.',
    remedy: [
      'Let trusted services in, or create and approve a managed private endpoint:',
      'az keyvault update --name <vault> --bypass AzureServices',
    ],
    source: VAULT_403,
  },
  'vault-secret-missing': {
    title: 'the key vault has no secret of that name and version',
    look: 'The name in the linked service, letter by letter, and what the vault keeps of deleted secrets.',
    remedy: [
      'az keyvault secret list --vault-name <vault> --output table',
      'az keyvault secret recover --vault-name <vault> --name <secret>',
    ],
    source: VAULT_403,
  },
  'vault-secret-unusable': {
    title: 'the secret in the key vault is disabled, or outside its dates',
    look: 'State, activation and expiry of the version that is read.',
    remedy: ['az keyvault secret set-attributes --vault-name <vault> --name <secret> --enabled true'],
    source: `${LEARN}/azure/key-vault/secrets/about-secrets#secret-attributes`,
  },
  'sql-user-missing': {
    title: 'the database has no user for the identity that signed in, or one of an earlier identity of that name',
    look: 'sys.database_principals in the database that the linked service names (not master): its SID must be that of the identity’s client id.',
    remedy: [
      'In that database, as its Entra administrator:',
      'CREATE USER [<name of the identity>] FROM EXTERNAL PROVIDER; ALTER ROLE db_datareader ADD MEMBER [<name of the identity>];',
    ],
    source: SQL_IDENTITY,
  },
  'sql-password-refused': {
    title: 'the database refuses the login’s name or password',
    look: 'The login at the server: whether it exists, is enabled, and which password is stored.',
    remedy: [
      'Store the login’s current password where the linked service reads it; better, let it sign in as the managed identity.',
    ],
    source: SQL_LOGIN,
  },
  'sql-entra-only': {
    title: 'the server takes sign-ins of Entra ID only, and the linked service uses a SQL login',
    look: 'Entra-only authentication of the server or workspace.',
    remedy: ['Let the linked service sign in as the managed identity, which needs a user in the database.'],
    source: `${LEARN}/azure/azure-sql/database/authentication-azure-ad-only-authentication`,
  },
  'sql-firewall': {
    title:
      'the firewall of the SQL server does not admit the address of the integration runtime, or public access is off',
    look: 'Networking of the server: the address in the error, and whether Azure services are let in.',
    remedy: [
      'Admit the address, or use a managed private endpoint:',
      'az sql server firewall-rule create --server <server> --resource-group <resource group> --name integration-runtime --start-ip-address <address> --end-ip-address <address>',
    ],
    source: `${LEARN}/azure/azure-sql/database/firewall-configure`,
  },
  'sql-database-closed': {
    title: 'the database could not be opened: no such one, no access to it, or it is paused',
    look: 'The database’s name in the linked service, whether the pool is paused, and the identity’s user in it.',
    remedy: [
      'az synapse sql pool show --workspace-name <workspace> --resource-group <resource group> --name <pool> --query status',
    ],
    source: `${LEARN}/azure/azure-sql/database/troubleshoot-common-errors-issues`,
  },
  'workspace-firewall': {
    title: 'the workspace’s own firewall does not admit the address of the caller',
    look: 'Networking of the workspace: firewall rules, public network access.',
    remedy: [
      'az synapse workspace firewall-rule create --workspace-name <workspace> --resource-group <resource group> --name caller --start-ip-address <address> --end-ip-address <address>',
    ],
    source: `${LEARN}/azure/synapse-analytics/security/synapse-workspace-ip-firewall`,
  },
  'self-hosted-runtime': {
    title:
      'the self-hosted integration runtime is offline, or has lost or never got the credential that is stored on it',
    look: 'Manage > Integration runtimes: status and nodes, and on each node whether credentials are in sync.',
    remedy: [
      'Start the service on the node, then enter the credential in the linked service again and publish:',
      'Restart-Service DIAHostService',
    ],
    source: `${LEARN}/azure/data-factory/self-hosted-integration-runtime-troubleshoot-guide`,
  },
  'caller-refused-by-target': {
    title: 'the service that the activity calls refuses it',
    look: 'The activity’s authentication and its resource, and what the called service logs about the call.',
    remedy: ['Give the workspace’s identity access to the service, and set its audience as resource of the activity.'],
    source: `${LEARN}/azure/data-factory/control-flow-web-activity#authentication`,
  },
  'outdated-azure-powershell': {
    title: 'the caller uses an outdated Azure PowerShell, which signs in the old way',
    look: 'Get-InstalledModule Az, Az.Synapse where Invoke-AzSynapsePipeline runs.',
    remedy: ['Update-Module Az'],
    source: `${LEARN}/powershell/azure/azureps-support-lifecycle`,
  },
  'changed-setting': {
    title: 'a setting of authentication was changed shortly before',
    look: 'Activity log of the workspace and the target, audit log of the directory.',
    remedy: [
      'Find out whether the change was meant, and undo it or adapt what it broke:',
      'az monitor activity-log list --resource-id <workspace id> --offset 7d --output table',
    ],
    source: `${LEARN}/azure/azure-monitor/platform/activity-log`,
  },
  'entra-refusal': {
    title: 'Entra ID refused the sign-in for a reason that is not known here',
    look: 'The number in the error at https://login.microsoftonline.com/error, and the sign-in log.',
    remedy: ['Look the number up at https://login.microsoftonline.com/error?code=<number>.'],
    source: AADSTS,
  },
} as const satisfies Readonly<Record<string, CauseDescription>>;

export type CauseId = keyof typeof CAUSES;
