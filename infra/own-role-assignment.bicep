metadata description = 'Gives the auditor its role on its own resource group, so that it can judge its own storage where its subscription is not audited.'

@description('GUID of the auditor\'s custom role.')
param auditorRoleId string

@description('Object id of the auditor\'s identity.')
param principalId string

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, auditorRoleId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', auditorRoleId)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
