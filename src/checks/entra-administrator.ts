import * as z from 'zod';
import { defineWorkspaceCheck, type CheckContext, type Enrichment, type Facts, type Verdict } from '../audit/check';
import { isWorse, type Severity } from '../audit/finding';
import { groupsById, servicePrincipalsByAppId, servicePrincipalsById, usersById } from '../audit/lookup';
import { workspaceSubject } from '../audit/subjects';
import { command, evidenceList, quoted, steps } from '../audit/wording';
import type { EntraAdministrator, EntraOnlyAuthentication, Workspace } from '../inventory/model';

const options = z.strictObject({
  allowPerson: z
    .boolean()
    .default(false)
    .describe('Whether one person, a member of this tenant, may be the administrator instead of a group.'),
});
type Options = z.infer<typeof options>;
type Directory = Facts<'users' | 'groups' | 'servicePrincipals'>;

export default defineWorkspaceCheck({
  id: 'entra-administrator',
  title: 'A group that exists administers the SQL endpoints with Entra ID',
  severity: 'high',
  why: 'Only the Entra administrator can create the first users of Entra ID in the databases. Where none is set, or the account behind it is deleted or disabled, no identity can be let in any more; where it is one person, that ends on the day the person leaves.',
  remediation: [
    'Make a group of two or three people in Entra ID.',
    'Make that group the administrator: in the portal under Microsoft Entra ID of the workspace, or with the Azure CLI.',
  ],
  link: 'https://learn.microsoft.com/azure/synapse-analytics/sql/active-directory-authentication',
  requires: ['entraAdministrators', 'users', 'groups', 'servicePrincipals'],
  uses: ['entraOnlyAuthentication'],
  options,
  evaluate: (workspace, facts, context, { entraOnlyAuthentication }) => [
    judge(workspace, facts, entraOnlyAuthentication, context),
  ],
});

interface Problem {
  readonly severity: Severity;
  /** To be read after “…, Entra administrator of workspace …, ”. */
  readonly text: string;
  readonly login: string;
}

function judge(
  workspace: Workspace,
  { entraAdministrators, ...directory }: Directory & Facts<'entraAdministrators'>,
  entraOnly: Enrichment<EntraOnlyAuthentication>,
  context: CheckContext<Options>,
): Verdict {
  const { name, resourceGroup, subscriptionId } = workspace;
  // The two settings usually name the same account.
  const distinct = [...new Map(entraAdministrators.map((one) => [one.principalId, one])).values()];
  const base = {
    subject: workspaceSubject(workspace, context),
    evidence: {
      administrators: evidenceList(entraAdministrators.map(({ setting, login }) => `${setting}: ${login}`)),
      principalIds: evidenceList(distinct.map(({ principalId }) => principalId)),
    },
  };
  const set = steps(
    'Make a group administrator, by its object id:',
    command`az synapse sql ad-admin create --workspace-name ${name} --resource-group ${resourceGroup} --subscription ${subscriptionId} --display-name <name of the group> --object-id <object id of the group>`,
    'Or in the portal: the workspace > Microsoft Entra ID > Set admin.',
  );
  if (distinct.length === 0) {
    // Where the other setting is unknown, the worse is assumed.
    const passwordsWork = entraOnly.data.some(({ enabled }) => !enabled);
    return {
      ...base,
      status: 'fail',
      severity: passwordsWork ? 'high' : 'critical',
      message: `Workspace ${quoted(name)} has no Entra administrator: no managed identity, service principal or person of Entra ID can be let into its databases${passwordsWork ? '' : ', and with Entra-only authentication nobody administers them at all'}.`,
      remediation: set,
    };
  }
  const problems = distinct.flatMap((administrator) => problemsOf(administrator, directory, context));
  const whose = `of workspace ${quoted(name)}`;
  const [first, ...others] = problems;
  if (first === undefined) {
    return {
      ...base,
      status: 'pass',
      message: `The Entra administrator ${whose} exists and can sign in: ${distinct.map(({ login }) => quoted(login)).join(', ')}.`,
    };
  }
  return {
    ...base,
    status: 'fail',
    severity: others.reduce((worst, { severity }) => (isWorse(severity, worst) ? severity : worst), first.severity),
    message: problems.map(({ login, text }) => `${quoted(login)}, Entra administrator ${whose}, ${text}.`).join(' '),
    remediation: set,
  };
}

/** What is wrong with an administrator: one thing, or nothing. */
function problemsOf(
  { login, principalId, tenantId }: EntraAdministrator,
  { users, groups, servicePrincipals }: Directory,
  context: CheckContext<Options>,
): Problem[] {
  const fail = (severity: Severity, text: string): Problem[] => [{ severity, login, text }];
  if (tenantId !== null && tenantId !== context.tenantId.toLowerCase()) {
    return fail('high', `is of tenant ${tenantId}, not of this one: nobody here can sign in as it`);
  }
  const user = usersById(users).get(principalId);
  const group = groupsById(groups).get(principalId);
  const servicePrincipal =
    servicePrincipalsById(servicePrincipals).get(principalId) ??
    servicePrincipalsByAppId(servicePrincipals).get(principalId);
  if (group !== undefined) {
    const members = [
      ...group.users,
      ...group.servicePrincipalIds.flatMap((id) => servicePrincipalsById(servicePrincipals).get(id) ?? []),
    ];
    return members.some(({ enabled }) => enabled)
      ? []
      : fail('high', 'is a group in which nobody has an enabled account: nobody can let identities in');
  }
  if (servicePrincipal !== undefined) {
    return servicePrincipal.enabled
      ? []
      : fail('high', 'is a service principal that is disabled (AADSTS7000112): it can let no identity in');
  }
  if (user === undefined) {
    return fail('high', `does not exist in the directory any more (${principalId}): nobody can let identities in`);
  }
  if (!user.enabled) {
    return fail('high', 'is a person whose account is disabled: nobody can let identities in');
  }
  if (user.guest) {
    return fail('medium', 'is a guest: another organization manages the account and secures its sign-in');
  }
  return context.options.allowPerson
    ? []
    : fail('low', 'is one person: when that person is away or leaves, nobody can let identities in');
}
