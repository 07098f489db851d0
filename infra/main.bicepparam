using 'main.bicep'

// azd sets AZURE_ENV_NAME and AZURE_LOCATION; set the others by `azd env set NAME VALUE` (lists comma-separated, objects as
// JSON). What is not set has the default of main.bicep, repeated here since a variable that is not set must give something.
// infra/parameters.md is made of both files.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'synapse-auditor')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param resourceGroupName = readEnvironmentVariable('AZURE_RESOURCE_GROUP', 'rg-${environmentName}')

var subscriptionList = readEnvironmentVariable('AUDITED_SUBSCRIPTIONS', '')
param auditedSubscriptions = empty(subscriptionList) ? [] : map(split(subscriptionList, ','), id => trim(id))

param auditSchedule = readEnvironmentVariable('AUDIT_SCHEDULE', '0 0 2 * * *')
param signInSchedule = readEnvironmentVariable('SIGN_IN_SCHEDULE', '0 20 * * * *')
param watchSchedule = readEnvironmentVariable('WATCH_SCHEDULE', '0 50 * * * *')
param auditTimeoutMinutes = int(readEnvironmentVariable('AUDIT_TIMEOUT_MINUTES', '25'))
param failedRunsHours = int(readEnvironmentVariable('FAILED_RUNS_HOURS', '24'))

var logWorkspaceList = readEnvironmentVariable('LOG_ANALYTICS_WORKSPACE_IDS', '')
param logAnalyticsWorkspaceIds = empty(logWorkspaceList) ? [] : map(split(logWorkspaceList, ','), id => trim(id))

var networkList = readEnvironmentVariable('TRUSTED_NETWORKS', '')
param trustedNetworks = empty(networkList) ? [] : map(split(networkList, ','), network => trim(network))

param checkOptions = json(readEnvironmentVariable('CHECK_OPTIONS', '{}'))
param reportRetentionDays = int(readEnvironmentVariable('REPORT_RETENTION_DAYS', '90'))

var recipientList = readEnvironmentVariable('MAIL_RECIPIENTS', '')
param mailRecipients = empty(recipientList) ? [] : map(split(recipientList, ','), address => trim(address))
param mailDataLocation = readEnvironmentVariable('MAIL_DATA_LOCATION', 'Europe')
param mailDomain = readEnvironmentVariable('MAIL_DOMAIN', '')
param mailDomainVerified = bool(readEnvironmentVariable('MAIL_DOMAIN_VERIFIED', 'false'))
param mailPerMinute = int(readEnvironmentVariable('MAIL_PER_MINUTE', '0'))
param mailPerHour = int(readEnvironmentVariable('MAIL_PER_HOUR', '0'))
param mailTimeZone = readEnvironmentVariable('MAIL_TIME_ZONE', 'UTC')

param alertMinSeverity = readEnvironmentVariable('ALERT_MIN_SEVERITY', 'low')
param alertExpirySteps = readEnvironmentVariable('ALERT_EXPIRY_STEPS', '30,14,7,1,expired')
param alertQuietHours = int(readEnvironmentVariable('ALERT_QUIET_HOURS', '24'))
param alertOwners = bool(readEnvironmentVariable('ALERT_OWNERS', 'true'))
param alertTag = readEnvironmentVariable('ALERT_TAG', 'NotifyEmail')
param alertRoutes = json(readEnvironmentVariable('ALERT_ROUTES', '[]'))

param alertWebhook = bool(readEnvironmentVariable('ALERT_WEBHOOK', 'false'))
param alertWebhookUrl = readEnvironmentVariable('ALERT_WEBHOOK_URL', '')
param alertWebhookFormat = readEnvironmentVariable('ALERT_WEBHOOK_FORMAT', 'teams')
param alertWebhookSigned = bool(readEnvironmentVariable('ALERT_WEBHOOK_SIGNED', 'false'))
param alertWebhookSecret = readEnvironmentVariable('ALERT_WEBHOOK_SECRET', '')

var operationsList = readEnvironmentVariable('OPERATIONS_RECIPIENTS', recipientList)
param operationsRecipients = empty(operationsList) ? [] : map(split(operationsList, ','), address => trim(address))
param logRetentionDays = int(readEnvironmentVariable('LOG_RETENTION_DAYS', '30'))
param accessLogs = bool(readEnvironmentVariable('ACCESS_LOGS', 'true'))

param storageRedundancy = readEnvironmentVariable('STORAGE_REDUNDANCY', 'Standard_LRS')
param privateNetwork = bool(readEnvironmentVariable('PRIVATE_NETWORK', 'false'))
param networkAddressPrefix = readEnvironmentVariable('NETWORK_ADDRESS_PREFIX', '10.90.0.0/24')
param resourceLocks = bool(readEnvironmentVariable('RESOURCE_LOCKS', 'false'))
param tags = json(readEnvironmentVariable('TAGS', '{}'))
