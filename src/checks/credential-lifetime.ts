import * as z from 'zod';
import { defineTenantCheck, type CheckContext, type Enrichment, type Verdict } from '../audit/check';
import {
  credentialCommand,
  deletion,
  describe,
  SAML_CERTIFICATES,
  subjectOf,
  USAGE_SOURCES,
  type Holding,
} from '../audit/credential-expiry';
import { oneStepLower, type Severity } from '../audit/finding';
import { describeRoles } from '../audit/lookup';
import { credentialsOf, principalsOf } from '../audit/principals';
import { describeWorkspaces, synapseUsage, type SynapseUsage } from '../audit/synapse-usage';
import { command, day, daysBetween, daysInMs, evidenceList, steps } from '../audit/wording';
import type { AppManagementPolicy, CredentialLimit } from '../inventory/model';

/** A year has 366 days now and then; a credential “for one year” is not too long then. */
const LEAP_DAY = 1;

const days = (byDefault: number, description: string) => z.number().positive().default(byDefault).describe(description);

const options = z.strictObject({
  maxDays: days(365, 'Secrets may be valid for so many days.'),
  maxCertificateDays: days(730, 'Certificates for signing in may be valid for so many days.'),
  maxSamlDays: days(
    1095,
    'SAML signing certificates may be valid for so many days; Entra ID makes them for three years.',
  ),
});
type Options = z.infer<typeof options>;

export default defineTenantCheck({
  id: 'credential-lifetime',
  title: 'Credentials end, and not too late',
  severity: 'medium',
  why: 'A secret or certificate that never ends, or ends in years, is never replaced: everybody who ever saw it can sign in, long after they left. When it ends at last, nobody knows any more where it is used.',
  remediation: [
    'Add a credential that ends within the allowed time beside the long one, switch its users, and remove the long one.',
    'Let an app management policy refuse such credentials from the start.',
    'Where the client runs in Azure or has tokens of its own, use a managed identity or a federated credential instead.',
  ],
  link: 'https://learn.microsoft.com/entra/identity/enterprise-apps/tutorial-enforce-secret-standards',
  requires: ['applications', 'servicePrincipals'],
  uses: [...USAGE_SOURCES, 'appManagementPolicies'],
  options,
  evaluate: (facts, context, uses) => {
    const usageOf = synapseUsage({
      workspaces: uses.workspaces.data,
      storageAccounts: uses.storageAccounts.data,
      synapseRoleAssignments: uses.synapseRoleAssignments.data,
      azureRoleAssignments: uses.azureRoleAssignments.data,
      groups: uses.groups.data,
    });
    const usageKnown = USAGE_SOURCES.every((source) => uses[source].complete);
    return principalsOf(facts.applications, facts.servicePrincipals).flatMap((principal) => {
      const usage = usageOf(principal.servicePrincipal?.id ?? '');
      return [...credentialsOf(principal, 'secret'), ...credentialsOf(principal, 'certificate')]
        .filter(({ credential }) => credential.endsAt === null || credential.endsAt > context.now)
        .map((held) => judge({ principal, held }, usage, usageKnown, uses.appManagementPolicies, context));
    });
  },
});

function judge(
  one: Holding,
  usage: SynapseUsage,
  usageKnown: boolean,
  policies: Enrichment<AppManagementPolicy>,
  { portal, options: limits, now }: CheckContext<Options>,
): Verdict {
  const { keyId, startsAt, endsAt } = one.held.credential;
  const limit = limitOf(one, policies.data, limits);
  const from = startsAt ?? now;
  const lifetime = endsAt === null ? null : daysBetween(from, endsAt);
  const base = {
    subject: subjectOf(one, portal),
    evidence: {
      keyId,
      appId: one.principal.appId,
      validFrom: startsAt?.toISOString() ?? null,
      validUntil: endsAt?.toISOString() ?? null,
      lifetimeDays: lifetime,
      limitDays: limit.days,
      limitSetBy: limit.setBy,
      tenantPolicy: policies.complete ? 'read' : `unknown (${policies.missing.join(', ')} could not be read)`,
      workspaces: evidenceList(usage.workspaces),
      roles: describeRoles(usage.roles),
    },
  };
  const rank = (severity: Severity): Severity =>
    usage.roles.length === 0 && usageKnown ? oneStepLower(severity) : severity;
  if (endsAt === null || lifetime === null) {
    return {
      ...base,
      status: 'fail',
      severity: rank('medium'),
      message: `${describe(one)} never ends: whoever has seen it can sign in for ever, and nothing makes anybody replace it. ${describeUse(usage)}`,
      remediation: replacement(one, limit.days, now),
    };
  }
  const span = startsAt === null ? `for another ${lifetime} days` : `for ${lifetime} days`;
  const fact = `${describe(one)} is valid ${span} (until ${day(endsAt)})`;
  if (lifetime > limit.days + LEAP_DAY) {
    return {
      ...base,
      status: 'fail',
      severity: rank('low'),
      message: `${fact}; ${limit.setBy} allows ${Math.floor(limit.days)}. Until then everybody who has seen it can sign in. ${describeUse(usage)}`,
      remediation: replacement(one, limit.days, now),
    };
  }
  const unread = policies.complete
    ? ''
    : ' Whether the tenant’s own policy allows less is unknown, as it could not be read.';
  return {
    ...base,
    status: 'pass',
    message: `${fact}, within the ${Math.floor(limit.days)} that ${limit.setBy} allows.${unread}`,
  };
}

interface Limit {
  readonly days: number;
  readonly setBy: string;
}

/** The option, or the tenant's own policy where that is stricter. */
function limitOf(one: Holding, policies: readonly AppManagementPolicy[], limits: Options): Limit {
  const { kind, usage } = one.held.credential;
  if (usage === 'samlSigning') {
    return { days: limits.maxSamlDays, setBy: 'the option maxSamlDays' };
  }
  const byOption: Limit =
    kind === 'secret'
      ? { days: limits.maxDays, setBy: 'the option maxDays' }
      : { days: limits.maxCertificateDays, setBy: 'the option maxCertificateDays' };
  const own = policies
    .flatMap((policy) => (one.held.holder === 'application' ? policy.applicationLimits : policy.servicePrincipalLimits))
    .filter((limit) => limit.kind === kind && appliesTo(limit, one))
    .map((limit): Limit => ({ days: limit.maxDays, setBy: 'the tenant’s app management policy' }));
  return [byOption, ...own].reduce((strictest, limit) => (limit.days < strictest.days ? limit : strictest));
}

/** A service principal is made after its application; where that was is unknown, the limit may not count. */
function appliesTo({ createdAfter }: CredentialLimit, { principal }: Holding): boolean {
  const createdAt = principal.application?.createdAt ?? null;
  return createdAfter === null || (createdAt !== null && createdAt > createdAfter);
}

function describeUse(usage: SynapseUsage): string {
  return usage.roles.length === 0
    ? 'No role that concerns Synapse is known.'
    : `The principal has roles that concern ${describeWorkspaces(usage)}.`;
}

/** https://learn.microsoft.com/cli/azure/ad/app/credential */
function replacement(one: Holding, limitDays: number, now: Date): string {
  const { kind, usage } = one.held.credential;
  if (usage === 'samlSigning') {
    return `${SAML_CERTIFICATES} Add a certificate that ends earlier, give it to whoever runs the application, make it active, then delete this one.`;
  }
  const end = day(new Date(now.getTime() + daysInMs(Math.floor(limitDays))));
  const material =
    kind === 'secret'
      ? `${command`--display-name rotated-${day(now)}`} ${command`--end-date ${end}`}`
      : '--cert @new-certificate.pem';
  return steps(
    'Add one that ends in time beside it:',
    `${credentialCommand(one, 'reset')} --append ${material}`,
    'Switch whoever signs in with this one (the sign-in log shows its key id), then remove it:',
    deletion(one),
  );
}
