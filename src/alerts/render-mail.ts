/** From a message to a mail: subject, plain text and HTML say the same things, the most urgent first, within a bound. */
import { SEVERITIES } from '../audit/finding';
import { STOPS } from '../audit/stops-when';
import type { Attachment } from '../storage/alerts';
import { csvOf } from './mail-csv';
import {
  sectionsOf,
  standing,
  type MailItem,
  type MailRun,
  type MailSection,
  type SectionName,
  type Tone,
} from './mail-content';
import { htmlItem, htmlOf } from './mail-html';
import { subjectOf, summaryOf } from './mail-summary';
import { textItem, textOf, type MailFrame, type RenderedSection } from './mail-text';
import { moment } from './mail-time';
import type { Message } from './message';
import { httpsLink, singleLine } from './safe-text';

export interface Mail {
  readonly subject: string;
  readonly plainText: string;
  readonly html: string;
  /** A table of all items, where the mail itself has not room for all. */
  readonly attachments: readonly Attachment[];
}

/**
 * Gmail hides what is beyond 102 kB; each part of a mail stays below 100 kB, this much of it for the items. The frame
 * takes at most 19 kB.
 */
const ITEMS_LIMIT_BYTES = 80_000;

/** UTF-16 units: two or three lines; the sections below say the rest. */
const HEADLINE_LIMIT = 130;
const NOTICE_LIMIT = 400;
const NOTICES_SHOWN = 4;

/** In this order sections get their room. What cannot be read is short and must not be pushed out by much bad news. */
const ROOM_ORDER: readonly SectionName[] = ['blind', ...STOPS, 'exceptions', 'recovered'];

/** Pure: the same message and run make the same mail. */
export function renderMail(message: Message, run: MailRun): Mail {
  const sections = sectionsOf(message, run);
  const fitted = fit(sections);
  const isCut = fitted.some(({ more }) => more !== '');
  const table = `synapse-audit-${run.runId}.csv`;
  const subject = subjectOf(message, run);
  const frame = frameOf(message, run, sections, isCut ? table : undefined);
  return {
    subject,
    plainText: textOf(
      frame,
      fitted.map(({ text, ...section }) => ({ ...section, items: text })),
    ),
    html: htmlOf(
      subject,
      frame,
      fitted.map(({ html, ...section }) => ({ ...section, items: html })),
    ),
    attachments: isCut ? [{ name: table, contentType: 'text/csv', text: csvOf(sections, run) }] : [],
  };
}

function frameOf(
  message: Message,
  run: MailRun,
  sections: readonly MailSection[],
  table: string | undefined,
): MailFrame {
  const { audience, kind, notices } = message;
  const forOwner = audience === 'owner';
  const listed =
    kind === 'digest'
      ? 'It is the first: listed is how things stand.'
      : 'Listed is what changed since the audit before.';
  return {
    tone: worstTone(sections.flatMap(({ items }) => items)),
    headline: summaryOf(message, run, HEADLINE_LIMIT),
    notices: noticesOf(notices),
    overview: sections.map(({ title, items }) => ({ title, count: items.length, tone: worstTone(items) })),
    about: [
      // How the whole tenant stands is none of an owner's business.
      forOwner ? 'You get this mail because you own, or answer for, what is listed here.' : standing(run),
      `Tenant ${run.tenantId}, audited ${moment(run.finishedAt, run.timeZone)}. ${listed}`,
    ],
    reportLink: httpsLink(run.reportUrl),
    muting: sections.some(({ items }) => items.some(({ fingerprint }) => fingerprint !== undefined))
      ? mutingWith(run)
      : undefined,
    closing: [
      ...(table === undefined ? [] : [`All items are in the attached table ${table}.`]),
      `Each change is mailed once. The report of run ${run.runId} has ${forOwner ? 'the rest' : 'every finding'}, with all names whole.`,
    ],
  };
}

/** What was lost outranks what recovered, and any problem what could not be looked at. */
const TONES_BY_URGENCY: readonly Tone[] = ['critical', 'high', 'medium', 'low', 'blind', 'info', 'good'];

function worstTone(items: readonly MailItem[]): Tone {
  return TONES_BY_URGENCY.find((tone) => items.some((item) => item.tone === tone)) ?? 'info';
}

function noticesOf(notices: readonly string[]): readonly string[] {
  const shown = notices.slice(0, NOTICES_SHOWN).map((notice) => singleLine(notice, NOTICE_LIMIT));
  const more = notices.length - shown.length;
  return more > 0 ? [...shown, `And ${more} more such ${more === 1 ? 'notice' : 'notices'}.`] : shown;
}

/** What mutes is a command: a link that did would be followed by mail scanners. */
function mutingWith(run: MailRun): MailFrame['muting'] {
  const link = httpsLink(run.muteUrl?.(''));
  const url = link === undefined ? undefined : new URL(link);
  const body = '{"match":{"fingerprint":"FINGERPRINT"},"reason":"WHY","author":"YOU","days":30}';
  return {
    sentence:
      'To mute an item for 7, 14, 30 or 90 days, send this with its fingerprint to the auditor. Mails then leave the item out; the report goes on showing it.',
    command:
      url === undefined
        ? `POST /api/exceptions ${body}`
        : `curl -X POST ${url.origin}${url.pathname} -H "x-functions-key: KEY" -H "content-type: application/json" -d '${body}'`,
  };
}

interface FittedSection extends Omit<RenderedSection, 'items'> {
  readonly text: readonly string[];
  readonly html: readonly string[];
}

/** As many items as there is room for; the others are counted. */
function fit(sections: readonly MailSection[]): readonly FittedSection[] {
  const fitted = new Map<SectionName, FittedSection>();
  let room = ITEMS_LIMIT_BYTES;
  const byRoom = [...sections].sort((a, b) => ROOM_ORDER.indexOf(a.name) - ROOM_ORDER.indexOf(b.name));
  for (const { name, title, items } of byRoom) {
    const text: string[] = [];
    const html: string[] = [];
    for (const item of items) {
      const rendered = { text: textItem(item), html: htmlItem(item) };
      const size = Math.max(Buffer.byteLength(rendered.text), Buffer.byteLength(rendered.html)) + SEPARATOR_BYTES;
      if (size > room) {
        break;
      }
      room -= size;
      text.push(rendered.text);
      html.push(rendered.html);
    }
    fitted.set(name, { title, text, html, more: more(items.slice(text.length)) });
  }
  return sections.flatMap(({ name }) => fitted.get(name) ?? []);
}

const SEPARATOR_BYTES = 2;

/** `and 214 more in the attached table (3 medium, 211 low).` */
function more(items: readonly MailItem[]): string {
  if (items.length === 0) {
    return '';
  }
  const counts = SEVERITIES.flatMap((severity) => {
    const count = items.filter(({ tone }) => tone === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  return `and ${items.length} more in the attached table${counts.length > 0 ? ` (${counts.join(', ')})` : ''}.`;
}
