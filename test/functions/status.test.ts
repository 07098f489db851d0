import type { ReportHeader } from '../../src/audit/report';
import { describeStatus } from '../../src/functions/status';
import type { FailingAlerts } from '../../src/storage/alerts';
import type { RunRecord } from '../../src/storage/runs';

const now = new Date('2026-03-02T06:00:00Z');
const report = {
  runId: 'r',
  startedAt: '2026-03-02T05:20:00.000Z',
  finishedAt: '2026-03-02T05:21:00.000Z',
  fullAuditAt: '2026-03-02T02:00:00.000Z',
  signInsAt: '2026-03-02T05:20:00.000Z',
  overall: 'attention',
} as ReportHeader;
const finished: RunRecord = { runId: 'r', trigger: 'schedule', state: 'finished', startedAt: report.startedAt };
const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();
const hours = 3_600_000;
/** Twenty minutes past every hour. */
const status = (of: ReportHeader | undefined = report, lastRun: RunRecord | undefined = finished) =>
  describeStatus(of, lastRun, now, '0 20 * * * *');

it('is healthy when the report is fresh and complete, whatever it found', () => {
  expect(status()).toMatchObject({
    healthy: true,
    reasons: [],
    ageHours: 4,
    signIns: { readAt: report.signInsAt, ageHours: 0.7, stale: false },
    overall: 'attention',
  });
});

it.each([
  [26 * hours, false],
  [26 * hours + 1, true],
])('a full audit %i ms ago is stale: %s, whenever sign-ins were audited', (age, stale) => {
  expect(status({ ...report, fullAuditAt: ago(age) })).toMatchObject({
    stale,
    healthy: !stale,
    reasons: stale ? ['the last full audit is older than 26 hours'] : [],
    signIns: { stale: false },
  });
});

it.each([
  // Was due again at 04:00, and at a millisecond before that.
  ['2026-03-02T03:20:00.000Z', '0 0 * * * *', false],
  ['2026-03-02T03:20:00.000Z', '59 59 3 * * *', true],
  ['2026-03-02T02:20:00.000Z', '0 20 * * * *', true],
  ['2026-03-01T05:20:00.000Z', '0 20 5 * * *', false],
])('sign-ins audited at %s by the schedule %s are stale: %s', (signInsAt, schedule, stale) => {
  expect(describeStatus({ ...report, signInsAt }, finished, now, schedule)).toMatchObject({
    healthy: !stale,
    stale: false,
    reasons: stale ? ['the next audit of sign-ins is more than 2 hours overdue'] : [],
    signIns: { readAt: signInsAt, stale },
  });
});

it('says nothing of sign-ins where no check of theirs is on', () => {
  expect(status({ ...report, signInsAt: null })).toMatchObject({
    healthy: true,
    signIns: { readAt: null, ageHours: null, stale: false },
  });
});

it('is unhealthy with a report of a version that does not say when everything was audited', () => {
  const { fullAuditAt: _fullAuditAt, ...older } = report;
  expect(status(older as ReportHeader)).toMatchObject({ healthy: false, stale: true });
});

it('is unhealthy when something was not evaluated', () => {
  expect(status({ ...report, overall: 'incomplete' })).toMatchObject({ healthy: false, stale: false });
});

it('is unhealthy when the newest run failed, and says why', () => {
  const failed: RunRecord = { ...finished, runId: 'x', state: 'failed', message: 'no storage' };
  expect(status(report, failed)).toMatchObject({ healthy: false, reasons: ['run x failed: no storage'] });
});

it('is healthy while the next run is under way, and not when that one has stopped without a word', () => {
  const running: RunRecord = {
    ...finished,
    runId: 'x',
    state: 'running',
    expiresAt: new Date(now.getTime() + 1).toISOString(),
  };
  expect(status(report, running).healthy).toBe(true);
  expect(status(report, { ...running, expiresAt: now.toISOString() })).toMatchObject({
    healthy: false,
    reasons: ['run x stopped before it finished'],
  });
});

it('is unhealthy when nothing ever ran', () => {
  expect(describeStatus(undefined, undefined, now, '0 20 * * * *')).toMatchObject({
    healthy: false,
    stale: true,
    ageHours: null,
    signIns: { readAt: null, ageHours: null, stale: false },
    overall: null,
  });
});

describe('alerts that do not arrive', () => {
  const counts = { pending: 1, sending: 0, sent: 3, failed: 0 };
  const failing = { alerts: 1, reason: '404 DomainNotLinked', problem: 'configuration', isAnyGivenUp: false } as const;
  const withAlerts = (trouble: FailingAlerts | null) =>
    describeStatus(report, finished, now, '0 20 * * * *', { counts, failing: trouble });

  it('make it unhealthy, with the reason', () => {
    expect(withAlerts(failing)).toMatchObject({
      healthy: false,
      reasons: ['alerts do not arrive: 404 DomainNotLinked'],
      mails: {
        ...counts,
        failing: {
          alerts: 1,
          reason: '404 DomainNotLinked',
          problem: 'configuration',
          next: 'they are tried again',
        },
      },
    });
  });

  it('and were given up are listed elsewhere', () => {
    expect(withAlerts({ ...failing, alerts: 2, isAnyGivenUp: true }).mails).toMatchObject({
      failing: { alerts: 2, next: expect.stringContaining('/api/alerts?state=failed') as unknown },
    });
  });

  it('are none while all of them do, or none are sent', () => {
    expect(withAlerts(null)).toMatchObject({ healthy: true, mails: { ...counts, failing: null } });
    expect(status()).toMatchObject({ healthy: true, mails: 'off' });
  });
});
