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

@description('When the nightly audit runs: NCRONTAB with six fields, UTC.')
param auditSchedule string = '0 0 2 * * *'

@description('When sign-ins alone are audited: NCRONTAB with six fields, UTC.')
param signInSchedule string = '0 20 * * * *'

@description('How often somebody looks whether the nightly audit still runs: NCRONTAB with six fields, UTC.')
param watchSchedule string = '0 50 * * * *'

@description('Minutes after which an audit stops reading and publishes what it has. The function itself ends after 30.')
@minValue(1)
@maxValue(25)
param auditTimeoutMinutes int = 25

@description('Pipeline, activity and trigger runs that failed in so many hours before an audit are looked into.')
@minValue(1)
@maxValue(1080)
param failedRunsHours int = 24

@description('Log Analytics workspaces to ask beside those that Synapse sends to, by workspace id: where Entra ID sends its sign-in logs.')
param logAnalyticsWorkspaceIds string[] = []

@description('Networks whose sign-ins come from no suspicious place: CIDR ranges or single addresses.')
param trustedNetworks string[] = []

@description('Options by check id, for instance { "secret-expiry": { "lowWithinDays": 45 } }. See docs/checks.md.')
param checkOptions object = {}

@description('Days after which reports are removed.')
@minValue(1)
@maxValue(3650)
param reportRetentionDays int = 90

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

@description('Your own domain to send mails from, such as alerts.example.com. Empty: one that Azure manages, which sends 10 mails an hour.')
param mailDomain string = ''

@description('Whether your own domain is verified. Until then mails come from the domain that Azure manages.')
param mailDomainVerified bool = false

@description('Mails a minute, where your subscription was granted more. 0: what the domain allows.')
@minValue(0)
@maxValue(2000)
param mailPerMinute int = 0

@description('The same for an hour.')
@minValue(0)
@maxValue(2000)
param mailPerHour int = 0

@description('Time zone in which mails tell times, an IANA name such as Europe/Berlin.')
param mailTimeZone string = 'UTC'

@description('Problems from this severity up are mailed.')
@allowed(['critical', 'high', 'medium', 'low'])
param alertMinSeverity string = 'low'

@description('When people are told that a credential ends: so many days before, and "expired", comma-separated.')
param alertExpirySteps string = '30,14,7,1,expired'

@description('Hours for which the same security event is not told again, unless it is more severe.')
@minValue(0)
@maxValue(720)
param alertQuietHours int = 24

@description('Whether owners of applications and workspaces are told of what is theirs.')
param alertOwners bool = true

@description('Tag on a workspace that holds mail addresses to tell of what concerns it.')
@maxLength(512)
param alertTag string = 'NotifyEmail'

@description('Whom to tell beside the recipients and owners, for instance [{ "minSeverity": "high", "to": ["soc@example.com"] }].')
param alertRoutes array = []

@description('Whether alerts go to a webhook as well. Its address is kept in a key vault.')
param alertWebhook bool = false

@secure()
@description('Address of the webhook, given once. Empty: the one in the key vault stays.')
param alertWebhookUrl string = ''

@description('What the webhook takes.')
@allowed(['teams', 'slack', 'json'])
param alertWebhookFormat string = 'teams'

@description('Whether what is sent to the webhook is signed, with a key that is kept in the key vault.')
param alertWebhookSigned bool = false

@secure()
@description('Key that webhook requests are signed with, 16 characters or more, given once. Empty: the one in the key vault stays.')
param alertWebhookSecret string = ''

@description('Who gets a mail from Azure Monitor when the auditor itself is in trouble. Empty: nobody; the portal shows it.')
param operationsRecipients string[] = mailRecipients

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Whether it is written down who reads and writes the auditor\'s storage, secrets, mails and logs.')
param accessLogs bool = true

@description('Redundancy of the storage account that holds reports and state.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageRedundancy string = 'Standard_LRS'

@description('Whether storage and secrets are reached through private endpoints only. It costs some 25 euros a month.')
param privateNetwork bool = false

@description('Addresses of the virtual network, /25 or larger, where there is one.')
param networkAddressPrefix string = '10.90.0.0/24'

@description('Whether the identity and the storage are locked against deletion. Remove the locks before azd down.')
param resourceLocks bool = false

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
    locked: resourceLocks
    tags: allTags
  }
}

module telemetry 'telemetry.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    retentionDays: logRetentionDays
    logQueries: accessLogs
    principalId: identity.outputs.principalId
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
    private: privateNetwork
    locked: resourceLocks
    accessLogs: accessLogs
    logsTo: telemetry.outputs.workspaceId
    tags: allTags
  }
}

module mail 'mail.bicep' = if (!empty(mailRecipients)) {
  scope: group
  params: {
    suffix: suffix
    dataLocation: mailDataLocation
    ownDomain: mailDomain
    ownDomainVerified: mailDomainVerified
    principalId: identity.outputs.principalId
    accessLogs: accessLogs
    logsTo: telemetry.outputs.workspaceId
    tags: allTags
  }
}

module webhook 'webhook.bicep' = if (alertWebhook) {
  scope: group
  params: {
    suffix: suffix
    location: location
    url: alertWebhookUrl
    signingKey: alertWebhookSecret
    signed: alertWebhookSigned
    private: privateNetwork
    principalId: identity.outputs.principalId
    accessLogs: accessLogs
    logsTo: telemetry.outputs.workspaceId
    tags: allTags
  }
}

module network 'network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    suffix: suffix
    location: location
    addressPrefix: networkAddressPrefix
    tags: allTags
  }
}

module storageEndpoints 'private-endpoint.bicep' = [
  for service in ['blob', 'queue', 'table']: if (privateNetwork) {
    scope: group
    params: {
      name: 'pe-${service}-${suffix}'
      location: location
      serviceId: storage.outputs.id
      groupId: service
      zoneName: 'privatelink.${service}.${environment().suffixes.storage}'
      networkId: network!.outputs.id
      subnetId: network!.outputs.endpointSubnetId
      tags: allTags
    }
  }
]

// In the public cloud it is privatelink.vaultcore.azure.net, while addresses end in .vault.azure.net.
module vaultEndpoint 'private-endpoint.bicep' = if (privateNetwork && alertWebhook) {
  scope: group
  params: {
    name: 'pe-vault-${suffix}'
    location: location
    serviceId: webhook!.outputs.id
    groupId: 'vault'
    zoneName: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointSubnetId
    tags: allTags
  }
}

module functionApp 'function-app.bicep' = {
  scope: group
  // It starts by reading its storage and its secrets.
  dependsOn: [storageEndpoints, vaultEndpoint]
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
    subnetId: network.?outputs.appSubnetId ?? ''
    settings: {
      auditSchedule: auditSchedule
      signInSchedule: signInSchedule
      watchSchedule: watchSchedule
      auditTimeoutMinutes: auditTimeoutMinutes
      failedRunsHours: failedRunsHours
      subscriptions: subscriptions
      logAnalyticsWorkspaceIds: logAnalyticsWorkspaceIds
      trustedNetworks: trustedNetworks
      checkOptions: checkOptions
      reportRetentionDays: reportRetentionDays
      mail: {
        endpoint: mail.?outputs.endpoint ?? ''
        sender: mail.?outputs.sender ?? ''
        recipients: mailRecipients
        perMinute: mailPerMinute
        perHour: mailPerHour
        timeZone: mailTimeZone
      }
      alerts: {
        minSeverity: alertMinSeverity
        expirySteps: alertExpirySteps
        quietHours: alertQuietHours
        owners: alertOwners
        tag: alertTag
        routes: alertRoutes
      }
      webhook: {
        url: webhook.?outputs.urlReference ?? ''
        signing: webhook.?outputs.signingReference ?? ''
        format: alertWebhookFormat
      }
    }
    tags: union(allTags, { 'azd-service-name': 'api' })
  }
}

module alertRules 'alert-rules.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    workspaceId: telemetry.outputs.workspaceId
    recipients: operationsRecipients
    tags: allTags
  }
}

module queryPack 'query-pack.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: allTags
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

// What it needs to see of its own storage, in a subscription that may not be audited. Tests of the templates hold it to this.
module ownRoleAssignment 'own-role-assignment.bicep' = {
  scope: group
  params: {
    auditorRoleId: auditorRole.outputs.id
    principalId: identity.outputs.principalId
  }
}

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

@description('Log Analytics workspace with the auditor\'s own logs.')
output AUDITOR_LOG_WORKSPACE string = telemetry.outputs.workspaceName

@description('Key vault of the webhook\'s address; empty without a webhook.')
output AUDITOR_KEY_VAULT string = webhook.?outputs.name ?? ''

@description('Sender address of the mails; empty where none are sent.')
output AUDITOR_MAIL_SENDER string = mail.?outputs.sender ?? ''

@description('Email service, which verifies your own domain; empty where no mails are sent.')
output AUDITOR_EMAIL_SERVICE string = mail.?outputs.emailService ?? ''

@description('DNS records that your own domain needs, as JSON; empty without one.')
output AUDITOR_MAIL_DOMAIN_RECORDS string = mail.?outputs.domainRecords ?? ''
