import { z } from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import type { Subject } from '../audit/finding';
import { groupsById, servicePrincipalsById, usersById } from '../audit/lookup';
import { workspaceScope } from '../audit/rbac';
import { inWorkspace, servicePrincipalSubject, userSubject, workspaceSubject } from '../audit/subjects';
import { command, counted, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { Group, RoleAssignment, ServicePrincipal, User, Workspace } from '../inventory/model';

const SYNAPSE_ADMINISTRATOR = '6e4bf58a-b8e1-4cc3-bbf9-d73143322b78';

const options = z
  .strictObject({
  maxAdministrators: z.int().positive().default(5).describe('More Synapse Administrators than this fail.'),
  minAdministrators: z.int().nonnegative().default(1).describe('Fewer Synapse Administrators than this fail.'),
  expectedAdministrators: z
    .array(z.guid())
    .default([])
    .describe(
      'Object ids (people, service principals, groups) or application ids of those who are to be Synapse Administrators; unless empty, everybody else is unexpected.',
    ),
}).refine((o) => o.minAdministrators <= o.maxAdministrators, 'minAdministrators must not exceed maxAdministrators.');
type Options = z.infer<typeof options>;

/** A person or service principal with the role, once, however many assignments and groups give it. */
interface Administrator {
  readonly subject: Subject;
  /** Object id, and the client id of a service principal. */
  readonly ids: readonly string[];
  readonly guest: boolean;
  readonly enabled: boolean;
  readonly direct: readonly RoleAssignment[];
  readonly through: readonly Group[];
}

export default defineWorkspaceCheck({
  id: 'synapse-administrators',
  title: 'A few known people are Synapse Administrators',
  severity: 'medium',
  why: 'A Synapse Administrator reads and changes everything in the workspace, uses every stored credential and grants roles to others: each one more is one more account to be stolen. With none, nobody in the workspace can grant roles.',
  remediation: [
    'Give people the narrower roles they need: Contributor, Compute Operator, Credential User.',
    'Keep two or three administrators, members of the tenant, best through one group.',
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
    const administrators = administratorsOf(assignments, facts, context).filter(
      // The workspace's own identity is administrator by design.
      ({ subject }) => subject.id !== workspace.identity.principalId,
    );
    return [
      judgeCount(workspace, administrators, context),
      ...administrators.flatMap((administrator) => judgeOne(workspace, administrator, context)),
    ];
  },
});

function administratorsOf(
  assignments: readonly RoleAssignment[],
  facts: {
    readonly users: readonly User[];
    readonly groups: readonly Group[];
    readonly servicePrincipals: readonly ServicePrincipal[];
  },
  context: CheckContext<Options>,
): readonly Administrator[] {
  const found = new Map<string, Administrator>();
  const add = (administrator: Administrator): void => {
    const id = administrator.subject.id;
    const known = found.get(id);
    found.set(id, {
      ...administrator,
      direct: [...(known?.direct ?? []), ...administrator.direct],
      through: [...(known?.through ?? []), ...administrator.through],
    });
  };
  const addUser = (user: User, way: Pick<Administrator, 'direct' | 'through'>): void => {
    const { id, guest, enabled } = user;
    add({ subject: userSubject(user, context), ids: [id], guest, enabled, ...way });
  };
  const addServicePrincipal = (id: string, way: Pick<Administrator, 'direct' | 'through'>): void => {
    const servicePrincipal = servicePrincipalsById(facts.servicePrincipals).get(id);
    if (servicePrincipal !== undefined) {
      const { appId, enabled } = servicePrincipal;
      const subject = servicePrincipalSubject(servicePrincipal, context);
      add({ subject, ids: [id, appId], guest: false, enabled, ...way });
    }
  };
  for (const assignment of assignments) {
    const { principalId } = assignment;
    const user = usersById(facts.users).get(principalId);
    const group = groupsById(facts.groups).get(principalId);
    if (user !== undefined) {
      addUser(user, { direct: [assignment], through: [] });
    } else if (group !== undefined) {
      group.users.forEach((member) => addUser(member, { direct: [], through: [group] }));
      group.servicePrincipalIds.forEach((id) => addServicePrincipal(id, { direct: [], through: [group] }));
    } else {
      addServicePrincipal(principalId, { direct: [assignment], through: [] });
    }
  }
  return [...found.values()];
}

/** Too many counts everybody who has the role; too few only who can use it: a disabled account grants nothing. */
function judgeCount(
  workspace: Workspace,
  administrators: readonly Administrator[],
  context: CheckContext<Options>,
): Verdict {
  const { maxAdministrators, minAdministrators } = context.options;
  const names = administrators.map(({ subject }) => subject.name);
  const enabled = administrators.filter((administrator) => administrator.enabled).length;
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: {
      administrators: evidenceList(names),
      count: administrators.length,
      enabled,
      maxAdministrators,
      minAdministrators,
    },
  };
  const where = `Workspace ${quoted(workspace.name)}`;
  if (enabled < minAdministrators) {
    return {
      ...base,
      status: 'fail',
      severity: 'high',
      message: `${where} has ${counted(enabled, 'Synapse Administrator')} whose account is enabled; at least ${minAdministrators} should be. ${enabled === 0 ? 'Nobody in the workspace can grant roles; only an Owner of the Azure resource still can.' : ''}`.trim(),
      remediation: steps(
        'As Owner of the workspace’s Azure resource, make a known person (or a group) administrator, with its object id:',
        `${command('az', 'synapse', 'role', 'assignment', 'create', '--workspace-name', workspace.name, '--role', 'Synapse Administrator', '--assignee-object-id')} <object id>`,
      ),
    };
  }
  if (administrators.length > maxAdministrators) {
    return {
      ...base,
      status: 'fail',
      severity: 'medium',
      message: `${where} has ${counted(administrators.length, 'Synapse Administrator')}, groups resolved; at most ${maxAdministrators} are wanted: ${quotedList(names)}. Each can read every secret in use and grant any role.`,
      remediation: steps(
        'See who has the role, give narrower ones (Synapse Contributor, Synapse Credential User), and remove it from the others:',
        command('az', 'synapse', 'role', 'assignment', 'list', '--workspace-name', workspace.name, '--role', 'Synapse Administrator'),
        'Or in Synapse Studio: Manage > Access control.',
      ),
    };
  }
  const list = names.length === 0 ? '' : `: ${quotedList(names)}`;
  return { ...base, status: 'pass', message: `${where} has ${counted(names.length, 'Synapse Administrator')}${list}.` };
}

function judgeOne(workspace: Workspace, administrator: Administrator, { options: o }: CheckContext<Options>): Verdict[] {
  const { subject, ids, guest, enabled, direct, through } = administrator;
  const expected = new Set(o.expectedAdministrators.map((id) => id.toLowerCase()));
  const known = expected.size === 0 || [...ids, ...through.map((group) => group.id)].some((id) => expected.has(id));
  if (known && !guest) {
    return [];
  }
  const by = through.length === 0 ? '' : ` through ${quotedList(through.map((group) => group.displayName))}`;
  const fault = guest
    ? 'is a guest: the account is managed, and its sign-in secured, by another organization'
    : 'is not among the expected administrators';
  return [
    {
      subject: inWorkspace(subject, workspace),
      status: 'fail',
      severity: guest ? 'high' : 'medium',
      message: `${quoted(subject.name)} is Synapse Administrator of workspace ${quoted(workspace.name)}${by} and ${fault}.`,
      evidence: {
        principalId: subject.id,
        workspace: workspace.name,
        guest,
        expected: known,
        enabled,
        groups: evidenceList(through.map((group) => group.displayName)),
      },
      remediation: steps(
        'If the rights are not meant, take them away:',
        ...direct.map(({ id }) =>
          command('az', 'synapse', 'role', 'assignment', 'delete', '--workspace-name', workspace.name, '--ids', id, '--yes'),
        ),
        ...through.map(({ id }) =>
          command('az', 'ad', 'group', 'member', 'remove', '--group', id, '--member-id', subject.id),
        ),
        'Or in Synapse Studio: Manage > Access control.',
        guest
          ? 'If they are meant, give the person an account of this tenant, or accept the risk with a reason and an end date.'
          : 'If they are meant, add the object id to expectedAdministrators of synapse-administrators in the setting CHECK_OPTIONS.',
      ),
    },
  ];
}
