/** The page of findings: what was asked for, under its severity. */
import type { ShownFinding } from '../../audit/exceptions';
import { counted } from '../../audit/wording';
import { renderFilters } from './filters';
import { renderCard } from './finding-card';
import { html, type Html } from './html';
import { filteredLink, NO_FILTERS, nextPageLink, parametersOf } from './links';
import { findingMark, icon } from './marks';
import type { PageInput } from './page-input';

export function renderFindings(input: PageInput): Html {
  const { report, filters, place } = input;
  const { findings, continuationToken } = report;
  return html`${renderFilters(input)}
<p class="result" id="result">${resultOf(input)}</p>
${findings.length === 0 ? nothing(input) : groupsOf(findings).map((group) => section(group, input))}
${
  (place.isContinued || continuationToken !== undefined) &&
  html`<nav class="pages" aria-label="Pages of findings">${place.isContinued && html`<a href="${filteredLink(place, filters)}">First page</a>`}${
    continuationToken !== undefined &&
    html`<a href="${nextPageLink(place, filters, continuationToken)}" rel="next">Next page</a>`
  }</nav>`
}`;
}

function resultOf({ report, place }: PageInput): Html {
  const { findings, continuationToken } = report;
  const count = counted(findings.length, 'finding');
  return continuationToken === undefined
    ? html`${count}${place.isContinued && ' on this last page'}.`
    : html`${count} on this page, the most urgent first; there are more.`;
}

function nothing({ filters, place, report }: PageInput): Html {
  const isFiltered = parametersOf(filters).length > 0;
  const all = filteredLink(place, { ...filters, statuses: ['fail', 'notEvaluated', 'pass', 'notApplicable'] });
  if (isFiltered) {
    return html`<p class="calm">${icon('off')}<span>Nothing matches these filters${filters.statuses.length === 0 && html` among what is open. <a href="${all}">Look among all that was judged</a>`} or <a href="${filteredLink(place, NO_FILTERS)}">remove the filters</a>.</span></p>`;
  }
  return html`<p class="calm">${icon(report.overall === 'clean' ? 'good' : 'blind')}<span>Nothing fails that was judged. <a href="${all}">See what passes</a></span></p>`;
}

type Group = readonly [ShownFinding, ...ShownFinding[]];

/** Neighbours of the same status and, where they fail, severity. */
function groupsOf(findings: readonly ShownFinding[]): readonly Group[] {
  const groups: [ShownFinding, ...ShownFinding[]][] = [];
  for (const finding of findings) {
    const last = groups.at(-1);
    if (last !== undefined && keyOf(last[0]) === keyOf(finding)) {
      last.push(finding);
    } else {
      groups.push([finding]);
    }
  }
  return groups;
}

function keyOf({ status, severity }: ShownFinding): string {
  return status === 'fail' ? severity : status;
}

function section(group: Group, { report, now }: PageInput): Html {
  const [first] = group;
  const isOnly = report.findings.length === 1;
  const total = first.status === 'fail' ? report.severities[first.severity] : report.totals[first.status];
  const checks = new Map(report.checks.map((check) => [check.id, check]));
  return html`<section class="group"><h3>${findingMark(first)} <span class="dim">${group.length === total ? total.toLocaleString('en') : `${group.length.toLocaleString('en')} of ${total.toLocaleString('en')}`}</span></h3>
${group.map((finding) => renderCard(finding, { check: checks.get(finding.checkId), isOpen: isOnly, now }))}</section>`;
}
