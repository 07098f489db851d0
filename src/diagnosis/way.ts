/** From a pipeline to the linked services that a failure can have come through, and how those sign in. */
import { resolveSignIn, type ResolvedSignIn } from '../audit/linked-service-sign-in';
import { group } from '../audit/lookup';
import { remembered } from '../audit/remembered';
import type { Dataset, LinkedService, Pipeline, Workspace } from '../inventory/model';
import type { Sources } from '../inventory/sources';
import type { DiagnosisSource, Failure } from './diagnosis';
import type { Area } from './error-catalogue';
import type { Recognised } from './recognise';

/** A linked service that the failure may have come through. */
export interface Step {
  readonly linkedService: LinkedService;
  readonly signIn: ResolvedSignIn;
  /** `pipeline “load” > dataset “orders” > linked service “lake”` */
  readonly path: string;
}

/** The steps that fit the error, and whether it can have come through nothing else. */
export interface Way {
  readonly steps: readonly Step[];
  readonly isWhole: boolean;
}

interface Facts {
  readonly failure: Failure;
  readonly error: Recognised;
  readonly workspace: Workspace | null;
  readonly read: <S extends DiagnosisSource>(source: S) => readonly Sources[S][];
  readonly isComplete: (source: DiagnosisSource) => boolean;
}

export function wayOf(facts: Facts): Way {
  const { error, failure, workspace, read, isComplete } = facts;
  const namesPrincipal = error.applicationIds.length + error.principalIds.length > 0;
  if (workspace === null) {
    return { steps: [], isWhole: namesPrincipal || error.resources.length > 0 };
  }
  const pipelines = pipelinesOf(failure, inWorkspace(read('pipelines'), workspace.id));
  const steps = stepsOf(facts, workspace, pipelines);
  const named = steps.filter(({ linkedService }) => isNamed(linkedService, error));
  const areas = error.kinds.map(({ area }) => area);
  const fitting = steps.filter((step) => areas.some((area) => fits(step, area)));
  const both = named.filter((step) => fitting.includes(step));
  const isRead = (['pipelines', 'datasets', 'linkedServices', 'workspaceCredentials'] as const).every(isComplete);
  const isKnown = isRead && pipelines.length > 0 && !pipelines.some(({ runsUnread }) => runsUnread);
  if (named.length > 0) {
    return { steps: both.length > 0 ? both : named, isWhole: true };
  }
  // Where the error names a place, what is known to be at another one is not meant.
  const left =
    error.hosts.length === 0 ? fitting : fitting.filter(({ linkedService }) => linkedService.target === null);
  return {
    steps: left.length > 0 || error.hosts.length > 0 ? left : steps,
    isWhole: namesPrincipal || (isKnown && error.hosts.length === 0),
  };
}

/** The pipeline and all that it starts, whose errors it repeats; empty where it is not known. */
function pipelinesOf({ pipeline }: Failure, all: readonly Pipeline[]): readonly Pipeline[] {
  const byName = pipelinesByName(all);
  const first = pipeline === null ? undefined : byName.get(pipeline.toLowerCase());
  const found = new Set(first === undefined ? [] : [first]);
  // A set hands out what is added while it is walked.
  for (const one of found) {
    one.pipelines.forEach((name) => {
      const started = byName.get(name.toLowerCase());
      if (started !== undefined) {
        found.add(started);
      }
    });
  }
  return [...found];
}

/** Everything they refer to: linked services, those of datasets, and those that these need themselves. */
function stepsOf({ error, read }: Facts, workspace: Workspace, pipelines: readonly Pipeline[]): readonly Step[] {
  const services = inWorkspace(read('linkedServices'), workspace.id);
  const credentials = inWorkspace(read('workspaceCredentials'), workspace.id);
  const byName = servicesByName(services);
  const paths = new Map<LinkedService, string>();
  const add = (name: string, path: string): void => {
    const service = byName.get(name.toLowerCase());
    if (service !== undefined && !paths.has(service)) {
      paths.set(service, `${path}linked service “${service.name}”`);
    }
  };
  if (pipelines.length === 0) {
    // A pasted text names what it is about, or nothing can be told.
    services
      .filter((service) => isNamed(service, error))
      .forEach(({ name }) => {
        add(name, '');
      });
  }
  const datasets = datasetsByName(inWorkspace(read('datasets'), workspace.id));
  for (const { name, linkedServices, datasets: used } of pipelines) {
    const start = `pipeline “${name}” > `;
    linkedServices.forEach((service) => {
      add(service, start);
    });
    for (const dataset of used.flatMap((one) => datasets.get(one.toLowerCase()) ?? [])) {
      add(dataset.linkedService, `${start}dataset “${dataset.name}” > `);
    }
  }
  // A map hands out what is added while it is walked.
  for (const [{ dependsOn, credential }, path] of paths) {
    dependsOn.forEach((name) => {
      add(name, `${path} > `);
    });
    credentials
      .filter(({ name }) => name.toLowerCase() === credential?.toLowerCase())
      .flatMap(({ keyVaultReferences }) => keyVaultReferences)
      .forEach(({ linkedService }) => {
        add(linkedService, `${path} > credential “${credential ?? ''}” > `);
      });
  }
  return [...paths].map(([linkedService, path]) => ({
    linkedService,
    signIn: resolveSignIn(linkedService, credentials),
    path,
  }));
}

const pipelinesByName = remembered(
  (all: readonly Pipeline[]) => new Map(all.map((pipeline) => [pipeline.name.toLowerCase(), pipeline])),
);
const servicesByName = remembered(
  (all: readonly LinkedService[]) => new Map(all.map((service) => [service.name.toLowerCase(), service])),
);
const datasetsByName = remembered(
  (all: readonly Dataset[]) => new Map(all.map((dataset) => [dataset.name.toLowerCase(), dataset])),
);

/** By its name, its host, or the client id it signs in with. Short names are in any text by chance. */
function isNamed({ name, target, servicePrincipalId }: LinkedService, error: Recognised): boolean {
  const lower = name.toLowerCase();
  const host = target?.toLowerCase() ?? null;
  const isMentioned =
    error.text.includes(lower) &&
    [`'${lower}'`, `"${lower}"`, `linked service ${lower}`, `linkedservice ${lower}`, `linkedservice: ${lower}`].some(
      (mention) => error.text.includes(mention),
    );
  return (
    isMentioned ||
    (host !== null && (error.hosts.includes(host) || error.resources.includes(firstLabel(host)))) ||
    (servicePrincipalId !== null && error.applicationIds.includes(servicePrincipalId))
  );
}

export function firstLabel(host: string): string {
  return host.split('.')[0] ?? host;
}

const STORAGE_TYPES = [
  'AzureBlobFS',
  'AzureBlobStorage',
  'AzureStorage',
  'AzureTableStorage',
  'AzureFileStorage',
  'AzureDataLakeStore',
];
const SQL_TYPES = ['AzureSqlDatabase', 'AzureSqlDW', 'AzureSqlMI', 'SqlServer', 'AzurePostgreSql', 'AzureMySql'];

function fits({ linkedService: { type }, signIn: { method } }: Step, area: Area): boolean {
  switch (area) {
    case 'storage':
      return STORAGE_TYPES.includes(type);
    case 'sql':
      return SQL_TYPES.includes(type);
    case 'vault':
      return type === 'AzureKeyVault';
    case 'entra':
      return method === 'servicePrincipalSecret' || method === 'servicePrincipalCertificate';
    case 'identity':
      return ['systemAssignedIdentity', 'userAssignedIdentity', 'missingCredential'].includes(method);
    default:
      return false;
  }
}

function inWorkspace<T extends { readonly readFrom: string }>(items: readonly T[], id: string): readonly T[] {
  return (ownItems(items).get(id) as readonly T[] | undefined) ?? [];
}

const ownItems = remembered((items: readonly { readonly readFrom: string }[]) =>
  group(items.map((item) => [item.readFrom, item])),
);
