metadata description = 'Key vault for the address of the alert webhook and the key that signs what is sent there. The app refers to them; they are in no setting.'

@description('Last part of the names.')
param suffix string

@description('Region.')
param location string

@secure()
@description('Address of the webhook. Empty: the one in the vault stays.')
param url string

@secure()
@description('Key that requests are signed with. Empty: the one in the vault stays.')
param signingKey string

@description('Whether requests are signed.')
param signed bool

@description('Whether the vault is reached through a private endpoint only.')
param private bool

@description('Object id of the identity that reads them.')
param principalId string

@description('Whether access logs are written.')
param accessLogs bool

@description('Log Analytics workspace that gets them.')
param logsTo string

@description('Tags.')
param tags object

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-${suffix}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    // No purge protection: what is in here can be made anew, and azd down --purge shall leave nothing behind.
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: {
      // Resource Manager, which writes the secrets below.
      bypass: 'AzureServices'
      defaultAction: private ? 'Deny' : 'Allow'
    }
  }

  resource urlSecret 'secrets' = if (!empty(url)) {
    name: 'alert-webhook-url'
    tags: tags
    properties: { value: url }
  }

  resource keySecret 'secrets' = if (signed && !empty(signingKey)) {
    name: 'alert-webhook-signing'
    tags: tags
    properties: { value: signingKey }
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, keyVaultSecretsUser)
  scope: vault
  properties: {
    description: 'Key Vault Secrets User for the Synapse authentication auditor'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (accessLogs) {
  name: 'auditor'
  scope: vault
  properties: {
    workspaceId: logsTo
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

@description('Resource id.')
output id string = vault.id

@description('Name of the vault.')
output name string = vault.name

@description('What the app setting of the address holds: where to read it.')
output urlReference string = '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}secrets/alert-webhook-url)'

@description('What the app setting of the key holds: where to read it. Empty where nothing is signed.')
output signingReference string = signed
  ? '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}secrets/alert-webhook-signing)'
  : ''
