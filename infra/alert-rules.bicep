metadata description = 'What tells people that the auditor itself is in trouble: rules over its own logs, and mails that Azure Monitor sends, not the auditor.'

@description('Last part of the names.')
param suffix string

@description('Region of the workspace.')
param location string

@description('Resource id of the Log Analytics workspace with the auditor\'s logs.')
param workspaceId string

@description('Who gets a mail. Empty: alerts are shown in the portal alone.')
param recipients string[]

@description('Tags.')
param tags object

// Each query gives rows only when something is wrong. Its own time range must lie within the window.
var rules = [
  {
    name: 'no-finished-audit'
    title: 'No finished audit in 26 hours'
    description: 'The auditor published no full report for 26 hours: it does not run, or fails. See GET /api/status and the traces of nightly-audit.'
    query: loadTextContent('queries/no-finished-audit.kql')
    severity: 1
    frequency: 'PT1H'
    window: 'P2D'
  }
  {
    name: 'failed-deliveries'
    title: 'Alerts of the auditor do not arrive'
    description: 'Mails or webhook messages were refused, dropped or put off again and again. See GET /api/alerts?state=failed.'
    query: loadTextContent('queries/failed-deliveries.kql')
    severity: 2
    frequency: 'PT1H'
    window: 'PT6H'
  }
  {
    name: 'function-errors'
    title: 'Functions of the auditor fail'
    description: 'Functions failed, or logged errors. The rows say which and why.'
    query: loadTextContent('queries/function-errors.kql')
    severity: 2
    frequency: 'PT30M'
    window: 'PT1H'
  }
  {
    name: 'lost-permission'
    title: 'The auditor lost a permission'
    description: 'A source is refused that could be read within the last two days. docs/permissions.md names the permission of each source.'
    query: loadTextContent('queries/lost-permission.kql')
    severity: 2
    frequency: 'PT1H'
    window: 'P2D'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(recipients)) {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'SynapseAudit'
    emailReceivers: [
      for (address, index) in recipients: {
        name: 'recipient ${index + 1}'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alertRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${rule.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      description: rule.description
      enabled: true
      severity: rule.severity
      scopes: [workspaceId]
      evaluationFrequency: rule.frequency
      windowSize: rule.window
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              minFailingPeriodsToAlert: 1
              numberOfEvaluationPeriods: 1
            }
          }
        ]
      }
      // One mail when it begins and one when it is over.
      autoMitigate: true
      // A new workspace has no rows yet to check a query by.
      skipQueryValidation: true
      actions: { actionGroups: empty(recipients) ? [] : [people.id] }
    }
  }
]
