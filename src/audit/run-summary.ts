/** What the history tells of a report, small enough to stand in the record of its run. */
import type { RunSummary } from './overview';
import type { ReportHeader } from './report';
import { clip } from './wording';

/** Untrusted, and a record is one row. */
const NAME_UNITS = 200;

export function summaryOf(report: ReportHeader): RunSummary {
  const { runId, startedAt, finishedAt, fullAuditAt, signInsAt, overall, totals, severities, changes } = report;
  const { nextExpiry } = report;
  return {
    runId,
    startedAt,
    finishedAt,
    fullAuditAt,
    signInsAt,
    overall,
    totals,
    severities,
    changes,
    nextExpiry: nextExpiry === null ? null : { ...nextExpiry, name: clip(nextExpiry.name, NAME_UNITS) },
  };
}
