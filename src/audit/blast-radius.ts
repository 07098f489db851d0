/**
 * What stops in Synapse when a service principal can no longer sign in: its linked services, the pipelines that use them,
 * the triggers that start those.
 */
import type { Dataset, LinkedService, Pipeline, Trigger, Workspace, WorkspaceCredential } from '../inventory/model';
import { resolveSignIn } from './linked-service-sign-in';
import { group } from './lookup';
import { remembered } from './remembered';

export interface BlastFacts {
  readonly workspaces: readonly Workspace[];
  readonly linkedServices: readonly LinkedService[];
  readonly workspaceCredentials: readonly WorkspaceCredential[];
  readonly pipelines: readonly Pipeline[];
  readonly datasets: readonly Dataset[];
  readonly triggers: readonly Trigger[];
}

/** With what linked services sign in as the principal. */
export type PrincipalProof = 'secret' | 'certificate';

/** Something in a workspace. */
export interface Placed {
  /** Name of the workspace. */
  readonly workspace: string;
  readonly name: string;
}

export interface BlastRadius {
  /** Names, each once, in order. */
  readonly workspaces: readonly string[];
  /** Those that sign in as the principal, and those that need one of them (the store behind a cluster, a vault). */
  readonly linkedServices: readonly Placed[];
  readonly pipelines: readonly Placed[];
  /** Only those that are started. */
  readonly triggers: readonly (Placed & { readonly trigger: Trigger })[];
  /** Other pipelines there run data flows, notebooks or Spark jobs, whose own linked services nobody read. */
  readonly runsUnread: boolean;
}

/** Nothing depends on it. */
export const NO_CONSEQUENCES: BlastRadius = {
  workspaces: [],
  linkedServices: [],
  pipelines: [],
  triggers: [],
  runsUnread: false,
};

/** Answers what depends on a principal, by client id (lower-cased). Build it once, ask it for each principal. */
export function blastRadius(facts: BlastFacts): (appId: string, proof: PrincipalProof) => BlastRadius {
  const { workspaces, linkedServices, workspaceCredentials, pipelines, datasets, triggers } = facts;
  return radiusAmong(workspaces, linkedServices, workspaceCredentials, pipelines, datasets, triggers);
}

/** The check on secrets and the one on certificates both ask for either radius. */
const radiusAmong = remembered(
  (
    workspaces: readonly Workspace[],
    linkedServices: readonly LinkedService[],
    workspaceCredentials: readonly WorkspaceCredential[],
    pipelines: readonly Pipeline[],
    datasets: readonly Dataset[],
    triggers: readonly Trigger[],
  ) => {
    const credentials = byWorkspace(workspaceCredentials);
    const users = group(
      linkedServices.flatMap((one) => {
        const signIn = resolveSignIn(one, credentials.get(one.readFrom) ?? []);
        return 'appId' in signIn
          ? [[`${signIn.appId}/${signIn.method === 'servicePrincipalSecret' ? 'secret' : 'certificate'}`, one] as const]
          : [];
      }),
    );
    const dependents = dependentsOf({ workspaces, linkedServices, pipelines, datasets, triggers });
    const known = new Map<string, BlastRadius>();
    return (appId: string, proof: PrincipalProof): BlastRadius => {
      const key = `${appId}/${proof}`;
      const found = users.get(key);
      if (found === undefined) {
        return NO_CONSEQUENCES;
      }
      const radius = known.get(key) ?? dependents(found);
      known.set(key, radius);
      return radius;
    };
  },
);

/** Answers what depends on linked services, themselves included. Build it once. */
export function dependentsOf(
  facts: Omit<BlastFacts, 'workspaceCredentials'>,
): (linkedServices: readonly LinkedService[]) => BlastRadius {
  const names = new Map(facts.workspaces.map(({ id, name }) => [id, name]));
  const followerOf = createFollower(facts);
  return (linkedServices) => joined([...byWorkspace(linkedServices)].map(([id, own]) => at(id, own)));

  function at(workspaceId: string, linkedServices: readonly LinkedService[]): BlastRadius {
    const workspace = names.get(workspaceId) ?? workspaceId.slice(workspaceId.lastIndexOf('/') + 1);
    const place = ({ name }: { readonly name: string }): Placed => ({ workspace, name });
    const affected = followerOf(workspaceId)(linkedServices);
    return {
      workspaces: [workspace],
      linkedServices: affected.linkedServices.map(place),
      pipelines: affected.pipelines.map(place),
      triggers: affected.triggers.map((trigger) => ({ ...place(trigger), trigger })),
      runsUnread: affected.runsUnread,
    };
  }
}

interface Affected {
  readonly linkedServices: readonly LinkedService[];
  readonly pipelines: readonly Pipeline[];
  readonly triggers: readonly Trigger[];
  readonly runsUnread: boolean;
}

/** Follows references backwards within one workspace; a workspace is indexed when it is first asked for. */
function createFollower(
  facts: Omit<BlastFacts, 'workspaces' | 'workspaceCredentials'>,
): (workspaceId: string) => (from: readonly LinkedService[]) => Affected {
  const linkedServices = byWorkspace(facts.linkedServices);
  const datasets = byWorkspace(facts.datasets);
  const pipelines = byWorkspace(facts.pipelines);
  const triggers = byWorkspace(facts.triggers);
  const indexes = new Map<string, ReturnType<typeof index>>();

  function index(workspaceId: string) {
    const own = pipelines.get(workspaceId) ?? [];
    return {
      linkedServices: referrers(linkedServices.get(workspaceId) ?? [], (one) => one.dependsOn),
      datasets: referrers(datasets.get(workspaceId) ?? [], (one) => [one.linkedService]),
      usingLinkedService: referrers(own, (one) => one.linkedServices),
      usingDataset: referrers(own, (one) => one.datasets),
      calling: referrers(own, (one) => one.pipelines),
      unread: own.filter((one) => one.runsUnread),
      triggers: referrers(
        (triggers.get(workspaceId) ?? []).filter((one) => one.started),
        (one) => one.pipelines,
      ),
    };
  }

  return (workspaceId) => (from) => {
    const known = indexes.get(workspaceId) ?? index(workspaceId);
    indexes.set(workspaceId, known);
    const stopped = closure(from, known.linkedServices);
    const first = [
      ...stopped.flatMap((one) => known.usingLinkedService(one.name)),
      ...stopped.flatMap((one) => known.datasets(one.name)).flatMap((dataset) => known.usingDataset(dataset.name)),
    ];
    const pipelinesStopped = closure([...new Set(first)], known.calling);
    return {
      linkedServices: stopped,
      pipelines: pipelinesStopped,
      triggers: [...new Set(pipelinesStopped.flatMap((one) => known.triggers(one.name)))],
      runsUnread: known.unread.some((one) => !pipelinesStopped.includes(one)),
    };
  };
}

/** Everything that refers to one of these, directly or through others, these first. */
function closure<T extends { readonly name: string }>(
  from: readonly T[],
  referring: (name: string) => readonly T[],
): readonly T[] {
  const found = new Set(from);
  // A set hands out what is added while it is walked.
  for (const one of found) {
    referring(one.name).forEach((other) => found.add(other));
  }
  return [...found];
}

/** Answers who refers to a name; names of artifacts are compared without case. */
function referrers<T>(items: readonly T[], namesOf: (item: T) => readonly string[]): (name: string) => readonly T[] {
  const byName = group(items.flatMap((item) => namesOf(item).map((name) => [name.toLowerCase(), item] as const)));
  return (name) => byName.get(name.toLowerCase()) ?? [];
}

function byWorkspace<T extends { readonly readFrom: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  return group(items.map((item) => [item.readFrom, item]));
}

function joined(parts: readonly BlastRadius[]): BlastRadius {
  return {
    workspaces: [...new Set(parts.flatMap(({ workspaces }) => workspaces))].sort(),
    linkedServices: parts.flatMap(({ linkedServices }) => linkedServices),
    pipelines: parts.flatMap(({ pipelines }) => pipelines),
    triggers: parts.flatMap(({ triggers }) => triggers),
    runsUnread: parts.some(({ runsUnread }) => runsUnread),
  };
}

/** The next start of one of these triggers that is certainly the first. */
export interface FirstStart {
  readonly pipeline: string;
  readonly trigger: string;
  /** `02:00` */
  readonly time: string;
  readonly timeZone: string;
}

/**
 * What starts first after a moment. `null` where that can't be told: a trigger waits for an event or runs at other
 * intervals, or several run in time zones whose distance is not known here.
 */
export function firstStart({ triggers, pipelines }: BlastRadius, after: Date): FirstStart | null {
  const starts = triggers.flatMap(({ workspace, name, trigger }) => {
    const stopped = pipelines.filter((pipeline) => pipeline.workspace === workspace).map((pipeline) => pipeline.name);
    const started = new Set(trigger.pipelines.map((pipeline) => pipeline.toLowerCase()));
    const pipeline = stopped.find((one) => started.has(one.toLowerCase())) ?? '';
    const { times, timeZone } = trigger.daily ?? { times: [], timeZone: '' };
    return times.map((time) => ({ pipeline, trigger: name, time, timeZone }));
  });
  const known = triggers.every(({ trigger }) => trigger.daily !== null);
  const comparable = starts.length === 1 || starts.every(({ timeZone }) => timeZone === 'UTC');
  const clock = after.toISOString().slice(11, 16);
  // What has passed today comes again tomorrow.
  const order = (time: string): string => `${time < clock ? 1 : 0}${time}`;
  const sorted = [...starts].sort((a, b) => order(a.time).localeCompare(order(b.time)));
  return known && comparable ? (sorted[0] ?? null) : null;
}
