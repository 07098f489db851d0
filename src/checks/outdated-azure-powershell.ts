import * as z from 'zod';
import {
  AZURE_POWERSHELL,
  azurePowershellIn,
  compareVersions,
  describeVersion,
  isRetired,
  parseVersion,
  type Version,
} from '../audit/azure-powershell';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import type { Severity, Subject } from '../audit/finding';
import { servicePrincipalLink, userLink } from '../audit/links';
import { group, servicePrincipalsById } from '../audit/lookup';
import { counted, day, daysInMs, evidenceList, quoted, steps } from '../audit/wording';
import type { AzurePowershellCaller, ServicePrincipal } from '../inventory/model';

const version = z
  .string()
  .refine((text) => parseVersion(text) !== null, { error: 'expected a version such as 16.0.0' });

const options = z.strictObject({
  supportedFrom: version
    .default(AZURE_POWERSHELL.supported)
    .describe(`Oldest version of the module Az that is supported, as of ${AZURE_POWERSHELL.asOf}.`),
  multifactorFrom: version
    .default(AZURE_POWERSHELL.multifactor)
    .describe(
      'Oldest version that can answer a demand for multifactor authentication; older ones are the more urgent.',
    ),
  seenWithinDays: z
    .number()
    .int()
    .min(1)
    .max(30)
    .default(14)
    .describe('A version that was not seen for so many days is taken for replaced.'),
});
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'outdated-azure-powershell',
  title: 'Scripts use a supported Azure PowerShell',
  severity: 'medium',
  why: 'An old module signs in the old way: it cannot answer a demand for multifactor authentication or conditional access, does not know newer kinds of credentials, and its own errors hide the cause. AzureRM was retired on 2024-02-29 and may stop any day.',
  remediation: [
    'Find the script, runbook, agent or workstation by the user agent and the times in the finding.',
    'Update it there: Update-Module Az, or the image and the task version it runs in.',
    'Replace AzureRM cmdlets; Enable-AzureRmAlias helps for a while.',
    'Let scripts sign in with a managed identity or a federated credential, which no demand for multifactor authentication stops.',
  ],
  link: 'https://learn.microsoft.com/powershell/azure/azureps-support-lifecycle',
  requires: ['azurePowershellCallers'],
  uses: ['servicePrincipals'],
  options,
  evaluate: ({ azurePowershellCallers }, context, { servicePrincipals }) =>
    [...group(azurePowershellCallers.map((caller) => [caller.principalId, caller])).values()].flatMap((seen) =>
      judge(seen, servicePrincipals.data, context),
    ),
});

/** One user agent of a principal, its version understood. */
interface Use {
  readonly caller: AzurePowershellCaller;
  readonly version: Version;
}

/** No verdict where no user agent tells a version: that is neither good nor bad. */
function judge(
  seen: readonly AzurePowershellCaller[],
  servicePrincipals: readonly ServicePrincipal[],
  context: CheckContext<Options>,
): Verdict[] {
  const since = context.now.getTime() - daysInMs(context.options.seenWithinDays);
  const recent = seen.filter(({ lastSeen }) => lastSeen.getTime() >= since);
  const uses = recent.flatMap((caller): Use[] => {
    const known = azurePowershellIn(caller.userAgent);
    return known === null ? [] : [{ caller, version: known }];
  });
  const [first] = [...uses].sort((a, b) => compareVersions(a.version, b.version));
  if (first === undefined) {
    return [];
  }
  const outdated = uses.filter((use) => isBelow(use, context.options.supportedFrom));
  const shown = outdated.length === 0 ? uses : outdated;
  const callers = shown.map(({ caller }) => caller);
  const subject = subjectOf(first.caller, seen, servicePrincipals, context.portal);
  const firstSeen = earliest(callers.map((caller) => caller.firstSeen));
  const lastSeen = latest(callers.map((caller) => caller.lastSeen));
  const requests = callers.reduce((sum, caller) => sum + caller.requests, 0);
  const base = {
    subject,
    evidence: {
      principalId: first.caller.principalId,
      versions: evidenceList(shown.map((use) => use.version.join('.'))),
      userAgents: evidenceList(callers.map(({ userAgent }) => userAgent)),
      requests,
      firstSeen: firstSeen.toISOString(),
      lastSeen: lastSeen.toISOString(),
      tables: evidenceList(callers.flatMap(({ tables }) => tables)),
      userAgentsWithoutVersion: recent.length - uses.length,
      floorAsOf: AZURE_POWERSHELL.asOf,
    },
  };
  const who = `${first.caller.principalKind === 'user' ? 'User' : 'Service principal'} ${quoted(subject.name)}`;
  const oldest = describeVersion(first.version);
  if (outdated.length === 0) {
    return [
      { ...base, status: 'pass', message: `${who} uses Azure PowerShell ${oldest} or newer, which is supported.` },
    ];
  }
  const { severity, consequence } = weigh(first, context.options);
  const span = `seen ${counted(requests, 'time')} from ${day(firstSeen)} to ${day(lastSeen)}`;
  return [
    {
      ...base,
      status: 'fail',
      severity,
      message: `${who} uses Azure PowerShell ${oldest}, ${span}. ${consequence}`,
      remediation: steps(
        'Find where it runs, in Log Analytics:',
        ...base.evidence.tables.map((table) => queryFor(table, first.caller)),
        'Then update it there:',
        'Update-Module -Name Az -Force',
        ...(isRetired(first.version)
          ? [
              'Where that finds no Az, AzureRM is installed: Install-Module -Name Az, and follow https://aka.ms/azps-migration-guide.',
            ]
          : []),
      ),
    },
  ];
}

/** All of these tables have an address and a user agent. */
function queryFor(table: string, { principalKind, principalId }: AzurePowershellCaller): string {
  const column = principalKind === 'user' ? 'UserId' : 'ServicePrincipalId';
  return `${table} | where ${column} =~ "${principalId}" and UserAgent has "AzurePowershell" | summarize count(), max(TimeGenerated) by IPAddress, UserAgent`;
}

/** What is about to stop. Nobody demands multifactor authentication of a service principal. */
function weigh(oldest: Use, { supportedFrom, multifactorFrom }: Options): { severity: Severity; consequence: string } {
  if (isRetired(oldest.version)) {
    return {
      severity: 'medium',
      consequence: 'AzureRM was retired on 2024-02-29: it may stop any day, and nobody mends it.',
    };
  }
  if (oldest.caller.principalKind === 'user' && isBelow(oldest, multifactorFrom)) {
    const consequence = `Versions before ${multifactorFrom} cannot answer a demand for multifactor authentication: a command that meets one fails.`;
    return { severity: 'medium', consequence };
  }
  return {
    severity: 'low',
    consequence: `Versions before ${supportedFrom} are no longer supported: nobody mends what stops working.`,
  };
}

function isBelow({ version: used }: Use, floor: string): boolean {
  const known = parseVersion(floor);
  return known !== null && compareVersions(used, known) < 0;
}

/** Named as the directory names it, or else as a log does: Graph's names nobody. */
function subjectOf(
  { principalKind, principalId }: AzurePowershellCaller,
  seen: readonly AzurePowershellCaller[],
  servicePrincipals: readonly ServicePrincipal[],
  portal: string,
): Subject {
  const named = seen.find(({ name }) => name !== '')?.name ?? principalId;
  if (principalKind === 'user') {
    return { id: principalId, kind: 'user', name: named, link: userLink(portal, principalId) };
  }
  const known = servicePrincipalsById(servicePrincipals).get(principalId);
  const subject: Subject = { id: principalId, kind: 'servicePrincipal', name: known?.displayName ?? named };
  return known === undefined ? subject : { ...subject, link: servicePrincipalLink(portal, known) };
}

function earliest(dates: readonly Date[]): Date {
  return new Date(Math.min(...dates.map((date) => date.getTime())));
}

function latest(dates: readonly Date[]): Date {
  return new Date(Math.max(...dates.map((date) => date.getTime())));
}
