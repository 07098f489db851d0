import { attributionOf } from '../audit/attribution';
import { driftOptions, type DriftChange } from '../audit/baseline';
import { defineTenantCheck, type CheckContext, type Verdict } from '../audit/check';
import { DRIFT_ADVICE, principalsIn } from '../audit/drift-advice';
import type { Subject, SubjectKind } from '../audit/finding';
import { accessControlLink, conditionalAccessLink, resourceLink, userSettingsLink } from '../audit/links';
import { group, groupsById, servicePrincipalsByAppId, servicePrincipalsById, usersById } from '../audit/lookup';
import { WATCHED_SOURCES, type WatchedKind } from '../audit/watched-settings';
import { counted, day, daysInMs, evidenceList, quoted, steps } from '../audit/wording';
import type { Scope } from '../inventory/sources';

type Context = Pick<CheckContext<unknown>, 'now' | 'portal' | 'graph' | 'tenantId'>;

export default defineTenantCheck({
  id: 'authentication-drift',
  title: 'What decides authentication changes only knowingly',
  severity: 'medium',
  why: 'Most mornings on which sign-ins fail follow an evening on which somebody changed a setting, a role or a policy. Most break-ins widen one first. Told the next night, either is a question to one person instead of a search.',
  remediation: [
    'Ask whoever made the change whether it was meant.',
    'If it was, there is nothing to do: after the days of the option acceptAfterDays it becomes the baseline.',
    'If it was not, turn it back with the command of the finding, and look what else that person or application changed.',
  ],
  link: 'https://learn.microsoft.com/azure/azure-monitor/platform/activity-log',
  requires: [...WATCHED_SOURCES],
  uses: ['activityLog', 'directoryAudits', 'servicePrincipals', 'users', 'groups'],
  usesDrift: true,
  partial: true,
  options: driftOptions,
  evaluate: (_facts, context, { servicePrincipals, users, groups }) => {
    const { drift, options } = context;
    const nameOf = (id: string): string => {
      const found =
        servicePrincipalsById(servicePrincipals.data).get(id) ??
        servicePrincipalsByAppId(servicePrincipals.data).get(id) ??
        usersById(users.data).get(id) ??
        groupsById(groups.data).get(id);
      return found === undefined ? id : `${quoted(found.displayName)} (${id})`;
    };
    const changed = new Set(drift.changes.filter(({ state }) => state === 'open').map(({ scope }) => scope.id));
    const unchanged = [...group(drift.compared.map((one) => [one.scope.id, one]))].filter(([id]) => !changed.has(id));
    return [
      ...drift.changes.map((change) => judge(change, nameOf, options.acceptAfterDays, context)),
      ...unchanged.flatMap(([, compared]) => unchangedScope(compared, context)),
    ];
  },
});

function judge(
  change: DriftChange,
  nameOf: (id: string) => string,
  acceptAfterDays: number,
  context: Context,
): Verdict {
  const advice = DRIFT_ADVICE[change.kind];
  const about = { ...change, nameOf, graph: context.graph };
  const shown = (setting: DriftChange['before'], none: string): string =>
    setting === null ? none : advice.shown(setting, about);
  const before = shown(change.before, 'not there');
  const after = shown(change.after, 'gone');
  const { by, firstSeen, lastBefore, state } = change;
  const acceptedFrom = day(new Date(Date.parse(firstSeen) + daysInMs(acceptAfterDays)));
  const base = {
    subject: subjectOf(change, context),
    scope: change.scope.id,
    evidence: {
      before,
      after,
      notBefore: lastBefore,
      firstSeen,
      changedBy: 'who' in by ? nameOf(by.who) : null,
      changedAt: 'who' in by ? by.at : null,
      howKnown: 'who' in by ? by.log : by.unknown,
      principals: evidenceList([...principalsIn(change.before), ...principalsIn(change.after)]),
      seenThisTime: change.confirmed,
    },
  };
  const what = advice.what(about);
  if (state === 'reverted') {
    return { ...base, status: 'pass', message: `${what} is as it was: ${before}. It had changed to: ${after}.` };
  }
  if (state === 'accepted') {
    return {
      ...base,
      status: 'pass',
      message: `${what} stays changed for ${counted(acceptAfterDays, 'day')}, since ${day(new Date(firstSeen))}, and is the baseline now: ${after} (before: ${before}).`,
    };
  }
  const unseen = change.confirmed ? '' : ' It could not be looked at this time.';
  return {
    ...base,
    status: 'fail',
    severity: advice.severity(about),
    message: `${what} changed between ${minute(lastBefore)} and ${minute(firstSeen)}, ${attributionOf(by, nameOf)}. Before: ${before}. Now: ${after}. ${advice.consequence(about)}${unseen}`,
    remediation: steps(
      'Look at what it is now:',
      advice.look(about),
      'If the change was not meant, turn it back:',
      advice.undo(about),
      `If it was meant, leave it: it becomes the baseline on ${acceptedFrom}.`,
    ),
  };
}

const SUBJECTS: Readonly<Partial<Record<WatchedKind, SubjectKind>>> = {
  firewallRule: 'firewallRule',
  synapseRole: 'roleAssignment',
  azureRole: 'roleAssignment',
  conditionalAccessPolicy: 'policy',
  authorizationPolicy: 'policy',
  appManagementPolicy: 'policy',
};

const TITLES: Readonly<Record<WatchedKind, string>> = {
  entraOnlyAuthentication: 'Entra-only authentication',
  entraAdministrators: 'Entra administrator',
  sqlAuditing: 'SQL auditing',
  diagnosticSetting: 'diagnostic setting',
  threatDetection: 'threat detection',
  firewallRule: 'firewall rule',
  publicNetworkAccess: 'public network access',
  workspaceIdentities: 'identities',
  synapseRole: 'Synapse role',
  azureRole: 'Azure role',
  conditionalAccessPolicy: 'conditional access policy',
  authorizationPolicy: 'authorization policy',
  appManagementPolicy: 'app management policy',
};

function subjectOf({ key, kind, name, before, after }: DriftChange, { portal, tenantId }: Context): Subject {
  const links: Readonly<Partial<Record<WatchedKind, () => string>>> = {
    azureRole: () => accessControlLink(portal, tenantId, String((before ?? after)?.['scope'])),
    conditionalAccessPolicy: () => conditionalAccessLink(portal, key),
    authorizationPolicy: () => userSettingsLink(portal),
    appManagementPolicy: () => portal,
  };
  const workspace = key.split('/').slice(0, 9).join('/');
  const link = links[kind]?.() ?? resourceLink(portal, tenantId, workspace);
  return { id: key, kind: SUBJECTS[kind] ?? 'setting', name: `${TITLES[kind]} ${name}`, link };
}

/** One word for all of a workspace or of the directory that was compared and has no open change. */
function unchangedScope(
  compared: readonly { readonly scope: Scope; readonly since: string; readonly source: string }[],
  { now, portal, tenantId }: Context,
): Verdict[] {
  const [first] = compared;
  if (first === undefined) {
    return [];
  }
  const { scope } = first;
  const isNew = ({ since }: { readonly since: string }): boolean => since === now.toISOString();
  const oldest = compared.map(({ since }) => since).sort()[0] ?? '';
  const where = scope.kind === 'tenant' ? 'the directory’s policies' : `workspace ${quoted(scope.name)}`;
  const fresh = compared.filter(isNew);
  const message = compared.every(isNew)
    ? `The baseline of ${where} was taken now, at ${minute(oldest)}: changes are told from the next run on.`
    : `Nothing that decides authentication has changed in ${where}; the baseline began at ${minute(oldest)}.${
        fresh.length === 0 ? '' : ` Of ${counted(fresh.length, 'source')} it was taken only now.`
      }`;
  const link = scope.kind === 'tenant' ? portal : resourceLink(portal, tenantId, scope.id);
  return [
    {
      subject: { id: scope.id, kind: scope.kind, name: scope.name, link },
      scope: scope.id,
      status: 'pass',
      message,
      evidence: {
        baselineSince: oldest,
        compared: compared.map(({ source }) => source),
        newInBaseline: fresh.map(({ source }) => source),
      },
    },
  ];
}

/** `2026-11-22 03:00 UTC` */
function minute(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}
