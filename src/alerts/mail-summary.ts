/** A mail in a line: what is worst first. It becomes the subject and the headline. */
import { endOf } from '../audit/ends';
import { SEVERITIES, type Finding } from '../audit/finding';
import { stopOf, STOPS } from '../audit/stops-when';
import { counted, daysInMs } from '../audit/wording';
import { NOUNS, textsIn, workspaceIn, type MailRun } from './mail-content';
import type { Message } from './message';
import type { ProblemChange } from './news';
import { asciiPunctuation, clip, singleLine } from './safe-text';

/** Longest subject, in UTF-16 units: what clients and filters show and keep whole. */
const SUBJECT_LIMIT = 150;

/** `3 credentials expire within 7 days; 1 workspace needs attention - Synapse synw-sales` */
export function subjectOf(message: Message, run: MailRun): string {
  const where = ` - Synapse ${placesOf(message)}`;
  return summaryOf(message, run, SUBJECT_LIMIT - where.length) + where;
}

/** As many phrases as fit in `limit` UTF-16 units, the most urgent first; a lone problem speaks for itself. */
export function summaryOf(message: Message, run: MailRun, limit: number): string {
  const start = message.kind === 'digest' ? 'First audit: ' : '';
  return start + phrased(message, run, limit - start.length);
}

function phrased(message: Message, run: MailRun, limit: number): string {
  const { news } = message;
  const phrases = phrasesOf(message, run);
  const [only] = news.problems;
  if (phrases.length === 1 && news.problems.length === 1 && only !== undefined) {
    return singleLine(asciiPunctuation(only.finding.message), limit);
  }
  const [first = 'Nothing to tell', ...others] = phrases;
  const more = '; and more';
  let summary = clip(first, others.length > 0 ? limit - more.length : limit);
  for (const [index, phrase] of others.entries()) {
    const longer = `${summary}; ${phrase}`;
    const isLast = index === others.length - 1;
    if (longer.length + (isLast ? 0 : more.length) > limit) {
      return summary + more;
    }
    summary = longer;
  }
  return summary;
}

function phrasesOf({ news, endedExceptions }: Message, run: MailRun): readonly string[] {
  const counts = new Map<string, { readonly say: (count: number) => string; count: number }>();
  for (const { finding } of byUrgency(news.problems, run.finishedAt)) {
    const phrase = phraseOf(finding, run.finishedAt);
    const entry = counts.get(phrase.key) ?? { say: phrase.say, count: 0 };
    entry.count += 1;
    counts.set(phrase.key, entry);
  }
  const problems = [...counts.values()].map(({ say, count }) => say(count));
  const of = (count: number, say: string) => (count > 0 ? [say] : []);
  return [
    ...problems,
    ...of(news.blind.length, `${counted(news.blind.length, 'source')} cannot be read`),
    ...of(news.resolved.length, `${counted(news.resolved.length, 'problem')} resolved`),
    ...of(news.regained.length, `${counted(news.regained.length, 'source')} readable again`),
    ...of(endedExceptions.length, `${counted(endedExceptions.length, 'exception')} ended`),
  ];
}

/** The worst first; of those that are as bad what stops soonest, as the sections have it. */
function byUrgency(problems: readonly ProblemChange[], now: Date): readonly ProblemChange[] {
  const rank = ({ finding }: ProblemChange) =>
    SEVERITIES.indexOf(finding.severity) * STOPS.length + STOPS.indexOf(stopOf(finding, now));
  return [...problems].sort((a, b) => rank(a) - rank(b));
}

/** Problems of one phrase are counted together: those that end within the same step, else those of the same kind. */
function phraseOf(finding: Finding, now: Date): Phrase {
  const end = endOf(finding);
  const { kind } = finding.subject;
  const stop = stopOf(finding, now);
  if (stop === 'events') {
    return { key: 'events', say: (count) => counted(count, 'security event') };
  }
  const [singular, plural] = NOUNS[kind];
  if (stop === 'failing' && (end === undefined || end > now)) {
    return {
      key: `failing ${kind}`,
      say: (count) => `${count} ${count === 1 ? `${singular} is` : `${plural} are`} failing`,
    };
  }
  if (end === undefined) {
    return {
      key: `kind ${kind}`,
      say: (count) => `${count} ${count === 1 ? `${singular} needs` : `${plural} need`} attention`,
    };
  }
  if (stop === 'attention') {
    return { key: 'replaced', say: (count) => `${counted(count, 'replaced credential')} can be removed` };
  }
  const daysLeft = (end.getTime() - now.getTime()) / daysInMs(1);
  if (daysLeft <= 0) {
    return {
      key: 'expired',
      say: (count) => `${counted(count, 'credential')} ${count === 1 ? 'has' : 'have'} expired`,
    };
  }
  const within = STEPS.find((step) => daysLeft <= step);
  const when = within === undefined ? 'later' : within === 1 ? 'within a day' : `within ${within} days`;
  return { key: when, say: (count) => `${counted(count, 'credential')} ${count === 1 ? 'expires' : 'expire'} ${when}` };
}

/** Days; the steps of the severities, and those people plan in. */
const STEPS = [1, 7, 14, 30, 60, 90];

interface Phrase {
  readonly key: string;
  readonly say: (count: number) => string;
}

/** Workspaces that what is bad concerns, `authentication` where none is known by name. */
function placesOf({ news: { problems, blind, resolved, regained } }: Message): string {
  const bad = [...problems, ...blind];
  const names = new Set(
    (bad.length > 0 ? bad : [...resolved, ...regained]).flatMap(({ finding }) => workspacesOf(finding)),
  );
  const [first, second, ...others] = [...names].map((name) => singleLine(asciiPunctuation(name), 30));
  if (first === undefined) {
    return 'authentication';
  }
  return (
    [first, ...(second === undefined ? [] : [second])].join(', ') +
    (others.length > 0 ? ` and ${others.length} more` : '')
  );
}

function workspacesOf({ evidence, scope }: Finding): readonly string[] {
  const own = workspaceIn(scope);
  return own === undefined ? textsIn(evidence, 'workspaces') : [own];
}
