import * as z from 'zod';
import { AUDITOR_ROLES } from '../audit/auditor-roles';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { accessControlLink, resourceLink } from '../audit/links';
import { describeRole, rolesHeldBy, type HeldRole } from '../audit/lookup';
import { onlyReadsAzure, onlyReadsSynapse } from '../audit/reading-only';
import { reachOf } from '../audit/rbac';
import { servicePrincipalSubject } from '../audit/subjects';
import { command, counted, evidenceList, quoted, sentences, steps } from '../audit/wording';
import type { AuditorIdentity, AuditorStorage, Group, RoleAssignment } from '../inventory/model';
import { neededIn } from '../permissions/needed';

export default defineTenantCheck({
  id: 'auditor-own-access',
  title: 'The auditor itself can only read, and no key opens its storage',
  severity: 'high',
  why: 'The auditor sees who can do what in the whole tenant. With more than reading, whoever takes over its app or its package takes over what it watches; and whoever gets into its storage can write “clean” over a problem, or have other code run as it.',
  remediation: [
    'Take from the auditor’s identity what lets it change something: npm run permissions -- verify lists what it has and does not need.',
    'Deploy the templates again, which close its storage account: no shared keys, no public containers, https with TLS 1.2 or newer.',
  ],
  link: 'https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations',
  requires: ['auditorIdentity', 'auditorStorage', 'azureRoleAssignments', 'synapseRoleAssignments', 'groups'],
  options: z.strictObject({}),
  evaluate: ({ auditorIdentity, auditorStorage, azureRoleAssignments, synapseRoleAssignments, groups }, context) => [
    ...auditorIdentity.flatMap((identity) => [
      judgePrincipal(identity, context),
      judgeAzure(identity, auditorStorage, azureRoleAssignments, groups, context),
      judgeSynapse(identity, synapseRoleAssignments, groups, context),
    ]),
    ...auditorStorage.map((account) => judgeStorage(account, context)),
  ],
});

/** Whether it is on, and what Entra ID lets it do. */
function judgePrincipal(identity: AuditorIdentity, context: CheckContext<unknown>): Verdict {
  const { id, appId, enabled, appRoles } = identity;
  const needed = neededIn('Microsoft Graph');
  const excess = appRoles.filter(({ graphPermission }) => !needed.includes(graphPermission ?? ''));
  const base = {
    subject: subjectOf(identity, context),
    evidence: {
      principalId: id,
      appId,
      enabled,
      applicationPermissions: evidenceList(appRoles.map(({ name }) => name)),
      notNeeded: evidenceList(excess.map(({ name }) => name)),
    },
  };
  const who = whoIs(identity);
  if (enabled && excess.length === 0) {
    return {
      ...base,
      status: 'pass',
      message: `${who} has ${counted(appRoles.length, 'application permission')} and none beyond its need.`,
    };
  }
  return {
    ...base,
    status: 'fail',
    severity: enabled && excess.every(({ graphPermission }) => isReading(graphPermission)) ? 'medium' : 'high',
    message: sentences(
      enabled ? '' : `${who} is disabled: it gets no new tokens, so that audits end.`,
      excess.length === 0
        ? ''
        : `${who} has application permissions that it does not need: ${listed(excess.map(({ name }) => name))}. Whoever takes it over has them as well.`,
    ),
    remediation: steps(
      ...(enabled ? [] : ['Enable it:', command`az ad sp update --id ${id} --set accountEnabled=true`]),
      ...(excess.length === 0 ? [] : ['Take away what it does not need:']),
      ...excess.map(
        (role) =>
          command`az rest --method delete --url ${`${context.graph}/v1.0/servicePrincipals/${id}/appRoleAssignments/${role.id}`}`,
      ),
    ),
  };
}

/** `Directory.Read.All`, but neither `Directory.ReadWrite.All` nor what another API calls its permissions. */
function isReading(graphPermission: string | null): boolean {
  return graphPermission !== null && /\.Read(Basic)?(\.|$)/.test(graphPermission);
}

function judgeAzure(
  identity: AuditorIdentity,
  storage: readonly AuditorStorage[],
  assignments: readonly RoleAssignment[],
  groups: readonly Group[],
  context: CheckContext<unknown>,
): Verdict {
  const held = once(rolesHeldBy(identity.id, assignments, groups));
  const excess = held.filter(
    ({ assignment }) => !onlyReadsAzure(assignment.role) && !storage.some((own) => isForItself(assignment, own)),
  );
  const [first] = excess;
  const subject = subjectOf(identity, context, 'azure');
  const evidence = {
    principalId: identity.id,
    azureRoles: evidenceList(held.map(describeRole)),
    beyondReading: evidenceList(excess.map(describeRole)),
    lookedAt: 'role assignments of the audited subscriptions, at, above and below them',
  };
  if (first === undefined) {
    return {
      subject,
      evidence,
      status: 'pass',
      message: `${whoIs(identity)} holds ${counted(held.length, 'Azure role')} in the audited subscriptions; with none of them it can do more than read, outside what is its own.`,
    };
  }
  return {
    subject: { ...subject, link: accessControlLink(context.portal, context.tenantId, reachOf(first.assignment)) },
    evidence,
    status: 'fail',
    severity: 'high',
    message: `${whoIs(identity)} can do more than read in Azure: ${listed(excess.map(describeRole))}. Whoever takes it over can do that as well.`,
    remediation: steps(
      'Take the roles away; what it needs is in its own custom role:',
      ...excess.map(({ assignment, through }) =>
        through === null
          ? command`az role assignment delete --ids ${assignment.id}`
          : command`az ad group member remove --group ${through.id} --member-id ${identity.id}`,
      ),
    ),
  };
}

function judgeSynapse(
  identity: AuditorIdentity,
  assignments: readonly RoleAssignment[],
  groups: readonly Group[],
  context: CheckContext<unknown>,
): Verdict {
  const held = rolesHeldBy(identity.id, assignments, groups);
  const excess = held.filter(({ assignment }) => !onlyReadsSynapse(assignment.role));
  const base = {
    subject: subjectOf(identity, context, 'synapse'),
    evidence: {
      principalId: identity.id,
      synapseRoles: evidenceList(held.map(describeRole)),
      beyondReading: evidenceList(excess.map(describeRole)),
    },
  };
  if (excess.length === 0) {
    return {
      ...base,
      status: 'pass',
      message: `${whoIs(identity)} holds ${counted(held.length, 'Synapse role')}; with none of them it can do more than read.`,
    };
  }
  return {
    ...base,
    status: 'fail',
    severity: 'high',
    message: `${whoIs(identity)} can do more than read in Synapse: ${listed(excess.map(describeRole))}. Whoever takes it over can do that as well.`,
    remediation: steps(
      'Give it Synapse Artifact User in each workspace, with npm run permissions -- grant, and take the other roles away:',
      ...excess.map(({ assignment, through }) =>
        through === null
          ? command`az synapse role assignment delete --workspace-name ${nameOf(assignment.readFrom)} --ids ${assignment.id}`
          : command`az ad group member remove --group ${through.id} --member-id ${identity.id}`,
      ),
    ),
  };
}

function judgeStorage(account: AuditorStorage, { portal, tenantId }: CheckContext<unknown>): Verdict {
  const { id, name, sharedKeys, publicBlobs, leastTls, httpsOnly } = account;
  const oldTls = !/^TLS1_[23]$/.test(leastTls);
  const base = {
    subject: { id, kind: 'storageAccount', name, link: resourceLink(portal, tenantId, id) },
    evidence: { sharedKeys, publicBlobs, leastTls, httpsOnly },
  } as const;
  if (!sharedKeys && !publicBlobs && !oldTls && httpsOnly) {
    return {
      ...base,
      status: 'pass',
      message: `Storage account ${quoted(name)} of the auditor takes no shared keys, no anonymous readers and nothing but https with TLS 1.2 or newer.`,
    };
  }
  return {
    ...base,
    status: 'fail',
    severity: sharedKeys || publicBlobs || !httpsOnly ? 'high' : 'medium',
    message: sentences(
      `Storage account ${quoted(name)} of the auditor is not closed.`,
      sharedKeys ? 'A shared key opens all of it, and nothing tells who used it.' : '',
      publicBlobs ? 'Containers in it may be opened to everybody.' : '',
      httpsOnly ? '' : 'It takes http without encryption.',
      oldTls ? `It takes TLS older than 1.2 (${leastTls}).` : '',
    ),
    remediation: steps(
      'Deploy the templates again, or:',
      command`az storage account update --ids ${id} --allow-shared-key-access false --allow-blob-public-access false --https-only true --min-tls-version TLS1_2`,
      ...(sharedKeys
        ? ['If the app still signs in with a connection string, give it the identity first: see docs/deployment.md.']
        : []),
    ),
  };
}

/** The roles that the templates assign, each on the one resource of the auditor it is for. */
function isForItself(assignment: RoleAssignment, storage: AuditorStorage): boolean {
  const scope = reachOf(assignment);
  const role = AUDITOR_ROLES.find(({ id }) => id === assignment.role.id);
  const inOwnGroup = `${groupOf(storage.id)}/providers/${role?.on.toLowerCase() ?? ''}/`;
  return (
    role !== undefined &&
    scope.startsWith(inOwnGroup) &&
    !scope.slice(inOwnGroup.length).includes('/') &&
    (role.on !== 'Microsoft.Storage/storageAccounts' || scope === storage.id)
  );
}

/** The resource group of a resource, all in lower case. */
function groupOf(armId: string): string {
  return armId.slice(0, armId.indexOf('/providers/'));
}

/** One a system, so that what is right in one place is told beside what is wrong in another. */
function subjectOf(identity: AuditorIdentity, context: CheckContext<unknown>, system?: 'azure' | 'synapse') {
  const subject = servicePrincipalSubject(identity, context);
  return system === undefined ? subject : { ...subject, id: `${subject.id}/${system}` };
}

/** An assignment above the subscriptions was read from each of them. */
function once(roles: readonly HeldRole[]): readonly HeldRole[] {
  return [...new Map(roles.map((role) => [role.assignment.id, role])).values()];
}

function whoIs({ displayName }: AuditorIdentity): string {
  return `The auditor’s identity ${quoted(displayName)}`;
}

function listed(names: readonly string[]): string {
  return evidenceList(names).join('; ');
}

function nameOf(armId: string): string {
  return armId.slice(armId.lastIndexOf('/') + 1);
}
