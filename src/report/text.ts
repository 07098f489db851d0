/** A report as plain text: for terminals, mails and the logs of pipelines. */
import { multiLine } from '../alerts/safe-text';
import type { ShownFinding } from '../audit/exceptions';
import { SEVERITIES, STATUSES, type Severity } from '../audit/finding';
import type { CoverageGap } from '../audit/report';
import { counted } from '../audit/wording';
import { SCOPE_KINDS, SOURCE_NAMES, SOURCES } from '../inventory/sources';
import type { ShownReport } from './shown-report';

export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';

/** Colours a text for the terminal, or leaves it alone. */
export type Paint = (colour: Colour, text: string) => string;

/** How much of the failing findings is shown. */
export interface Extent {
  readonly findingsPerSeverity: number;
  /** Ids of checks whose failures are shown beyond that. */
  readonly always: readonly string[];
  readonly withRemedy: readonly Severity[];
}

const WHOLE: Extent = { findingsPerSeverity: Number.POSITIVE_INFINITY, always: [], withRemedy: SEVERITIES };

/** A summary is read, not searched: the report has the rest. Why pipelines failed is what people come for. */
export const SUMMARY: Extent = {
  findingsPerSeverity: 10,
  always: ['pipeline-authentication-failure'],
  withRemedy: ['critical', 'high', 'medium'],
};

const WIDTH = 110;
const SHOWN_SCOPES = 5;

const COLOURS = {
  overall: { clean: 'green', attention: 'yellow', incomplete: 'red' },
  severity: { critical: 'red', high: 'red', medium: 'yellow', low: 'cyan', info: 'dim' },
} as const;

/**
 * The verdict comes first, for mails, and again with the figures at the end: that is what is on a terminal's screen then.
 * No name in it can steer a terminal or pass for a line of the report.
 *
 * @param paint plain by default
 * @param extent all findings of the page with their remedies by default
 */
export function renderText(report: ShownReport, paint: Paint = (_, text) => text, extent: Extent = WHOLE): string {
  return [
    headOf(report, paint),
    coverageOf(report, paint),
    unevaluatedOf(report, paint),
    ...SEVERITIES.map((severity) => failuresOf(report.findings, severity, paint, extent)),
    conclusionOf(report, paint),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function headOf(report: ShownReport, paint: Paint): readonly string[] {
  const { finishedAt, fullAuditAt, signInsAt, tenantId, overall, lastComplete, previousRunId } = report;
  return [
    overallOf(report, paint),
    `Tenant    ${oneLine(tenantId)}`,
    `Finished  ${minute(finishedAt)}`,
    `Read at   ${minute(fullAuditAt)}${signInsAt === null ? '' : `; sign-ins ${minute(signInsAt)}`}`,
    // The first of its kind, or one that is not stored, has none before it to tell of.
    ...(overall === 'incomplete' && previousRunId !== null
      ? [
          `Complete  ${lastComplete === null ? 'never so far' : `last ${minute(lastComplete.finishedAt)}, run ${oneLine(lastComplete.runId)}`}`,
        ]
      : []),
  ];
}

function overallOf({ overall, runId }: ShownReport, paint: Paint): string {
  return `${paint('bold', 'Overall')}   ${paint(COLOURS.overall[overall], overall)}   ${paint('dim', `run ${oneLine(runId)}`)}`;
}

function coverageOf({ coverage }: ShownReport, paint: Paint): readonly string[] {
  const states = SOURCE_NAMES.flatMap((source) => {
    const state = coverage[source];
    return state === undefined ? [] : [{ title: SOURCES[source].title, state }];
  });
  const gaps = states.flatMap(({ title, state }) => (state === 'collected' ? [] : [gapOf(title, state, paint)]));
  const read = `${states.length - gaps.length} of ${counted(states.length, 'source')} whole`;
  const mark = gaps.length === 0 ? paint('green', '✓') : paint('red', '✗');
  return [`${paint('bold', 'Read')}      ${mark} ${read}`, ...gaps.flat()];
}

function gapOf(title: string, { because, message, permission, scopes }: CoverageGap, paint: Paint): readonly string[] {
  return [
    `  ${paint('red', '✗')} ${title}: ${paint('red', because)}`,
    ...wrap(`Not read: ${namesOf(scopes)}`, '      '),
    // A missing permission says it all; the service's own words are long, and in the report.
    ...wrap(because === 'forbidden' ? `Needs ${permission}` : message, '      '),
  ];
}

function namesOf(scopes: CoverageGap['scopes']): string {
  const names = scopes.map(({ kind, name, because }) => `${SCOPE_KINDS[kind]} ${name} (${because})`);
  const more = names.length - SHOWN_SCOPES;
  return names.slice(0, SHOWN_SCOPES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** By check, as one gap concerns many; why there are gaps the coverage says, but not where a check itself failed. */
function unevaluatedOf({ findings }: ShownReport, paint: Paint): readonly string[] {
  const unevaluated = findings.filter((finding) => finding.status === 'notEvaluated');
  const checkIds = [...new Set(unevaluated.map(({ checkId }) => checkId))];
  return unevaluated.length === 0
    ? []
    : [
        paint('bold', `${paint('red', 'not evaluated')} (${unevaluated.length})`),
        ...checkIds.flatMap((checkId) => {
          const own = unevaluated.filter((finding) => finding.checkId === checkId);
          const reasons = [...new Set(own.map(({ because }) => because ?? 'unknown'))].join(', ');
          return [
            `  ${paint('red', '○')} ${checkId}: ${own.length} (${reasons})`,
            ...own
              .filter(({ because }) => because === 'checkThrew')
              .slice(0, SHOWN_SCOPES)
              .flatMap(({ message }) => wrap(message, '    ')),
          ];
        }),
      ];
}

function failuresOf(
  findings: readonly ShownFinding[],
  severity: Severity,
  paint: Paint,
  { findingsPerSeverity, always, withRemedy }: Extent,
): readonly string[] {
  const failing = findings.filter((finding) => finding.status === 'fail' && finding.severity === severity);
  if (failing.length === 0) {
    return [];
  }
  const shown = failing.filter(({ checkId }, index) => index < findingsPerSeverity || always.includes(checkId));
  const colour = COLOURS.severity[severity];
  return [
    paint('bold', `${paint(colour, severity)} (${failing.length})`),
    ...shown.flatMap(({ checkId, subject, message, remediation, exception, firstSeen }) => [
      ...wrap(
        `${checkId}: ${subject.name}${firstSeen === undefined ? '' : `, since ${minute(firstSeen)}`}`,
        '    ',
        `  ${paint(colour, '●')} `,
      ),
      ...wrap(message, '    '),
      ...(exception === undefined ? [] : acceptedOf(exception)),
      ...(withRemedy.includes(severity) ? remedyOf(remediation, paint) : []),
    ]),
    ...(failing.length > shown.length ? [`  … and ${failing.length - shown.length} more in the report`] : []),
  ];
}

function acceptedOf({ until, author, reason }: NonNullable<ShownFinding['exception']>): readonly string[] {
  return wrap(`Accepted until ${minute(until)} by ${author}: ${reason}`, '    ');
}

/** Not wrapped: commands are copied. */
function remedyOf(remediation: string, paint: Paint): readonly string[] {
  const text = multiLine(remediation, Number.POSITIVE_INFINITY);
  return text === '' ? [] : text.split('\n').map((line, n) => paint('dim', `${n === 0 ? '    → ' : '      '}${line}`));
}

function conclusionOf(report: ShownReport, paint: Paint): readonly string[] {
  const { totals, severities, nextExpiry, checksOff, alertsFailing } = report;
  const words = { pass: 'pass', fail: 'fail', notEvaluated: 'not evaluated', notApplicable: 'not applicable' };
  const bySeverity = SEVERITIES.filter((severity) => severities[severity] > 0)
    .map((severity) => `${severities[severity]} ${severity}`)
    .join(', ');
  return [
    overallOf(report, paint),
    `Findings  ${STATUSES.map((status) => `${totals[status]} ${words[status]}`).join(', ')}`,
    ...(bySeverity === '' ? [] : [`Failing   ${bySeverity}`]),
    ...(nextExpiry === null ? [] : [`Next end  ${minute(nextExpiry.endsAt)}: ${oneLine(nextExpiry.name)}`]),
    ...(checksOff.length === 0 ? [] : [`Off       ${checksOff.join(', ')}`]),
    ...(alertsFailing === null
      ? []
      : [`Alerts    ${alertsFailing.alerts} did not arrive: ${oneLine(alertsFailing.reason)}`]),
    ...moreOf(report),
  ];
}

/** A page or a filter must not pass for all there is. */
function moreOf({ totals, findings, continuationToken }: ShownReport): readonly string[] {
  const more = STATUSES.reduce((sum, status) => sum + totals[status], 0) - findings.length;
  return more > 0
    ? [`More      findings not on this page: ${more}${continuationToken === undefined ? '' : '; there is a next one'}`]
    : [];
}

/** `2026-11-28 09:00 UTC` */
function minute(instant: string): string {
  return `${oneLine(instant).slice(0, 16).replace('T', ' ')} UTC`;
}

/** @param lead what the first line begins with, as wide as the indent */
function wrap(paragraph: string, indent: string, lead = indent): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(paragraph).split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((text, n) => (n === 0 ? lead : indent) + text);
}

/** Names come from the tenant: none may break the line. */
function oneLine(text: string): string {
  return multiLine(text, Number.POSITIVE_INFINITY).replace(/\s+/g, ' ');
}
