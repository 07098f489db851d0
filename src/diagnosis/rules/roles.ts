/** Rights by roles: in the workspace, on storage and on other Azure resources; missing, orphaned, too late, conditional. */
import { describeRole, rolesHeldBy, servicePrincipalsById, usersById, type HeldRole } from '../../audit/lookup';
import {
  coversResource,
  coversSynapseScope,
  grantsAction,
  grantsDataAction,
  isWithin,
  reachOf,
} from '../../audit/rbac';
import { remembered } from '../../audit/remembered';
import { command, quoted } from '../../audit/wording';
import type { Group, RoleAssignment } from '../../inventory/model';
import { actorsIn, areKnown, hasKind, hasRolesOf, type Actor, type Case } from '../case';
import type { About } from '../diagnosis';
import { ageOf } from '../role-age';
import { surest, type Judgement, type Rule } from '../rule';
import { firstLabel } from '../way';

const USE_SECRET = 'Microsoft.Synapse/workspaces/credentials/useSecret/action';
const READ_BLOB = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
const MANAGE_ACCOUNT = 'Microsoft.Storage/storageAccounts/write';

/** The auditor reads the roles of groups on workspaces, their storage and their vaults only. */
const UNREAD_GROUPS =
  'A group may give it: roles of groups on other resources than workspaces, their storage and vaults are not read.';

/** What would have to be granted, to whom, and who grants it now. */
export interface Right {
  readonly actor: Actor & { readonly principalId: string };
  /** `credentials/useSecret/action on workspaces/ws/…` */
  readonly what: string;
  readonly about: About;
  readonly granting: readonly HeldRole[];
  /** What the principal has there instead, in words. */
  readonly inVain: readonly string[];
  /** Assignments that would grant it to principals whom nobody knows. */
  readonly orphaned: readonly RoleAssignment[];
  /** Whether all that could grant it was read. */
  readonly isComplete: boolean;
  /** What could grant it beside that and is never read; empty: nothing. */
  readonly unread?: string;
  readonly grant: readonly string[];
}

const known = new WeakMap<Case, readonly Right[]>();

/**
 * Rights that the error says are missing; of a principal that it does not name those that its linked services need. Several
 * rules ask, and assignments of a tenant are many.
 */
export function rightsIn(one: Case): readonly Right[] {
  const rights = known.get(one) ?? lookedUp(one);
  known.set(one, rights);
  return rights;
}

function lookedUp(one: Case): readonly Right[] {
  if (hasKind(one, 'synapse-rbac', 'synapse-use-secret')) {
    return synapseRights(one);
  }
  if (hasKind(one, 'azure-authorization-failed')) {
    return azureRights(one);
  }
  return storageRights(one);
}

function knownActors(one: Case): readonly Right['actor'][] {
  const actors = actorsIn(one).flatMap((actor) =>
    actor.principalId === null ? [] : [{ ...actor, principalId: actor.principalId }],
  );
  return actors.filter((actor, index) => actors.findIndex((other) => isSame(other, actor)) === index);
}

function isSame(a: Right['actor'], b: Right['actor']): boolean {
  return a.principalId === b.principalId && a.step?.linkedService === b.step?.linkedService;
}

function synapseRights(one: Case): readonly Right[] {
  const { workspace, error } = one;
  if (workspace === null) {
    return [];
  }
  const assignments = one.read('synapseRoleAssignments').filter(({ readFrom }) => readFrom === workspace.id);
  const groups = one.read('groups');
  const isUseSecret = hasKind(one, 'synapse-use-secret');
  const action = isUseSecret ? USE_SECRET : error.action;
  const scope = isUseSecret
    ? `workspaces/${workspace.name}/credentials/WorkspaceSystemIdentity`
    : (error.scope ?? `workspaces/${workspace.name}`).replace(/\/\*?$/, '');
  return knownActors(one)
    .filter(({ kind }) => kind === 'named' || error.principalIds.length > 0)
    .map((actor): Right => {
      const held = rolesHeldBy(actor.principalId, assignments, groups);
      const grants = (assignment: RoleAssignment): boolean =>
        coversSynapseScope(assignment, scope) &&
        // Any Synapse role at any scope implies reading the workspace.
        (action === null ||
          action.toLowerCase().endsWith('workspaces/read') ||
          grantsDataAction(assignment.role, action));
      return {
        actor,
        what: `${action ?? 'the permission'} on ${scope}`,
        about: aboutPrincipal(actor, workspace.id),
        granting: held.filter(({ assignment }) => grants(assignment)),
        inVain: held.filter(({ assignment }) => !grants(assignment)).map(describeRole),
        orphaned: orphans(one, assignments.filter(grants)),
        isComplete: one.isComplete('synapseRoleAssignments') && one.isComplete('groups') && areKnown(held),
        grant: [
          `${command`az synapse role assignment create --workspace-name ${workspace.name} --role ${isUseSecret ? 'Synapse Credential User' : roleFor(action)} --assignee-object-id ${actor.principalId} --assignee-principal-type ServicePrincipal`}${isUseSecret ? ' --item-type credentials --item WorkspaceSystemIdentity' : ''}`,
        ],
      };
    });
}

/** The least role that is commonly given for an action. */
function roleFor(action: string | null): string {
  const lower = action?.toLowerCase() ?? '';
  if (lower.includes('usecompute')) {
    return 'Synapse Compute Operator';
  }
  if (lower.includes('/write') || lower.includes('/delete')) {
    return lower.includes('roleassignments') ? 'Synapse Administrator' : 'Synapse Artifact Publisher';
  }
  return lower.endsWith('workspaces/read') ? 'Synapse User' : 'Synapse Artifact User';
}

function azureRights(one: Case): readonly Right[] {
  const { action, scope } = one.error;
  if (action === null || scope === null) {
    return [];
  }
  const assignments = one.read('azureRoleAssignments');
  return knownActors(one).map((actor): Right => {
    const held = rolesHeldBy(actor.principalId, assignments, one.read('groups')).filter(({ assignment }) =>
      coversResource(assignment, scope),
    );
    const grants = ({ role }: RoleAssignment): boolean => grantsAction(role, action);
    return {
      actor,
      what: `${action} on ${scope}`,
      about: aboutPrincipal(actor, scope),
      granting: held.filter(({ assignment }) => grants(assignment)),
      inVain: held.filter(({ assignment }) => !grants(assignment)).map(describeRole),
      orphaned: [],
      isComplete: hasRolesOf(one, scope) && one.isComplete('groups') && areKnown(held),
      unread: UNREAD_GROUPS,
      grant: [
        `Assign a role that includes ${action}:`,
        `az role assignment create --role <role> ${command`--assignee-object-id ${actor.principalId} --assignee-principal-type ServicePrincipal --scope ${scope}`}`,
      ],
    };
  });
}

function storageRights(one: Case): readonly Right[] {
  const assignments = one.read('azureRoleAssignments');
  return knownActors(one).flatMap((actor): readonly Right[] => {
    const name = accountOf(one, actor);
    const id = name === null ? null : accountId(one, name, assignments);
    if (name === null || id === null) {
      return [];
    }
    // A role on one container may be the one that is meant.
    const touches = (assignment: RoleAssignment): boolean =>
      coversResource(assignment, id) || isWithin(reachOf(assignment), id);
    const grants = ({ role }: RoleAssignment): boolean => grantsDataAction(role, READ_BLOB);
    const held = rolesHeldBy(actor.principalId, assignments, one.read('groups')).filter(({ assignment }) =>
      touches(assignment),
    );
    const granting = held.filter(({ assignment }) => grants(assignment));
    return [
      {
        actor,
        what: `access to the data in storage account ${quoted(name)}`,
        about: { key: `${id}/principals/${actor.principalId}`, kind: 'identity', name: `${actor.who} on ${name}` },
        granting,
        inVain: held
          .filter(({ assignment }) => !grants(assignment) && grantsAction(assignment.role, MANAGE_ACCOUNT))
          .map(describeRole),
        orphaned:
          granting.length > 0
            ? []
            : orphans(
                one,
                assignments.filter((each) => grants(each) && touches(each)),
              ),
        isComplete: hasRolesOf(one, id) && one.isComplete('groups') && areKnown(held),
        ...(!one.read('storageAccounts').some((account) => account.id === id) && { unread: UNREAD_GROUPS }),
        grant: [
          command`az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id ${actor.principalId} --assignee-principal-type ServicePrincipal --scope ${id}`,
        ],
      },
    ];
  });
}

/** The account that the error or the linked service names. */
function accountOf({ error, workspace }: Case, { step }: Actor): string | null {
  const hosts = error.hosts.filter((host) => /\.(blob|dfs|file|table|queue)\.core\./.test(host));
  const target = step?.linkedService.target ?? null;
  const host = hosts[0] ?? target;
  return host === null ? (workspace?.defaultStorage?.accountName ?? null) : firstLabel(host);
}

/** Where an account is: default lakes were looked up, of others an assignment may tell. */
function accountId(one: Case, name: string, assignments: readonly RoleAssignment[]): string | null {
  const { defaultStorage } = one.workspace ?? { defaultStorage: null };
  const known =
    (defaultStorage?.accountName === name ? defaultStorage.accountId : null) ??
    one.read('storageAccounts').find((account) => account.name.toLowerCase() === name)?.id;
  const marker = `/storageaccounts/${name}`;
  return (
    known ??
    assignments.flatMap(({ scope }) => {
      const lower = scope.toLowerCase();
      const end = lower.indexOf(marker) + marker.length;
      return lower.includes(marker) && [undefined, '/'].includes(lower[end]) ? [lower.slice(0, end)] : [];
    })[0] ??
    null
  );
}

/** Assignments of principals that the directory does not have, nor its recycle bin. */
function orphans(one: Case, assignments: readonly RoleAssignment[]): readonly RoleAssignment[] {
  const needed = ['servicePrincipals', 'deletedServicePrincipals', 'groups'] as const;
  if (!needed.every((source) => one.isComplete(source))) {
    return [];
  }
  const principals = servicePrincipalsById(one.read('servicePrincipals'));
  const gone = new Set(one.read('deletedServicePrincipals').map(({ id }) => id));
  const groups = one.read('groups');
  const users = membersOf(groups);
  return assignments.filter(
    ({ principalId, principalKind }) =>
      // Users are not looked up here, so that only what Azure calls something else can be told.
      principalKind !== 'user' &&
      principalKind !== 'other' &&
      !principals.has(principalId) &&
      !gone.has(principalId) &&
      !users.has(principalId) &&
      !groups.some(({ id }) => id === principalId),
  );
}

const membersOf = remembered((groups: readonly Group[]) => usersById(groups.flatMap((group) => group.users)));

function aboutPrincipal({ principalId, who }: Right['actor'], place: string): About {
  return { key: `${place}/principals/${principalId}`, kind: 'servicePrincipal', name: who };
}

/** @param kinds errors that say of themselves that a right is missing; others may come of a firewall as well */
function missing(...kinds: readonly string[]): Rule {
  return (one) => {
    const rights = rightsIn(one);
    return surest(
      rights.map((right): Judgement => {
        const { actor, what, granting, inVain, isComplete, unread, grant, about } = right;
        const [through] = granting;
        if (through !== undefined) {
          return { ruledOut: `${actor.who} has ${what}: ${describeRole(through)}.` };
        }
        if (!isComplete) {
          return null;
        }
        const isSaid = hasKind(one, ...kinds);
        return {
          seen: {
            certainty: isSaid && rights.length === 1 && unread === undefined ? 'certain' : 'likely',
            evidenceFor: [
              `No role gives ${lower(actor.who)} ${what}.`,
              ...(inVain.length === 0 ? [] : [`It holds ${inVain.slice(0, 3).join('; ')}, which does not include it.`]),
              ...removedFrom(one, right),
              ...(actor.step === null ? [] : [`${actor.step.path} signs in as it.`]),
            ],
            ...(unread !== undefined && { evidenceAgainst: [unread] }),
            about,
            sentence: `${lower(actor.who)} lacks ${what}`,
            remedy: [...grant, 'A new assignment takes some minutes to work.'],
          },
        };
      }),
    );
  };
}

/** Roles that it lost since the last audit. */
function removedFrom({ known }: Case, { actor }: Right): readonly string[] {
  return (known.drift?.changes ?? [])
    .filter(
      ({ kind, state, before, after }) =>
        (kind === 'synapseRole' || kind === 'azureRole') &&
        state === 'open' &&
        after === null &&
        before?.['principalId'] === actor.principalId,
    )
    .slice(0, 3)
    .map(
      ({ name, before, lastBefore }) =>
        `It lost ${name} on ${String(before?.['scope'])} after ${lastBefore.slice(0, 16)}Z.`,
    );
}

const orphaned: Rule = (one) =>
  surest(
    rightsIn(one).map(({ actor, what, granting, orphaned: found, grant }): Judgement => {
      const [old] = found;
      if (old === undefined || granting.length > 0) {
        return null;
      }
      return {
        seen: {
          certainty: 'likely',
          evidenceFor: [
            `${old.role.name} on ${old.scope} is assigned to ${old.principalId}, which no longer exists.`,
            `${actor.who} is ${actor.principalId} now, and no role gives it ${what}.`,
          ],
          about: { key: old.id, kind: 'roleAssignment', name: `${old.role.name} of ${old.principalId}` },
          sentence: `${old.role.name} is still assigned to ${old.principalId}, an identity that is gone; ${lower(actor.who)}, made anew, has another object id and not the role`,
          remedy: [
            'Assign the role to the new object id:',
            ...grant,
            'Then delete the old assignment:',
            old.system === 'synapse'
              ? command`az synapse role assignment delete --workspace-name ${one.workspace?.name ?? '<workspace>'} --ids ${old.id} --yes`
              : command`az role assignment delete --ids ${old.id}`,
          ],
        },
      };
    }),
  );

/** A right that is there now, and was refused. */
export function tooLate(one: Case, actor: Actor, what: string, granting: readonly HeldRole[], about: About): Judgement {
  const ages = granting.map((role) => ageOf(one, role.assignment));
  const young = ages.filter((age) => age !== null);
  const [first] = young;
  if (granting.length === 0) {
    return null;
  }
  if (first !== undefined && young.length === granting.length) {
    const allAfter = young.every(({ age }) => age === 'after');
    return {
      seen: {
        certainty: allAfter && one.failure.at !== null ? 'certain' : 'likely',
        evidenceFor: [first.evidence],
        about,
        sentence: allAfter
          ? `${lower(actor.who)} was given ${what} only after the run`
          : `${lower(actor.who)} was given ${what} so shortly before that it did not work yet`,
        remedy: ['Run the pipeline again: a new assignment works after ten minutes at the latest.'],
      },
    };
  }
  const throughGroup = granting.every(({ through }) => through !== null);
  return {
    seen: {
      certainty: 'possible',
      evidenceFor: [
        `${actor.who} has ${what} now: ${granting.slice(0, 2).map(describeRole).join('; ')}.`,
        ...(throughGroup
          ? ['A managed identity’s token is kept for up to a day: what it gets through a group works only then.']
          : []),
      ],
      about,
      ...(throughGroup && {
        remedy: [
          'Assign the role to the identity itself instead of the group, or wait a day, then run the pipeline again.',
        ],
      }),
    },
  };
}

const propagation: Rule = (one) =>
  surest(rightsIn(one).map(({ actor, what, granting, about }) => tooLate(one, actor, what, granting, about)));

const conditional: Rule = (one) =>
  surest(
    rightsIn(one).map(({ actor, what, granting, about }): Judgement => {
      const [first] = granting;
      if (first === undefined || granting.some(({ assignment }) => assignment.condition === null)) {
        return null;
      }
      return {
        seen: {
          certainty: 'likely',
          evidenceFor: [
            `${actor.who} has ${what} under a condition only: ${describeRole(first)}. It is not evaluated here.`,
          ],
          about,
        },
      };
    }),
  );

function lower(who: string): string {
  return who.startsWith('“') ? who : `${who.charAt(0).toLowerCase()}${who.slice(1)}`;
}

export const ROLE_RULES = {
  'synapse-role-missing': missing('synapse-rbac'),
  'use-secret-missing': (one) => (hasKind(one, 'token-refused') ? null : missing('synapse-use-secret')(one)),
  'azure-role-missing': missing('azure-authorization-failed'),
  'storage-role-missing': missing('storage-permission-mismatch'),
  'orphaned-assignment': orphaned,
  'role-propagation': propagation,
  'role-conditional': conditional,
} satisfies Readonly<Record<string, Rule>>;
