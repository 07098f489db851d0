import type { ShownFinding } from '../audit/exceptions';
import type { ReportHeader } from '../audit/report';

/** A report with a page of its findings, as it is answered and rendered. */
export interface ShownReport extends ReportHeader {
  /** The last run whose report lacks nothing. */
  readonly lastComplete: { readonly runId: string; readonly finishedAt: string } | null;
  /** In the order of a report: the most telling first. */
  readonly findings: readonly ShownFinding[];
  /** For the next page; absent on the last one. */
  readonly continuationToken?: string;
}
