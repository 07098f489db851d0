/** Addresses within the app, relative, with the caller's key where it came in the address. */
import type { PageFilters, PagePlace } from './page-input';

export const NO_FILTERS: PageFilters = {
  statuses: [],
  severities: [],
  checks: [],
  subject: '',
  workspace: '',
  principal: '',
  owner: '',
  q: '',
};

/** Query parameters of filters, those of empty ones left out. */
export function parametersOf(filters: PageFilters): readonly (readonly [name: string, value: string])[] {
  const { statuses, severities, checks, subject, workspace, principal, owner, q } = filters;
  return Object.entries({
    status: statuses.join(','),
    severity: severities.join(','),
    check: checks.join(','),
    subject,
    workspace,
    principal,
    owner,
    q,
  }).filter(([, value]) => value !== '');
}

/** This report with other filters, from its first page. */
export function filteredLink(place: PagePlace, filters: PageFilters, fragment = 'findings'): string {
  return `${queryOf(place, [...parametersOf(filters), ...topOf(place)])}#${fragment}`;
}

export function nextPageLink(place: PagePlace, filters: PageFilters, continuationToken: string): string {
  const token = ['continuationToken', continuationToken] as const;
  return `${queryOf(place, [...parametersOf(filters), ...topOf(place), token])}#findings`;
}

/** @param path below `/api/` */
export function apiLink(
  place: Pick<PagePlace, 'root' | 'code'>,
  path: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const query = queryOf(place, Object.entries(parameters));
  return `${place.root}${path}${query === '?' ? '' : query}`;
}

/** A form that is sent by GET drops the query of its address. */
export function keptByForms(place: PagePlace): readonly (readonly [name: string, value: string])[] {
  return [...(place.code === null ? [] : ([['code', place.code]] as const)), ...topOf(place)];
}

/** The anchor of a finding, however long its fingerprint. */
export function anchorOf(fingerprint: string): string {
  return `f-${fingerprint.slice(0, 12)}`;
}

function topOf({ top }: PagePlace): readonly (readonly [string, string])[] {
  return top === null ? [] : [['top', top]];
}

/** Never empty: an empty address would keep the filters there are. */
function queryOf({ code }: Pick<PagePlace, 'code'>, parameters: readonly (readonly [string, string])[]): string {
  const query = new URLSearchParams();
  for (const [name, value] of [...parameters, ...(code === null ? [] : [['code', code] as const])]) {
    query.append(name, value);
  }
  return `?${query.toString()}`;
}
