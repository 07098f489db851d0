import type {
  ExtendedServerBlobAuditingPolicy,
  ExtendedSqlPoolBlobAuditingPolicy,
  SqlPool,
  SynapseManagementClient,
} from '@azure/arm-synapse';
import type { DiagnosticSetting, SqlAuditing, Workspace } from '../model';

/**
 * The policy of the workspace and one for each dedicated pool, read one pool after the other. The extended settings
 * are the same policy with its filter.
 * https://learn.microsoft.com/rest/api/synapse/resourcemanager/workspace-managed-sql-server-extended-blob-auditing-policies/get
 *
 * @param diagnosticsOf diagnostic settings of a pool, given its ARM id
 */
export async function readSqlAuditing(
  client: SynapseManagementClient,
  workspace: Workspace,
  diagnosticsOf: (poolId: string) => Promise<DiagnosticSetting[]>,
): Promise<SqlAuditing[]> {
  const { resourceGroup, name } = workspace;
  const [own, pools] = await Promise.all([
    client.workspaceManagedSqlServerExtendedBlobAuditingPolicies.get(resourceGroup, name, 'default'),
    listPools(client, workspace),
  ]);
  const policies: SqlAuditing[] = [
    {
      ...toPolicy(own, `workspace ${name}`),
      readFrom: workspace.id,
      target: 'workspace',
      id: workspace.id,
      name,
      paused: false,
      diagnosticSettings: [],
    },
  ];
  for (const pool of pools) {
    if (!pool.id || !pool.name) {
      throw new Error(`A SQL pool of workspace ${name} came without id or name.`);
    }
    const answer = await client.extendedSqlPoolBlobAuditingPolicies.get(resourceGroup, name, pool.name);
    const policy = toPolicy(answer, `SQL pool ${pool.name} of workspace ${name}`);
    const id = pool.id.toLowerCase();
    policies.push({
      ...policy,
      readFrom: workspace.id,
      target: 'sqlPool',
      id,
      name: pool.name,
      paused: pool.status === 'Paused',
      diagnosticSettings: policy.enabled && policy.toAzureMonitor ? await diagnosticsOf(id) : [],
    });
  }
  return policies;
}

async function listPools(client: SynapseManagementClient, { resourceGroup, name }: Workspace): Promise<SqlPool[]> {
  const pools: SqlPool[] = [];
  for await (const pool of client.sqlPools.listByWorkspace(resourceGroup, name)) {
    pools.push(pool);
  }
  return pools;
}

type Policy = Pick<
  SqlAuditing,
  'enabled' | 'actionGroups' | 'toAzureMonitor' | 'storageEndpoint' | 'retentionDays' | 'predicate'
>;

function toPolicy(answer: ExtendedServerBlobAuditingPolicy | ExtendedSqlPoolBlobAuditingPolicy, whose: string): Policy {
  if (answer.state !== 'Enabled' && answer.state !== 'Disabled') {
    throw new Error(`The SQL auditing of ${whose} came without its state.`);
  }
  return {
    enabled: answer.state === 'Enabled',
    actionGroups: answer.auditActionsAndGroups ?? [],
    toAzureMonitor: answer.isAzureMonitorTargetEnabled ?? false,
    storageEndpoint: answer.storageEndpoint || null,
    retentionDays: answer.retentionDays ?? 0,
    predicate: answer.predicateExpression || null,
  };
}
