import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import { workspaceScope } from '../audit/rbac';
import { roleHoldersOf, type RoleHolder } from '../audit/role-holders';
import { inWorkspace, servicePrincipalSubject, userSubject, workspaceSubject } from '../audit/subjects';
import { command, counted, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { Workspace } from '../inventory/model';

const SYNAPSE_ADMINISTRATOR = '6e4bf58a-b8e1-4cc3-bbf9-d73143322b78';

const options = z
  .strictObject({
    maxAdministrators: z.int().positive().default(5).describe('More Synapse Administrators than this fail.'),
    minAdministrators: z.int().nonnegative().default(1).describe('Fewer Synapse Administrators than this fail.'),
    expectedAdministrators: z
      .array(z.guid())
      .default([])
      .describe(
        'Who is to be Synapse Administrator: object ids of people, groups and service principals, or application ids. Unless empty, everybody else is unexpected.',
      ),
  })
  .refine((o) => o.minAdministrators <= o.maxAdministrators, 'minAdministrators must not exceed maxAdministrators.');
type Options = z.infer<typeof options>;

export default defineWorkspaceCheck({
  id: 'synapse-administrators',
  title: 'A few known people are Synapse Administrators',
  severity: 'medium',
  why: 'A Synapse Administrator reads and changes everything in the workspace, uses every stored credential and grants roles to others: each one more is one more account to be stolen. With none, nobody in the workspace can grant roles.',
  remediation: [
    'Give people the narrower roles they need: Contributor, Compute Operator, Credential User.',
    'Keep two or three administrators, members of this tenant, best through one group.',
    'Synapse Studio > Manage > Access control shows and removes assignments.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/security/synapse-workspace-synapse-rbac-roles',
  requires: ['synapseRoleAssignments', 'users', 'groups', 'servicePrincipals'],
  options,
  evaluate: (workspace, facts, context) => {
    const scope = workspaceScope(workspace).toLowerCase();
    const assignments = facts.synapseRoleAssignments.filter(
      (assignment) => assignment.role.id === SYNAPSE_ADMINISTRATOR && assignment.scope.toLowerCase() === scope,
    );
    // The workspace's own identity is administrator by design.
    const administrators = roleHoldersOf(assignments, facts).filter(({ id }) => id !== workspace.identity.principalId);
    return [
      judgeCount(workspace, administrators, context),
      ...administrators.flatMap((administrator) => judgeOne(workspace, administrator, context)),
    ];
  },
});

/** Too many counts everybody who has the role; too few only who can use it: a disabled account grants nothing. */
function judgeCount(
  workspace: Workspace,
  administrators: readonly RoleHolder[],
  context: CheckContext<Options>,
): Verdict {
  const { maxAdministrators, minAdministrators } = context.options;
  const names = administrators.map(nameOf);
  const enabled = administrators.filter(isEnabled).length;
  const limits = { maxAdministrators, minAdministrators };
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: { administrators: evidenceList(names), count: names.length, enabled, ...limits },
  };
  const inPlace = `Workspace ${quoted(workspace.name)} has`;
  if (enabled < minAdministrators) {
    const none =
      enabled === 0 ? ' Nobody in the workspace can grant roles; only an Owner of its Azure resource can.' : '';
    return {
      ...base,
      status: 'fail',
      severity: 'high',
      message: `${inPlace} ${counted(enabled, 'Synapse Administrator')} with an enabled account, and should have at least ${minAdministrators}.${none}`,
      remediation: steps(
        'As Owner of the workspace’s Azure resource make a known person or group administrator, by its object id:',
        command`az synapse role assignment create --workspace-name ${workspace.name} --role "Synapse Administrator" --assignee-object-id <object id>`,
      ),
    };
  }
  if (names.length > maxAdministrators) {
    return {
      ...base,
      status: 'fail',
      severity: 'medium',
      message: `${inPlace} ${counted(names.length, 'Synapse Administrator')}, members of groups counted, and should have at most ${maxAdministrators}: ${quotedList(names)}. Each of them can use every stored credential and grant any role.`,
      remediation: steps(
        'See who has the role, give narrower ones (Synapse Contributor, Synapse Credential User), then take it away:',
        command`az synapse role assignment list --workspace-name ${workspace.name} --role "Synapse Administrator"`,
        'Or in Synapse Studio: Manage > Access control.',
      ),
    };
  }
  const list = names.length === 0 ? '' : `: ${quotedList(names)}`;
  return { ...base, status: 'pass', message: `${inPlace} ${counted(names.length, 'Synapse Administrator')}${list}.` };
}

/** Only who should not be one is a subject of its own: a guest, or somebody unexpected. */
function judgeOne(workspace: Workspace, administrator: RoleHolder, context: CheckContext<Options>): Verdict[] {
  const { id, direct, through } = administrator;
  const guest = 'user' in administrator && administrator.user.guest;
  const expected = isExpected(administrator, context.options);
  if (expected && !guest) {
    return [];
  }
  const groups = through.map((group) => group.displayName);
  const by = groups.length === 0 ? '' : ` through ${quotedList(groups)}`;
  const fault = guest
    ? 'is a guest: another organization manages the account and secures its sign-in'
    : 'is not among the expected administrators';
  const subject =
    'user' in administrator
      ? userSubject(administrator.user, context)
      : servicePrincipalSubject(administrator.servicePrincipal, context);
  return [
    {
      subject: inWorkspace(subject, workspace),
      status: 'fail',
      severity: guest ? 'high' : 'medium',
      message: `${quoted(subject.name)} is Synapse Administrator of workspace ${quoted(workspace.name)}${by} and ${fault}.`,
      evidence: {
        principalId: id,
        workspace: workspace.name,
        guest,
        expected,
        enabled: isEnabled(administrator),
        groups: evidenceList(groups),
      },
      remediation: steps(
        'If the rights are not meant, take them away, here or in Synapse Studio > Manage > Access control:',
        ...direct.map(
          (assignment) =>
            command`az synapse role assignment delete --workspace-name ${workspace.name} --ids ${assignment.id} --yes`,
        ),
        ...through.map((group) => command`az ad group member remove --group ${group.id} --member-id ${id}`),
        guest
          ? 'If they are meant, give the person an account of this tenant, or accept the risk with a reason and an end date.'
          : 'If they are meant, add the object id to expectedAdministrators of synapse-administrators in the setting CHECK_OPTIONS.',
      ),
    },
  ];
}

/** By object id, application id, or a group that carries the role. */
function isExpected(holder: RoleHolder, { expectedAdministrators }: Options): boolean {
  const ids = [holder.id, ...holder.through.map((group) => group.id)];
  const known = 'user' in holder ? ids : [...ids, holder.servicePrincipal.appId];
  return expectedAdministrators.length === 0 || expectedAdministrators.some((id) => known.includes(id.toLowerCase()));
}

function nameOf(holder: RoleHolder): string {
  return 'user' in holder ? holder.user.displayName : holder.servicePrincipal.displayName;
}

function isEnabled(holder: RoleHolder): boolean {
  return 'user' in holder ? holder.user.enabled : holder.servicePrincipal.enabled;
}
