import type { ReportHeader } from '../../src/audit/report';
import { describeStatus } from '../../src/functions/status';
import type { RunRecord } from '../../src/storage/runs';

const now = new Date('2026-03-02T06:00:00Z');
const report = {
  runId: 'r',
  startedAt: '2026-03-02T02:00:00.000Z',
  finishedAt: '2026-03-02T02:01:00.000Z',
  overall: 'attention',
} as ReportHeader;
const finished: RunRecord = { runId: 'r', trigger: 'schedule', state: 'finished', startedAt: report.startedAt };
const finishedAgo = (milliseconds: number) => ({
  ...report,
  finishedAt: new Date(now.getTime() - milliseconds).toISOString(),
});
const hours = 3_600_000;

it('is healthy when the report is fresh and complete, whatever it found', () => {
  expect(describeStatus(report, finished, now)).toMatchObject({
    healthy: true,
    reasons: [],
    ageHours: 4,
    overall: 'attention',
  });
});

it.each([
  [26 * hours, false],
  [26 * hours + 1, true],
])('a report of %i ms is stale: %s', (age, stale) => {
  expect(describeStatus(finishedAgo(age), finished, now)).toMatchObject({ stale, healthy: !stale });
});

it('is unhealthy when something was not evaluated', () => {
  expect(describeStatus({ ...report, overall: 'incomplete' }, finished, now)).toMatchObject({
    healthy: false,
    stale: false,
  });
});

it('is unhealthy when the newest run failed, and says why', () => {
  const failed: RunRecord = { ...finished, runId: 'x', state: 'failed', message: 'no storage' };
  expect(describeStatus(report, failed, now)).toMatchObject({ healthy: false, reasons: ['run x failed: no storage'] });
});

it('is healthy while the next run is under way, and not when that one has stopped without a word', () => {
  const running: RunRecord = {
    ...finished,
    runId: 'x',
    state: 'running',
    expiresAt: new Date(now.getTime() + 1).toISOString(),
  };
  expect(describeStatus(report, running, now).healthy).toBe(true);
  expect(describeStatus(report, { ...running, expiresAt: now.toISOString() }, now)).toMatchObject({
    healthy: false,
    reasons: ['run x stopped before it finished'],
  });
});

it('is unhealthy when nothing ever ran', () => {
  expect(describeStatus(undefined, undefined, now)).toMatchObject({
    healthy: false,
    stale: true,
    ageHours: null,
    overall: null,
  });
});
