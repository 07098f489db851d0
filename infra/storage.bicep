metadata description = 'The auditor\'s storage: reports and state (tables), requests (queue), host locks and the deployed package (blobs).'

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Redundancy.')
param redundancy string

@description('Object id of the identity that reads and writes.')
param principalId string

@description('Whether it is reached through private endpoints only.')
param private bool

@description('Whether it is locked against deletion: reports, accepted risks and the baseline would go with it.')
param locked bool

@description('Whether access logs are written.')
param accessLogs bool

@description('Log Analytics workspace that gets them.')
param logsTo string

@description('Tags.')
param tags object

// The first is what the Functions host asks for: leases and function keys are blobs.
// https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
var roles = [
  { name: 'Storage Blob Data Owner', id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' }
  { name: 'Storage Queue Data Contributor', id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' }
  { name: 'Storage Table Data Contributor', id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' }
]

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: private ? 'Deny' : 'Allow'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // Function keys and the package are blobs: a week to bring back what somebody deleted or overwrote.
      containerDeleteRetentionPolicy: {
        enabled: true
        days: 7
      }
      deleteRetentionPolicy: {
        enabled: true
        days: 7
      }
    }

    resource deployments 'containers' = {
      name: 'deployments'
    }
  }

  resource queues 'queueServices' = {
    name: 'default'
  }

  resource tables 'tableServices' = {
    name: 'default'
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  name: 'no-deletion'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Reports, accepted risks and the baseline of the Synapse authentication auditor are kept here.'
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    name: guid(account.id, principalId, role.id)
    scope: account
    properties: {
      description: '${role.name} for the Synapse authentication auditor'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.id)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

// Who read the function keys, who replaced the package, who changed the auditor's state.
resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (accessLogs) {
  name: 'auditor'
  scope: account::blobs
  properties: {
    workspaceId: logsTo
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (accessLogs) {
  name: 'auditor'
  scope: account::queues
  properties: {
    workspaceId: logsTo
    // Reads are the host that looks for requests, all day long.
    logs: [{ category: 'StorageWrite', enabled: true }]
  }
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (accessLogs) {
  name: 'auditor'
  scope: account::tables
  properties: {
    workspaceId: logsTo
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

@description('Resource id.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Blob address.')
output blobEndpoint string = account.properties.primaryEndpoints.blob

@description('Queue address.')
output queueEndpoint string = account.properties.primaryEndpoints.queue

@description('Table address.')
output tableEndpoint string = account.properties.primaryEndpoints.table

@description('Address of the container that the package is deployed to.')
output deploymentContainer string = '${account.properties.primaryEndpoints.blob}${account::blobs::deployments.name}'
