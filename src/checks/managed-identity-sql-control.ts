import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Verdict } from '../audit/check';
import { workspaceSubject } from '../audit/subjects';
import { command, counted, evidenceList, quoted, quotedList, steps } from '../audit/wording';
import type { ManagedIdentitySqlControl, Workspace } from '../inventory/model';

const options = z.strictObject({
  acceptNotGranted: z
    .boolean()
    .default(false)
    .describe(
      'Whether a workspace passes whose identity is deliberately not given control, for instance because it is a user with fewer rights in each pool.',
    ),
});
type Options = z.infer<typeof options>;

export default defineWorkspaceCheck({
  id: 'managed-identity-sql-control',
  title: 'Pipelines can work in the dedicated pools as the workspace',
  severity: 'medium',
  why: 'A pipeline that signs in to a dedicated pool as the workspace gets in only where the workspace’s identity has control of the pools by this setting, or was made a user of the pool by hand. Otherwise it fails with “Login failed for user <token-identified principal>”.',
  remediation: [
    'Grant the workspace’s identity control of the dedicated pools, or make it a user with the rights it needs in each of them.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/security/how-to-grant-workspace-managed-identity-permissions',
  requires: ['managedIdentitySqlControl'],
  uses: ['sqlAuditing'],
  options,
  evaluate: (workspace, { managedIdentitySqlControl }, context, { sqlAuditing }) => {
    // Whoever lists the pools reads their auditing as well: one list serves both.
    const pools = sqlAuditing.data.filter(({ target }) => target === 'sqlPool').map(({ name }) => name);
    return sqlAuditing.complete && pools.length === 0
      ? []
      : managedIdentitySqlControl.map((control) =>
          judge(workspace, control, sqlAuditing.complete ? pools : null, context),
        );
  },
});

/** @param pools names of the dedicated pools; `null`: they could not be read */
function judge(
  workspace: Workspace,
  { wanted, actual }: ManagedIdentitySqlControl,
  pools: readonly string[] | null,
  context: CheckContext<Options>,
): Verdict {
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: {
      wanted,
      actual,
      principalId: workspace.identity.principalId,
      dedicatedPools: pools === null ? 'unknown (they could not be read)' : evidenceList(pools),
    },
  };
  const whose = `The identity of workspace ${quoted(workspace.name)}`;
  const where =
    pools === null
      ? 'its dedicated pools, if it has any'
      : `its ${counted(pools.length, 'dedicated pool')} (${quotedList(pools)})`;
  if (wanted && actual === 'enabled') {
    return { ...base, status: 'pass', message: `${whose} has control of ${where}.` };
  }
  if (wanted) {
    return {
      ...base,
      status: 'fail',
      severity: 'medium',
      message: `${whose} is to have control of ${where}, but Azure says ${quoted(actual)}: pipelines that sign in there as the workspace may fail.`,
      remediation: steps(
        'If it stays so for more than an hour, revoke and grant it again; pools must be online, not paused:',
        access(workspace, 'revoke'),
        access(workspace, 'grant'),
      ),
    };
  }
  if (context.options.acceptNotGranted) {
    return { ...base, status: 'pass', message: `${whose} is not given control of ${where}, which is accepted.` };
  }
  return {
    ...base,
    status: 'fail',
    severity: 'low',
    message: `${whose} is not given control of ${where}: pipelines that sign in there as the workspace fail, unless somebody made it a user of the pool by hand, which cannot be seen from outside the pool.`,
    remediation: steps(
      'Grant it, in the portal under Identity of the workspace (Allow pipelines to access SQL pools), or:',
      access(workspace, 'grant'),
      'To give less than control, make it a user of each pool instead, as the Entra administrator of the workspace:',
      `CREATE USER [${workspace.name}] FROM EXTERNAL PROVIDER; EXEC sp_addrolemember 'db_datareader', '${workspace.name}';`,
    ),
  };
}

/** https://learn.microsoft.com/cli/azure/synapse/workspace/managed-identity */
function access({ name, resourceGroup, subscriptionId }: Workspace, verb: 'grant' | 'revoke'): string {
  return command`az synapse workspace managed-identity ${verb}-sql-access --workspace-name ${name} --resource-group ${resourceGroup} --subscription ${subscriptionId}`;
}
