/** The report as a page: a verdict, what follows from it, and everything behind it. Pure: a text of what it is given. */
import { counted } from '../../audit/wording';
import { renderChecks } from './checks-table';
import { renderCoverage } from './coverage';
import { renderDocument } from './document';
import { renderDownloads } from './downloads';
import { renderExpiries } from './expiries';
import { renderFailingNow } from './failing-now';
import { renderFindings } from './findings';
import { renderGlance } from './glance';
import { renderGroups } from './groups';
import { html, type Fragment, type Html } from './html';
import { apiLink } from './links';
import { icon, type Tone } from './marks';
import type { PageInput } from './page-input';
import { exactTime } from './times';
import { renderTrend } from './trend';
import { verdictOf, type State, type Verdict } from './verdict';

export type { NoReportInput, PageFilters, PageInput, PagePlace, PageStatus } from './page-input';

const TONES: Readonly<Record<State, Tone>> = {
  clean: 'good',
  attention: 'critical',
  incomplete: 'blind',
  stale: 'stale',
  failed: 'broken',
};

interface Part {
  readonly id: string;
  readonly title: string;
  readonly count?: number;
  readonly content: Fragment;
}

export function renderPage(input: PageInput): string {
  const verdict = verdictOf(input);
  const parts = partsOf(input);
  return renderDocument(
    `${verdict.title} · Synapse authentication`,
    html`<a class="skip" href="#content">Skip to the report</a>
${header(input, verdict)}
<div class="frame">
<nav class="contents" aria-label="Contents"><ul>${parts.map(({ id, title, count }) => html`<li><a href="#${id}">${title}${count !== undefined && html` <span class="dim">${count.toLocaleString('en')}</span>`}</a></li>`)}</ul></nav>
<main id="content" tabindex="-1">
${parts.map(
  ({ id, title, content }) => html`<section class="part" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}</section>
`,
)}
</main>
</div>
${footer(input)}`,
  );
}

function header(input: PageInput, { state, label, headline, notices }: Verdict): Html {
  const { isLatest, place } = input;
  const look = isLatest ? state : `older is-${state}`;
  return html`<header class="verdict is-${look}"><div class="inner">
<p class="product">Synapse authentication</p>
<p class="state"><span class="mark">${icon(isLatest ? TONES[state] : 'stale')}<strong>${label}</strong></span></p>
<h1><bdi>${headline}</bdi></h1>
${notices.length > 0 && html`<ul class="notices">${notices.map((notice) => html`<li><bdi>${notice}</bdi></li>`)}</ul>`}
${!isLatest && html`<p><a class="button" href="${apiLink(place, 'report')}">Open the latest report</a></p>`}
${renderGlance(input)}
</div></header>`;
}

function partsOf(input: PageInput): readonly Part[] {
  const { report, overview } = input;
  const gaps = Object.values(report.coverage).filter((state) => state !== 'collected').length;
  const now: Part = {
    id: 'now',
    title: 'Failing now',
    ...(overview !== null && { count: overview.failingNow.total }),
    content: renderFailingNow(input),
  };
  const next: Part = { id: 'next', title: 'What breaks next', content: renderExpiries(input) };
  const coverage: Part = {
    id: 'coverage',
    title: gaps > 0 ? 'Could not be seen' : 'Coverage',
    ...(gaps > 0 && { count: gaps }),
    content: renderCoverage(input),
  };
  const { fail, notEvaluated } = report.totals;
  return [
    now,
    next,
    coverage,
    { id: 'findings', title: 'Findings', count: fail + notEvaluated, content: renderFindings(input) },
    { id: 'workspaces', title: 'By workspace', content: renderGroups(input, 'workspace') },
    { id: 'owners', title: 'By owner', content: renderGroups(input, 'owner') },
    { id: 'principals', title: 'By principal', content: renderGroups(input, 'principal') },
    { id: 'trend', title: 'Trend', content: renderTrend(input) },
    { id: 'checks', title: 'Checks', count: report.checks.length, content: renderChecks(input) },
    { id: 'downloads', title: 'Downloads', content: renderDownloads(input) },
  ];
}

function footer({ report, now }: PageInput): Html {
  const { runId, tenantId, finishedAt, fullAuditAt, signInPeriod, totals } = report;
  const all = Object.values(totals).reduce((sum, total) => sum + total, 0);
  return html`<footer class="foot"><div class="inner"><dl>
<div><dt>Tenant</dt><dd><code>${tenantId}</code></dd></div>
<div><dt>Run</dt><dd><code>${runId}</code></dd></div>
<div><dt>Finished</dt><dd>${exactTime(finishedAt)}</dd></div>
<div><dt>Full audit</dt><dd>${exactTime(fullAuditAt)}</dd></div>
${signInPeriod !== null && html`<div><dt>Sign-ins of</dt><dd>${exactTime(signInPeriod.from)} to ${exactTime(signInPeriod.to)}</dd></div>`}
<div><dt>Judged</dt><dd>${counted(all, 'finding')}</dd></div>
<div><dt>Page made</dt><dd>${exactTime(now.toISOString())}</dd></div>
</dl></div></footer>`;
}
