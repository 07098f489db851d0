metadata description = 'The auditor\'s own queries over sign-in logs, to look further in Log Analytics by hand. Whoever opens a workspace can choose this pack.'

@description('Last part of the names.')
param suffix string

@description('Region.')
param location string

@description('Tags.')
param tags object

var queries = [
  {
    name: 'azure-powershell-callers'
    title: 'Who uses Azure PowerShell'
    description: 'Users and service principals by the user agent of their sign-ins and requests.'
    body: loadTextContent('../src/inventory/queries/azure-powershell-callers.kql')
  }
  {
    name: 'log-tables'
    title: 'Which logs about authentication are there'
    description: 'Tables that exist, how many rows they have and how new the newest is.'
    body: loadTextContent('../src/inventory/queries/log-tables.kql')
  }
  {
    name: 'managed-identity-sign-ins'
    title: 'Sign-ins of managed identities that concern Synapse'
    description: 'Of the last day, by identity, resource, address and result. Object ids in Principals add identities wherever they sign in to.'
    body: loadTextContent('../src/inventory/queries/managed-identity-sign-ins.kql')
  }
  {
    name: 'service-principal-sign-ins'
    title: 'Sign-ins of service principals that concern Synapse'
    description: 'Of the last day, by service principal, resource, address, credential and result. Object ids in Principals add some wherever they sign in to.'
    body: loadTextContent('../src/inventory/queries/service-principal-sign-ins.kql')
  }
  {
    name: 'sign-in-places'
    title: 'From which countries principals signed in to Synapse'
    description: 'Of the last two weeks, by principal, country and day. Workspaces and Servers add SQL logins.'
    body: loadTextContent('../src/inventory/queries/sign-in-places.kql')
  }
  {
    name: 'sql-logins'
    title: 'Logins to SQL endpoints of Synapse'
    description: 'Of the last day, failed ones first to look at. Name the workspaces in Servers: without them there are no rows.'
    body: loadTextContent('../src/inventory/queries/sql-logins.kql')
  }
  {
    name: 'user-sign-ins'
    title: 'Sign-ins of users that concern Synapse'
    description: 'Of the last day, by user, application, resource, address and result. Object ids in Principals add users wherever they sign in to.'
    body: loadTextContent('../src/inventory/queries/user-sign-ins.kql')
  }
  {
    name: 'no-finished-audit'
    title: 'Auditor: no finished audit in 26 hours'
    description: 'A row where it is so. In the workspace of the auditor itself.'
    body: loadTextContent('queries/no-finished-audit.kql')
  }
  {
    name: 'failed-deliveries'
    title: 'Auditor: alerts that did not arrive'
    description: 'In the workspace of the auditor itself.'
    body: loadTextContent('queries/failed-deliveries.kql')
  }
  {
    name: 'function-errors'
    title: 'Auditor: functions that failed'
    description: 'In the workspace of the auditor itself.'
    body: loadTextContent('queries/function-errors.kql')
  }
  {
    name: 'lost-permission'
    title: 'Auditor: sources that turned forbidden'
    description: 'In the workspace of the auditor itself.'
    body: loadTextContent('queries/lost-permission.kql')
  }
]

resource pack 'Microsoft.OperationalInsights/queryPacks@2019-09-01' = {
  name: 'pack-${suffix}'
  location: location
  tags: tags
  properties: {}

  // A query's name must be a GUID.
  resource saved 'queries' = [
    for query in queries: {
      name: guid(resourceGroup().id, suffix, query.name)
      properties: {
        displayName: query.title
        description: query.description
        body: query.body
        related: {
          categories: ['security']
          resourceTypes: ['microsoft.operationalinsights/workspaces']
        }
      }
    }
  ]
}
