/**
 * The HTML part of a mail. Tables and inline styles, as Outlook lays out with Word's engine and Gmail drops much of a
 * style sheet; the style sheet only turns the colours for clients that know dark mode, and makes room on narrow screens.
 * Nothing is loaded from anywhere.
 */
import type { MailItem, MailLink, Tone } from './mail-content';
import type { MailFrame, RenderedSection } from './mail-text';
import { escapeHtml } from './safe-text';

const SANS = "font-family:'Segoe UI',-apple-system,Helvetica,Arial,sans-serif";
const MONO = "font-family:Consolas,Menlo,'Courier New',monospace";
const INK = '#1b1f27';
const DIM = '#5b6472';
const BREAK = 'word-break:break-word;overflow-wrap:anywhere';
const TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0"';

/** Light and dark colour of each tone, at least 4.5:1 on its background (WCAG AA). */
const TONES: Readonly<Record<Tone, readonly [light: string, dark: string]>> = {
  critical: ['#a4161a', '#ff8f8f'],
  high: ['#a84300', '#ffb077'],
  medium: ['#7a5c00', '#e8c766'],
  low: ['#2b5f8a', '#8cc4f0'],
  info: ['#4b5563', '#b6bdc8'],
  blind: ['#5b4a8a', '#c3b4f2'],
  good: ['#256b45', '#85d3a8'],
};

/** Texts beside the colour, as nobody is to go by the colour alone. */
const TONE_NAMES: Readonly<Record<Tone, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'For information',
  blind: 'Not everything could be read',
  good: 'Good news',
};

const STYLE = [
  ':root{color-scheme:light dark;supported-color-schemes:light dark}',
  '@media (max-width:480px){.outer{padding:16px 8px!important}.card{padding:12px!important}',
  '.name,.value{display:block!important;width:auto!important}.name{padding:6px 0 0!important}.value{padding:0!important}}',
  '@media (prefers-color-scheme:dark){',
  '.page{background:#17191d!important}',
  '.card{background:#22252b!important;border-color:#363b44!important}',
  '.ink{color:#e8eaee!important}',
  '.dim{color:#a9b0bc!important}',
  '.code{background:#17191d!important;color:#e8eaee!important;border-color:#363b44!important}',
  '.link{color:#8cc4f0!important}',
  ...Object.entries(TONES).map(
    ([tone, [, dark]]) => `.${tone}{color:${dark}!important;border-left-color:${dark}!important}`,
  ),
  '}',
].join('');

export function htmlOf(subject: string, frame: MailFrame, sections: readonly RenderedSection[]): string {
  const { tone, headline, about, reportLink, closing } = frame;
  return [
    '<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(subject)}</title><style>${STYLE}</style></head>`,
    '<body class="page" style="margin:0;padding:0;background:#f3f4f6">',
    `<table ${TABLE} width="100%" class="page" style="background:#f3f4f6"><tr>`,
    '<td align="center" class="outer" style="padding:28px 12px">',
    // Outlook knows no greatest width.
    `<!--[if mso]><table ${TABLE} width="600"><tr><td><![endif]-->`,
    `<table ${TABLE} width="100%" style="max-width:600px"><tr>`,
    `<td align="left" style="${SANS};font-size:15px;line-height:1.5;${BREAK}">`,
    `<p class="dim" style="margin:0 0 14px;font-size:13px;color:${DIM}">Synapse authentication audit</p>`,
    `<p class="${tone}" style="margin:0 0 2px;font-size:13px;font-weight:600;color:${TONES[tone][0]}">${TONE_NAMES[tone]}</p>`,
    `<h1 class="ink" style="margin:0 0 14px;font-size:22px;line-height:1.3;font-weight:600;color:${INK}">${escapeHtml(headline)}</h1>`,
    ...noticesOf(frame),
    overviewOf(frame),
    ...about.map((line) => dim(line, 'margin:0 0 4px')),
    ...(reportLink === undefined
      ? []
      : [`<p style="margin:10px 0 0;font-size:14px">${anchor(reportLink, 'Open the whole report')}</p>`]),
    ...sections.map(htmlSection),
    '<p style="margin:28px 0 0;font-size:1px;line-height:1px">&#160;</p>',
    ...mutingOf(frame),
    ...closing.map((line) => dim(line, 'margin:8px 0 0')),
    '</td></tr></table>',
    '<!--[if mso]></td></tr></table><![endif]-->',
    '</td></tr></table></body></html>',
  ].join('\n');
}

function noticesOf({ notices }: MailFrame): readonly string[] {
  return notices.length === 0
    ? []
    : [
        card(
          'info',
          notices.map(
            (notice) => `<p class="ink" style="margin:0;font-size:14px;color:${INK}">${escapeHtml(notice)}</p>`,
          ),
        ),
      ];
}

/** What there is, in a glance: a line a section. */
function overviewOf({ overview }: MailFrame): string {
  const rows = overview.map(
    ({ title, count, tone }) =>
      `<tr><td class="${tone}" align="right" style="padding:1px 12px 1px 0;font-weight:600;color:${TONES[tone][0]}">${count}</td>` +
      `<td class="ink" style="padding:1px 0;color:${INK}">${escapeHtml(title)}</td></tr>`,
  );
  return rows.length === 0 ? '' : `<table ${TABLE} style="margin:0 0 14px;font-size:15px">${rows.join('')}</table>`;
}

function mutingOf({ muting }: MailFrame): readonly string[] {
  return muting === undefined
    ? []
    : [
        dim(muting.sentence, 'margin:0'),
        `<p class="ink" style="${MONO};margin:4px 0 0;font-size:12px;color:${INK}">${escapeHtml(muting.command)}</p>`,
      ];
}

function htmlSection({ title, items, more }: RenderedSection): string {
  const heading = `<h2 class="ink" style="margin:28px 0 10px;font-size:17px;font-weight:600;color:${INK}">${escapeHtml(title)}</h2>`;
  return `${heading}\n${items.join('\n')}\n${more === '' ? '' : dim(more, 'margin:4px 0 0')}`;
}

export function htmlItem({ tone, label, what, facts, remedy, links, fingerprint }: MailItem): string {
  const [colour] = TONES[tone];
  // What is the case stands out, what follows from it does not.
  const fact = /^.+?[.:] /.exec(what)?.[0] ?? what;
  const rest = what.slice(fact.length);
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><td class="dim name" valign="top" width="104" style="padding:2px 12px 0 0;color:${DIM}">${escapeHtml(name)}</td>` +
      `<td class="ink value" valign="top" style="padding:2px 0 0;color:${INK}">${escapeHtml(value)}</td></tr>`,
  );
  const steps = remedy.map(({ isCommand, text }) =>
    isCommand
      ? code(text)
      : `<p class="ink" style="margin:8px 0 0;font-size:14px;color:${INK}">${escapeHtml(text)}</p>`,
  );
  return card(tone, [
    `<p class="${tone}" style="margin:0 0 2px;font-size:12px;font-weight:600;color:${colour}">${escapeHtml(label)}</p>`,
    `<p class="ink" style="margin:0;color:${INK}"><span style="font-weight:${tone === 'good' ? 400 : 600}">${escapeHtml(fact)}</span>${escapeHtml(rest)}</p>`,
    ...(rows.length === 0 ? [] : [`<table ${TABLE} style="margin:6px 0 0;font-size:14px">${rows.join('')}</table>`]),
    ...steps,
    ...linksOf(links),
    ...(fingerprint === undefined
      ? []
      : [
          `<p class="dim" style="margin:8px 0 0;font-size:11px;color:${DIM}">Fingerprint ${escapeHtml(fingerprint)}</p>`,
        ]),
  ]);
}

function linksOf(links: readonly MailLink[]): readonly string[] {
  const anchors = links.map(({ text, address }) => anchor(address, escapeHtml(text)));
  return anchors.length === 0 ? [] : [`<p style="margin:10px 0 0;font-size:14px">${anchors.join(' &#160; ')}</p>`];
}

function card(tone: Tone, parts: readonly string[]): string {
  return [
    `<table ${TABLE} width="100%" style="margin:0 0 10px"><tr>`,
    `<td class="card ${tone}" style="padding:14px 16px;background:#ffffff;border:1px solid #dfe3e8;border-left:4px solid ${TONES[tone][0]};${BREAK}">`,
    ...parts,
    '</td></tr></table>',
  ].join('');
}

function code(text: string): string {
  return `<pre class="code" style="${MONO};margin:6px 0 0;padding:8px 10px;font-size:13px;line-height:1.45;background:#f3f4f6;color:${INK};border:1px solid #dfe3e8;white-space:pre-wrap;${BREAK}">${escapeHtml(text)}</pre>`;
}

function dim(text: string, margin: string): string {
  return `<p class="dim" style="${margin};font-size:13px;color:${DIM}">${escapeHtml(text)}</p>`;
}

/** @param text escaped already */
function anchor(address: string, text: string): string {
  return `<a class="link" href="${escapeHtml(address)}" style="color:#0b5cad">${text}</a>`;
}
