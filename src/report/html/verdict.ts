/** What is the case, in one sentence: the first thing on the page, and its title. */
import { SEVERITIES } from '../../audit/finding';
import { clip, counted } from '../../audit/wording';
import type { PageInput } from './page-input';
import { inWords } from './times';
import { upcoming } from './upcoming';

/** Only `clean` looks like good news. */
export type State = 'clean' | 'attention' | 'incomplete' | 'stale' | 'failed';

export interface Verdict {
  readonly state: State;
  readonly label: string;
  readonly headline: string;
  /** Without markup, for the title of the page. */
  readonly title: string;
  /** What else is to be known before anything is believed. */
  readonly notices: readonly string[];
}

const LABELS: Readonly<Record<State, string>> = {
  clean: 'Healthy',
  attention: 'Needs attention',
  incomplete: 'Incomplete',
  stale: 'Stale',
  failed: 'Last audit failed',
};

export function verdictOf(input: PageInput): Verdict {
  const { report, status, isLatest, now } = input;
  const state = stateOf(input);
  const label = LABELS[state];
  const headline = isLatest ? headlineOf(state, input) : `${inWords(report.finishedAt, now)}: ${standingOf(input)}`;
  const notices = isLatest
    ? noticesOf(state, input)
    : ['This is an older report. What is the case now, the latest one tells.'];
  const alerts = status.alertTrouble === null ? [] : [`Alerts do not arrive: ${status.alertTrouble}`];
  return {
    state,
    label: isLatest ? label : 'Older report',
    headline: capitalized(headline),
    title: `${isLatest ? label : 'Older report'}: ${summaryOf(input)}`,
    notices: [...notices, ...alerts],
  };
}

function stateOf({ report, status, isLatest }: PageInput): State {
  if (isLatest && status.failure !== null) {
    return 'failed';
  }
  if (isLatest && (status.stale || status.areSignInsStale)) {
    return 'stale';
  }
  return report.overall;
}

function headlineOf(state: State, input: PageInput): string {
  const { report, status, now } = input;
  switch (state) {
    case 'failed':
      return `The last audit failed. What follows is from ${inWords(report.finishedAt, now)}: ${standingOf(input)}`;
    case 'stale':
      return status.stale
        ? `The last full audit was ${inWords(report.fullAuditAt, now)}, and nobody has looked since. Known then: ${standingOf(input)}`
        : `Sign-ins were last audited ${inWords(report.signInsAt ?? '', now)}, and nobody has looked since. Known so far: ${standingOf(input)}`;
    case 'incomplete':
    case 'attention':
    case 'clean':
      return standingOf(input);
  }
}

/** How the report found things, and what ends next. */
function standingOf(input: PageInput): string {
  const { report } = input;
  const { overall, totals } = report;
  const next = nextOf(input);
  const failing = failingOf(input);
  switch (overall) {
    case 'clean':
      return `authentication is healthy: everything was read and nothing fails${next}.`;
    case 'attention':
      return `${failing}${next}.`;
    case 'incomplete': {
      const unseen =
        totals.notEvaluated > 0
          ? `${counted(totals.notEvaluated, 'judgement')} could not be made`
          : 'not everything could be read';
      return totals.fail === 0
        ? `nothing is known to fail, but ${unseen}${next}.`
        : `${unseen}; of what was seen, ${failing}${next}.`;
    }
  }
}

function failingOf({ report: { totals, severities } }: PageInput): string {
  const urgent = SEVERITIES.slice(0, 2).filter((severity) => severities[severity] > 0);
  const worst = SEVERITIES.find((severity) => severities[severity] > 0);
  const named = (urgent.length > 0 ? urgent : worst === undefined ? [] : [worst]).map(
    (severity) => `${severities[severity].toLocaleString('en')} ${severity}`,
  );
  const verb = totals.fail === 1 ? 'needs' : 'need';
  const of = `${totals.fail.toLocaleString('en')} ${totals.fail === 1 ? 'problem' : 'problems'} ${verb} attention`;
  return named.length === 0 ? of : `${of}, ${named.join(' and ')}`;
}

/** Names are cut: the headline has to stay one. */
const NAME_LENGTH = 60;

function nextOf(input: PageInput): string {
  const next = upcoming(input);
  if (next === null) {
    return '';
  }
  const name = clip(next.name, NAME_LENGTH);
  const when = inWords(next.endsAt, input.now);
  return Date.parse(next.endsAt) > input.now.getTime()
    ? `; next to expire is “${name}”, ${when}`
    : `; since then “${name}” expired, ${when}`;
}

function summaryOf({ report: { overall, totals, severities } }: PageInput): string {
  const bySeverity = SEVERITIES.filter((severity) => severities[severity] > 0)
    .slice(0, 2)
    .map((severity) => `${severities[severity]} ${severity}`)
    .join(', ');
  const parts = [
    bySeverity,
    overall === 'incomplete'
      ? totals.notEvaluated > 0
        ? `${totals.notEvaluated} not evaluated`
        : 'not all was read'
      : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing fails' : parts.join(', ');
}

function noticesOf(state: State, { report, status, now }: PageInput): readonly string[] {
  const isIncomplete = report.overall === 'incomplete' && state !== 'incomplete';
  return [
    ...(status.failure === null ? [] : [status.failure]),
    ...(status.stale && state !== 'stale' ? [`The last full audit was ${inWords(report.fullAuditAt, now)}.`] : []),
    ...(status.areSignInsStale && (state !== 'stale' || status.stale) && report.signInsAt !== null
      ? [`Sign-ins were last audited ${inWords(report.signInsAt, now)}: the next audit of them is overdue.`]
      : []),
    ...(isIncomplete ? ['Not everything could be read then: see what could not be seen.'] : []),
    ...(status.runningId === null ? [] : [`Run ${status.runningId} is under way.`]),
  ];
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
