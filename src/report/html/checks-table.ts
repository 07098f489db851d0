/** Every check that ran, and what it found. */
import { STATUSES, type Status } from '../../audit/finding';
import type { CheckSummary } from '../../audit/report';
import { html, type Html } from './html';
import { filteredLink, NO_FILTERS } from './links';
import { STATUS_WORDS } from './marks';
import type { PageInput } from './page-input';

export function renderChecks({ report, place }: PageInput): Html {
  const cell = (check: CheckSummary, status: Status): Html => {
    const total = check.totals[status];
    const shown = total.toLocaleString('en');
    const address = filteredLink(place, { ...NO_FILTERS, statuses: [status], checks: [check.id] });
    return html`<td class="number">${total === 0 ? html`<span class="dim">0</span>` : html`<a href="${address}">${shown}<span class="only-heard"> ${STATUS_WORDS[status].toLowerCase()} of ${check.id}</span></a>`}</td>`;
  };
  return html`<div class="wide" tabindex="0" role="region" aria-label="Table of checks"><table class="rows checks"><caption class="only-heard">Checks and what they found</caption>
<thead><tr><th scope="col">Check</th>${STATUSES.map((status) => html`<th scope="col" class="number">${STATUS_WORDS[status]}</th>`)}</tr></thead>
<tbody>${report.checks.map(
    (
      check,
    ) => html`<tr><th scope="row"><span class="title">${check.title}</span><code class="detail">${check.id}</code></th>${STATUSES.map((status) => cell(check, status))}</tr>
`,
  )}</tbody></table></div>`;
}
