import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Enrichment, type Verdict } from '../audit/check';
import { workspaceSubject } from '../audit/subjects';
import { command, day, quoted, steps } from '../audit/wording';
import type { EntraAdministrator, EntraOnlyAuthentication, Workspace } from '../inventory/model';

export default defineWorkspaceCheck({
  id: 'entra-only-authentication',
  title: 'SQL endpoints take sign-ins of Entra ID only',
  severity: 'medium',
  why: 'As long as SQL logins with passwords work beside Entra ID, whoever knows or guesses one gets in without multifactor authentication and past conditional access, and nothing of it shows in the sign-in logs.',
  remediation: [
    'Move what still signs in with a SQL login to Entra ID: managed identities, service principals, people.',
    'See that an Entra administrator is set, best a group.',
    'Switch Entra-only authentication on.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/sql/active-directory-authentication',
  requires: ['workspaces', 'entraOnlyAuthentication'],
  uses: ['entraAdministrators'],
  options: z.strictObject({}),
  evaluate: (workspace, { entraOnlyAuthentication }, context, { entraAdministrators }) =>
    // The SQL of any other workspace belongs to a logical server, which has a setting of its own.
    workspace.workspaceType === null || workspace.workspaceType === 'Normal'
      ? entraOnlyAuthentication.map((setting) => judge(workspace, setting, entraAdministrators, context))
      : [],
});

function judge(
  workspace: Workspace,
  { enabled, state, since }: EntraOnlyAuthentication,
  administrators: Enrichment<EntraAdministrator>,
  context: CheckContext<unknown>,
): Verdict {
  const { name, resourceGroup, subscriptionId } = workspace;
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: { enabled, state, since: since?.toISOString() ?? null, workspaceType: workspace.workspaceType },
  };
  const where = `Entra-only authentication of workspace ${quoted(name)}`;
  const enable = command`az synapse ad-only-auth enable --workspace-name ${name} --resource-group ${resourceGroup} --subscription ${subscriptionId}`;
  if (state === 'updating') {
    return {
      ...base,
      status: 'fail',
      severity: 'low',
      message: `${where} is being changed: until that is done, SQL logins with passwords may still work, or not work any more.`,
      remediation: steps(
        'Wait for the change to end. If it is still under way tomorrow, look at it and set it again:',
        command`az synapse ad-only-auth get --workspace-name ${name} --resource-group ${resourceGroup} --subscription ${subscriptionId}`,
        enable,
      ),
    };
  }
  if (state === 'inconsistent') {
    return {
      ...base,
      status: 'fail',
      severity: 'medium',
      message: `${where} is inconsistent: it was set to ${enabled ? 'on' : 'off'}, but the workspace and its SQL pools do not agree, so that SQL logins with passwords may still work in some of them.`,
      remediation: steps(
        'Resume paused SQL pools, as a paused one takes no settings, then set it again:',
        enable,
        'If it stays inconsistent, open a support request for Azure Synapse Analytics.',
      ),
    };
  }
  if (!enabled) {
    return {
      ...base,
      status: 'fail',
      severity: 'medium',
      message: `${where} is off${since === null ? '' : `, last set on ${day(since)}`}: SQL logins with passwords, the SQL administrator’s among them, work without multifactor authentication and conditional access.`,
      remediation: steps(
        ...lockOut(workspace, administrators),
        'Once nothing signs in with a SQL login any more (linked services, reports, scripts: they stop), switch it on:',
        enable,
      ),
    };
  }
  return {
    ...base,
    status: 'pass',
    message: `${where} is on${since === null ? '' : ` since ${day(since)}`}: SQL logins with passwords don’t work.`,
  };
}

/** Without an Entra administrator nobody would administer the SQL endpoints any more. */
function lockOut(
  { name, resourceGroup, subscriptionId }: Workspace,
  { data, complete }: Enrichment<EntraAdministrator>,
): string[] {
  if (data.length > 0) {
    return [];
  }
  return [
    complete
      ? 'No Entra administrator is set; set one first, or nobody administers the SQL endpoints:'
      : 'Whether an Entra administrator is set could not be read; see to it first, or nobody administers the SQL endpoints:',
    command`az synapse sql ad-admin create --workspace-name ${name} --resource-group ${resourceGroup} --subscription ${subscriptionId} --display-name <name> --object-id <object id>`,
  ];
}
