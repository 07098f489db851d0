metadata description = 'The one identity the auditor signs in with everywhere. It outlives the function app, so that grants survive a redeployment.'

@description('Name of the identity.')
param name string

@description('Region.')
param location string

@description('Whether it is locked against deletion: every grant would go with it.')
param locked bool

@description('Tags.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  name: 'no-deletion'
  scope: identity
  properties: {
    level: 'CanNotDelete'
    notes: 'Permissions of Graph, Synapse and Azure are granted to this identity and would be lost with it.'
  }
}

@description('Resource id.')
output id string = identity.id

@description('Client (application) id: what a token is asked for by.')
output clientId string = identity.properties.clientId

@description('Object id: what roles are assigned to.')
output principalId string = identity.properties.principalId
