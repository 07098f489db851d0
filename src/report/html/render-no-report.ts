/** What stands where no report can: never looks like a good one, and says what to do. */
import { renderDocument } from './document';
import { html } from './html';
import { apiLink } from './links';
import { icon, type Tone } from './marks';
import type { NoReportInput } from './page-input';

const LOOKS: Readonly<Record<NoReportInput['kind'], readonly [tone: Tone, label: string]>> = {
  neverRun: ['off', 'Never run'],
  running: ['stale', 'Under way'],
  failed: ['broken', 'No report'],
  notFound: ['off', 'Not found'],
  problem: ['broken', 'Error'],
};

export function renderNoReport({ title, detail, kind, place }: NoReportInput): string {
  const [tone, label] = LOOKS[kind];
  const isAboutOne = kind !== 'neverRun';
  return renderDocument(
    `${label}: ${title} · Synapse authentication`,
    html`<main class="verdict is-${kind}" id="content"><div class="inner">
<p class="product">Synapse authentication</p>
<p class="state"><span class="mark">${icon(tone)}<strong>${label}</strong></span></p>
<h1><bdi>${title}</bdi></h1>
<p class="lead"><bdi>${detail}</bdi></p>
${
  (kind === 'neverRun' || kind === 'failed') &&
  html`<p>Nothing is known about authentication until an audit has finished. Start one now, with the function key:</p>
<div class="command"><pre tabindex="0"><code>curl -X POST -H "x-functions-key: KEY" https://HOST/api/audit</code></pre></div>`
}
${isAboutOne && html`<p><a class="button" href="${apiLink(place, 'report')}">Open the latest report</a></p>`}
</div></main>`,
  );
}
