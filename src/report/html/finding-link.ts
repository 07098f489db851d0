/** Where a finding stands: on this page, else in the report filtered to it. */
import type { Status } from '../../audit/finding';
import { anchorOf, filteredLink, NO_FILTERS } from './links';
import type { PageInput } from './page-input';

export interface Linked {
  readonly fingerprint: string;
  readonly name: string;
  readonly checkId?: string;
  readonly status?: Status;
}

export function findingLink({ report, place }: PageInput, { fingerprint, name, checkId, status }: Linked): string {
  const anchor = anchorOf(fingerprint);
  if (report.findings.some((finding) => finding.fingerprint === fingerprint)) {
    return `#${anchor}`;
  }
  const checks = checkId === undefined ? [] : [checkId];
  // What is open shows anyway.
  const statuses: readonly Status[] =
    status === undefined ? ['fail', 'notEvaluated', 'pass'] : status === 'pass' ? [status] : [];
  return filteredLink(place, { ...NO_FILTERS, statuses, checks, subject: name }, anchor);
}
