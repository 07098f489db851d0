/** The plain-text part of a mail: 76 columns, ASCII punctuation; commands unbroken and unchanged. */
import type { MailItem, Tone } from './mail-content';
import { asciiPunctuation } from './safe-text';

const COLUMNS = 76;

/** The frame around the items: everything that is said once. */
export interface MailFrame {
  /** Of the most urgent item. */
  readonly tone: Tone;
  readonly headline: string;
  /** Sentences; one line each. */
  readonly notices: readonly string[];
  /** What the sections hold, also what found no room in them. */
  readonly overview: readonly { readonly title: string; readonly count: number; readonly tone: Tone }[];
  readonly about: readonly string[];
  readonly reportLink: string | undefined;
  /** How an item is muted; missing where there is nothing to mute. */
  readonly muting: { readonly sentence: string; readonly command: string } | undefined;
  readonly closing: readonly string[];
}

/** Sections whose items are rendered already, with what did not fit said in a line. */
export interface RenderedSection {
  readonly title: string;
  readonly items: readonly string[];
  readonly more: string;
}

export function textOf(frame: MailFrame, sections: readonly RenderedSection[]): string {
  const parts = [
    wrap(frame.headline, ''),
    ...frame.notices.map((notice) => wrap(`Note: ${notice}`, '')),
    frame.overview.map(({ title, count }) => `${String(count).padStart(5)}  ${title}`).join('\n'),
    ...frame.about.map((line) => wrap(line, '')),
    ...sections.flatMap(({ title, items, more }) => [
      `${title.toUpperCase()}\n${'-'.repeat(title.length)}`,
      ...items,
      ...(more === '' ? [] : [wrap(more, '')]),
    ]),
    ...(frame.reportLink === undefined ? [] : [`Whole report: ${frame.reportLink}`]),
    ...(frame.muting === undefined ? [] : [`${wrap(frame.muting.sentence, '')}\n\n    ${frame.muting.command}`]),
    ...frame.closing.map((line) => wrap(line, '')),
  ];
  return `${parts.join('\n\n')}\n`;
}

export function textItem(item: MailItem): string {
  const indent = '  ';
  const lines = [
    wrap(`[${item.label}] ${item.what}`, indent).trimStart(),
    ...item.facts.map(({ name, value }) => wrap(`${name}: ${value}`, `${indent}  `).slice(indent.length)),
  ];
  if (item.remedy.length > 0) {
    lines.push('');
  }
  for (const { isCommand, text } of item.remedy) {
    lines.push(isCommand ? text.replace(/^/gm, `${indent}    `) : wrap(text, indent));
  }
  if (item.links.length > 0 || item.fingerprint !== undefined) {
    lines.push('');
  }
  lines.push(...item.links.map(({ text, address }) => `${indent}${text}: ${address}`));
  if (item.fingerprint !== undefined) {
    lines.push(`${indent}Fingerprint: ${item.fingerprint}`);
  }
  return lines.join('\n');
}

/** Breaks at blanks; a longer word stays whole. All lines but the first are indented once more. */
function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of asciiPunctuation(text).split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => indent + each).join('\n');
}
