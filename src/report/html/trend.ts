/** Failing findings of the last full audits, by severity: a column an audit, hatched where not everything was read. */
import { SEVERITIES } from '../../audit/finding';
import type { RunSummary } from '../../audit/overview';
import { html, type Html } from './html';
import { apiLink } from './links';
import { icon, SEVERITY_WORDS, swatch } from './marks';
import type { PageInput } from './page-input';
import { rounded } from './rounded';
import { exactTime, shortDay } from './times';

const HEIGHT = 150;
const FLOOR = 122;
const CEILING = 16;
/** Fewer runs are not drawn wider than this many. */
const LEAST = 10;

export function renderTrend({ trend, place }: PageInput): Html {
  if (trend.length < 2) {
    return html`<p class="calm">${icon('off')}<span>${trend.length === 0 ? 'No full audit is kept' : 'One full audit is kept'} so far: a trend needs two.</span></p>`;
  }
  const most = Math.max(1, ...trend.map(({ totals }) => totals.fail));
  const first = trend[0];
  const last = trend.at(-1);
  const label = `Failing findings of the last ${trend.length} full audits, from ${first?.totals.fail ?? 0} to ${last?.totals.fail ?? 0}. The table has each.`;
  return html`<figure class="trend"><svg width="100%" height="${HEIGHT}" role="img" aria-label="${label}">
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="2.5" height="6"/></pattern></defs>
<text x="0" y="${CEILING - 4}">${most.toLocaleString('en')} failing</text>
<line class="step" x1="0" x2="100%" y1="${CEILING}.5" y2="${CEILING}.5"/>
${trend.map((run, index) => bar(run, index, Math.max(trend.length, LEAST), most))}
<line class="axis" x1="0" x2="100%" y1="${FLOOR}.5" y2="${FLOOR}.5"/>
</svg><figcaption class="note legend">${SEVERITIES.map((severity) => swatch(severity, SEVERITY_WORDS[severity]))}${swatch('unread', 'Not everything could be read')}</figcaption></figure>
<details class="more"><summary>As a table</summary><div class="wide" tabindex="0" role="region" aria-label="Table of full audits"><table class="rows"><caption class="only-heard">Failing findings of each full audit</caption>
<thead><tr><th scope="col">Audit</th><th scope="col">Read</th>${SEVERITIES.map((severity) => html`<th scope="col" class="number">${severity}</th>`)}<th scope="col" class="number">not evaluated</th></tr></thead>
<tbody>${trend.toReversed().map(
    ({
      runId,
      startedAt,
      overall,
      severities,
      totals,
    }) => html`<tr><th scope="row"><a href="${apiLink(place, `report/${runId}`)}">${exactTime(startedAt)}</a></th><td>${overall === 'incomplete' ? 'in part' : 'all'}</td>${SEVERITIES.map((severity) => html`<td class="number">${severities[severity].toLocaleString('en')}</td>`)}<td class="number">${totals.notEvaluated.toLocaleString('en')}</td></tr>
`,
  )}</tbody></table></div></details>`;
}

function bar(run: RunSummary, index: number, columns: number, most: number): Html {
  const width = rounded((100 / columns) * 0.72);
  const x = rounded((100 / columns) * (index + 0.14));
  const isIncomplete = run.overall === 'incomplete';
  let y = FLOOR;
  const parts = SEVERITIES.filter((severity) => run.severities[severity] > 0).map((severity) => {
    const height = rounded((run.severities[severity] / most) * (FLOOR - CEILING));
    y = rounded(y - height);
    return html`<rect class="block tone-${severity}" x="${x}%" y="${y}" width="${width}%" height="${height}"/>`;
  });
  const isLabelled = index % Math.ceil(columns / 6) === 0;
  const title = `${run.startedAt.slice(0, 16).replace('T', ' ')} UTC: ${run.totals.fail} failing${isIncomplete ? `, ${run.totals.notEvaluated} not evaluated` : ''}`;
  return html`<g><title>${title}</title>${parts}${isIncomplete && html`<rect class="unread" x="${x}%" y="${CEILING}" width="${width}%" height="${rounded(y - CEILING)}" fill="url(#hatch)"/>`}${
    isLabelled && html`<text x="${x}%" y="${FLOOR + 18}">${shortDay(new Date(run.startedAt))}</text>`
  }</g>
`;
}
