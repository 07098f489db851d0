/** The mails of the watch over the audits: what is the matter, since when, why as far as known, and what to do. Pure. */
import type { MailItem } from './mail-content';
import { htmlItem, htmlOf } from './mail-html';
import { textItem, textOf, type MailFrame } from './mail-text';
import { moment } from './mail-time';
import type { FailedRun, Overdue } from './overdue';
import type { Mail } from './render-mail';
import { singleLine } from './safe-text';

const FAILURES_LISTED = 5;

/** UTF-16 units. Messages quote what Azure answered. */
const MESSAGE_LIMIT = 1_000;

/** Whom a mail is for. */
export interface Reading {
  readonly tenantId: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** An audit that is missing. */
export function renderOutage(overdue: Overdue, now: Date, { tenantId, timeZone }: Reading): Mail {
  const at = (time: string) => moment(new Date(time), timeZone);
  const { kind, since, everRan, dueAt, failures } = overdue;
  const hours = Math.floor((now.getTime() - Date.parse(since)) / 3_600_000);
  const headline =
    kind === 'failed'
      ? 'The Synapse authentication audit fails: nothing new is found until it runs again'
      : 'The Synapse authentication audit does not run: nothing new is found until it does';
  const listed = failures.slice(0, FAILURES_LISTED);
  const more = failures.length > listed.length ? `and ${failures.length - listed.length} more that failed before.` : '';
  return mailOf(
    kind === 'failed'
      ? `Synapse audit fails: ${lastGood(everRan, hours)}`
      : `Synapse audit does not run: ${lastGood(everRan, hours)}`,
    {
      ...NOTHING_ELSE,
      tone: 'critical',
      headline,
      about: [
        everRan
          ? `The last good audit began ${at(since)}, ${hours} hours ago.`
          : `No audit has succeeded since the watch began ${at(since)}.`,
        ...(dueAt === null ? [] : [`One was due ${at(dueAt)}.`]),
        `Tenant ${singleLine(tenantId, 100)}.`,
        kind === 'failed'
          ? 'What to do: mend what the failed runs below say, then run an audit by POST /api/audit.'
          : 'What to do: see in the Azure portal whether the function nightly-audit is enabled and what its invocations say, then run an audit by POST /api/audit.',
      ],
      closing: ['This is mailed once a day until an audit succeeds, and then once more.'],
    },
    { title: 'Failed audits', items: listed.map((run) => itemOf(run, at)), more },
  );
}

/** The end of an outage. */
export function renderRunningAgain(
  { since, fullAuditAt }: { readonly since: string; readonly fullAuditAt: string },
  { tenantId, timeZone }: Reading,
): Mail {
  const at = (time: string) => moment(new Date(time), timeZone);
  return mailOf(
    'Synapse audit runs again',
    {
      ...NOTHING_ELSE,
      tone: 'good',
      headline: 'The Synapse authentication audit runs again',
      about: [
        `A full audit that began ${at(fullAuditAt)} has succeeded.`,
        `Before it there was none since ${at(since)}. What changed meanwhile is mailed as usual.`,
        `Tenant ${singleLine(tenantId, 100)}.`,
      ],
      closing: ['The outage is over; nothing is to be done.'],
    },
    { title: '', items: [], more: '' },
  );
}

/** The report is old, and its link would look as if it were not. */
const NOTHING_ELSE = { notices: [], overview: [], reportLink: undefined, muting: undefined } as const;

function lastGood(everRan: boolean, hours: number): string {
  return everRan ? `last good audit ${hours} hours ago` : 'no audit has succeeded yet';
}

function itemOf({ runId, startedAt, message }: FailedRun, at: (time: string) => string): MailItem {
  return {
    tone: 'critical',
    label: 'Failed',
    what: singleLine(message, MESSAGE_LIMIT),
    facts: [
      { name: 'Run', value: singleLine(runId, 100) },
      { name: 'Started', value: at(startedAt) },
    ],
    remedy: [],
    links: [],
  };
}

function mailOf(
  subject: string,
  frame: MailFrame,
  section: { readonly title: string; readonly items: readonly MailItem[]; readonly more: string },
): Mail {
  const of = (render: (item: MailItem) => string) =>
    section.items.length === 0 ? [] : [{ ...section, items: section.items.map(render) }];
  return {
    subject,
    plainText: textOf(frame, of(textItem)),
    html: htmlOf(subject, frame, of(htmlItem)),
    attachments: [],
  };
}
