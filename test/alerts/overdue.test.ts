import { judgeAudits, type AuditFacts } from '../../src/alerts/overdue';
import { nextRun } from '../../src/schedule';
import type { RunRecord } from '../../src/storage/runs';

const nightly = '2026-03-02T02:00:00.500Z';
const judge = (now: string, facts: Partial<AuditFacts> = {}) =>
  judgeAudits({
    now: new Date(now),
    firstSeenAt: '2026-01-01T10:00:00.000Z',
    fullAuditAt: nightly,
    runs: [],
    nextDue: (after) => nextRun('0 0 2 * * *', after),
    ...facts,
  });
const aRun = (changes: Partial<RunRecord> = {}): RunRecord => ({
  runId: '20260303T020000Z-00000001',
  trigger: 'schedule',
  audit: 'full',
  state: 'failed',
  startedAt: '2026-03-03T02:00:00.000Z',
  message: 'no storage',
  ...changes,
});

it('finds an audit missing two hours after it was due, 26 after the last one', () => {
  expect(judge('2026-03-03T04:00:00.000Z')).toBe('good');
  expect(judge('2026-03-03T04:00:00.001Z')).toEqual({
    kind: 'missed',
    since: nightly,
    everRan: true,
    dueAt: '2026-03-03T02:00:00.000Z',
    failures: [],
  });
});

it('goes by the schedule: nothing is missing on days on which nothing is due', () => {
  const nextDue = (after: Date) => nextRun('0 0 2 * * 1', after);
  expect(judge('2026-03-08T23:00:00Z', { nextDue })).toBe('good');
  expect(judge('2026-03-09T04:00:01Z', { nextDue })).toMatchObject({ kind: 'missed' });
  expect(judge('2030-03-09T04:00:01Z', { nextDue: () => null })).toBe('good');
});

it('takes an audit that a timer started a little early for the one that was due', () => {
  expect(judge('2026-03-02T05:00:00Z', { fullAuditAt: '2026-03-02T01:59:59.900Z' })).toBe('good');
});

it('does not wait where the night’s own audit failed, and says why, the latest first', () => {
  const earlier = aRun({ runId: 'a', message: 'first' });
  expect(judge('2026-03-03T02:50:00Z', { runs: [earlier, aRun()] })).toMatchObject({
    kind: 'failed',
    dueAt: '2026-03-03T02:00:00.000Z',
    failures: [{ message: 'no storage', startedAt: '2026-03-03T02:00:00.000Z' }, { message: 'first' }],
  });
});

it('does not mind what failed before the last good audit, audits of sign-ins, and what somebody asked for', () => {
  const runs = [
    aRun({ startedAt: nightly }),
    aRun({ startedAt: '2026-03-01T02:00:00.000Z' }),
    aRun({ audit: 'signIns' }),
    aRun({ trigger: 'request' }),
  ];
  expect(judge('2026-03-03T02:50:00Z', { runs })).toBe('good');
  // But once the night's is missing too, the one that was asked for may say why.
  expect(judge('2026-03-03T05:00:00Z', { runs })).toMatchObject({ kind: 'failed', failures: [{}] });
});

it('waits for an audit that is under way, not for one that has stopped without a word', () => {
  const running = aRun({ state: 'running', expiresAt: '2026-03-03T06:00:00.000Z' });
  const { message: _message, ...silent } = running;
  expect(judge('2026-03-03T05:00:00Z', { runs: [silent] })).toBe('underWay');
  expect(judge('2026-03-03T06:00:00Z', { runs: [silent] })).toMatchObject({
    kind: 'failed',
    failures: [{ message: 'It stopped before it finished.' }],
  });
  expect(judge('2026-03-03T05:00:00Z', { runs: [{ ...silent, audit: 'signIns' }] })).toMatchObject({ kind: 'missed' });
});

describe('where no audit ever succeeded', () => {
  const fresh = { fullAuditAt: null, firstSeenAt: '2026-03-02T01:30:00.000Z' };

  it('a new deployment has 26 hours', () => {
    expect(judge('2026-03-03T03:30:00.000Z', fresh)).toBe('good');
    expect(judge('2026-03-03T04:00:00.000Z', fresh)).toMatchObject({
      kind: 'missed',
      everRan: false,
      since: fresh.firstSeenAt,
    });
  });

  it('the first one that fails is told at once', () => {
    expect(
      judge('2026-03-02T02:50:00Z', { ...fresh, runs: [aRun({ startedAt: '2026-03-02T02:00:00.000Z' })] }),
    ).toMatchObject({ kind: 'failed', everRan: false });
  });
});
