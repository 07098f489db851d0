/** What ends next and is not replaced by something newer. */
import type { PageInput } from './page-input';

export interface Upcoming {
  readonly name: string;
  /** ISO 8601; past where that came after the report. */
  readonly endsAt: string;
  readonly fingerprint: string;
}

/** As seen from the report: what ended since then is still what was to break next. `null`: nothing that is known. */
export function upcoming({ report, overview }: Pick<PageInput, 'report' | 'overview'>): Upcoming | null {
  const next = overview?.expiries.items.find(({ endsAt, isReplaced }) => !isReplaced && endsAt > report.finishedAt);
  return next ?? report.nextExpiry;
}
