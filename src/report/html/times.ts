/** Times as the page tells them: in words for people, exactly beside it. */
import { counted } from '../../audit/wording';
import { html, type Html } from './html';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `in 3 hours`, `6 days ago`: whole units, rounded down, days from two of them on. */
export function inWords(iso: string, now: Date): string {
  const distance = Date.parse(iso) - now.getTime();
  if (Number.isNaN(distance)) {
    return iso;
  }
  const span = spanInWords(Math.abs(distance));
  if (span === undefined) {
    return distance > 0 ? 'within a minute' : 'just now';
  }
  return distance > 0 ? `in ${span}` : `${span} ago`;
}

function spanInWords(milliseconds: number): string | undefined {
  if (milliseconds < MINUTE) {
    return undefined;
  }
  if (milliseconds < HOUR) {
    return counted(Math.floor(milliseconds / MINUTE), 'minute');
  }
  return milliseconds < 2 * DAY
    ? counted(Math.floor(milliseconds / HOUR), 'hour')
    : counted(Math.floor(milliseconds / DAY), 'day');
}

/** `26 Nov 2026` (UTC) */
export function dayInWords(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}

/** `26 Nov` (UTC) */
export function shortDay(date: Date): string {
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
}

/** `26 Nov 2026, 18:09 UTC` */
export function exactly(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${dayInWords(iso)}, ${date.toISOString().slice(11, 16)} UTC`;
}

/** How long ago or ahead; the script keeps it up to date, and the exact time is its title. */
export function relativeTime(iso: string, now: Date): Html {
  return html`<time datetime="${iso}" title="${exactly(iso)}" data-relative>${inWords(iso, now)}</time>`;
}

export function exactTime(iso: string): Html {
  return html`<time datetime="${iso}">${exactly(iso)}</time>`;
}

export function dayTime(iso: string): Html {
  return html`<time datetime="${iso}" title="${exactly(iso)}">${dayInWords(iso)}</time>`;
}
