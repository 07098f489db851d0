/** The rule about credentials that end, shared by the checks on secrets and on certificates. */
import * as z from 'zod';
import type { Application, Credential, ServicePrincipal } from '../inventory/model';
import type { CheckContext, Enrichments, Verdict } from './check';
import type { Evidence, Severity, Subject } from './finding';
import { oneStepLower } from './finding';
import { credentialsLink, servicePrincipalLink } from './links';
import { describeRole } from './lookup';
import { credentialsOf, isDisabled, principalsOf, type HeldCredential, type Principal } from './principals';
import { describeWorkspaces, synapseUsage, type SynapseUsage } from './synapse-usage';
import { command, counted, day, daysBetween, daysInMs, evidenceList, quoted, quotedList, steps } from './wording';

const days = (byDefault: number, description: string) =>
  z.number().nonnegative().default(byDefault).describe(description);

export const expiryOptions = z
  .strictObject({
    lowWithinDays: days(30, 'A credential that ends within this many days fails with severity low.'),
    mediumWithinDays: days(14, 'Within this many days the severity is medium.'),
    highWithinDays: days(7, 'Within this many days the severity is high.'),
    criticalWithinDays: days(1, 'Within this many days, and once it has expired, the severity is critical.'),
  })
  .refine(
    (limits) =>
      limits.lowWithinDays >= limits.mediumWithinDays &&
      limits.mediumWithinDays >= limits.highWithinDays &&
      limits.highWithinDays >= limits.criticalWithinDays,
    'The days must descend from lowWithinDays over mediumWithinDays and highWithinDays to criticalWithinDays.',
  );
export type ExpiryOptions = z.infer<typeof expiryOptions>;

/** What tells who uses a principal. While any of it is incomplete, no severity is lowered for want of use. */
export const USAGE_SOURCES = [
  'synapseRoleAssignments',
  'azureRoleAssignments',
  'workspaces',
  'groups',
  'storageAccounts',
] as const;

/** How Synapse uses a principal, as far as could be read. */
interface Usage extends SynapseUsage {
  /** Names of what could not be read; `null`: everything was. */
  readonly unread: string | null;
}

/** A credential and whom it lets sign in. */
export interface Holding {
  readonly principal: Principal;
  readonly held: HeldCredential;
}

/** A credential with all that its verdict rests on. */
interface Case extends Holding {
  readonly usage: Usage;
  readonly now: Date;
}

/** One verdict for each credential of that kind. */
export function judgeExpiry(
  kind: Credential['kind'],
  facts: { readonly applications: readonly Application[]; readonly servicePrincipals: readonly ServicePrincipal[] },
  context: CheckContext<ExpiryOptions>,
  uses: Enrichments<(typeof USAGE_SOURCES)[number]>,
): Verdict[] {
  const usageOf = synapseUsage({
    workspaces: uses.workspaces.data,
    storageAccounts: uses.storageAccounts.data,
    synapseRoleAssignments: uses.synapseRoleAssignments.data,
    azureRoleAssignments: uses.azureRoleAssignments.data,
    groups: uses.groups.data,
  });
  const complete = USAGE_SOURCES.every((source) => uses[source].complete);
  const unread = complete ? null : evidenceList(USAGE_SOURCES.flatMap((source) => uses[source].missing)).join(', ');
  return principalsOf(facts.applications, facts.servicePrincipals).flatMap((principal) => {
    const { servicePrincipal } = principal;
    const known = servicePrincipal === undefined ? { roles: [], workspaces: [] } : usageOf(servicePrincipal.id);
    const usage: Usage = { ...known, unread };
    const credentials = credentialsOf(principal, kind);
    return credentials.map((held) => judge({ principal, held, usage, now: context.now }, credentials, context));
  });
}

/**
 * The severity of a credential in use that has this long to go (milliseconds, negative when expired); `null`: not yet due.
 * “Within n days” includes its last millisecond.
 */
export function expirySeverity(remainingMs: number, options: ExpiryOptions): Severity | null {
  const within = (limit: number): boolean => remainingMs <= daysInMs(limit);
  if (within(options.criticalWithinDays)) {
    return 'critical';
  }
  if (within(options.highWithinDays)) {
    return 'high';
  }
  if (within(options.mediumWithinDays)) {
    return 'medium';
  }
  return within(options.lowWithinDays) ? 'low' : null;
}

/**
 * The newest valid credential of the same kind and usage that was made after this one, outlives it, and is not due itself.
 * An older one that merely lasts longer replaces nothing: somebody else may be using it.
 */
export function replacementOf(
  credential: Credential,
  others: readonly Credential[],
  now: Date,
  options: ExpiryOptions,
): Credential | null {
  const endOf = (one: Credential): number => one.endsAt?.getTime() ?? Infinity;
  const startOf = (one: Credential): number => one.startsAt?.getTime() ?? -Infinity;
  const replacements = others.filter(
    (other) =>
      other.kind === credential.kind &&
      other.usage === credential.usage &&
      startOf(other) > startOf(credential) &&
      startOf(other) <= now.getTime() &&
      endOf(other) > endOf(credential) &&
      expirySeverity(endOf(other) - now.getTime(), options) === null,
  );
  return replacements.sort((a, b) => startOf(b) - startOf(a))[0] ?? null;
}

function judge(
  one: Case,
  siblings: readonly HeldCredential[],
  { portal, options, now }: CheckContext<ExpiryOptions>,
): Verdict {
  const { credential } = one.held;
  const base = { subject: subjectOf(one, portal), evidence: evidenceOf(one) };
  if (credential.endsAt === null) {
    return { ...base, status: 'pass', message: `${describe(one)} never expires.` };
  }
  const fact = `${describe(one)} ${describeEnd(credential.endsAt, now)}.`;
  const severity = expirySeverity(credential.endsAt.getTime() - now.getTime(), options);
  if (severity === null) {
    return { ...base, status: 'pass', message: fact };
  }
  const others = siblings.map((sibling) => sibling.credential);
  const replacement = replacementOf(credential, others, now, options);
  if (replacement !== null) {
    return {
      ...base,
      status: 'fail',
      severity: rankByUse('low', one.usage),
      message: `${fact} ${describeReplacement(replacement)} ${describeUsage(one.usage)}`,
      evidence: { ...base.evidence, replacedBy: replacement.keyId },
      remediation: removal(one),
    };
  }
  return {
    ...base,
    status: 'fail',
    severity: rankByUse(severity, one.usage),
    message: `${fact} ${describeConsequence(credential, credential.endsAt <= now)} ${describeUsage(one.usage)}`,
    remediation: rotation(one),
  };
}

/** The table of severities is for principals in use; one that certainly is not ranks one step lower. */
function rankByUse(severity: Severity, { roles, unread }: Usage): Severity {
  return roles.length === 0 && unread === null ? oneStepLower(severity) : severity;
}

/** The credential, by its holder’s object id and its `keyId`. */
export function subjectOf({ principal, held }: Holding, portal: string): Subject {
  const { credential, holder, holderId, holderName } = held;
  return {
    id: `${holderId}/${credential.keyId}`,
    kind: credential.kind,
    name: `${holderName} / ${credential.displayName ?? `key id ${credential.keyId}`}`,
    link:
      holder === 'application'
        ? credentialsLink(portal, principal.appId)
        : servicePrincipalLink(portal, { id: holderId, appId: principal.appId }),
  };
}

function evidenceOf({ principal, held, usage, now }: Case): Evidence {
  const { keyId, endsAt } = held.credential;
  const unknown = usage.roles.length === 0 && usage.unread !== null;
  return {
    keyId,
    appId: principal.appId,
    endsAt: endsAt?.toISOString() ?? null,
    daysLeft: endsAt === null ? null : daysBetween(now, endsAt),
    owners: evidenceList(principal.application?.owners.map((owner) => owner.name) ?? []),
    disabled: isDisabled(principal),
    usedBySynapse: unknown ? `unknown (${usage.unread} could not be read)` : usage.roles.length > 0,
    workspaces: evidenceList(usage.workspaces),
    roles: evidenceList(usage.roles.map(describeRole)),
    replacedBy: null,
  };
}

/** `Secret “ci” of application “Nightly loader”` */
export function describe({ held }: Pick<Holding, 'held'>): string {
  const holder = held.holder === 'application' ? 'application' : 'service principal';
  const label = labelOf(held.credential);
  return `${label.charAt(0).toUpperCase()}${label.slice(1)} of ${holder} ${quoted(held.holderName)}`;
}

function labelOf({ kind, usage, displayName, keyId }: Credential): string {
  const noun = usage === 'samlSigning' ? 'SAML signing certificate (the pair counts as one)' : kind;
  return `${noun} ${displayName === null ? `without a name (key id ${keyId})` : quoted(displayName)}`;
}

function describeEnd(endsAt: Date, now: Date): string {
  const span = (from: Date, to: Date): string => {
    const whole = daysBetween(from, to);
    return whole === 0 ? 'less than a day' : counted(whole, 'day');
  };
  return endsAt <= now
    ? `expired ${span(endsAt, now)} ago (${day(endsAt)})`
    : `expires in ${span(now, endsAt)} (${day(endsAt)})`;
}

function describeReplacement(replacement: Credential): string {
  const validity = replacement.endsAt === null ? 'has no end' : `is valid until ${day(replacement.endsAt)}`;
  return `It is replaced: ${labelOf(replacement)} ${validity}. Remove the old one once its last user has switched.`;
}

/** Error codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
function describeConsequence({ kind, usage }: Credential, expired: boolean): string {
  const since = expired ? 'Since then' : 'From then on';
  if (usage === 'samlSigning') {
    return `${since} single sign-on to the application fails, as its signatures are refused.`;
  }
  return `${since} every sign-in with it fails (${kind === 'secret' ? 'AADSTS7000222' : 'AADSTS700027'}).`;
}

function describeUsage(usage: Usage): string {
  if (usage.roles.length > 0) {
    const atLeast = usage.unread === null ? '' : 'at least ';
    return `The principal has roles that concern ${atLeast}${describeWorkspaces(usage)}.`;
  }
  return usage.unread === null
    ? 'Nothing in Synapse uses the principal, as far as its roles tell.'
    : `Whether Synapse uses the principal is unknown: ${usage.unread} could not be read.`;
}

export const SAML_CERTIFICATES =
  'In the portal open Enterprise applications > the application > Single sign-on > SAML certificates.';

/** https://learn.microsoft.com/cli/azure/ad/app/credential */
function rotation(one: Case): string {
  const { kind, usage } = one.held.credential;
  if (usage === 'samlSigning') {
    return `${SAML_CERTIFICATES} Add a new certificate, give it to whoever runs the application, make it active, then delete the old one.`;
  }
  const material = kind === 'secret' ? `--display-name rotated-${day(one.now)}` : '--cert @new-certificate.pem';
  const { workspaces } = one.usage;
  const where = workspaces.length === 0 ? '' : `, first in the linked services of ${quotedList(workspaces)}`;
  return steps(
    'Add a new credential beside the old one:',
    `${credentialCommand(one, 'reset')} --append ${material}`,
    `Put it wherever the old one is read (Key Vault, linked services, release pipelines)${where}, and see that sign-ins succeed. Then remove the old one:`,
    deletion(one),
  );
}

function removal(one: Case): string {
  const { keyId, usage } = one.held.credential;
  return usage === 'samlSigning'
    ? `${SAML_CERTIFICATES} See that the new certificate is the active one and that the application knows it, then delete the old one.`
    : steps(
        'See in the sign-in log whether the old credential is still used, and switch who uses it:',
        `AADServicePrincipalSignInLogs | where ServicePrincipalCredentialKeyId == "${keyId}"`,
        'Then remove it:',
        deletion(one),
      );
}

/** The command that takes a credential away. */
export function deletion(one: Holding): string {
  const { keyId, kind } = one.held.credential;
  const keyed = `${credentialCommand(one, 'delete')} ${command`--key-id ${keyId}`}`;
  return kind === 'certificate' ? `${keyed} --cert` : keyed;
}

/** `az ad app credential …` or `az ad sp credential …`, depending on who holds it. */
export function credentialCommand({ principal, held }: Holding, verb: 'reset' | 'delete'): string {
  return held.holder === 'application'
    ? command`az ad app credential ${verb} --id ${principal.appId}`
    : command`az ad sp credential ${verb} --id ${held.holderId}`;
}
