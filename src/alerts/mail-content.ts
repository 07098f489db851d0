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
import { counted } from '../audit/wording';
import { SOURCES } from '../inventory/sources';
import { endOf, type Blindness, type News, type ProblemChange } from './news';
import { multiLine, portalLink, singleLine } from './safe-text';

/** The run a mail is about. */
export interface MailRun {
  readonly runId: string;
  /** The published run that the changes are relative to; `null` on the very first run. */
  readonly baseRunId: string | null;
  readonly finishedAt: Date;
  readonly tenantId: string;
  readonly overall: Overall;
  readonly totals: Readonly<Record<Status, number>>;
  /** Failing findings by severity. */
  readonly severities: Readonly<Record<Severity, number>>;
  /** Where the whole report can be read. */
  readonly reportUrl?: string | undefined;
  /** Base address of the Azure portal of this cloud; links to anywhere else are left out. */
  readonly portal: string;
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
  readonly link: string | undefined;
}

export interface RemedyStep {
  /** To be copied as it is: a command line, a REST call, a query. Otherwise a sentence. */
  readonly isCommand: boolean;
  readonly text: string;
}

export interface MailSection {
  readonly title: string;
  /** Most urgent first. */
  readonly items: readonly MailItem[];
}

export type SectionName = keyof News;

export function sectionsOf(news: News, run: MailRun): Readonly<Record<SectionName, MailSection>> {
  const first = run.baseRunId === null;
  return {
    problems: {
      title: first ? 'What the first audit found' : 'New and worse',
      items: news.problems.map((change) => problemItem(change, run)),
    },
    blind: {
      title: first ? 'What could not be read' : 'What can no longer be read',
      items: news.blind.map((blindness) => blindItem(blindness, run)),
    },
    resolved: { title: 'Resolved', items: news.resolved.map(resolvedItem) },
    regained: { title: 'Can be read again', items: news.regained.map(regainedItem) },
  };
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

/** `2026-11-28 09:00 UTC` */
export function moment(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function problemItem({ kind, finding, firstSeen, from }: ProblemChange, run: MailRun): MailItem {
  const { severity, subject, evidence, checkId } = finding;
  return {
    tone: severity,
    label: kind === 'worsened' && from !== undefined ? `${capitalized(severity)}, was ${from}` : capitalized(severity),
    what: singleLine(finding.message, WHAT_LIMIT),
    facts: facts({
      ...due(finding, run.finishedAt),
      Where: placeOf(finding, run),
      Workspaces: named(textsIn(evidence, 'workspaces')),
      Roles: named(textsIn(evidence, 'roles')),
      Owners: named(textsIn(evidence, 'owners')),
      Since: kind === 'opened' ? (run.baseRunId === null ? '' : 'new in this run') : day(firstSeen),
      Check: checkId,
    }),
    remedy: remedyOf(finding.remediation),
    link: portalLink(subject.link, run.portal),
  };
}

function resolvedItem({ finding, firstSeen, now = '' }: ProblemChange): MailItem {
  return {
    tone: 'good',
    label: 'Resolved',
    what: singleLine(`Was: ${finding.message}`, WHAT_LIMIT),
    facts: facts({ Now: now, 'It failed since': day(firstSeen), Check: finding.checkId }),
    remedy: [],
    link: undefined,
  };
}

function blindItem({ source, because, finding, scopes, checkIds }: Blindness, run: MailRun): MailItem {
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
      Since: run.baseRunId === null ? '' : 'new in this run',
    }),
    remedy: remedyOf(
      source !== undefined && because === 'forbidden'
        ? `Grant the auditor's identity ${SOURCES[source].permission} (${SOURCES[source].grantedIn}).`
        : finding.remediation,
    ),
    link: scopes.length === 1 ? portalLink(finding.subject.link, run.portal) : undefined,
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

function regainedItem({ source, finding, firstSeen, scopes }: Blindness): MailItem {
  return {
    tone: 'good',
    label: 'Readable',
    what: source === undefined ? `The check ${finding.checkId} works again` : SOURCES[source].title,
    facts: facts({ Where: placesOf(scopes), 'It was unread since': day(firstSeen) }),
    remedy: [],
    link: undefined,
  };
}

/** What is too long for a mail is whole in the report. */
const WHAT_LIMIT = 600;
const FACT_LIMIT = 400;
const REMEDY_LIMIT = 2_000;
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
function due(finding: Finding, now: Date): Readonly<Record<string, string>> {
  const end = endOf(finding);
  if (end === undefined) {
    return {};
  }
  const left = end.getTime() - now.getTime();
  return left > 0
    ? { Expires: `in ${duration(left)}, ${moment(end)}` }
    : { Expired: `${duration(-left)} ago, ${moment(end)}` };
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

function day(iso: string): string {
  return iso.slice(0, 10);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
