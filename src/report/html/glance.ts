/** The four figures under the headline: what fails, what ends next, what was seen, how old this is. */
import { SEVERITIES } from '../../audit/finding';
import { counted } from '../../audit/wording';
import { html, link, type Fragment, type Html } from './html';
import { filteredLink, NO_FILTERS } from './links';
import { icon } from './marks';
import { findingLink } from './finding-link';
import type { PageInput } from './page-input';
import { exactTime, relativeTime } from './times';
import { upcoming } from './upcoming';

export function renderGlance(input: PageInput): Html {
  return html`<dl class="glance">${failing(input)}${next(input)}${seen(input)}${age(input)}</dl>`;
}

function figure(label: string, value: Fragment, details: readonly Html[], tone = ''): Html {
  return html`<div class="figure"><dt>${label}</dt>
<dd><span class="value ${tone}">${value}</span>${details.map((detail) => html`<span class="detail">${detail}</span>`)}</dd></div>
`;
}

function failing({ report, place }: PageInput): Html {
  const { totals, severities, changes } = report;
  const counts = SEVERITIES.filter((severity) => severities[severity] > 0).map((severity) =>
    link(
      filteredLink(place, { ...NO_FILTERS, statuses: ['fail'], severities: [severity] }),
      html`${icon(severity)}${severities[severity].toLocaleString('en')} ${severity}`,
      `count tone-${severity}`,
    ),
  );
  const changed = [
    ...(changes.opened > 0 ? [`${changes.opened} new`] : []),
    ...(changes.worsened > 0 ? [`${changes.worsened} worse`] : []),
    ...(changes.resolved > 0 ? [`${changes.resolved} resolved`] : []),
  ].join(', ');
  return figure('Failing', totals.fail.toLocaleString('en'), [
    ...(counts.length === 0
      ? [html`${icon(report.overall === 'incomplete' ? 'blind' : 'good')} ${counted(totals.pass, 'judgement')} passed`]
      : [html`<span class="counts">${counts.map((count) => html`${count} `)}</span>`]),
    ...(report.previousRunId === null ? [] : [html`${changed === '' ? 'No change' : changed} since the run before`]),
  ]);
}

function next(input: PageInput): Html {
  const coming = upcoming(input);
  if (coming === null) {
    const isSure = input.report.overall !== 'incomplete';
    return figure('Expires next', isSure ? 'Nothing' : 'Unknown', [html`no credential that ends is known`]);
  }
  const { name, endsAt, fingerprint } = coming;
  return figure(
    Date.parse(endsAt) > input.now.getTime() ? 'Expires next' : 'Expired since',
    relativeTime(endsAt, input.now),
    [html`<bdi class="name">${link(findingLink(input, { fingerprint, name }), name)}</bdi>`, exactTime(endsAt)],
  );
}

function seen({ report: { coverage, totals, checksOff } }: PageInput): Html {
  const states = Object.values(coverage);
  const unread = states.filter((state) => state !== 'collected').length;
  const off = checksOff.length === 0 ? [] : [html`${icon('off')} ${counted(checksOff.length, 'check')} switched off`];
  if (unread === 0 && totals.notEvaluated === 0) {
    return figure('Seen', 'Everything', [html`${icon('good')} all ${counted(states.length, 'source')} read`, ...off]);
  }
  return figure(
    'Not seen',
    unread > 0
      ? html`${unread}<small> of ${counted(states.length, 'source')}</small>`
      : totals.notEvaluated.toLocaleString('en'),
    [
      html`${icon('blind')} <a href="#coverage">${totals.notEvaluated === 0 ? 'see what' : `${counted(totals.notEvaluated, 'judgement')} not made`}</a>`,
      ...off,
    ],
    'tone-blind',
  );
}

function age({ report, status, isLatest, now }: PageInput): Html {
  const isOld = isLatest && status.stale;
  return figure(
    'Last full audit',
    relativeTime(report.fullAuditAt, now),
    [
      exactTime(report.fullAuditAt),
      ...(report.signInsAt === null ? [] : [html`sign-ins ${relativeTime(report.signInsAt, now)}`]),
    ],
    isOld ? 'tone-stale' : '',
  );
}
