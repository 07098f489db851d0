/** Names come from the tenant, where anybody may have chosen them: nothing of them may act in a mail. */
import { clip } from '../audit/wording';

export { clip };

/**
 * One line without anything that acts instead of being shown: line breaks and control characters become blanks (no
 * header can be forged), invisible format characters go (direction overrides show "exe.txt" for "txt.exe"), half
 * characters too, and `://` is parted so that mail clients make no link of a name.
 *
 * @param limit greatest length in UTF-16 units; what is longer ends in "..."
 */
export function singleLine(text: string, limit: number): string {
  return clip(shown(text).replace(/:\/\//g, ': //').replace(/\s+/g, ' ').trim(), limit);
}

/** Like {@link singleLine}, but keeps line breaks and addresses: for remedies, which are copied as they are. */
export function multiLine(text: string, limit: number): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => shown(line).trimEnd());
  return clip(lines.join('\n').trim(), limit);
}

/** Quotes, dashes and dots that any terminal and mail client shows; letters stay as they are. */
export function asciiPunctuation(text: string): string {
  return text
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚]/g, "'")
    .replace(/[–—−]/g, '-')
    .replace(/…/g, '...')
    .replace(/→/g, '->')
    .replace(/≤/g, '<=')
    .replace(/≥/g, '>=')
    .replace(/·/g, '-')
    .replace(/\u00A0/g, ' ');
}

/** Safe between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** `address` where it is an https address without credentials in it, else `undefined`: no other link is ever offered. */
export function httpsLink(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) {
    return undefined;
  }
  const url = new URL(address);
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url.href : undefined;
}

/** `address` where it is a page of this portal over https, else `undefined`. */
export function portalLink(address: string | undefined, portal: string): string | undefined {
  const link = httpsLink(address);
  return link !== undefined && URL.canParse(portal) && new URL(link).origin === new URL(portal).origin
    ? link
    : undefined;
}

function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/[\p{Cf}\p{Cs}]/gu, '');
}
