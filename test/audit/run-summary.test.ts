import { summaryOf } from '../../src/audit/run-summary';
import { aReport, runIdOf } from '../storage/stored-things';

describe('the summary of a report', () => {
  it('tells of it what the history shows, and no findings', () => {
    const { tenantId: _tenantId, ...report } = aReport(runIdOf(0));
    expect(summaryOf(aReport(runIdOf(0)))).toEqual({
      runId: report.runId,
      startedAt: report.startedAt,
      finishedAt: report.finishedAt,
      fullAuditAt: report.fullAuditAt,
      signInsAt: null,
      overall: 'attention',
      totals: report.totals,
      severities: report.severities,
      changes: report.changes,
      nextExpiry: null,
    });
  });

  it('cuts the name of what ends next, as a record holds little', () => {
    const nextExpiry = { endsAt: '2026-01-06T00:00:00.000Z', fingerprint: 'f0', name: 'x'.repeat(201) };
    const summary = summaryOf({ ...aReport(runIdOf(0)), nextExpiry });
    expect(summary.nextExpiry).toEqual({ ...nextExpiry, name: `${'x'.repeat(197)}...` });
  });
});
