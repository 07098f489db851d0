using 'main.bicep'

// azd sets AZURE_ENV_NAME and AZURE_LOCATION; set the others by `azd env set NAME VALUE` (lists comma-separated).
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'synapse-auditor')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')

var subscriptionList = readEnvironmentVariable('AUDITED_SUBSCRIPTIONS', '')
param auditedSubscriptions = empty(subscriptionList) ? [] : map(split(subscriptionList, ','), id => trim(id))

var recipientList = readEnvironmentVariable('MAIL_RECIPIENTS', '')
param mailRecipients = empty(recipientList) ? [] : map(split(recipientList, ','), address => trim(address))
param mailDataLocation = readEnvironmentVariable('MAIL_DATA_LOCATION', 'Europe')

param auditSchedule = readEnvironmentVariable('AUDIT_SCHEDULE', '0 0 2 * * *')
param signInSchedule = readEnvironmentVariable('SIGN_IN_SCHEDULE', '0 20 * * * *')
param checkOptions = json(readEnvironmentVariable('CHECK_OPTIONS', '{}'))
param reportRetentionDays = int(readEnvironmentVariable('REPORT_RETENTION_DAYS', '90'))

var networkList = readEnvironmentVariable('TRUSTED_NETWORKS', '')
param trustedNetworks = empty(networkList) ? [] : map(split(networkList, ','), network => trim(network))
