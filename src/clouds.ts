/** The addresses and token audiences of each Azure cloud. Sovereign values from Microsoft's national cloud tables. */
export interface Cloud {
  readonly resourceManager: string;
  readonly resourceManagerAudience: string;
  readonly graph: string;
  readonly graphAudience: string;
  readonly synapseAudience: string;
  readonly logAnalytics: string;
  readonly logAnalyticsAudience: string;
  readonly portal: string;
  readonly entraAuthority: string;
}

export const CLOUD_NAMES = ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'] as const;
export type CloudName = (typeof CLOUD_NAMES)[number];

export const CLOUDS: Readonly<Record<CloudName, Cloud>> = {
  AzureCloud: {
    resourceManager: 'https://management.azure.com',
    resourceManagerAudience: 'https://management.azure.com',
    graph: 'https://graph.microsoft.com',
    graphAudience: 'https://graph.microsoft.com',
    synapseAudience: 'https://dev.azuresynapse.net',
    logAnalytics: 'https://api.loganalytics.io',
    logAnalyticsAudience: 'https://api.loganalytics.io',
    portal: 'https://portal.azure.com',
    entraAuthority: 'https://login.microsoftonline.com',
  },
  AzureUSGovernment: {
    resourceManager: 'https://management.usgovcloudapi.net',
    resourceManagerAudience: 'https://management.usgovcloudapi.net',
    graph: 'https://graph.microsoft.us',
    graphAudience: 'https://graph.microsoft.us',
    synapseAudience: 'https://dev.azuresynapse.usgovcloudapi.net',
    logAnalytics: 'https://api.loganalytics.us',
    logAnalyticsAudience: 'https://api.loganalytics.us',
    portal: 'https://portal.azure.us',
    entraAuthority: 'https://login.microsoftonline.us',
  },
  AzureChinaCloud: {
    resourceManager: 'https://management.chinacloudapi.cn',
    resourceManagerAudience: 'https://management.chinacloudapi.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    graphAudience: 'https://microsoftgraph.chinacloudapi.cn',
    synapseAudience: 'https://dev.azuresynapse.azure.cn',
    logAnalytics: 'https://api.loganalytics.azure.cn',
    logAnalyticsAudience: 'https://api.loganalytics.azure.cn',
    portal: 'https://portal.azure.cn',
    entraAuthority: 'https://login.chinacloudapi.cn',
  },
};
