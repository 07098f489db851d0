import type { ShownFinding } from '../../src/audit/exceptions';
import { SEVERITIES, STATUSES, type Severity } from '../../src/audit/finding';
import type { CoverageGap, Report } from '../../src/audit/report';
import { SOURCE_NAMES, SOURCES } from '../../src/inventory/sources';
import { withoutControls } from '../host/log';
import type { ShownReport } from './fetch-report';
import type { Colour, Paint } from './paint';

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
}

/** A summary is read, not searched: the report has the rest. */
const SHOWN_PER_SEVERITY = 10;
const SHOWN_SCOPES = 5;
const SEVERITIES_WITH_REMEDY: readonly Severity[] = ['critical', 'high', 'medium'];
const WIDTH = 110;

const COLOURS: Readonly<Record<Severity, Colour>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'dim',
};

/**
 * A report, and the mails that went out with it, as text for a terminal. The conclusion comes last: that is what is on the
 * screen in the end.
 */
export function renderSummary(report: ShownReport, mails: readonly Mail[], paint: Paint): string {
  return [
    coverageOf(report, paint),
    ...SEVERITIES.map((severity) => failuresOf(report.findings, severity, paint)),
    mailsOf(mails, paint),
    conclusionOf(report, paint),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function coverageOf({ coverage }: Report, paint: Paint): readonly string[] {
  const lines = SOURCE_NAMES.flatMap((source) => {
    const state = coverage[source];
    const { title } = SOURCES[source];
    if (state === undefined) {
      return [];
    }
    if (state === 'collected') {
      return [`  ${paint('green', '✓')} ${title}`];
    }
    return [
      `  ${paint('red', '✗')} ${title}: ${paint('red', state.because)}`,
      ...wrap(`Not read: ${namesOf(state.scopes)}`, '      '),
      // A missing permission says it all; the service's own words are long, and in the report.
      ...wrap(state.because === 'forbidden' ? `Needs ${state.permission}` : state.message, '      '),
    ];
  });
  return [paint('bold', 'Read'), ...lines];
}

function namesOf(scopes: CoverageGap['scopes']): string {
  const names = scopes.map(({ kind, name, because }) => `${kind} ${name} (${because})`);
  const more = names.length - SHOWN_SCOPES;
  return names.slice(0, SHOWN_SCOPES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function failuresOf(findings: readonly ShownFinding[], severity: Severity, paint: Paint): readonly string[] {
  const failing = findings.filter((finding) => finding.status === 'fail' && finding.severity === severity);
  if (failing.length === 0) {
    return [];
  }
  const shown = failing.slice(0, SHOWN_PER_SEVERITY);
  return [
    paint('bold', `${paint(COLOURS[severity], severity)} (${failing.length})`),
    ...shown.flatMap(({ checkId, message, remediation, exception }) => [
      `  ${paint(COLOURS[severity], '●')} ${paint('dim', checkId)}`,
      ...wrap(message, '    '),
      ...(exception === undefined ? [] : acceptedOf(exception)),
      ...(SEVERITIES_WITH_REMEDY.includes(severity) ? remedyOf(remediation, paint) : []),
    ]),
    ...(failing.length > shown.length ? [`  … and ${failing.length - shown.length} more in the report`] : []),
  ];
}

/** Whoever accepts a risk writes what they like: no line breaks either. */
function acceptedOf({ until, author, reason }: NonNullable<ShownFinding['exception']>): readonly string[] {
  return wrap(oneLine(`Accepted until ${until.slice(0, 16).replace('T', ' ')} UTC by ${author}: ${reason}`), '    ');
}

/** Not wrapped: commands are copied. */
function remedyOf(remediation: string, paint: Paint): readonly string[] {
  return linesOf(remediation).map((line, n) => paint('dim', `${n === 0 ? '    → ' : '      '}${line}`));
}

function mailsOf(mails: readonly Mail[], paint: Paint): readonly string[] {
  return [
    paint('bold', 'Mail'),
    ...(mails.length === 0 ? ['  none'] : []),
    ...mails.map(({ to, subject }) => `  ${oneLine(to.join(', '))}: ${oneLine(subject)}`),
  ];
}

function conclusionOf(
  { overall, totals, severities, runId, checksOff, alertsFailing }: Report,
  paint: Paint,
): readonly string[] {
  const colour = { clean: 'green', attention: 'yellow', incomplete: 'red' } as const;
  const words = { pass: 'pass', fail: 'fail', notEvaluated: 'not evaluated', notApplicable: 'not applicable' };
  const bySeverity = SEVERITIES.filter((severity) => severities[severity] > 0)
    .map((severity) => `${severities[severity]} ${severity}`)
    .join(', ');
  return [
    `${paint('bold', 'Overall')}   ${paint(colour[overall], overall)}   ${paint('dim', `run ${runId}`)}`,
    `Findings  ${STATUSES.map((status) => `${totals[status]} ${words[status]}`).join(', ')}`,
    ...(bySeverity === '' ? [] : [`Failing   ${bySeverity}`]),
    ...(checksOff.length === 0 ? [] : [`Off       ${checksOff.join(', ')}`]),
    ...(alertsFailing === null
      ? []
      : [oneLine(`Alerts    ${alertsFailing.alerts} did not arrive: ${alertsFailing.reason}`)]),
  ];
}

function wrap(text: string, indent: string): readonly string[] {
  return linesOf(text).flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
        lines.push(indent + line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    return [...lines, indent + line];
  });
}

/** Names come from the tenant: none may steer the terminal. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : withoutControls(text).split('\n');
}

function oneLine(text: string): string {
  return linesOf(text).join(' ');
}
