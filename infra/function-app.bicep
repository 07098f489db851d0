metadata description = 'The function app on Flex Consumption: Linux, Node.js 22, everything reached by identity.'

@description('Name of the app; its plan is named after it.')
param name string

@description('Region.')
param location string

@description('Resource id of the identity.')
param identityId string

@description('Client id of the identity.')
param identityClientId string

@description('Addresses of the storage account, and of the container for the package.')
param storage { blob: string, queue: string, table: string, deployments: string }

@description('Where telemetry goes.')
param applicationInsightsConnectionString string

@description('Subnet that the app calls from; empty: none.')
param subnetId string

@description('What the app is told; docs/settings.md explains each.')
param settings {
  auditSchedule: string
  signInSchedule: string
  watchSchedule: string
  auditTimeoutMinutes: int
  failedRunsHours: int
  subscriptions: string[]
  logAnalyticsWorkspaceIds: string[]
  trustedNetworks: string[]
  checkOptions: object
  reportRetentionDays: int

  @description('Empty strings and an empty list: no mails. Limits of 0: those of the domain.')
  mail: {
    endpoint: string
    sender: string
    recipients: string[]
    perMinute: int
    perHour: int
    timeZone: string
  }

  alerts: {
    minSeverity: string
    expirySteps: string
    quietHours: int
    owners: bool
    tag: string
    routes: array
  }

  @description('References to Key Vault, never the values; empty: no webhook, or nothing signed.')
  webhook: { url: string, signing: string, format: string }
}

@description('Tags.')
param tags object

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // What the settings refer to in Key Vault is read with it.
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: storage.deployments
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'node'
        version: '22'
      }
      // One audit runs at a time and the rest is a few requests for reports: a low ceiling is plenty.
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
      }
    }
  }

  // Replaces what is there: settings are changed here, by a parameter, not in the portal. An empty value counts as absent.
  // scripts/infra-rules.ts says which settings of the app are left out, and why.
  resource appSettings 'config' = {
    name: 'appsettings'
    properties: {
      ALERT_EXPIRY_STEPS: settings.alerts.expirySteps
      ALERT_MIN_SEVERITY: settings.alerts.minSeverity
      ALERT_OWNERS: settings.alerts.owners ? 'true' : 'false'
      ALERT_QUIET_HOURS: string(settings.alerts.quietHours)
      ALERT_ROUTES: string(settings.alerts.routes)
      ALERT_TAG: settings.alerts.tag
      ALERT_WEBHOOK_FORMAT: settings.webhook.format
      ALERT_WEBHOOK_SECRET: settings.webhook.signing
      ALERT_WEBHOOK_URL: settings.webhook.url
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
      AUDIT_BASE_URL: 'https://${app.properties.defaultHostName}'
      AUDIT_SCHEDULE: settings.auditSchedule
      AUDIT_STORAGE_TABLE_ENDPOINT: storage.table
      AUDIT_SUBSCRIPTIONS: join(settings.subscriptions, ',')
      AUDIT_TIMEOUT_MINUTES: string(settings.auditTimeoutMinutes)
      FAILED_RUNS_HOURS: string(settings.failedRunsHours)
      AZURE_CLIENT_ID: identityClientId
      AZURE_CLOUD: environment().name
      AZURE_TENANT_ID: tenant().tenantId
      AzureWebJobsStorage__blobServiceUri: storage.blob
      AzureWebJobsStorage__clientId: identityClientId
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__queueServiceUri: storage.queue
      AzureWebJobsStorage__tableServiceUri: storage.table
      CHECK_OPTIONS: string(settings.checkOptions)
      COMMUNICATION_SERVICES_ENDPOINT: settings.mail.endpoint
      LOG_ANALYTICS_WORKSPACE_IDS: join(settings.logAnalyticsWorkspaceIds, ',')
      MAIL_PER_HOUR: settings.mail.perHour == 0 ? '' : string(settings.mail.perHour)
      MAIL_PER_MINUTE: settings.mail.perMinute == 0 ? '' : string(settings.mail.perMinute)
      MAIL_RECIPIENTS: join(settings.mail.recipients, ',')
      MAIL_SENDER: settings.mail.sender
      MAIL_TIME_ZONE: settings.mail.timeZone
      REPORT_RETENTION_DAYS: string(settings.reportRetentionDays)
      SIGN_IN_SCHEDULE: settings.signInSchedule
      TRUSTED_NETWORKS: join(settings.trustedNetworks, ',')
      WATCH_SCHEDULE: settings.watchSchedule
    }
  }

  // Publishing with a password is off; azd and az publish with a token.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

@description('Name of the app.')
output name string = app.name

@description('Base address of the app.')
output url string = 'https://${app.properties.defaultHostName}'
