metadata description = 'Mail through Azure Communication Services, from a domain that Azure manages (10 mails an hour; bring your own domain for more).'

@description('Last part of the names.')
param suffix string

@description('Where data is kept at rest.')
param dataLocation string

@description('Object id of the identity that sends.')
param principalId string

@description('Tags.')
param tags object

// There is no built-in role that may only send.
var communicationAndEmailServiceOwner = '09976791-48a7-449e-bb21-39d1a415f350'

resource emailService 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: 'email-${suffix}'
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation }

  resource domain 'domains' = {
    name: 'AzureManagedDomain'
    location: 'global'
    tags: tags
    properties: {
      domainManagement: 'AzureManaged'
      userEngagementTracking: 'Disabled'
    }
  }
}

resource communicationService 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: 'acs-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    disableLocalAuth: true
    linkedDomains: [emailService::domain.id]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communicationService.id, principalId, communicationAndEmailServiceOwner)
  scope: communicationService
  properties: {
    description: 'Communication and Email Service Owner for the Synapse authentication auditor'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      communicationAndEmailServiceOwner
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Address of the service.')
output endpoint string = 'https://${communicationService.properties.hostName}'

@description('Address that mails come from.')
output sender string = 'DoNotReply@${emailService::domain.properties.mailFromSenderDomain}'
