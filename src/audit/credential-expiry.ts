/** The rule about credentials that end, shared by the checks on secrets and on certificates. */
import * as z from 'zod';
import type { Application, Credential, ServicePrincipal } from '../inventory/model';
import { blastRadius, firstStart, NO_CONSEQUENCES, type BlastRadius, type Placed } from './blast-radius';
import type { CheckContext, Enrichments, Verdict } from './check';
import type { Evidence, Severity, Subject } from './finding';
import { oneStepLower } from './finding';
import { credentialsLink, servicePrincipalLink } from './links';
import { describeRoles } from './lookup';
import { credentialsOf, isDisabled, principalsOf, type HeldCredential, type Principal } from './principals';
import { describeWorkspaces, NO_USAGE, synapseUsage, type SynapseUsage } from './synapse-usage';
import {
  command,
  counted,
  day,
  daysBetween,
  daysInMs,
  evidenceList,
  quoted,
  quotedList,
  sentences,
  steps,
} from './wording';

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
const USE = [
  'synapseRoleAssignments',
  'azureRoleAssignments',
  'workspaces',
  'groups',
  'storageAccounts',
  'linkedServices',
  'workspaceCredentials',
] as const;

/** What tells what else stops with it. */
const CONSEQUENCES = ['pipelines', 'datasets', 'triggers'] as const;

export const USAGE_SOURCES = [...USE, ...CONSEQUENCES] as const;

/** How Synapse uses a principal, as far as could be read. */
interface Usage extends SynapseUsage {
  /** Names of what could not be read; `null`: everything was. */
  readonly unread: string | null;
  /** What depends on linked services that sign in as the principal with this kind of credential. */
  readonly radius: BlastRadius;
  /** Linked services that sign in as the principal with the other kind. */
  readonly otherwise: readonly Placed[];
  /** There may be more pipelines and triggers than are known. */
  readonly atLeast: boolean;
  /** The principal has no other valid credential of the kind, which linked services might hold instead. */
  readonly alone: boolean;
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
  const radiusOf = blastRadius({
    workspaces: uses.workspaces.data,
    linkedServices: uses.linkedServices.data,
    workspaceCredentials: uses.workspaceCredentials.data,
    pipelines: uses.pipelines.data,
    datasets: uses.datasets.data,
    triggers: uses.triggers.data,
  });
  const other = kind === 'secret' ? 'certificate' : 'secret';
  const complete = USE.every((source) => uses[source].complete);
  const unread = complete ? null : evidenceList(USE.flatMap((source) => uses[source].missing)).join(', ');
  const allConsequences = complete && CONSEQUENCES.every((source) => uses[source].complete);
  return principalsOf(facts.applications, facts.servicePrincipals).flatMap((principal) => {
    const { servicePrincipal } = principal;
    const known = servicePrincipal === undefined ? NO_USAGE : usageOf(servicePrincipal.id);
    const signsInAsIt = radiusOf(principal.appId, kind);
    const otherwise = radiusOf(principal.appId, other).linkedServices;
    const credentials = credentialsOf(principal, kind);
    const valid = credentials.filter(({ credential }) => isValid(credential, context.now));
    return credentials.map((held) => {
      // No linked service signs in with a certificate that signs SAML tokens.
      const radius = held.credential.usage === 'signIn' ? signsInAsIt : NO_CONSEQUENCES;
      const atLeast = !allConsequences || radius.runsUnread;
      const alone = valid.every((one) => one === held);
      const usage: Usage = { ...known, unread, radius, otherwise, atLeast, alone };
      return judge({ principal, held, usage, now: context.now }, credentials, context);
    });
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
      message: sentences(
        fact,
        describeReplacement(replacement),
        describeUse(one.usage),
        describeConsequences(one, 'depend'),
      ),
      evidence: { ...base.evidence, replacedBy: replacement.keyId },
      remediation: removal(one),
    };
  }
  return {
    ...base,
    status: 'fail',
    severity: rankByUse(severity, one.usage),
    message: sentences(
      fact,
      describeConsequence(credential, credential.endsAt <= now),
      describeUse(one.usage),
      describeConsequences(one, one.usage.alone ? 'stop' : 'may stop'),
    ),
    remediation: rotation(one),
  };
}

/** The table of severities is for principals in use; one that certainly is not ranks one step lower. */
function rankByUse(severity: Severity, usage: Usage): Severity {
  return !isUsed(usage) && usage.unread === null ? oneStepLower(severity) : severity;
}

function isUsed({ roles, radius, otherwise }: Usage): boolean {
  return roles.length + radius.linkedServices.length + otherwise.length > 0;
}

function isValid({ startsAt, endsAt }: Credential, now: Date): boolean {
  return (startsAt === null || startsAt <= now) && (endsAt === null || endsAt > now);
}

/** Names, each once, in order: where it holds roles, and where linked services sign in as it. */
function workspacesOf({ workspaces, radius, otherwise }: Usage): readonly string[] {
  return [...new Set([...workspaces, ...[...radius.linkedServices, ...otherwise].map((one) => one.workspace)])].sort();
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
  const { radius } = usage;
  const unknown = !isUsed(usage) && usage.unread !== null;
  return {
    keyId,
    appId: principal.appId,
    endsAt: endsAt?.toISOString() ?? null,
    daysLeft: endsAt === null ? null : daysBetween(now, endsAt),
    owners: evidenceList(principal.application?.owners.map((owner) => owner.name) ?? []),
    disabled: isDisabled(principal),
    usedBySynapse: unknown ? `unknown (${usage.unread} could not be read)` : isUsed(usage),
    workspaces: evidenceList(workspacesOf(usage)),
    roles: describeRoles(usage.roles),
    linkedServices: evidenceList(radius.linkedServices.map(placed)),
    pipelines: evidenceList(radius.pipelines.map(placed)),
    triggers: evidenceList(radius.triggers.map(placed)),
    allPipelinesKnown: !usage.atLeast,
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

/** `expires in 9 days (2026-12-01)`, `expired 3 days ago (…)` */
export function describeEnd(endsAt: Date, now: Date): string {
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

function describeUse(usage: Usage): string {
  if (usage.roles.length > 0) {
    const atLeast = usage.unread === null ? '' : 'at least ';
    return `The principal has roles that concern ${atLeast}${describeWorkspaces(usage)}.`;
  }
  if (isUsed(usage)) {
    return '';
  }
  return usage.unread === null
    ? 'Nothing in Synapse uses the principal, as far as its roles and the linked services tell.'
    : `Whether Synapse uses the principal is unknown: ${usage.unread} could not be read.`;
}

/** What linked services, pipelines and triggers do when the credential ends, or while it is still used. */
function describeConsequences({ held, usage, now }: Case, verb: 'stop' | 'may stop' | 'depend'): string {
  const { radius, otherwise, unread, alone, atLeast } = usage;
  const { kind, endsAt } = held.credential;
  const named = (items: readonly Placed[]): string => quotedList(items.map(({ name }) => name));
  if (radius.linkedServices.length === 0) {
    const other = kind === 'secret' ? 'certificate' : 'secret';
    return otherwise.length === 0 || held.credential.usage === 'samlSigning'
      ? ''
      : `Linked services sign in as the principal with a ${other} instead: ${named(otherwise)}.`;
  }
  const onWhat = alone ? 'it' : `this ${kind} or another one of the principal`;
  const linkedServices = `${unread === null ? '' : 'At least '}${counted(radius.linkedServices.length, 'linked service')} ${
    radius.linkedServices.length === 1 ? 'depends' : 'depend'
  } on ${onWhat}: ${named(radius.linkedServices)}`;
  if (radius.pipelines.length === 0) {
    const pipelines = atLeast ? 'which pipelines use them could not all be told' : 'no pipeline uses them';
    return `${linkedServices}; ${pipelines}.`;
  }
  const isOne = radius.pipelines.length === 1;
  const act = {
    stop: isOne ? 'stops' : 'stop',
    'may stop': 'may stop',
    depend: isOne ? 'depends on them' : 'depend on them',
  }[verb];
  const first =
    verb === 'depend' || atLeast ? null : firstStart(radius, endsAt !== null && endsAt > now ? endsAt : now);
  const when =
    first === null
      ? ''
      : `, first ${quoted(first.pipeline)} at ${first.time} ${first.timeZone} by trigger ${quoted(first.trigger)}`;
  return `${linkedServices}; ${atLeast ? 'at least ' : ''}${counted(radius.pipelines.length, 'pipeline')} ${act}${when}.`;
}

function placed({ workspace, name }: Placed): string {
  return `${workspace}/${name}`;
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
  const known = one.usage.radius.linkedServices.map(({ name }) => name);
  const workspaces = workspacesOf(one.usage);
  const services = known.length === 0 ? 'linked services of' : `linked services ${quotedList(known)} of`;
  const where = workspaces.length === 0 ? '' : `, first in the ${services} ${quotedList(workspaces)}`;
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
