/** A report as SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html (sections are of it). */
import { httpsLink, multiLine, singleLine } from '../alerts/safe-text';
import type { ShownFinding } from '../audit/exceptions';
import type { Severity, Status } from '../audit/finding';
import { isUnlicensed, type CheckSummary, type CoverageGap } from '../audit/report';
import { SCOPE_KINDS, SOURCE_NAMES, SOURCES, type SourceName } from '../inventory/sources';
import type { ShownReport } from './shown-report';
import { toJson, wellFormed } from './to-json';
import { TOOL } from './tool';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** `open` is for rules that could not be decided for want of information (3.27.9). */
const KINDS: Readonly<Record<Status, string>> = {
  fail: 'fail',
  notEvaluated: 'open',
  pass: 'pass',
  notApplicable: 'notApplicable',
};

const LEVELS: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** Within the bounds by which GitHub calls a rule critical (from 9), high (from 7), medium (from 4) and low. */
const SCORES: Readonly<Record<Severity, number>> = { critical: 9.5, high: 8, medium: 5.5, low: 2, info: 0 };

const NOTIFICATIONS = {
  'not-read': 'A source could not be read: what rests on it was not evaluated.',
  'check-failed': 'A check failed by a defect of its own: what it judges was not evaluated.',
  'check-off': 'A check is switched off by setting: nobody looked at what it judges.',
  'alerts-failing': 'Alerts of earlier runs did not arrive.',
  'more-results': 'The report has results that are not in this file.',
} as const;
type NotificationId = keyof typeof NOTIFICATIONS;

/** One run, whose invocation was successful where nothing was left unread. */
export function renderSarif(report: ShownReport): string {
  const ruleIndexes = new Map(report.checks.map(({ id }, index) => [id, index]));
  return toJson({
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: TOOL.name,
            semanticVersion: TOOL.version,
            language: 'en-US',
            rules: report.checks.map(ruleOf),
            notifications: Object.entries(NOTIFICATIONS).map(([id, text]) => ({ id, shortDescription: { text } })),
          },
        },
        // All but the last part is what GitHub calls the category: uploads of a tenant replace each other.
        automationDetails: { id: `synapse-authentication/${report.tenantId}/${report.runId}` },
        invocations: [
          {
            executionSuccessful: report.overall !== 'incomplete',
            startTimeUtc: report.startedAt,
            endTimeUtc: report.finishedAt,
            toolExecutionNotifications: executionNotificationsOf(report, ruleIndexes),
            toolConfigurationNotifications: report.checksOff.map((id) =>
              notification('check-off', 'note', `The check ${id} is switched off.`),
            ),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) => resultOf(finding, ruleIndexes)),
        properties: propertiesOf(report),
      },
    ],
  });
}

function ruleOf({ id, title, severity, why, remediation, link }: CheckSummary) {
  return {
    id,
    name: id.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: escaped(title) },
    fullDescription: { text: escaped(why) },
    helpUri: link,
    help: {
      text: escaped([why, ...remediation.map((step, n) => `${n + 1}. ${step}`), link].join('\n')),
      markdown: escaped([why, '', ...remediation.map((step, n) => `${n + 1}. ${step}`), '', `<${link}>`].join('\n')),
    },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ['security', 'authentication', 'azure-synapse'],
      precision: 'high',
      'security-severity': SCORES[severity].toFixed(1),
    },
  };
}

function resultOf(finding: ShownFinding, ruleIndexes: ReadonlyMap<string, number>) {
  const { checkId, status, severity, subject, exception } = finding;
  const ruleIndex = ruleIndexes.get(checkId);
  const viewer = uriOf(subject.link);
  const fails = status === 'fail';
  return {
    ruleId: checkId,
    ...(ruleIndex !== undefined && { ruleIndex }),
    kind: KINDS[status],
    // Any other than `fail` has to have none (3.27.10).
    level: fails ? LEVELS[severity] : 'none',
    ...(fails && { rank: SCORES[severity] * 10 }),
    message: { text: escaped(multiLine(finding.message, Number.POSITIVE_INFINITY)) },
    locations: [locationOf(subject)],
    // GitHub tells results apart by the first, any other reader by the second; neither changes with names or dates.
    partialFingerprints: { primaryLocationLineHash: finding.fingerprint },
    fingerprints: { 'finding/v1': finding.fingerprint },
    // An empty list says that there is none; without one it would not be known (3.27.23).
    suppressions: exception === undefined ? [] : [suppressionOf(exception)],
    ...(viewer !== undefined && { hostedViewerUri: viewer }),
    properties: {
      severity,
      subject,
      remediation: finding.remediation,
      evidence: finding.evidence,
      scope: finding.scope,
      firstSeen: finding.firstSeen,
      because: finding.because,
      sources: finding.sources,
    },
  };
}

/**
 * What is judged stands in no file. The logical location says what it is; GitHub shows results only where a file is named
 * as well, so that the subject's key is given as the path of one that does not exist.
 */
function locationOf({ id, kind, name }: ShownFinding['subject']) {
  return {
    logicalLocations: [
      {
        name: singleLine(name, Number.POSITIVE_INFINITY),
        fullyQualifiedName: id,
        kind: 'resource',
        properties: { kind },
      },
    ],
    physicalLocation: {
      artifactLocation: { uri: pathOf(kind, id) },
      region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
    },
  };
}

function pathOf(kind: string, id: string): string {
  const parts = wellFormed(id.toLowerCase())
    .split('/')
    .filter((part) => part !== '');
  // A path that leads upwards is no place.
  const encoded = parts.map((part) => (/^\.+$/.test(part) ? part.replaceAll('.', '%2E') : encodeURIComponent(part)));
  return ['azure', kind, ...encoded].join('/');
}

function suppressionOf({ id, reason, author, until }: NonNullable<ShownFinding['exception']>) {
  return { kind: 'external', status: 'accepted', justification: reason, properties: { id, author, until } };
}

function executionNotificationsOf(report: ShownReport, ruleIndexes: ReadonlyMap<string, number>) {
  const { coverage, findings, alertsFailing, totals, continuationToken } = report;
  const more = Object.values(totals).reduce((sum, total) => sum + total, 0) - findings.length;
  return [
    ...SOURCE_NAMES.flatMap((source) => {
      const state = coverage[source];
      return state === undefined || state === 'collected' ? [] : [gapNotification(source, state)];
    }),
    ...findings
      .filter(({ because }) => because === 'checkThrew')
      .map(({ checkId, message }) => {
        const index = ruleIndexes.get(checkId);
        const associatedRule = { id: checkId, ...(index !== undefined && { index }) };
        return { ...notification('check-failed', 'error', message), associatedRule };
      }),
    ...(alertsFailing === null
      ? []
      : [
          notification(
            'alerts-failing',
            'warning',
            `Alerts that did not arrive: ${alertsFailing.alerts}. ${alertsFailing.reason}`,
          ),
        ]),
    ...(more > 0
      ? [
          notification(
            'more-results',
            'note',
            `Findings of the report that are not in this file: ${more}${continuationToken === undefined ? '' : '; there is a next page'}.`,
          ),
        ]
      : []),
  ];
}

function gapNotification(source: SourceName, gap: CoverageGap) {
  const { title } = SOURCES[source];
  const scopes = gap.scopes.map(({ kind, name, because }) => `${SCOPE_KINDS[kind]} ${name} (${because})`).join(', ');
  const text = `${title}: ${gap.because}. ${gap.message} Needs ${gap.permission}. Not read: ${scopes}.`;
  return {
    ...notification('not-read', isUnlicensed(gap) ? 'note' : 'error', text),
    properties: { source, ...gap },
  };
}

function notification(id: NotificationId, level: 'note' | 'warning' | 'error', text: string) {
  const index = Object.keys(NOTIFICATIONS).indexOf(id);
  return {
    descriptor: { id, index },
    level,
    message: { text: escaped(multiLine(text, Number.POSITIVE_INFINITY)) },
  };
}

/** As RFC 3986 has it, which is narrower than what browsers take; `undefined` where it is no https address. */
function uriOf(link: string | undefined): string | undefined {
  const address = httpsLink(link);
  if (address === undefined) {
    return undefined;
  }
  const { origin, pathname, search, hash } = new URL(address);
  const [path, fragment] = [pathname + search, hash.slice(1)].map((part) =>
    part.replace(/[^\w.~:/?@!/** What the report says of itself.'()*+,;=%-]|%(?![\dA-F]{2})/gi, encodeURIComponent),
  );
  return `${origin}${path}${fragment === '' ? '' : `#${fragment}`}`;
}

/** What the report says of itself. There is no `baselineState`: the report does not tell what got worse since. */
function propertiesOf(report: ShownReport) {
  const { findings: _findings, checks: _checks, coverage: _coverage, continuationToken: _token, ...header } = report;
  return header;
}

/** Braces stand for arguments (3.11.5), and a name is never a link (3.11.6). */
function escaped(text: string): string {
  return text.replace(/[{}]/g, '$&$&').replaceAll('](', '] (');
}
