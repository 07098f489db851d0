/** Which principals Synapse uses: by the roles they hold in workspaces, on them, and on their default storage. */
import { lastSegment, withAncestors } from '../inventory/arm-id';
import type { Group, RoleAssignment, StorageAccount, Workspace } from '../inventory/model';
import { defaultStorageId, rolesHeldBy, workspacesById, type HeldRole } from './lookup';
import { reachOf } from './rbac';
import { remembered } from './remembered';
import { counted, quotedList } from './wording';

/** How Synapse uses one principal; without roles it does not, as far as can be told. */
export interface SynapseUsage {
  /** The roles that concern a workspace. */
  readonly roles: readonly HeldRole[];
  /** Names of the workspaces they concern, each once, in order. */
  readonly workspaces: readonly string[];
}

/** Synapse does not use it. */
export const NO_USAGE: SynapseUsage = { roles: [], workspaces: [] };

export interface UsageFacts {
  readonly workspaces: readonly Workspace[];
  readonly storageAccounts: readonly StorageAccount[];
  readonly synapseRoleAssignments: readonly RoleAssignment[];
  readonly azureRoleAssignments: readonly RoleAssignment[];
  readonly groups: readonly Group[];
}

/** Answers, by object id, how Synapse uses a principal. Build it once, ask it for each principal. */
export function synapseUsage(facts: UsageFacts): (principalId: string) => SynapseUsage {
  return usageAmong(
    facts.synapseRoleAssignments,
    facts.azureRoleAssignments,
    facts.groups,
    facts.workspaces,
    facts.storageAccounts,
  );
}

const usageAmong = remembered(
  (
    synapseRoleAssignments: readonly RoleAssignment[],
    azureRoleAssignments: readonly RoleAssignment[],
    groups: readonly Group[],
    workspaces: readonly Workspace[],
    storageAccounts: readonly StorageAccount[],
  ) => {
    const concerned = concernedWorkspaces(workspaces, storageAccounts);
    const assignments = [...synapseRoleAssignments, ...azureRoleAssignments];
    const known = new Map<string, SynapseUsage>();
    const usageOf = (principalId: string): SynapseUsage => {
      const held = rolesHeldBy(principalId, assignments, groups);
      const roles = held.filter(({ assignment }) => concerned(assignment).length > 0);
      if (roles.length === 0) {
        return NO_USAGE;
      }
      return { roles, workspaces: [...new Set(roles.flatMap(({ assignment }) => concerned(assignment)))].sort() };
    };
    return (principalId: string): SynapseUsage => {
      const usage = known.get(principalId) ?? usageOf(principalId);
      known.set(principalId, usage);
      return usage;
    };
  },
);

/** `2 workspaces: “a”, “b”` */
export function describeWorkspaces({ workspaces }: Pick<SynapseUsage, 'workspaces'>): string {
  return `${counted(workspaces.length, 'workspace')}: ${quotedList(workspaces)}`;
}

/**
 * Answers which workspaces (names) an assignment concerns: a Synapse assignment its workspace; an Azure assignment every
 * workspace at, above or below whose scope, or whose default storage's, it is.
 */
export const concernedWorkspaces = remembered(concernedAmong);

function concernedAmong(
  workspaces: readonly Workspace[],
  storageAccounts: readonly StorageAccount[],
): (assignment: RoleAssignment) => readonly string[] {
  const at = new Map<string, Set<string>>();
  const atOrBelow = new Map<string, Set<string>>();
  for (const workspace of workspaces) {
    for (const id of [workspace.id, defaultStorageId(workspace, storageAccounts)]) {
      if (id !== null) {
        add(at, id, workspace.name);
        withAncestors(id).forEach((scope) => {
          add(atOrBelow, scope, workspace.name);
        });
      }
    }
  }
  const concerned = (assignment: RoleAssignment): readonly string[] => {
    if (assignment.system === 'synapse') {
      return [workspacesById(workspaces).get(assignment.readFrom)?.name ?? lastSegment(assignment.readFrom)];
    }
    const reach = reachOf(assignment);
    return [
      ...new Set([
        ...(atOrBelow.get(reach) ?? []),
        ...withAncestors(reach).flatMap((scope) => [...(at.get(scope) ?? [])]),
      ]),
    ];
  };
  // Each is asked about by several checks, and once more for each principal that holds it.
  const known = new Map<RoleAssignment, readonly string[]>();
  return (assignment) => {
    const names = known.get(assignment) ?? concerned(assignment);
    known.set(assignment, names);
    return names;
  };
}

function add(map: Map<string, Set<string>>, key: string, name: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(name));
}
