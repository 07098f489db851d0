/**
 * What is defined in a workspace: linked services, credentials, pipelines, datasets, triggers.
 * https://learn.microsoft.com/rest/api/synapse/data-plane/linked-service/get-linked-services-by-workspace
 */
import type { Scenario } from '../scenarios/schema';
import { clientIdOf, fillSymbols, guidOf } from '../scenarios/symbolic-id';
import { identityIdOf, workspaceIdOf } from './resource-ids';

type Workspace = Scenario['workspaces'][number];
type Refusable = Extract<Scenario['refuse'][number], string>;

interface ArtifactList {
  readonly source: Refusable;
  /** What the reader needs, below `Microsoft.Synapse/workspaces/`. */
  readonly action: string;
  /** `null`: the workspace does not have this list. */
  readonly items: (workspace: Workspace, scenario: Scenario) => readonly unknown[] | null;
}

/** By route, in lower case. */
export const ARTIFACT_LISTS = {
  linkedservices: {
    source: 'linkedServices',
    action: 'read',
    items: (workspace) =>
      workspace.linkedServices.map(({ name, type, typeProperties, parameters }) =>
        artifact(workspace, 'linkedservices', name, {
          type,
          typeProperties: filled(typeProperties),
          ...(parameters && { parameters }),
        }),
      ),
  },
  credentials: {
    source: 'workspaceCredentials',
    action: 'read',
    items: (workspace, scenario) =>
      workspace.credentials?.map(({ name, identity, application }) =>
        artifact(
          workspace,
          'credentials',
          name,
          application === undefined
            ? { type: 'ManagedIdentity', typeProperties: identityProperties(identity, scenario) }
            : {
                type: 'ServicePrincipal',
                typeProperties: {
                  servicePrincipalId: clientIdOf(application),
                  tenant: guidOf(scenario.tenant.id),
                  servicePrincipalKey: {
                    type: 'AzureKeyVaultSecret',
                    store: { referenceName: 'vault', type: 'LinkedServiceReference' },
                    secretName: name,
                  },
                },
              },
        ),
      ) ?? null,
  },
  pipelines: {
    source: 'pipelines',
    action: 'artifacts/read',
    items: (workspace) =>
      workspace.pipelines.map(({ name, activities }) => artifact(workspace, 'pipelines', name, { activities })),
  },
  datasets: {
    source: 'datasets',
    action: 'artifacts/read',
    items: (workspace) =>
      workspace.datasets.map(({ name, type, linkedService }) =>
        artifact(workspace, 'datasets', name, {
          type,
          typeProperties: {},
          linkedServiceName: { referenceName: linkedService, type: 'LinkedServiceReference' },
        }),
      ),
  },
  triggers: {
    source: 'triggers',
    action: 'artifacts/read',
    items: (workspace) =>
      workspace.triggers.map(({ name, type, typeProperties, pipelines, state }) =>
        artifact(workspace, 'triggers', name, {
          type,
          typeProperties,
          pipelines: pipelines.map((pipeline) => ({
            pipelineReference: { referenceName: pipeline, type: 'PipelineReference' },
          })),
          runtimeState: state,
        }),
      ),
  },
} satisfies Record<string, ArtifactList>;

export type ArtifactRoute = keyof typeof ARTIFACT_LISTS;

export function isArtifactRoute(route: string): route is ArtifactRoute {
  return Object.hasOwn(ARTIFACT_LISTS, route);
}

function artifact(workspace: Workspace, folder: string, name: string, properties: object): unknown {
  return {
    id: `${workspaceIdOf(workspace)}/${folder}/${name}`,
    name,
    type: `Microsoft.Synapse/workspaces/${folder}`,
    properties,
    etag: guidOf(`etag:${workspace.name}/${folder}/${name}`),
  };
}

function identityProperties(symbol: string | undefined, { userAssignedIdentities }: Scenario): object {
  const identity = userAssignedIdentities.find(({ id }) => id === symbol);
  return identity === undefined ? {} : { resourceId: identityIdOf(identity) };
}

function filled(properties: object): unknown {
  return JSON.parse(fillSymbols(JSON.stringify(properties)));
}
