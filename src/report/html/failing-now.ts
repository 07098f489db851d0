/** What cannot sign in, or do its work, as it is. */
import type { Brief } from '../../audit/overview';
import { findingLink } from './finding-link';
import { html, type Html } from './html';
import { filteredLink, NO_FILTERS } from './links';
import { icon, severityMark } from './marks';
import { factOf, phrase } from './message';
import type { PageInput } from './page-input';

/** At once, and unfolded. */
const ROWS = 6;
const MOST_ROWS = 50;

export function renderFailingNow(input: PageInput): Html {
  const { overview, report, place } = input;
  if (overview === null) {
    return html`<p class="calm">${icon('off')}<span>This report is of a version that kept no list of what fails now: see the findings.</span></p>`;
  }
  const { total, items } = overview.failingNow;
  if (total === 0) {
    return report.overall === 'incomplete'
      ? html`<p class="calm">${icon('blind')}<span>Nothing is known to fail now, but <a href="#coverage">not everything could be seen</a>.</span></p>`
      : html`<p class="calm">${icon('good')}<span>Everything that was judged can sign in.</span></p>`;
  }
  const rest = items.slice(ROWS, MOST_ROWS);
  const unlisted = total - Math.min(items.length, MOST_ROWS);
  return html`${list(input, items.slice(0, ROWS))}
${rest.length > 0 && html`<details class="more"><summary>${rest.length} more fail now</summary>${list(input, rest)}</details>`}
${unlisted > 0 && html`<p class="note">${unlisted.toLocaleString('en')} more are among <a href="${filteredLink(place, { ...NO_FILTERS, statuses: ['fail'] })}">what fails</a>.</p>`}`;
}

function list(input: PageInput, briefs: readonly Brief[]): Html {
  return html`<ul class="briefs">${briefs.map(
    (
      brief,
    ) => html`<li>${severityMark(brief.severity)}<a href="${findingLink(input, brief)}">${phrase(factOf(brief.message))}</a></li>
`,
  )}</ul>`;
}
