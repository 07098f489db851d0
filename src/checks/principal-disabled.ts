import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import type { Evidence } from '../audit/finding';
import { applicationsLink } from '../audit/links';
import { applicationsByAppId, describeRoles } from '../audit/lookup';
import { servicePrincipalSubject } from '../audit/subjects';
import { describeWorkspaces, synapseUsage, type SynapseUsage } from '../audit/synapse-usage';
import { command, day, daysInMs, evidenceList, quoted, steps } from '../audit/wording';
import type { DeletedServicePrincipal, ServicePrincipal } from '../inventory/model';

/** https://learn.microsoft.com/graph/api/directory-deleteditems-restore */
const RESTORABLE_DAYS = 30;

export default defineTenantCheck({
  id: 'principal-disabled',
  title: 'Service principals that Synapse uses are enabled',
  severity: 'high',
  why: 'Entra ID gives a disabled service principal no token (AADSTS7000112), nor one that was deleted, whatever secrets and roles it has: each pipeline, linked service and release job that signs in with it stops.',
  remediation: [
    'Find out in the audit log of Entra ID who disabled or deleted it, and why.',
    'Enable or restore it where that was a mistake.',
    'Otherwise move its users to another identity and remove its roles.',
  ],
  link: 'https://learn.microsoft.com/troubleshoot/entra/entra-id/app-integration/error-code-aadsts7000112-application-is-disabled',
  requires: [
    'servicePrincipals',
    'deletedServicePrincipals',
    'applications',
    'synapseRoleAssignments',
    'azureRoleAssignments',
    'workspaces',
    'groups',
    'storageAccounts',
  ],
  options: z.strictObject({}),
  evaluate: (facts, context) => {
    const usageOf = synapseUsage(facts);
    const ifUsed = (id: string, judge: (usage: SynapseUsage) => Verdict): Verdict[] => {
      const usage = usageOf(id);
      return usage.roles.length === 0 ? [] : [judge(usage)];
    };
    return [
      ...facts.servicePrincipals.flatMap((servicePrincipal) =>
        ifUsed(servicePrincipal.id, (usage) => {
          const application = applicationsByAppId(facts.applications).get(servicePrincipal.appId);
          return judgeExisting(servicePrincipal, application?.disabledByMicrosoft ?? false, usage, context);
        }),
      ),
      ...facts.deletedServicePrincipals.flatMap((deleted) =>
        ifUsed(deleted.id, (usage) => judgeDeleted(deleted, usage, context)),
      ),
    ];
  },
});

function judgeExisting(
  servicePrincipal: ServicePrincipal,
  disabledByMicrosoft: boolean,
  usage: SynapseUsage,
  context: CheckContext<unknown>,
): Verdict {
  const { id, appId, displayName, enabled } = servicePrincipal;
  const base = {
    subject: servicePrincipalSubject(servicePrincipal, context),
    evidence: { ...evidenceOf(id, appId, usage), enabled, disabledByMicrosoft },
  };
  const who = `Service principal ${quoted(displayName)}`;
  if (disabledByMicrosoft) {
    return {
      ...base,
      status: 'fail',
      severity: 'high',
      message: `Microsoft disabled the application of service principal ${quoted(displayName)}: it gets no new tokens. ${describeUses(usage)}`,
      remediation:
        'Only Microsoft can lift this: open a support request for Entra ID in the portal, with the application (client) id, and treat the application as abused until it is settled. Meanwhile move its users to another identity.',
    };
  }
  if (!enabled) {
    return {
      ...base,
      status: 'fail',
      severity: 'high',
      message: `${who} is disabled: every sign-in fails (AADSTS7000112). ${describeUses(usage)}`,
      remediation: steps(
        'If it was disabled by mistake, enable it:',
        command`az ad sp update --id ${id} --set accountEnabled=true`,
        'Otherwise move its users to another identity and remove its roles.',
      ),
    };
  }
  return { ...base, status: 'pass', message: `${who} is enabled. ${describeUses(usage)}` };
}

function judgeDeleted(
  { id, appId, displayName, deletedAt }: DeletedServicePrincipal,
  usage: SynapseUsage,
  { now, portal }: CheckContext<unknown>,
): Verdict {
  const until = deletedAt === null ? null : new Date(deletedAt.getTime() + daysInMs(RESTORABLE_DAYS));
  const restorable = until === null || until > now;
  const since = deletedAt === null ? '' : ` on ${day(deletedAt)}`;
  const deadline = until === null ? `for ${RESTORABLE_DAYS} days from then` : `until ${day(until)}`;
  const chance = restorable ? `It can be restored with its roles ${deadline}.` : 'It can no longer be restored.';
  return {
    subject: { id, kind: 'servicePrincipal', name: displayName, link: applicationsLink(portal) },
    status: 'fail',
    severity: 'high',
    message: `Service principal ${quoted(displayName)} was deleted${since}: every sign-in fails (AADSTS7000229 or AADSTS700016). ${chance} ${describeUses(usage)}`,
    evidence: {
      ...evidenceOf(id, appId, usage),
      deletedAt: deletedAt?.toISOString() ?? null,
      restorableUntil: until?.toISOString() ?? null,
    },
    remediation: restorable
      ? steps(
          'If it was deleted by mistake, restore it with Microsoft Graph PowerShell (and its application first, if that was deleted too):',
          command`Restore-MgDirectoryDeletedItem -DirectoryObjectId ${id}`,
          'Otherwise move its users to another identity and delete its role assignments.',
        )
      : 'Make a new service principal, assign it the roles listed in the evidence, switch the users, and delete the old role assignments.',
  };
}

function evidenceOf(principalId: string, appId: string, { roles, workspaces }: SynapseUsage): Evidence {
  return { principalId, appId, workspaces: evidenceList(workspaces), roles: describeRoles(roles) };
}

function describeUses(usage: SynapseUsage): string {
  return `It has roles that concern ${describeWorkspaces(usage)}.`;
}
