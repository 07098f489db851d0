metadata description = 'Where the auditor logs about itself: Application Insights over a Log Analytics workspace, without instrumentation-key ingestion.'

@description('Last part of the names.')
param suffix string

@description('Region.')
param location string

@description('Days that logs are kept.')
param retentionDays int

@description('Whether it is written down who queries the logs.')
param logQueries bool

@description('Object id of the identity that sends telemetry.')
param principalId string

@description('Tags.')
param tags object

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    WorkspaceResourceId: workspace.id
  }
}

resource queryLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logQueries) {
  name: 'auditor'
  scope: workspace
  properties: {
    workspaceId: workspace.id
    logs: [{ category: 'Audit', enabled: true }]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, monitoringMetricsPublisher)
  scope: insights
  properties: {
    description: 'Monitoring Metrics Publisher for the Synapse authentication auditor'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Where to send telemetry. No secret: ingestion takes tokens only.')
output connectionString string = insights.properties.ConnectionString

@description('Resource id of the Log Analytics workspace.')
output workspaceId string = workspace.id

@description('Name of the Log Analytics workspace.')
output workspaceName string = workspace.name
