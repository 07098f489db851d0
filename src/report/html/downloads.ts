/** The same in other shapes, and what leads on. */
import type { Format } from '../formats';
import { html, type Html } from './html';
import { apiLink, parametersOf } from './links';
import type { PageInput } from './page-input';

const FORMAT_WORDS: readonly (readonly [format: Format, name: string, use: string])[] = [
  ['json', 'JSON', 'for programs'],
  ['csv', 'CSV', 'for spreadsheets'],
  ['ocsf', 'OCSF', 'for a SIEM'],
  ['sarif', 'SARIF', 'for code scanning'],
  ['text', 'Text', 'for a terminal'],
];

export function renderDownloads({ report, filters, place }: PageInput): Html {
  const { runId, previousRunId } = report;
  const asked = Object.fromEntries(parametersOf(filters));
  return html`<ul class="downloads">
${FORMAT_WORDS.map(
  ([
    format,
    name,
    use,
  ]) => html`<li><a href="${apiLink(place, `report/${runId}`, { ...asked, format })}" download="report-${runId}.${format === 'text' ? 'txt' : format === 'csv' ? 'csv' : `${format === 'json' ? '' : `${format}.`}json`}">${name}</a> <span class="dim">${use}</span></li>
`,
)}
<li><a href="${apiLink(place, 'reports')}">History</a> <span class="dim">all audits</span></li>
${previousRunId !== null && html`<li><a href="${apiLink(place, 'report/diff', { from: previousRunId, to: runId })}">Changes</a> <span class="dim">since the run before</span></li>`}
<li><a href="${apiLink(place, 'status')}">Status</a> <span class="dim">for monitors</span></li>
<li><a href="${apiLink(place, 'exceptions')}">Exceptions</a> <span class="dim">what is muted</span></li>
<li><a href="${apiLink(place, 'openapi.json')}">openapi.json</a> <span class="dim">all of this, described</span></li>
</ul>`;
}
