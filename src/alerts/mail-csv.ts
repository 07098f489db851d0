/** The items of a mail as a table: RFC 4180, for spreadsheets. */
import { endOf } from '../audit/ends';
import type { Finding } from '../audit/finding';
import { daysBetween } from '../audit/wording';
import { textsIn, type MailItem, type MailRun, type MailSection } from './mail-content';
import { clip, multiLine, portalLink, singleLine } from './safe-text';

/** Spreadsheets take a file without it for one of an old code page. */
const BYTE_ORDER_MARK = '\uFEFF';

/** UTF-16 units. */
const CELL_LIMIT = 2_000;

/** The mail service takes 10 MB a mail, of which Base64 costs a third. */
const TABLE_LIMIT_BYTES = 4_000_000;

type Column = readonly [title: string, cell: (row: Row) => string];

interface Row {
  readonly section: string;
  readonly item: MailItem;
  readonly finding: Finding | undefined;
  readonly run: MailRun;
}

const COLUMNS: readonly Column[] = [
  ['Section', ({ section }) => section],
  ['Urgency', ({ item }) => item.label],
  ['What', ({ finding, item }) => finding?.message ?? item.what],
  ['Kind', ({ finding }) => finding?.subject.kind ?? ''],
  ['Name', ({ finding }) => finding?.subject.name ?? ''],
  ['Id', ({ finding }) => finding?.subject.id ?? ''],
  ['Ends (UTC)', ({ finding }) => endIn(finding)?.toISOString() ?? ''],
  ['Days left', ({ finding, run }) => daysLeft(endIn(finding), run.finishedAt)],
  ['Workspaces', listed('workspaces')],
  ['Linked services', listed('linkedServices')],
  ['Pipelines', listed('pipelines')],
  ['Triggers', listed('triggers')],
  ['Roles', listed('roles')],
  ['Owners', listed('owners')],
  ['Check', ({ finding }) => finding?.checkId ?? ''],
  ['Fingerprint', ({ finding }) => finding?.fingerprint ?? ''],
];

/** Every item of every section, also those that the mail itself has; what is beyond 4 MB is counted in the last line. */
export function csvOf(sections: readonly MailSection[], run: MailRun): string {
  const titles = [...COLUMNS.map(([title]) => title), 'What to do', 'Portal'];
  const lines = [titles.map(cell).join(',')];
  const rows = sections.flatMap(({ title, items }) =>
    items.map((item): Row => ({ section: title, item, finding: item.finding, run })),
  );
  let room = TABLE_LIMIT_BYTES;
  for (const [index, row] of rows.entries()) {
    const line = lineOf(row);
    room -= Buffer.byteLength(line) + 2;
    if (room < 0) {
      lines.push(cell(`and ${rows.length - index} more in the report`) + ','.repeat(titles.length - 1));
      break;
    }
    lines.push(line);
  }
  return `${BYTE_ORDER_MARK}${lines.join('\r\n')}\r\n`;
}

function lineOf(row: Row): string {
  const { finding, run } = row;
  const texts = COLUMNS.map(([, textOf]) => singleLine(textOf(row), CELL_LIMIT));
  // Commands are copied as they are, and links followed.
  const remedy = multiLine(finding?.remediation ?? '', CELL_LIMIT);
  const link = clip(portalLink(finding?.subject.link, run.portal) ?? '', CELL_LIMIT);
  return [...texts, remedy, link].map(cell).join(',');
}

/**
 * Quoted, quotes doubled. What a spreadsheet would take for a formula is made text by an apostrophe, which it does not
 * show: https://owasp.org/www-community/attacks/CSV_Injection. Numbers stay numbers.
 */
export function cell(text: string): string {
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(text);
  // The wide ones are taken for the others in Chinese, Japanese and Korean versions.
  const acts = !isNumber && /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(text);
  return `"${(acts ? `'${text}` : text).replaceAll('"', '""')}"`;
}

function listed(key: string): Column[1] {
  return ({ finding }) => (finding === undefined ? '' : textsIn(finding.evidence, key).join('; '));
}

function endIn(finding: Finding | undefined): Date | undefined {
  return finding === undefined ? undefined : endOf(finding);
}

function daysLeft(end: Date | undefined, now: Date): string {
  return end === undefined ? '' : String(daysBetween(now, end));
}
