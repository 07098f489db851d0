/** What could not be seen, where, and what would have to be granted: as prominent as what was found. */
import type { CoverageGap } from '../../audit/report';
import { counted } from '../../audit/wording';
import { SCOPE_KINDS, SOURCE_NAMES, SOURCES, type NotCollectedReason, type SourceName } from '../../inventory/sources';
import { html, type Html } from './html';
import { icon } from './marks';
import type { PageInput } from './page-input';

const REASONS: Readonly<Record<NotCollectedReason, string>> = {
  forbidden: 'Permission missing',
  unlicensed: 'No licence',
  unreachable: 'Unreachable',
  throttled: 'Throttled',
  truncated: 'Cut off',
  noData: 'No data',
  cancelled: 'Cancelled',
  failed: 'Failed',
  upstream: 'Depends on another gap',
};
/** What can be mended first; what only follows from it last. */
const ORDER = Object.keys(REASONS);
const SCOPES = 6;

type Gap = CoverageGap & { readonly source: SourceName };

export function renderCoverage({ report }: PageInput): Html {
  const read = SOURCE_NAMES.filter((source) => report.coverage[source] === 'collected');
  const gaps = SOURCE_NAMES.flatMap((source): readonly Gap[] => {
    const state = report.coverage[source];
    return state === undefined || state === 'collected' ? [] : [{ source, ...state }];
  }).sort((a, b) => ORDER.indexOf(a.because) - ORDER.indexOf(b.because));
  const off = report.checksOff;
  return html`${gaps.length > 0 ? gapList(gaps) : calm(report.totals.notEvaluated, read.length)}
${
  off.length > 0 &&
  html`<p class="calm">${icon('off')}<span>${counted(off.length, 'check')} ${off.length === 1 ? 'is' : 'are'} switched off by setting, so nobody looked at what ${off.length === 1 ? 'it judges' : 'they judge'}: ${off.map((id, index) => html`${index > 0 && ', '}<code>${id}</code>`)}.</span></p>`
}
${read.length > 0 && html`<details class="more"><summary>${counted(read.length, 'source')} ${gaps.length > 0 ? 'that were read' : 'read'}</summary><ul class="columns">${read.map((source) => html`<li>${icon('good')}<span>${SOURCES[source].title}</span></li>`)}</ul></details>`}`;
}

function calm(notEvaluated: number, read: number): Html {
  return notEvaluated > 0
    ? html`<p class="calm">${icon('blind')}<span>${counted(read, 'source')} were read whole, yet ${counted(notEvaluated, 'judgement')} could not be made: the findings say why.</span></p>`
    : html`<p class="calm">${icon('good')}<span>Everything was read: ${counted(read, 'source')}, none in part.</span></p>`;
}

function gapList(gaps: readonly Gap[]): Html {
  const causes = gaps.filter(({ because }) => because !== 'upstream');
  const consequences = gaps.filter(({ because }) => because === 'upstream');
  const list = (some: readonly Gap[]) => html`<ul class="gaps">${some.map(gapItem)}</ul>`;
  return causes.length === 0
    ? list(gaps)
    : html`${list(causes)}${consequences.length > 0 && html`<details class="more"><summary>${consequences.length} more could not be looked for, as they depend on these</summary>${list(consequences)}</details>`}`;
}

function gapItem({ source, because, message, permission, scopes }: Gap): Html {
  const isMissing = scopes.some((scope) => scope.because === 'forbidden');
  const shown = scopes.slice(0, SCOPES);
  const more = scopes.length - shown.length;
  return html`<li class="gap"><div class="gap-head"><span class="mark tone-blind">${icon('blind')}<span>${REASONS[because]}</span></span><h3>${SOURCES[source].title}</h3></div>
<dl class="facts">
<div><dt>Not read</dt><dd>${shown.map(({ kind, name }, index) => html`${index > 0 && ', '}${kind === 'tenant' ? 'the tenant' : html`${SCOPE_KINDS[kind]} <bdi>${name}</bdi>`}`)}${more > 0 && ` and ${more} more`}</dd></div>
${isMissing && html`<div><dt>Grant</dt><dd><code>${permission}</code></dd></div>`}
</dl>
<details class="more"><summary>What the service said</summary><p class="said">${message}</p></details></li>
`;
}
