metadata description = 'Custom role with what the auditor reads through Azure Resource Manager, and nothing else: the Azure RBAC rows of docs/permissions.md.'

targetScope = 'subscription'

@description('Name of the installation. It is part of the role\'s name, since role names are unique in a tenant.')
param environmentName string

@description('Ids of the subscriptions where the role can be assigned.')
param subscriptions string[]

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, environmentName, 'Synapse Authentication Auditor')
  properties: {
    roleName: 'Synapse Authentication Auditor (${environmentName})'
    description: 'Reads what decides whether authentication to Azure Synapse works. Reads no data and no secrets.'
    type: 'CustomRole'
    assignableScopes: union([toLower(subscription().id)], map(subscriptions, id => toLower('/subscriptions/${id}')))
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/roleAssignments/read'
          'Microsoft.Authorization/roleDefinitions/read'
          'Microsoft.Insights/diagnosticSettings/read'
          'Microsoft.Insights/diagnosticSettingsCategories/read'
          'Microsoft.Insights/eventtypes/values/read'
          'Microsoft.KeyVault/vaults/keys/read'
          'Microsoft.KeyVault/vaults/read'
          'Microsoft.KeyVault/vaults/secrets/read'
          'Microsoft.ManagedIdentity/userAssignedIdentities/read'
          'Microsoft.OperationalInsights/workspaces/query/AADManagedIdentitySignInLogs/read'
          'Microsoft.OperationalInsights/workspaces/query/AADNonInteractiveUserSignInLogs/read'
          'Microsoft.OperationalInsights/workspaces/query/AADServicePrincipalSignInLogs/read'
          'Microsoft.OperationalInsights/workspaces/query/AzureDiagnostics/read'
          'Microsoft.OperationalInsights/workspaces/query/MicrosoftGraphActivityLogs/read'
          'Microsoft.OperationalInsights/workspaces/query/read'
          'Microsoft.OperationalInsights/workspaces/query/SigninLogs/read'
          'Microsoft.OperationalInsights/workspaces/query/SQLSecurityAuditEvents/read'
          'Microsoft.OperationalInsights/workspaces/read'
          'Microsoft.ResourceGraph/resources/read'
          'Microsoft.Resources/subscriptions/read'
          'Microsoft.Storage/storageAccounts/read'
          'Microsoft.Synapse/workspaces/administrators/read'
          'Microsoft.Synapse/workspaces/azureADOnlyAuthentications/read'
          'Microsoft.Synapse/workspaces/extendedAuditingSettings/read'
          'Microsoft.Synapse/workspaces/firewallRules/read'
          'Microsoft.Synapse/workspaces/managedIdentitySqlControlSettings/read'
          'Microsoft.Synapse/workspaces/read'
          'Microsoft.Synapse/workspaces/securityAlertPolicies/read'
          'Microsoft.Synapse/workspaces/sqlAdministrators/read'
          'Microsoft.Synapse/workspaces/sqlPools/extendedAuditingSettings/read'
          'Microsoft.Synapse/workspaces/sqlPools/read'
        ]
      }
    ]
  }
}

@description('GUID of the role.')
output id string = role.name
