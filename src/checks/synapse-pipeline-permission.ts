import * as z from 'zod';
import { attributionOf } from '../audit/attribution';
import type { DriftChange } from '../audit/baseline';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import {
  describeRole,
  groupsById,
  groupsByMember,
  rolesHeldBy,
  servicePrincipalsByAppId,
  servicePrincipalsById,
  type HeldRole,
} from '../audit/lookup';
import { coversSynapseScope, grantsDataAction, workspaceScope } from '../audit/rbac';
import { inWorkspace, servicePrincipalSubject } from '../audit/subjects';
import { command, evidenceList, quoted, steps } from '../audit/wording';
import type { Group, RoleAssignment, ServicePrincipal, Workspace } from '../inventory/model';

const USE_SECRET = 'Microsoft.Synapse/workspaces/credentials/useSecret/action';
const PUBLISH = ['Microsoft.Synapse/workspaces/pipelines/write', 'Microsoft.Synapse/workspaces/artifacts/write'];
const USE_SPARK = 'Microsoft.Synapse/workspaces/bigDataPools/useCompute/action';
const USE_RUNTIME = 'Microsoft.Synapse/workspaces/integrationRuntimes/useCompute/action';

const SYNAPSE_CONTRIBUTOR = '7572bffe-f453-4b66-912a-46cc5ef38fda';

/** One of Microsoft's two tables gives it useCompute, the other does not; it is meant for reading, and its GUID is not published. */
const MONITORING_OPERATOR = 'synapse monitoring operator';

const USE_COMPUTE = [USE_RUNTIME, USE_SPARK];

const principalId = z.guid().describe('Object id or application (client) id of a service principal.');
const options = z.strictObject({
  expectedPrincipals: z
    .array(
      z.union([
        principalId,
        z.strictObject({
          principal: principalId,
          workspaces: z.array(z.string()).min(1).describe('Names of the workspaces in which it runs pipelines.'),
        }),
      ]),
    )
    .default([])
    .describe(
      'Service principals that must be able to run pipelines: object id or application id, for all workspaces, or as { principal, workspaces } for some.',
    ),
});
type Options = z.infer<typeof options>;

export default defineWorkspaceCheck({
  id: 'synapse-pipeline-permission',
  title: 'Whoever is to run pipelines may run them',
  severity: 'high',
  why: 'Starting a pipeline takes workspaces/read and credentials/useSecret/action on the workspace’s system identity. Without them the call is refused (403, AccessControlUnauthorized), however many other roles the principal holds.',
  remediation: [
    'Assign Synapse Credential User to the principal, on the credential WorkspaceSystemIdentity.',
    'Synapse Studio > Manage > Access control > Add: scope Workspace item, item type Credential, item WorkspaceSystemIdentity.',
    'It takes a Synapse Administrator or an Azure Owner of the workspace to assign it.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/security/synapse-workspace-understand-what-role-you-need',
  requires: ['synapseRoleAssignments', 'servicePrincipals', 'groups'],
  usesDrift: true,
  options,
  evaluate: (workspace, { synapseRoleAssignments, servicePrincipals, groups }, context) => {
    const expected = expectedIn(workspace, context.options).map(
      (id) =>
        servicePrincipalsById(servicePrincipals).get(id) ?? servicePrincipalsByAppId(servicePrincipals).get(id) ?? id,
    );
    const inferred = meantToRun(workspace, synapseRoleAssignments, groups)
      .filter((id) => id !== workspace.identity.principalId)
      .flatMap((id) => servicePrincipalsById(servicePrincipals).get(id) ?? [])
      .filter((servicePrincipal) => !expected.includes(servicePrincipal));
    const judgeOne = (servicePrincipal: ServicePrincipal, isExpected: boolean): Verdict =>
      judge(
        workspace,
        servicePrincipal,
        rolesHeldBy(servicePrincipal.id, synapseRoleAssignments, groups),
        lostBy(servicePrincipal, workspace, groups, context),
        isExpected,
        context,
      );
    return [
      ...[...new Set(expected)].map((one) =>
        typeof one === 'string' ? unknownPrincipal(workspace, one) : judgeOne(one, true),
      ),
      ...inferred.map((servicePrincipal) => judgeOne(servicePrincipal, false)),
    ];
  },
});

function expectedIn(workspace: Workspace, { expectedPrincipals }: Options): readonly string[] {
  return expectedPrincipals
    .map((entry) => (typeof entry === 'string' ? { principal: entry, workspaces: null } : entry))
    .filter(({ workspaces }) => workspaces?.some((name) => isSame(name, workspace.name)) ?? true)
    .map(({ principal }) => principal.toLowerCase());
}

/** Object ids of those who hold, themselves or through a group, a role for publishing or running in this workspace. */
function meantToRun(
  workspace: Workspace,
  assignments: readonly RoleAssignment[],
  groups: readonly Group[],
): readonly string[] {
  const known = groupsById(groups);
  const holders = assignments
    .filter((assignment) => isMeantForRunning(assignment, workspace))
    .flatMap(({ principalId: id }) => known.get(id)?.servicePrincipalIds ?? [id]);
  return [...new Set(holders)];
}

/** Publishing takes the whole workspace; compute may also be that of one integration runtime. A Spark pool runs no pipeline. */
function isMeantForRunning(assignment: RoleAssignment, workspace: Workspace): boolean {
  const { role, scope } = assignment;
  if (role.name.toLowerCase() === MONITORING_OPERATOR) {
    return false;
  }
  const onWorkspace = coversSynapseScope(assignment, workspaceScope(workspace));
  const onRuntime = scope.toLowerCase().startsWith(`${workspaceScope(workspace)}/integrationRuntimes/`.toLowerCase());
  return (
    (onWorkspace && PUBLISH.some((action) => grantsDataAction(role, action))) ||
    ((onWorkspace || onRuntime) && grantsDataAction(role, USE_RUNTIME))
  );
}

function judge(
  workspace: Workspace,
  servicePrincipal: ServicePrincipal,
  roles: readonly HeldRole[],
  lost: readonly string[],
  isExpected: boolean,
  context: CheckContext<Options>,
): Verdict {
  const identity = `${workspaceScope(workspace)}/credentials/WorkspaceSystemIdentity`;
  const granting = roles.find(
    ({ assignment }) => coversSynapseScope(assignment, identity) && grantsDataAction(assignment.role, USE_SECRET),
  );
  const held = evidenceList(roles.map(describeRole));
  const base = {
    subject: inWorkspace(servicePrincipalSubject(servicePrincipal, context), workspace),
    evidence: {
      principalId: servicePrincipal.id,
      appId: servicePrincipal.appId,
      workspace: workspace.name,
      expected: isExpected,
      enabled: servicePrincipal.enabled,
      roles: held,
      lostRoles: evidenceList(lost),
      compute: usable(roles, USE_COMPUTE),
      credentials: usable(roles, [USE_SECRET]),
      // Any role at any scope implies workspaces/read:
      // https://learn.microsoft.com/azure/synapse-analytics/security/synapse-workspace-synapse-rbac-roles
      missing: [
        ...(roles.length > 0 ? [] : ['workspaces/read']),
        ...(granting ? [] : ['credentials/useSecret/action']),
      ],
    },
  };
  const who = `${quoted(servicePrincipal.displayName)} in workspace ${quoted(workspace.name)}`;
  if (granting !== undefined) {
    return { ...base, status: 'pass', message: `${who} may run pipelines: ${describeRole(granting)}.` };
  }
  const holds = held.length === 0 ? 'It holds no role there' : `It holds ${held.join('; ')}`;
  return {
    ...base,
    status: 'fail',
    severity: isExpected ? 'high' : 'medium',
    message: [
      `${who} may not run pipelines: it lacks credentials/useSecret/action on WorkspaceSystemIdentity, so each start is refused (403, AccessControlUnauthorized).`,
      `${holds}.`,
      ...(lost.length === 0 ? [] : [`It lost ${lost.join('; ')}.`]),
      ...(roles.some(({ assignment }) => assignment.role.id === SYNAPSE_CONTRIBUTOR) ? [CONTRIBUTOR_NOTE] : []),
    ].join(' '),
    remediation: grant(workspace, servicePrincipal),
  };
}

/** Roles in this workspace that it, or a group it is in, held by the baseline and holds no more. */
function lostBy(
  { id }: ServicePrincipal,
  workspace: Workspace,
  groups: readonly Group[],
  { drift }: CheckContext<Options>,
): readonly string[] {
  const through = new Map([
    [id, ''],
    ...(groupsByMember(groups).get(id) ?? []).map((one): [string, string] => [
      one.id,
      ` through group ${quoted(one.displayName)}`,
    ]),
  ]);
  return drift.changes.flatMap((change) => {
    const group = through.get(String(change.before?.['principalId']));
    const isLost = change.kind === 'synapseRole' && change.state === 'open' && change.after === null;
    return group !== undefined && isLost && change.scope.id === workspace.id ? [describeLoss(change, group)] : [];
  });
}

/** `Synapse Credential User on workspaces/ws, removed after 2026-11-21T03:00:00.000Z (by whom is unknown: …)` */
function describeLoss({ name, before, lastBefore, by }: DriftChange, through: string): string {
  return `${name} on ${String(before?.['scope'])}${through}, removed after ${lastBefore} (${attributionOf(by, (who) => who)})`;
}

/** What one of these actions may be done on, with the role that lets it: “workspaces/ws/integrationRuntimes/ir (…)”. */
function usable(roles: readonly HeldRole[], actions: readonly string[]): readonly string[] {
  return evidenceList(
    roles
      .filter(({ assignment: { role } }) => role.name.toLowerCase() !== MONITORING_OPERATOR)
      .filter(({ assignment: { role } }) => actions.some((action) => grantsDataAction(role, action)))
      .map((role) => `${reachIn(role.assignment.scope)} (${describeRole(role)})`),
  );
}

/** A Synapse scope in words: an item of a workspace by its kind and name, or all of the workspace. */
function reachIn(scope: string): string {
  const [, , kind, name] = scope.split('/');
  return kind === undefined || name === undefined ? 'all of the workspace' : `${kind}/${name}`;
}

const CONTRIBUTOR_NOTE =
  'A Microsoft support article calls Synapse Contributor sufficient; Microsoft’s table of roles says that it lacks credentials/useSecret/action.';

/** https://learn.microsoft.com/cli/azure/synapse/role/assignment */
function grant(workspace: Workspace, servicePrincipal: ServicePrincipal): string {
  return steps(
    'Grant the use of the workspace’s system identity (it includes workspaces/read):',
    command`az synapse role assignment create --workspace-name ${workspace.name} --role "Synapse Credential User" --assignee-object-id ${servicePrincipal.id} --assignee-principal-type ServicePrincipal --item-type credentials --item WorkspaceSystemIdentity`,
    'Or in Synapse Studio: Manage > Access control > Add, scope Workspace item, type Credential, item WorkspaceSystemIdentity. If it is not meant to run pipelines, take away the role that lets it publish or use compute instead.',
  );
}

function unknownPrincipal(workspace: Workspace, id: string): Verdict {
  return {
    subject: inWorkspace({ id, kind: 'servicePrincipal', name: id }, workspace),
    status: 'fail',
    severity: 'high',
    message: `${quoted(id)} is expected to run pipelines in workspace ${quoted(workspace.name)}, but the directory has no service principal with that object id or application id: it was deleted, or the setting is wrong.`,
    evidence: { principalId: id, workspace: workspace.name, expected: true, roles: [] },
    remediation: steps(
      'Correct expectedPrincipals of synapse-pipeline-permission in the setting CHECK_OPTIONS. If the application exists and only lacks its service principal in this tenant:',
      command`az ad sp create --id ${id}`,
    ),
  };
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
