/**
 * Ends of the next 90 days as a picture: a column a day, a block an end, taller where more severe. Places are percentages, so
 * that it fits any width without a script and keeps its letters readable.
 */
import { SEVERITIES, type Severity } from '../../audit/finding';
import type { Expiry, Overview } from '../../audit/overview';
import { daysInMs } from '../../audit/wording';
import { html, type Html } from './html';
import { SEVERITY_WORDS, swatch } from './marks';
import { rounded } from './rounded';
import { shortDay } from './times';

const DAYS = 90;
/** Days of which something is said, with what it means where alerts go out. */
const STEPS = [7, 14, 30, 60, 90] as const;

/** Left of today stands what has ended. */
const TODAY = 7;
const END = 98;
const HEIGHT = 132;
const FLOOR = 104;
const CEILING = 18;
const GAP = 2;

const BLOCKS: Readonly<Record<Severity | 'calm', number>> = {
  critical: 18,
  high: 14,
  medium: 10,
  low: 7,
  info: 5,
  calm: 5,
};

interface Block {
  readonly height: number;
  readonly className: string;
  readonly title: string;
}

export function renderTimeline(overview: Pick<Overview, 'expiries' | 'ended'>, now: Date): Html {
  const { total, items: expiries } = overview.expiries;
  const columns = new Map<number, Expiry[]>();
  for (const expiry of [...overview.ended.items, ...expiries]) {
    const days = Math.floor((Date.parse(expiry.endsAt) - now.getTime()) / daysInMs(1));
    const column = days < 0 ? -1 : days;
    if (column <= DAYS) {
      columns.set(column, [...(columns.get(column) ?? []), expiry]);
    }
  }
  const unlisted = overview.ended.total - overview.ended.items.length;
  const ended = (columns.get(-1)?.length ?? 0) + unlisted;
  const within = (days: number) => expiries.filter((expiry) => isWithin(expiry, days, now)).length;
  const of = total > expiries.length ? `Of the ${expiries.length} soonest of ${total}: ends within` : 'Ends within';
  const label = `${of} 7 days: ${within(7)}, 14 days: ${within(14)}, 30 days: ${within(30)}, 90 days: ${within(90)}; ended: ${ended}. The table has each.`;
  return html`<figure class="timeline"><svg width="100%" height="${HEIGHT}" role="img" aria-label="${label}">
<rect class="near" x="${TODAY}%" y="${CEILING - 4}" width="${placeOf(7) - TODAY}%" height="${FLOOR - CEILING + 4}"/>
<line class="axis" x1="0" x2="100%" y1="${FLOOR}.5" y2="${FLOOR}.5"/>
<line class="today" x1="${TODAY}%" x2="${TODAY}%" y1="${CEILING - 4}" y2="${FLOOR + 5}"/>
<text class="strong" x="${TODAY}%" y="${FLOOR + 18}" text-anchor="middle">Today</text>
${ended > 0 && html`<text x="0" y="10">Ended</text>`}
${STEPS.map((days) => step(days, now))}
${[...columns].map(([day, ends]) => column(day, ends, day < 0 ? unlisted : 0))}
</svg><figcaption class="note legend">${SEVERITIES.map((severity) => swatch(severity, SEVERITY_WORDS[severity]))}${swatch('calm', 'Not yet due')}${swatch('hollow', 'A newer one is in place')}</figcaption></figure>`;
}

function isWithin({ endsAt }: Expiry, days: number, now: Date): boolean {
  const left = Date.parse(endsAt) - now.getTime();
  return left > 0 && left <= daysInMs(days);
}

function placeOf(day: number): number {
  return rounded(TODAY + ((END - TODAY) * day) / DAYS);
}

function step(days: number, now: Date): Html {
  const x = placeOf(days);
  return html`<line class="step" x1="${x}%" x2="${x}%" y1="${CEILING - 4}" y2="${FLOOR + 5}"/>
<text x="${x}%" y="${FLOOR + 18}" text-anchor="${days === DAYS ? 'end' : 'middle'}">${days === DAYS ? `${days} days` : days}</text>
<text class="date" x="${x}%" y="10" text-anchor="${days === DAYS ? 'end' : 'middle'}">${shortDay(new Date(now.getTime() + daysInMs(days)))}</text>`;
}

/** The most severe at the bottom; what does not fit, or was left out, becomes a number. */
function column(day: number, ends: readonly Expiry[], unlisted: number): Html {
  const blocks = ends.map(blockOf).sort((a, b) => b.height - a.height);
  const width = rounded(((END - TODAY) / DAYS) * 0.8);
  const x = day < 0 ? 0.6 : rounded(placeOf(day) + 0.1);
  let y = FLOOR;
  const drawn: Html[] = [];
  for (const [index, { height, className, title }] of blocks.entries()) {
    if (y - height - GAP < CEILING + 10 && index < blocks.length - 1) {
      drawn.push(html`<text class="rest" x="${x}%" y="${y - 4}">+${blocks.length - index + unlisted}</text>`);
      break;
    }
    y -= height + GAP;
    drawn.push(
      html`<rect class="block ${className}" x="${x}%" y="${y}" width="${day < 0 ? width * 2 : width}%" height="${height}" rx="1.5"><title>${title}</title></rect>`,
    );
  }
  return html`<g>${drawn}</g>`;
}

function blockOf({ severity, status, name, endsAt, isReplaced }: Expiry): Block {
  const kind = status === 'fail' ? severity : 'calm';
  return {
    height: BLOCKS[kind],
    className: isReplaced ? 'hollow' : `tone-${kind}`,
    title: `${name}: ${endsAt.slice(0, 10)}, ${isReplaced ? 'replaced' : status === 'fail' ? severity : 'not yet due'}`,
  };
}
