/** What a mail says, in the order it says it; plain text and HTML are two renderings of this one thing. */
import type { Overall } from '../audit/report';
import {
  SEVERITIES,
  type Evidence,
  type Finding,
  type Severity,
  type Status,
  type SubjectKind,
} from '../audit/finding';
import { endOf } from '../audit/ends';
import { STOP_TITLES, stopOf, STOPS, type Stop } from '../audit/stops-when';
import { counted } from '../audit/wording';
import type { Exception } from '../audit/exception';
import { SOURCES } from '../inventory/sources';
import type { MailLinks } from './mail-links';
import { localDay, moment } from './mail-time';
import type { Message } from './message';
import type { Blindness, ProblemChange } from './news';
import { httpsLink, multiLine, portalLink, singleLine } from './safe-text';

/** The run a mail is about. */
export interface MailRun extends MailLinks {
  readonly runId: string;
  /** The published run that the changes are relative to; `null` on the very first run. */
  readonly baseRunId: string | null;
  readonly finishedAt: Date;
  readonly tenantId: string;
  readonly overall: Overall;
  readonly totals: Readonly<Record<Status, number>>;
  /** Failing findings by severity. */
  readonly severities: Readonly<Record<Severity, number>>;
  /** Base address of the Azure portal of this cloud; links to anywhere else are left out. */
  readonly portal: string;
  /** IANA name of the zone that times are told in, beside UTC; UTC alone where it is missing. */
  readonly timeZone?: string | undefined;
}

export type Tone = Severity | 'blind' | 'good';

/** Already safe to show on its lines, not yet escaped for HTML. */
export interface MailItem {
  readonly tone: Tone;
  readonly label: string;
  readonly what: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** Steps in order; empty where nothing is to be done. */
  readonly remedy: readonly RemedyStep[];
  readonly links: readonly MailLink[];
  /** By what it is muted; missing for what cannot be. */
  readonly fingerprint?: string;
  /** What it is about, with all names whole: for the table. */
  readonly finding?: Finding;
}

export interface MailLink {
  readonly text: string;
  /** https. */
  readonly address: string;
}

export interface RemedyStep {
  /** To be copied as it is: a command line, a REST call, a query. Otherwise a sentence. */
  readonly isCommand: boolean;
  readonly text: string;
}

export type SectionName = Stop | 'blind' | 'recovered' | 'exceptions';

export interface MailSection {
  readonly name: SectionName;
  readonly title: string;
  /** Most urgent first. */
  readonly items: readonly MailItem[];
}

/** Those that have items, in the order in which they are read: what stops soonest first, good news last. */
export function sectionsOf({ news, kind, endedExceptions }: Message, run: MailRun): readonly MailSection[] {
  const isFirst = kind === 'digest';
  const stops = STOPS.map((stop): MailSection => {
    const changes = news.problems.filter(({ finding }) => stopOf(finding, run.finishedAt) === stop);
    return { name: stop, title: STOP_TITLES[stop], items: changes.map((change) => problemItem(change, run, isFirst)) };
  });
  const recovered = [
    ...news.resolved.map((change) => resolvedItem(change, run)),
    ...news.regained.map((blindness) => regainedItem(blindness, run)),
  ];
  const sections: readonly MailSection[] = [
    ...stops,
    { name: 'blind', title: 'Cannot be read', items: news.blind.map((each) => blindItem(each, run, isFirst)) },
    { name: 'recovered', title: 'Recovered', items: recovered },
    { name: 'exceptions', title: 'Exceptions that ended', items: endedExceptions.map((each) => endedItem(each, run)) },
  ];
  return sections.filter(({ items }) => items.length > 0);
}

/** How things stand after the run, in a sentence. */
export function standing({ overall, totals, severities }: MailRun): string {
  if (overall === 'clean') {
    return 'Everything was read, and nothing fails.';
  }
  const bySeverity = SEVERITIES.filter((severity) => severities[severity] > 0).map(
    (severity) => `${severities[severity]} ${severity}`,
  );
  const failing =
    totals.fail === 0 ? 'no known problem' : `${counted(totals.fail, 'problem')} (${bySeverity.join(', ')})`;
  // What only says more about a finding may be unread although all could be judged.
  const unread =
    totals.notEvaluated === 0
      ? 'Not everything could be read'
      : `${counted(totals.notEvaluated, 'judgement')} could not be made`;
  return overall === 'incomplete'
    ? `Open after this run: ${failing}. ${unread}, so the picture is incomplete.`
    : `Open after this run: ${failing}. Everything was read.`;
}

function problemItem(change: ProblemChange, run: MailRun, isFirst: boolean): MailItem {
  const { kind, finding, firstSeen } = change;
  const { severity, evidence, checkId } = finding;
  return {
    tone: severity,
    label: labelOf(change),
    what: singleLine(finding.message, WHAT_LIMIT),
    facts: facts({
      ...due(finding, run),
      Where: placeOf(finding, run),
      Workspaces: named(textsIn(evidence, 'workspaces')),
      'Linked services': named(textsIn(evidence, 'linkedServices')),
      Pipelines: named(textsIn(evidence, 'pipelines')),
      Triggers: named(textsIn(evidence, 'triggers')),
      Roles: named(textsIn(evidence, 'roles')),
      Owners: named(textsIn(evidence, 'owners')),
      Since: kind === 'opened' ? (isFirst ? '' : 'new in this run') : day(firstSeen, run),
      Check: checkId,
    }),
    remedy: remedyOf(finding.remediation),
    links: linksOf(finding, run, { mutable: true }),
    fingerprint: finding.fingerprint,
    finding,
  };
}

/** `High, was medium`; `High, 7-day reminder` where it came closer to its end without becoming more severe. */
function labelOf({ kind, finding, from, step }: ProblemChange): string {
  const severity = capitalized(finding.severity);
  if (kind === 'worsened' && from !== undefined) {
    return `${severity}, was ${from}`;
  }
  if (kind === 'due' && step !== undefined) {
    return step === 'expired' ? `${severity}, has expired` : `${severity}, ${step}-day reminder`;
  }
  return severity;
}

/** The portal's page, the finding in the report, and where it is muted. */
function linksOf(finding: Finding, run: MailRun, { mutable }: { readonly mutable: boolean }): readonly MailLink[] {
  const mute = mutable ? run.muteUrl?.(finding.fingerprint) : undefined;
  return [
    ...linkTo('Azure portal', portalLink(finding.subject.link, run.portal)),
    ...linkTo('In the report', reportLink(finding, run)),
    ...linkTo('Mute', httpsLink(mute)),
  ];
}

function linkTo(text: string, address: string | undefined): readonly MailLink[] {
  // An address that long is cut by clients, and may have been made so by a name.
  return address === undefined || address.length > LINK_LIMIT ? [] : [{ text, address }];
}

function reportLink({ checkId, subject }: Finding, { reportUrl }: MailRun): string | undefined {
  const report = httpsLink(reportUrl);
  if (report === undefined) {
    return undefined;
  }
  const url = new URL(report);
  url.searchParams.set('check', checkId);
  url.searchParams.set('subject', subject.id);
  return url.href;
}

function endedItem({ match, reason, author, until }: Exception, run: MailRun): MailItem {
  const { checkId, subject, fingerprint } = match;
  return {
    tone: 'info',
    label: 'Told of again',
    what: `Exception for ${namedMatch([
      ['check', checkId],
      ['subject', subject],
      ['fingerprint', fingerprint],
    ])}`,
    facts: facts({ Reason: reason, By: author, 'Ended on': dated(until, run) }),
    remedy: [],
    links: [],
  };
}

function namedMatch(parts: readonly (readonly [name: string, value: string | undefined])[]): string {
  return parts
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${singleLine(value, 160)}`]))
    .join(', ');
}

function resolvedItem({ finding, firstSeen, now = '' }: ProblemChange, run: MailRun): MailItem {
  return {
    tone: 'good',
    label: 'Resolved',
    what: singleLine(`Was: ${finding.message}`, WHAT_LIMIT),
    facts: facts({ Now: now, 'Failed since': day(firstSeen, run), Check: finding.checkId }),
    remedy: [],
    links: [],
    finding,
  };
}

function blindItem(
  { source, because, finding, firstSeen, scopes, checkIds }: Blindness,
  run: MailRun,
  isFirst: boolean,
): MailItem {
  const title =
    source === undefined ? `The check ${finding.checkId} failed` : `${SOURCES[source].title} could not be read`;
  return {
    tone: 'blind',
    label: because === 'forbidden' ? 'Permission missing' : 'Not evaluated',
    what: title,
    facts: facts({
      Where: placesOf(scopes),
      Reason: reasonOf(finding.message, source),
      'Not judged': named(checkIds),
      Since: isFirst ? '' : day(firstSeen, run),
    }),
    remedy: remedyOf(
      source !== undefined && because === 'forbidden'
        ? `Grant the auditor's identity ${SOURCES[source].permission} (${SOURCES[source].grantedIn}).`
        : finding.remediation,
    ),
    links: scopes.length === 1 ? linkTo('Azure portal', portalLink(finding.subject.link, run.portal)) : [],
    finding,
  };
}

/** A message may tell of several sources; what it says of this one is the reason. */
function reasonOf(message: string, source: Blindness['source']): string {
  const start = source === undefined ? 0 : message.indexOf(SOURCES[source].title);
  return message.slice(Math.max(start, 0));
}

function placesOf(scopes: Blindness['scopes']): string {
  return scopes.length === 0 ? 'the tenant' : named(scopes);
}

function regainedItem({ source, finding, firstSeen, scopes }: Blindness, run: MailRun): MailItem {
  return {
    tone: 'good',
    label: 'Readable again',
    what:
      source === undefined ? `The check ${finding.checkId} works again` : `${SOURCES[source].title} can be read again`,
    facts: facts({ Where: placesOf(scopes), 'Unread since': day(firstSeen, run) }),
    remedy: [],
    links: [],
    finding,
  };
}

/** What is too long for a mail is whole in the report. */
const WHAT_LIMIT = 600;
const FACT_LIMIT = 400;
const REMEDY_LIMIT = 2_000;
const LINK_LIMIT = 1_500;
const NAMES_LISTED = 6;

/** A remediation has one step a line; neighbouring commands stay together. */
function remedyOf(remediation: string): readonly RemedyStep[] {
  const steps: RemedyStep[] = [];
  for (const line of multiLine(remediation, REMEDY_LIMIT).split('\n')) {
    const isCommand = COMMAND.test(line);
    const before = steps.at(-1);
    if (isCommand && before?.isCommand === true) {
      steps[steps.length - 1] = { isCommand, text: `${before.text}\n${line}` };
    } else if (line.trim() !== '') {
      steps.push({ isCommand, text: line });
    }
  }
  return steps;
}

/** Shell and PowerShell commands, REST calls, and log queries. */
const COMMAND = /^\s*(?:(?:az|azd|curl|GET|POST|PUT|PATCH|DELETE) |[A-Z][a-z]+-[A-Z]\w+|\w+ \| where )/;

function facts(values: Readonly<Record<string, string>>): MailItem['facts'] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === '' ? [] : [{ name, value: singleLine(value, FACT_LIMIT) }],
  );
}

/** How far the end is, and when: `in 6 days, 2026-11-28 09:00 UTC`. */
function due(finding: Finding, { finishedAt: now, timeZone }: MailRun): Readonly<Record<string, string>> {
  const end = endOf(finding);
  if (end === undefined) {
    return {};
  }
  const left = end.getTime() - now.getTime();
  return left > 0
    ? { Expires: `in ${duration(left)}, ${moment(end, timeZone)}` }
    : { Expired: `${duration(-left)} ago, ${moment(end, timeZone)}` };
}

/** Whole days, rounded down; hours where a day count would hide how close it is. */
function duration(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  if (hours < 1) {
    return 'less than an hour';
  }
  return hours < 48 ? counted(hours, 'hour') : counted(Math.floor(hours / 24), 'day');
}

export const NOUNS: Readonly<Record<SubjectKind, readonly [singular: string, plural: string]>> = {
  tenant: ['tenant', 'tenants'],
  subscription: ['subscription', 'subscriptions'],
  workspace: ['workspace', 'workspaces'],
  logAnalytics: ['Log Analytics workspace', 'Log Analytics workspaces'],
  secret: ['secret', 'secrets'],
  certificate: ['certificate', 'certificates'],
  roleAssignment: ['role assignment', 'role assignments'],
  servicePrincipal: ['service principal', 'service principals'],
  application: ['application', 'applications'],
  federatedCredential: ['federated credential', 'federated credentials'],
  user: ['user', 'users'],
  identity: ['managed identity', 'managed identities'],
  sqlPool: ['SQL pool', 'SQL pools'],
  firewallRule: ['firewall rule', 'firewall rules'],
  linkedService: ['linked service', 'linked services'],
  vault: ['key vault', 'key vaults'],
  storageAccount: ['storage account', 'storage accounts'],
  key: ['key', 'keys'],
  workspaceCredential: ['credential', 'credentials'],
  setting: ['setting', 'settings'],
  address: ['address', 'addresses'],
  sqlLogin: ['SQL login', 'SQL logins'],
  policy: ['policy', 'policies'],
};

function placeOf({ subject, scope }: Finding, { tenantId }: MailRun): string {
  const what = `${NOUNS[subject.kind][0]} ${singleLine(subject.name, 120)}`;
  // A resource that the whole tenant was looked through for stands in no directory.
  const isElsewhere = scope === tenantId && subject.id.startsWith('/');
  if (subject.kind === 'tenant' || scope === subject.id || isElsewhere) {
    return what;
  }
  return `${what}, ${scope === tenantId ? 'directory of the tenant' : scopeName(scope)}`;
}

/** `workspace synw-sales` of an ARM id, `subscription {guid}` of anything else. */
function scopeName(scope: string): string {
  const workspace = workspaceIn(scope);
  return workspace === undefined ? `subscription ${scope}` : `workspace ${workspace}`;
}

/** Name of the Synapse workspace in an ARM id. */
export function workspaceIn(armId: string): string | undefined {
  return /\/microsoft\.synapse\/workspaces\/([^/]+)/i.exec(armId)?.[1];
}

/** A list or a single text of the evidence, as a list. */
export function textsIn(evidence: Evidence, key: string): readonly string[] {
  const value = evidence[key];
  return typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? value : [];
}

/** Lists of evidence may themselves end in "and 4 more". */
function named(names: readonly string[]): string {
  const cut = Number(/^and (\d+) more$/.exec(names.at(-1) ?? '')?.[1] ?? 0);
  const listed = cut > 0 ? names.slice(0, -1) : names;
  const shown = listed.slice(0, NAMES_LISTED).map((name) => singleLine(name, 80));
  const more = listed.length - shown.length + cut;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function day(iso: string, { timeZone }: MailRun): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso.slice(0, 10) : localDay(date, timeZone);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function dated(iso: string, { timeZone }: MailRun): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : moment(date, timeZone);
}
