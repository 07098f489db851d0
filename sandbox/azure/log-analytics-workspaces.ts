/** Log Analytics workspaces as Azure Resource Manager describes them. */
import type { Scenario } from '../scenarios/schema';
import { customerIdOf } from './log-rows';
import { logAnalyticsIdOf } from './resource-ids';
import { isRefused, type Answer } from './service';
import type { ResourceManagerParts, SettingRoute } from './workspace-settings';

type Workspace = Scenario['logAnalyticsWorkspaces'][number];

const PATH =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/[^/]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/([^/]+)$/i;

/** https://learn.microsoft.com/rest/api/loganalytics/workspaces/get */
export function logAnalyticsRoutes({ tenant, forbidden, error }: ResourceManagerParts): SettingRoute[] {
  const { scenario } = tenant;
  const answer = (path: string): Answer => {
    const workspace = scenario.logAnalyticsWorkspaces.find(
      (each) => logAnalyticsIdOf(each).toLowerCase() === path.toLowerCase(),
    );
    if (!workspace) {
      const message = `The Resource '${path.slice(path.indexOf('Microsoft.'))}' was not found.`;
      return { status: 404, body: error('ResourceNotFound', message) };
    }
    const scopes = [undefined, workspace.subscription, `logs:${workspace.name}`];
    return scopes.some((scope) => isRefused(tenant, 'logTables', scope))
      ? forbidden('Microsoft.OperationalInsights/workspaces/read', path)
      : { status: 200, body: workspaceObject(workspace) };
  };
  return [{ method: 'GET', path: PATH, versions: ['2023-09-01'], answer: (call) => answer(call.path) }];
}

function workspaceObject(workspace: Workspace): unknown {
  return {
    id: logAnalyticsIdOf(workspace),
    name: workspace.name,
    type: 'Microsoft.OperationalInsights/workspaces',
    location: 'westeurope',
    properties: {
      customerId: customerIdOf(workspace.name),
      provisioningState: 'Succeeded',
      sku: { name: 'PerGB2018' },
      retentionInDays: 90,
      publicNetworkAccessForIngestion: 'Enabled',
      publicNetworkAccessForQuery: 'Enabled',
    },
  };
}
