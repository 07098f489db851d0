metadata description = 'The Synapse authentication auditor and all it needs, without a secret. Deployed by azd; see README.md.'

targetScope = 'subscription'

@description('Name of this installation, unique in the subscription: part of the names of the resource group and of the custom role.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Region of all resources. It must offer Flex Consumption: az functionapp list-flexconsumption-locations.')
@minLength(1)
param location string

@description('Resource group to create.')
param resourceGroupName string = 'rg-${environmentName}'

@description('Ids of the subscriptions whose Synapse workspaces are audited. Empty: the one that is deployed to. Whoever deploys must be allowed to create role assignments in each.')
param auditedSubscriptions string[] = []

@description('Who gets the mails. Empty: no mails, and no Communication Services resource.')
param mailRecipients string[] = []

@description('Where Communication Services keeps data at rest. It cannot be changed later.')
@allowed([
  'Africa'
  'Asia Pacific'
  'Australia'
  'Brazil'
  'Canada'
  'Europe'
  'France'
  'Germany'
  'India'
  'Japan'
  'Korea'
  'Norway'
  'Switzerland'
  'UAE'
  'UK'
  'United States'
  'usgov'
])
param mailDataLocation string = 'Europe'

@description('When the nightly audit runs: NCRONTAB with six fields, UTC.')
param auditSchedule string = '0 0 2 * * *'

@description('When sign-ins alone are audited: NCRONTAB with six fields, UTC.')
param signInSchedule string = '0 20 * * * *'

@description('Networks whose sign-ins come from no suspicious place: CIDR ranges or single addresses.')
param trustedNetworks string[] = []

@description('Options by check id, for instance { \'secret-expiry\': { lowWithinDays: 45 } }. See docs/checks.md.')
param checkOptions object = {}

@description('Days after which reports are removed.')
@minValue(1)
@maxValue(3650)
param reportRetentionDays int = 90

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Redundancy of the storage account that holds reports and state.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageRedundancy string = 'Standard_LRS'

@description('Tags of every resource, beside those that azd needs.')
param tags object = {}

var suffix = uniqueString(subscription().id, environmentName, location)
var allTags = union(tags, { 'azd-env-name': environmentName })
var subscriptions = empty(auditedSubscriptions) ? [subscription().subscriptionId] : auditedSubscriptions

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: allTags
}

module identity 'identity.bicep' = {
  scope: group
  params: {
    name: 'id-${suffix}'
    location: location
    tags: allTags
  }
}

module storage 'storage.bicep' = {
  scope: group
  params: {
    name: 'st${suffix}'
    location: location
    redundancy: storageRedundancy
    principalId: identity.outputs.principalId
    tags: allTags
  }
}

module telemetry 'telemetry.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    retentionDays: logRetentionDays
    principalId: identity.outputs.principalId
    tags: allTags
  }
}

module mail 'mail.bicep' = if (!empty(mailRecipients)) {
  scope: group
  params: {
    suffix: suffix
    dataLocation: mailDataLocation
    principalId: identity.outputs.principalId
    tags: allTags
  }
}

module functionApp 'function-app.bicep' = {
  scope: group
  params: {
    name: 'func-${suffix}'
    location: location
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storage: {
      blob: storage.outputs.blobEndpoint
      queue: storage.outputs.queueEndpoint
      table: storage.outputs.tableEndpoint
      deployments: storage.outputs.deploymentContainer
    }
    applicationInsightsConnectionString: telemetry.outputs.connectionString
    settings: {
      schedule: auditSchedule
      signInSchedule: signInSchedule
      trustedNetworks: trustedNetworks
      subscriptions: subscriptions
      checkOptions: checkOptions
      reportRetentionDays: reportRetentionDays
      mail: {
        endpoint: mail.?outputs.endpoint ?? ''
        sender: mail.?outputs.sender ?? ''
        recipients: mailRecipients
      }
    }
    tags: union(allTags, { 'azd-service-name': 'api' })
  }
}

module auditorRole 'auditor-role.bicep' = {
  params: {
    environmentName: environmentName
    subscriptions: subscriptions
  }
}

module auditorRoleAssignments 'auditor-role-assignment.bicep' = [
  for id in subscriptions: {
    scope: subscription(id)
    params: {
      auditorRoleId: auditorRole.outputs.id
      principalId: identity.outputs.principalId
    }
  }
]

@description('Resource group of the auditor.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the function app.')
output AUDITOR_FUNCTION_APP string = functionApp.outputs.name

@description('Base address of the HTTP functions.')
output AUDITOR_URL string = functionApp.outputs.url

@description('Object id of the auditor\'s identity: what Graph and Synapse permissions are granted to.')
output AUDITOR_PRINCIPAL_ID string = identity.outputs.principalId

@description('Storage account of the auditor\'s state.')
output AUDITOR_STORAGE_ACCOUNT string = storage.outputs.name

@description('Sender address of the mails; empty where none are sent.')
output MAIL_SENDER string = mail.?outputs.sender ?? ''
