/** Which principals Synapse uses: by the roles they hold in workspaces, on them, and on their default storage. */
import type { Group, RoleAssignment, StorageAccount, Workspace } from '../inventory/model';
import { defaultStorageId, rolesHeldBy, workspacesById, type HeldRole } from './lookup';
import { reachOf } from './rbac';

/** A role that ties a principal to Synapse. */
export interface SynapseUse extends HeldRole {
  /** Names of the workspaces it concerns. */
  readonly workspaces: readonly string[];
}

export interface UsageFacts {
  readonly workspaces: readonly Workspace[];
  readonly storageAccounts: readonly StorageAccount[];
  readonly synapseRoleAssignments: readonly RoleAssignment[];
  readonly azureRoleAssignments: readonly RoleAssignment[];
  readonly groups: readonly Group[];
}

/** Answers, by object id, how Synapse uses a principal. Build it once, ask it for each principal. */
export function synapseUsage(facts: UsageFacts): (principalId: string) => readonly SynapseUse[] {
  const concerned = concernedWorkspaces(facts.workspaces, facts.storageAccounts);
  const assignments = [...facts.synapseRoleAssignments, ...facts.azureRoleAssignments];
  return (principalId) =>
    rolesHeldBy(principalId, assignments, facts.groups)
      .map((held) => ({ ...held, workspaces: concerned(held.assignment) }))
      .filter(({ workspaces }) => workspaces.length > 0);
}

/** Names of the workspaces that roles concern, each once, in order. */
export function workspacesOf(uses: readonly SynapseUse[]): readonly string[] {
  return [...new Set(uses.flatMap((use) => use.workspaces))].sort();
}

/**
 * Answers which workspaces (names) an assignment concerns: a Synapse assignment its workspace; an Azure assignment every
 * workspace at, above or below whose scope, or whose default storage's, it is.
 */
export function concernedWorkspaces(
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
  const known = new Map<string, readonly string[]>();
  return (assignment) => {
    if (assignment.system === 'synapse') {
      return [workspacesById(workspaces).get(assignment.readFrom)?.name ?? lastSegment(assignment.readFrom)];
    }
    const reach = reachOf(assignment);
    const names = known.get(reach) ?? [
      ...new Set([
        ...(atOrBelow.get(reach) ?? []),
        ...withAncestors(reach).flatMap((scope) => [...(at.get(scope) ?? [])]),
      ]),
    ];
    known.set(reach, names);
    return names;
  };
}

/** `/a/b/c` -> `/a/b/c`, `/a/b`, `/a` */
function withAncestors(armId: string): readonly string[] {
  const segments = armId.split('/');
  return segments.slice(1).map((_, i) => segments.slice(0, segments.length - i).join('/'));
}

function add(map: Map<string, Set<string>>, key: string, name: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(name));
}

function lastSegment(armId: string): string {
  return armId.slice(armId.lastIndexOf('/') + 1);
}
