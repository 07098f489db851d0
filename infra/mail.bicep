metadata description = 'Mail through Azure Communication Services, from a domain that Azure manages (10 mails an hour) or from your own.'

@description('Last part of the names.')
param suffix string

@description('Where data is kept at rest.')
param dataLocation string

@description('Your own domain; empty: the one that Azure manages.')
param ownDomain string

@description('Whether your own domain is verified: only then can mails come from it.')
param ownDomainVerified bool

@description('Object id of the identity that sends.')
param principalId string

@description('Whether delivery logs are written.')
param accessLogs bool

@description('Log Analytics workspace that gets them.')
param logsTo string

@description('Tags.')
param tags object

// There is no built-in role that may only send.
var communicationAndEmailServiceOwner = '09976791-48a7-449e-bb21-39d1a415f350'
var fromOwnDomain = !empty(ownDomain) && ownDomainVerified

resource emailService 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: 'email-${suffix}'
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation }

  resource managed 'domains' = {
    name: 'AzureManagedDomain'
    location: 'global'
    tags: tags
    properties: {
      domainManagement: 'AzureManaged'
      userEngagementTracking: 'Disabled'
    }
  }

  // A name must not be empty, even of what is not created.
  resource own 'domains' = if (!empty(ownDomain)) {
    name: empty(ownDomain) ? 'none' : ownDomain
    location: 'global'
    tags: tags
    properties: {
      domainManagement: 'CustomerManaged'
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
    // One that is not verified is refused.
    linkedDomains: [fromOwnDomain ? emailService::own.id : emailService::managed.id]
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (accessLogs) {
  name: 'auditor'
  scope: communicationService
  properties: {
    workspaceId: logsTo
    logs: [
      { category: 'EmailSendMailOperational', enabled: true }
      { category: 'EmailStatusUpdateOperational', enabled: true }
    ]
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
output sender string = fromOwnDomain
  ? 'DoNotReply@${ownDomain}'
  : 'DoNotReply@${emailService::managed.properties.mailFromSenderDomain}'

@description('Name of the email service, which verifies domains.')
output emailService string = emailService.name

@description('The DNS records that your own domain needs, as JSON; empty without one.')
output domainRecords string = empty(ownDomain) ? '' : string(emailService::own!.properties.verificationRecords)
