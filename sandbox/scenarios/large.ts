import { SYNAPSE_ROLES } from '../azure/roles';
import { createRandom } from '../traffic/random';
import type { ScenarioDescription } from './schema';

export interface LargeTenantSizes {
  readonly applications: number;
  readonly workspaces: number;
  readonly subscriptions: number;
}

type List<K extends keyof ScenarioDescription> = NonNullable<ScenarioDescription[K]>;

const DEFAULTS: LargeTenantSizes = { applications: 5000, workspaces: 200, subscriptions: 20 };
const ROLE_ASSIGNMENTS_PER_WORKSPACE = 30;
const AZURE_ROLE_ASSIGNMENTS_PER_SUBSCRIPTION = 200;
const MEMBERS_PER_GROUP = 25;
const PIPELINES_PER_WORKSPACE = 10;
const MOST_LOG_ROWS = 1000;
const SEED = 20_260;

/** To Synapse, from the same place as everybody. */
const SIGNED_IN = {
  ResourceDisplayName: 'Microsoft Azure Synapse Gateway',
  ResourceIdentity: '1ac05c7e-12d2-4605-bf9d-549d7041c6b3',
  IPAddress: '192.0.2.10',
  Location: 'DE',
  ResultType: '0',
};

/**
 * A tenant of the given size, the same one every time: most of it healthy, about one credential in ten about to expire,
 * one role assignment in fifty orphaned. Pages are as large as the services make them.
 */
export function describeLargeTenant(sizes: Partial<LargeTenantSizes> = {}): ScenarioDescription {
  const { applications, workspaces, subscriptions } = { ...DEFAULTS, ...sizes };
  const random = createRandom(SEED);
  const below = (limit: number): number => Math.floor(random() * limit);
  const userCount = Math.max(10, Math.ceil(applications / 10));
  const groupCount = Math.max(2, Math.ceil(workspaces / 4));
  const identityCount = workspaces;
  const name = (index: number): string => String(index).padStart(4, '0');

  const anyPrincipal = (): string => {
    const kind = random();
    if (kind < 0.02) return `gone:${below(1_000_000)}`;
    if (kind < 0.2) return `user:${name(below(userCount))}`;
    if (kind < 0.35) return `group:${name(below(groupCount))}`;
    return applications === 0 ? `user:${name(below(userCount))}` : `sp:${name(below(applications))}`;
  };

  return {
    name: 'large',
    about: `Generated: ${applications} applications, ${workspaces} workspaces, ${subscriptions} subscriptions.`,
    tenant: { id: 'tenant:large', domain: 'large.example' },
    mail: { sender: 'auditor@large.example', recipients: ['operations@large.example'] },
    paging: { graph: 999, resourceManager: 1000, synapse: 1000 },
    subscriptions: times(subscriptions, (index) => ({
      id: `sub:${name(index)}`,
      name: `Subscription ${name(index)}`,
      managementGroups: ['large'],
    })),
    users: times(userCount, (index) => ({
      id: `user:${name(index)}`,
      name: `User ${name(index)}`,
      guest: index % 40 === 39,
      enabled: index % 50 !== 49,
    })),
    groups: times(groupCount, (index) => ({
      id: `group:${name(index)}`,
      name: `Group ${name(index)}`,
      members: [...new Set(times(MEMBERS_PER_GROUP, () => `user:${name(below(userCount))}`))],
    })),
    applications: times(applications, (index): List<'applications'>[number] => ({
      id: `app:${name(index)}`,
      name: `Application ${name(index)}`,
      owners: times(1 + (index % 2), () => `user:${name(below(userCount))}`),
      ...(index % 4 === 3
        ? { certificates: [{ name: 'CN=generated', ends: endDate(below) }] }
        : { secrets: [{ name: 'generated', ends: endDate(below) }] }),
      servicePrincipal: index % 100 === 99 ? 'disabled' : 'enabled',
    })),
    userAssignedIdentities: times(identityCount, (index) => ({
      id: `mi:${name(index)}`,
      subscription: `sub:${name(index % subscriptions)}`,
    })),
    storageAccounts: times(workspaces, (index) => ({
      name: `largelake${name(index)}`,
      subscription: `sub:${name(index % subscriptions)}`,
    })),
    keyVaults: times(Math.min(subscriptions, workspaces), (index) => ({
      name: `largevault${name(index)}`,
      subscription: `sub:${name(index)}`,
      firewall: {},
      secrets: [{ name: 'source', ends: endDate(below) }],
    })),
    workspaces: times(workspaces, (index) => ({
      name: `workspace-${name(index)}`,
      subscription: `sub:${name(index % subscriptions)}`,
      userAssignedIdentities: [`mi:${name(index)}`],
      storage: { account: `largelake${name(index)}`, filesystem: 'data', resourceId: index % 10 !== 9 },
      entraAdministrator: `group:${name(index % groupCount)}`,
      ...describeArtifacts(
        `largelake${name(index)}`,
        `largevault${name(index % subscriptions)}`,
        applications === 0 ? undefined : name(index % applications),
      ),
      roleAssignments: [
        { principal: `user:${name(index % userCount)}`, role: 'Synapse Administrator' },
        { principal: `user:${name((index + 1) % userCount)}`, role: 'Synapse Administrator' },
        ...times(ROLE_ASSIGNMENTS_PER_WORKSPACE - 2, () => ({
          principal: anyPrincipal(),
          role: SYNAPSE_ROLES[1 + below(SYNAPSE_ROLES.length - 1)]?.name ?? 'Synapse User',
        })),
      ],
    })),
    // All diagnostic settings send there.
    logAnalyticsWorkspaces: [
      {
        name: 'security-logs',
        subscription: `sub:${name(0)}`,
        tables: [
          {
            name: 'SigninLogs',
            rows: times(Math.min(userCount, MOST_LOG_ROWS), (index) => ({
              UserId: `\${user:${name(index)}}`,
              UserPrincipalName: `${name(index)}@large.example`,
              ...SIGNED_IN,
            })),
          },
          {
            name: 'AADServicePrincipalSignInLogs',
            rows: times(Math.min(applications, MOST_LOG_ROWS), (index) => ({
              ServicePrincipalId: `\${sp:${name(index)}}`,
              ServicePrincipalName: `Application ${name(index)}`,
              AppId: `\${app:${name(index)}}`,
              UserAgent: `AzurePowershell/v${index % 20 === 0 ? '12.1.0' : '16.2.0'} PSVersion/v7.5.0`,
              ...SIGNED_IN,
            })),
          },
          {
            name: 'AADManagedIdentitySignInLogs',
            rows: times(Math.min(workspaces, MOST_LOG_ROWS), (index) => ({
              ServicePrincipalId: `\${system:workspace-${name(index)}}`,
              ServicePrincipalName: `workspace-${name(index)}`,
              ResourceDisplayName: 'Azure Storage',
              ResultType: '0',
            })),
          },
          {
            name: 'SQLSecurityAuditEvents',
            rows: times(Math.min(workspaces, MOST_LOG_ROWS), (index) => ({
              LogicalServerName: `workspace-${name(index)}`,
              ActionId: 'DBAS',
              Succeeded: true,
              ServerPrincipalName: 'loader',
              DatabaseName: 'warehouse',
              ClientIp: '192.0.2.10',
            })),
          },
        ],
      },
    ],
    azureRoleAssignments: [
      ...times(workspaces, (index) => ({
        principal: `system:workspace-${name(index)}`,
        role: index % 20 === 19 ? 'Contributor' : 'Storage Blob Data Contributor',
        scope: `storage:largelake${name(index)}`,
      })),
      ...times(workspaces, (index) => ({
        principal: `system:workspace-${name(index)}`,
        role: index % 20 === 18 ? 'Key Vault Reader' : 'Key Vault Secrets User',
        scope: `vault:largevault${name(index % subscriptions)}`,
      })),
      ...times(subscriptions * AZURE_ROLE_ASSIGNMENTS_PER_SUBSCRIPTION, (index) => ({
        principal: anyPrincipal(),
        role: ['Reader', 'Contributor', 'Storage Blob Data Reader'][below(3)] ?? 'Reader',
        scope: `rg:${name(index % subscriptions)}/group-${below(50)}`,
      })),
    ],
  };
}

/** Half of the pipelines read a lake as the workspace, the other half as an application. */
function describeArtifacts(account: string, vault: string, application: string | undefined) {
  const url = `https://${account}.dfs.core.windows.net`;
  const principal = {
    servicePrincipalId: `\${app:${application ?? ''}}`,
    servicePrincipalKey: {
      type: 'AzureKeyVaultSecret',
      store: { referenceName: 'vault', type: 'LinkedServiceReference' },
      secretName: 'source',
    },
  };
  return {
    linkedServices: [
      { name: 'vault', type: 'AzureKeyVault', typeProperties: { baseUrl: `https://${vault}.vault.azure.net/` } },
      { name: 'lake', type: 'AzureBlobFS', typeProperties: { url } },
      { name: 'source', type: 'AzureBlobFS', typeProperties: { url, ...(application !== undefined && principal) } },
    ],
    datasets: ['lake', 'source'].map((linkedService) => ({ name: linkedService, linkedService })),
    pipelines: times(PIPELINES_PER_WORKSPACE, (index) => ({
      name: `pipeline-${index}`,
      activities: [
        {
          name: 'copy',
          type: 'Copy',
          typeProperties: {},
          inputs: [{ referenceName: index % 2 === 0 ? 'source' : 'lake', type: 'DatasetReference' }],
        },
      ],
    })),
    triggers: [
      {
        name: 'nightly',
        typeProperties: {
          recurrence: { frequency: 'Day', interval: 1, startTime: '2024-01-01T02:00:00Z', timeZone: 'UTC' },
        },
        pipelines: times(PIPELINES_PER_WORKSPACE, (index) => `pipeline-${index}`),
      },
    ],
  };
}

function endDate(below: (limit: number) => number): string {
  const kind = below(100);
  if (kind < 2) return `-${1 + below(300)}d`;
  return kind < 10 ? `+${1 + below(30)}d` : `+${31 + below(240)}d`;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
