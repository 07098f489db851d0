/** What breaks next: the next 90 days as a picture, and the same as a table. */
import type { Expiry } from '../../audit/overview';
import { counted } from '../../audit/wording';
import { findingLink } from './finding-link';
import { html, link, type Html } from './html';
import { icon, severityMark } from './marks';
import type { PageInput } from './page-input';
import { exactTime, relativeTime } from './times';
import { renderTimeline } from './timeline';

/** At once, and unfolded: an overview may hold hundreds. */
const ROWS = 8;
const MOST_ROWS = 100;

export function renderExpiries(input: PageInput): Html {
  const { overview, now } = input;
  if (overview === null) {
    return html`<p class="calm">${icon('off')}<span>This report is of a version that kept no list of what ends. The next audit makes one.</span></p>`;
  }
  const coming = overview.expiries.items.filter(({ endsAt }) => Date.parse(endsAt) > now.getTime());
  const ended = overview.ended.total + overview.expiries.items.length - coming.length;
  if (coming.length === 0) {
    const isSure = input.report.overall !== 'incomplete';
    return html`<p class="calm">${icon(isSure ? 'good' : 'blind')}<span>Nothing that was read ends within 90 days${ended > 0 && `; ${counted(ended, 'end')} ${ended === 1 ? 'is' : 'are'} past`}${!isSure && html`, but <a href="#coverage">not everything could be seen</a>`}.</span></p>`;
  }
  const first = coming.slice(0, ROWS);
  const rest = coming.slice(ROWS, MOST_ROWS);
  const unlisted =
    overview.expiries.total - overview.expiries.items.length + coming.length - first.length - rest.length;
  return html`${renderTimeline(overview, now)}
${table(input, first, 'What ends next')}
${rest.length > 0 && html`<details class="more"><summary>${rest.length} more within 90 days</summary>${table(input, rest, 'What ends later')}</details>`}
${unlisted > 0 && html`<p class="note">${unlisted.toLocaleString('en')} more are not listed here: they are in the findings.</p>`}`;
}

function table(input: PageInput, expiries: readonly Expiry[], caption: string): Html {
  return html`<table class="rows ends"><caption class="only-heard">${caption}</caption>
<thead><tr><th scope="col">When</th><th scope="col">Severity</th><th scope="col">What ends</th><th scope="col">What stops with it</th></tr></thead>
<tbody>${expiries.map((expiry) => row(input, expiry))}</tbody></table>`;
}

function row(input: PageInput, expiry: Expiry): Html {
  const { endsAt, isReplaced, name, severity, status, breaks } = expiry;
  return html`<tr${isReplaced && html` class="muted"`}>
<td class="when">${relativeTime(endsAt, input.now)}<span class="detail">${exactTime(endsAt)}</span></td>
<td class="severity">${status === 'fail' ? severityMark(severity) : html`<span class="mark dim">Not yet due</span>`}</td>
<td class="what"><bdi class="name">${link(findingLink(input, expiry), name)}</bdi>${isReplaced && html`<span class="detail">a newer one is in place</span>`}</td>
<td class="stops">${isReplaced ? 'nothing' : breaks.length === 0 ? html`<span class="dim">nothing that is known</span>` : html`<bdi>${breaks.join(', ')}</bdi>`}</td></tr>
`;
}
