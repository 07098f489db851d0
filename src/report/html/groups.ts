/** What is open by whom it concerns. */
import type { Group, Top } from '../../audit/overview';
import { counted } from '../../audit/wording';
import { findingLink } from './finding-link';
import { html, type Html } from './html';
import { filteredLink, NO_FILTERS } from './links';
import { icon, severityCounts } from './marks';
import { factOf, phrase } from './message';
import type { PageInput } from './page-input';
import { exactly, relativeTime } from './times';

/** At once, and unfolded. */
const ROWS = 6;
const MOST_ROWS = 50;

type GroupName = 'workspace' | 'principal' | 'owner';
const NOUNS: Readonly<Record<GroupName, string>> = { workspace: 'Workspace', principal: 'Principal', owner: 'Owner' };

export function renderGroups(input: PageInput, name: GroupName): Html {
  const groups = groupsOf(input, name);
  if (groups === undefined) {
    return html`<p class="calm">${icon('off')}<span>This report is of a version that kept no such list.</span></p>`;
  }
  if (groups.items.length === 0) {
    return html`<p class="calm">${icon(input.report.overall === 'incomplete' ? 'blind' : 'good')}<span>Nothing open concerns any that is known.</span></p>`;
  }
  const rest = groups.items.slice(ROWS, MOST_ROWS);
  const unlisted = groups.total - Math.min(groups.items.length, MOST_ROWS);
  return html`${table(input, name, groups.items.slice(0, ROWS), 'Most urgent')}
${rest.length > 0 && html`<details class="more"><summary>${counted(rest.length, 'more ' + name)}</summary>${table(input, name, rest, 'Less urgent')}</details>`}
${unlisted > 0 && html`<p class="note">${unlisted.toLocaleString('en')} more are not listed here: search finds what is theirs.</p>`}`;
}

function groupsOf({ overview }: PageInput, name: GroupName): Top<Group> | undefined {
  switch (name) {
    case 'workspace':
      return overview?.workspaces;
    case 'principal':
      return overview?.principals;
    case 'owner':
      return overview?.owners;
  }
}

function table(input: PageInput, name: GroupName, groups: readonly Group[], caption: string): Html {
  return html`<table class="rows groups"><caption class="only-heard">${caption}</caption>
<thead><tr><th scope="col">${NOUNS[name]}, and what is most urgent</th><th scope="col">Failing</th><th scope="col">Next end</th></tr></thead>
<tbody>${groups.map((group) => row(input, name, group))}</tbody></table>`;
}

function row(input: PageInput, name: GroupName, group: Group): Html {
  const { key, totals, severities, worst, nextEnd } = group;
  const [first] = worst;
  return html`<tr><th scope="row"><a href="${filteredLink(input.place, { ...NO_FILTERS, [name]: key })}"><bdi>${group.name}</bdi></a>${
    first !== undefined &&
    html`<a class="detail" href="${findingLink(input, first)}">${phrase(factOf(first.message))}</a>`
  }</th>
<td class="failing">${totals.fail === 0 ? html`<span class="dim">none</span>` : severityCounts(severities)}${
    totals.notEvaluated > 0 &&
    html`<span class="detail">${icon('blind')} ${totals.notEvaluated.toLocaleString('en')} not evaluated</span>`
  }</td>
<td class="when">${nextEnd === null ? html`<span class="dim">none</span>` : html`${relativeTime(nextEnd, input.now)}<span class="detail">${exactly(nextEnd)}</span>`}</td></tr>
`;
}
