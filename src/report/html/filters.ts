/** The form that asks for other findings. Works by GET alone; the script only makes it quicker. */
import { SEVERITIES, STATUSES } from '../../audit/finding';
import type { Group, Top } from '../../audit/overview';
import { html, type Fragment, type Html } from './html';
import { filteredLink, keptByForms, NO_FILTERS, parametersOf } from './links';
import { icon, SEVERITY_WORDS, STATUS_TONES, STATUS_WORDS, type Tone } from './marks';
import type { PageFilters, PageInput } from './page-input';

/** Longer lists are no help in a form. */
const OPTIONS = 200;

export function renderFilters(input: PageInput): Html {
  const { report, overview, filters, place } = input;
  const statuses = filters.statuses.length === 0 ? ['fail', 'notEvaluated'] : filters.statuses;
  return html`<form class="filters" method="get" action="#findings" role="search" aria-label="Findings">
${keptByForms(place).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${filters.subject !== '' && html`<input type="hidden" name="subject" value="${filters.subject}">`}
<div class="search"><label for="q">Search</label><input type="search" id="q" name="q" value="${filters.q}" maxlength="200" placeholder="Name, id, word of a message" autocomplete="off" spellcheck="false"><button type="submit">Show</button></div>
<fieldset><legend>Status</legend>${STATUSES.map((status) =>
    toggle(
      'status',
      status,
      STATUS_WORDS[status],
      report.totals[status],
      statuses.includes(status),
      status === 'fail' ? null : STATUS_TONES[status],
    ),
  )}</fieldset>
<fieldset><legend>Severity</legend>${SEVERITIES.map((severity) =>
    toggle(
      'severity',
      severity,
      SEVERITY_WORDS[severity],
      report.severities[severity],
      filters.severities.includes(severity),
      severity,
    ),
  )}</fieldset>
<div class="selects">
${choice('check', 'Check', checkOptions(input), filters.checks.length > 1 ? filters.checks.join(',') : (filters.checks[0] ?? ''))}
${choice('workspace', 'Workspace', groupOptions(overview?.workspaces), filters.workspace)}
${choice('principal', 'Principal', groupOptions(overview?.principals), filters.principal)}
${choice('owner', 'Owner', groupOptions(overview?.owners), filters.owner)}
</div></form>
${chips(input)}`;
}

function toggle(name: string, value: string, word: string, count: number, isOn: boolean, tone: Tone | null): Html {
  return html`<label class="toggle"><input type="checkbox" name="${name}" value="${value}"${isOn && html` checked`}><span>${tone !== null && icon(tone)}${word} <span class="dim">${count.toLocaleString('en')}</span></span></label>`;
}

type Option = readonly [value: string, text: string];

function choice(name: string, label: string, options: readonly Option[], chosen: string): Html {
  const isKnown = chosen === '' || options.some(([value]) => value === chosen);
  const all: readonly Option[] = [['', 'All'], ...options, ...(isKnown ? [] : [[chosen, chosen] as const])];
  return html`<label>${label}<select name="${name}">${all.map(
    ([value, text]) => html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`,
  )}</select></label>`;
}

function checkOptions({ report }: PageInput): readonly Option[] {
  return report.checks.map(({ id, totals }) => [id, totals.fail > 0 ? `${id} (${totals.fail})` : id]);
}

function groupOptions(groups: Top<Group> | undefined): readonly Option[] {
  return (groups?.items ?? []).slice(0, OPTIONS).map(({ key, name, totals }) => [key, `${name} (${totals.fail})`]);
}

/** What is filtered by, each to be taken away. */
function chips({ filters, place, overview }: PageInput): Html | null {
  const nameOf = (groups: Top<Group> | undefined, key: string): string =>
    groups?.items.find((group) => group.key === key)?.name ?? key;
  const without = (change: Partial<PageFilters>) => filteredLink(place, { ...filters, ...change });
  const active: readonly (readonly [text: Fragment, address: string])[] = [
    ...filters.statuses.map(
      (status) => [STATUS_WORDS[status], without({ statuses: filters.statuses.filter((s) => s !== status) })] as const,
    ),
    ...filters.severities.map(
      (one) => [SEVERITY_WORDS[one], without({ severities: filters.severities.filter((s) => s !== one) })] as const,
    ),
    ...filters.checks.map((id) => [id, without({ checks: filters.checks.filter((c) => c !== id) })] as const),
    ...(
      [
        ['subject', 'Subject', filters.subject],
        ['workspace', 'Workspace', nameOf(overview?.workspaces, filters.workspace)],
        ['principal', 'Principal', nameOf(overview?.principals, filters.principal)],
        ['owner', 'Owner', nameOf(overview?.owners, filters.owner)],
        ['q', 'Text', filters.q],
      ] as const
    ).flatMap(([name, label, text]) =>
      text === '' ? [] : [[html`${label}: <bdi>${text}</bdi>`, without({ [name]: '' })] as const],
    ),
  ];
  return parametersOf(filters).length === 0
    ? null
    : html`<ul class="chips" aria-label="Active filters">${active.map(
        ([text, address]) =>
          html`<li><a href="${address}">${text}<span aria-hidden="true" class="cross">×</span><span class="only-heard"> (remove)</span></a></li>`,
      )}<li><a class="plain" href="${filteredLink(place, NO_FILTERS)}">Remove all</a></li></ul>`;
}
