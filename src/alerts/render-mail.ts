/** From news to a mail: subject, plain text and HTML say the same things, the most urgent first, within a bound. */
import { SEVERITIES } from '../audit/finding';
import { moment, sectionsOf, standing, type MailItem, type MailRun, type SectionName } from './mail-content';
import { htmlItem, htmlOf } from './mail-html';
import { subjectOf, summaryOf } from './mail-summary';
import { textItem, textOf, type MailFrame, type RenderedSection } from './mail-text';
import type { Message } from './message';
import type { News } from './news';
import { httpsLink } from './safe-text';

export interface Mail {
  readonly subject: string;
  readonly plainText: string;
  readonly html: string;
  readonly attachments: readonly { readonly name: string; readonly contentType: string; readonly text: string }[];
}

/** Gmail hides what is beyond 102 kB; each part of a mail stays below 100 kB, this much of it for the items. */
const ITEMS_LIMIT_BYTES = 90_000;

/** UTF-16 units: two or three lines; the sections below say the rest. */
const HEADLINE_LIMIT = 130;

/** In this order they are read. */
const READING_ORDER: readonly SectionName[] = ['problems', 'blind', 'resolved', 'regained'];

/** In this order they get their room. What cannot be read is short and must not be pushed out by much bad news. */
const ROOM_ORDER: readonly SectionName[] = ['blind', 'problems', 'resolved', 'regained'];

export function renderMail({ news }: Pick<Message, 'news'>, run: MailRun): Mail {
  const subject = subjectOf(news, run);
  const frame: MailFrame = {
    headline: summaryOf(news, run, HEADLINE_LIMIT),
    about: [
      standing(run),
      `Tenant ${run.tenantId}, run finished ${moment(run.finishedAt)}. ` +
        (run.baseRunId === null
          ? 'It is the first: everything it found is listed.'
          : 'Listed is what changed since the run before.'),
    ],
    reportLink: httpsLink(run.reportUrl),
    closing: `Each change is mailed once. The report of run ${run.runId} has every finding, with all names whole.`,
  };
  const sections = fit(news, run);
  return {
    subject,
    plainText: textOf(
      frame,
      sections.map(({ text, ...section }) => ({ ...section, items: text })),
    ),
    html: htmlOf(
      subject,
      frame,
      sections.map(({ html, ...section }) => ({ ...section, items: html })),
    ),
    attachments: [],
  };
}

interface FittedSection extends Omit<RenderedSection, 'items'> {
  readonly text: readonly string[];
  readonly html: readonly string[];
}

/** As many items as there is room for; the others are counted. A section without items is left out. */
function fit(news: News, run: MailRun): readonly FittedSection[] {
  const sections = sectionsOf(news, run);
  const fitted = new Map<SectionName, FittedSection>();
  let room = ITEMS_LIMIT_BYTES;
  for (const name of ROOM_ORDER) {
    const { title, items } = sections[name];
    const text: string[] = [];
    const html: string[] = [];
    for (const item of items) {
      const rendered = { text: textItem(item), html: htmlItem(item) };
      const size = Math.max(Buffer.byteLength(rendered.text), Buffer.byteLength(rendered.html));
      if (size > room) {
        break;
      }
      room -= size;
      text.push(rendered.text);
      html.push(rendered.html);
    }
    fitted.set(name, { title, text, html, more: more(items.slice(text.length)) });
  }
  return READING_ORDER.flatMap((name) => {
    const section = fitted.get(name);
    return section !== undefined && section.text.length + section.more.length > 0 ? [section] : [];
  });
}

/** `and 214 more in the report (3 medium, 211 low).` */
function more(items: readonly MailItem[]): string {
  if (items.length === 0) {
    return '';
  }
  const counts = SEVERITIES.flatMap((severity) => {
    const count = items.filter(({ tone }) => tone === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  return `and ${items.length} more in the report${counts.length > 0 ? ` (${counts.join(', ')})` : ''}.`;
}
