/**
 * The HTML part of a mail. Tables and inline styles, as Outlook lays out with Word's engine and Gmail drops much of a
 * style sheet; the style sheet only turns the colours for clients that know dark mode. Nothing is loaded from anywhere.
 */
import type { MailItem, Tone } from './mail-content';
import type { MailFrame, RenderedSection } from './mail-text';
import { escapeHtml } from './safe-text';

const SANS = "font-family:'Segoe UI',-apple-system,Helvetica,Arial,sans-serif";
const MONO = "font-family:Consolas,Menlo,'Courier New',monospace";

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

const STYLE = [
  ':root{color-scheme:light dark;supported-color-schemes:light dark}',
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
  const { headline, about, reportLink, closing } = frame;
  return [
    '<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(subject)}</title><style>${STYLE}</style></head>`,
    '<body class="page" style="margin:0;padding:0;background:#f3f4f6">',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="page" style="background:#f3f4f6"><tr>',
    '<td align="center" style="padding:28px 12px">',
    '<table role="presentation" width="680" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:680px"><tr>',
    `<td align="left" style="${SANS};font-size:15px;line-height:1.5">`,
    `<p class="dim" style="margin:0 0 6px;font-size:13px;color:#5b6472">Synapse authentication audit</p>`,
    `<h1 class="ink" style="margin:0 0 10px;font-size:22px;line-height:1.3;font-weight:600;color:#1b1f27">${escapeHtml(headline)}</h1>`,
    ...about.map(
      (line) => `<p class="dim" style="margin:0 0 4px;font-size:14px;color:#5b6472">${escapeHtml(line)}</p>`,
    ),
    ...(reportLink === undefined
      ? []
      : [`<p style="margin:10px 0 0">${anchor(reportLink, 'Open the whole report')}</p>`]),
    ...sections.map(htmlSection),
    `<p class="dim" style="margin:28px 0 0;font-size:12px;color:#5b6472">${escapeHtml(closing)}</p>`,
    '</td></tr></table></td></tr></table></body></html>',
  ].join('\n');
}

function htmlSection({ title, items, more }: RenderedSection): string {
  const heading = `<h2 class="ink" style="margin:28px 0 10px;font-size:16px;font-weight:600;color:#1b1f27">${escapeHtml(title)}</h2>`;
  const rest =
    more === '' ? '' : `<p class="dim" style="margin:4px 0 0;font-size:14px;color:#5b6472">${escapeHtml(more)}</p>`;
  return `${heading}\n${items.join('\n')}\n${rest}`;
}

export function htmlItem({ tone, label, what, facts, remedy, link }: MailItem): string {
  const [colour] = TONES[tone];
  // What is the case stands out, what follows from it does not.
  const fact = /^.+?[.:] /.exec(what)?.[0] ?? what;
  const rest = what.slice(fact.length);
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><td class="dim" valign="top" width="96" style="padding:2px 12px 0 0;color:#5b6472">${escapeHtml(name)}</td>` +
      `<td class="ink" valign="top" style="padding:2px 0 0;color:#1b1f27;word-break:break-word">${escapeHtml(value)}</td></tr>`,
  );
  const steps = remedy.map(({ isCommand, text }) =>
    isCommand
      ? `<pre class="code" style="${MONO};margin:6px 0 0;padding:8px 10px;font-size:13px;line-height:1.45;background:#f3f4f6;color:#1b1f27;border:1px solid #dfe3e8;white-space:pre-wrap;word-break:break-word">${escapeHtml(text)}</pre>`
      : `<p class="ink" style="margin:8px 0 0;font-size:14px;color:#1b1f27">${escapeHtml(text)}</p>`,
  );
  return [
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 10px"><tr>',
    `<td class="card ${tone}" style="padding:14px 16px;background:#ffffff;border:1px solid #dfe3e8;border-left:4px solid ${colour}">`,
    `<p class="${tone}" style="margin:0 0 2px;font-size:12px;font-weight:600;color:${colour}">${escapeHtml(label)}</p>`,
    `<p class="ink" style="margin:0;color:#1b1f27;word-break:break-word"><span style="font-weight:${tone === 'good' ? 400 : 600}">${escapeHtml(fact)}</span>${escapeHtml(rest)}</p>`,
    `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:6px 0 0;font-size:14px">${rows.join('')}</table>`,
    ...steps,
    ...(link === undefined
      ? []
      : [`<p style="margin:10px 0 0;font-size:14px">${anchor(link, 'Open in the Azure portal')}</p>`]),
    '</td></tr></table>',
  ].join('');
}

function anchor(address: string, text: string): string {
  return `<a class="link" href="${escapeHtml(address)}" style="color:#0b5cad">${text}</a>`;
}
