import type { Judgement, Overdue } from '../../src/alerts/overdue';
import { planWatch } from '../../src/alerts/plan-watch';
import type { WatchState } from '../../src/storage/watch';

const last = '2026-03-02T02:00:00.000Z';
const first = '2026-01-01T00:00:00.000Z';
const missed: Overdue = { kind: 'missed', since: last, everRan: true, dueAt: '2026-03-03T02:00:00.000Z', failures: [] };
const quiet: WatchState = { firstSeenAt: first, outage: null };
const planning = {
  tenantId: 'tenant-1',
  timeZone: 'Europe/Berlin',
  administrators: ['a@example.com', 'A@example.com'],
  hasWebhook: false,
};

const plan = (judgement: Judgement, state: WatchState, now: string, fullAuditAt = last, of = planning) =>
  planWatch(judgement, state, { now: new Date(now), fullAuditAt }, of);

it('tells an outage once, then daily, each under an id of its own', () => {
  const begun = plan(missed, quiet, '2026-03-03T04:50:00Z');
  expect(begun.told?.alerts).toMatchObject([{ channel: 'mail', to: ['A@example.com'], urgency: 'critical' }]);
  expect(plan(missed, begun.state, '2026-03-03T05:50:00Z')).toEqual({ state: begun.state, told: null });
  const reminded = plan(missed, begun.state, '2026-03-04T04:49:59Z');
  expect(reminded.told).toMatchObject({ since: last, first: 1, alerts: [{}] });
  expect(reminded.told?.alerts[0]?.id).not.toBe(begun.told?.alerts[0]?.id);
  expect(reminded.state.outage).toMatchObject({ since: last, alerts: 2 });
  expect(plan(missed, reminded.state, '2026-03-04T05:50:00Z').told).toBeNull();
});

it('makes the same alert again where it was not stored', () => {
  const [one, other] = ['2026-03-03T04:50:00Z', '2026-03-03T05:50:00Z'].map((now) => plan(missed, quiet, now));
  expect(one?.told?.alerts[0]?.id).toBe(other?.told?.alerts[0]?.id);
});

describe('the end of an outage', () => {
  const { state } = plan(missed, quiet, '2026-03-03T04:50:00Z');
  const next = '2026-03-03T10:00:00.000Z';

  it('is told once', () => {
    const ended = plan('good', state, '2026-03-03T10:50:00Z', next);
    expect(ended.told).toMatchObject({ first: 1, alerts: [{ subject: 'Synapse audit runs again', urgency: 'info' }] });
    expect(ended.state).toEqual(quiet);
    expect(plan('good', ended.state, '2026-03-03T11:50:00Z', next)).toEqual({ state: quiet, told: null });
  });

  it('is not told while no audit has succeeded', () => {
    expect(plan('underWay', state, '2026-03-05T10:50:00Z')).toEqual({ state, told: null });
    expect(plan('good', state, '2026-03-05T10:50:00Z')).toEqual({ state, told: null });
  });

  it('that another outage follows at once is told as that one', () => {
    const again = plan({ ...missed, since: next }, state, '2026-03-03T10:50:00Z', next);
    expect(again.told).toMatchObject({ since: next, first: 0 });
    expect(again.state.outage).toMatchObject({ since: next, alerts: 1 });
  });
});

it('tells the webhook too, and no more than 50 people a mail', () => {
  const administrators = Array.from({ length: 51 }, (_, index) => `${index}@example.com`);
  const { told, state } = plan(missed, quiet, '2026-03-03T04:50:00Z', last, {
    ...planning,
    administrators,
    hasWebhook: true,
  });
  expect(told?.alerts.map(({ channel, to }) => [channel, to.length])).toEqual([
    ['mail', 50],
    ['mail', 1],
    ['webhook', 0],
  ]);
  expect(new Set(told?.alerts.map(({ id }) => id)).size).toBe(3);
  expect(state.outage?.alerts).toBe(3);
});

it('shows what failed runs said, and nothing of it acts', () => {
  const message = 'Forbidden\r\nBcc: x@example.com <script>alert(1)</script> https://evil.example/';
  const failures = Array.from({ length: 7 }, () => ({ runId: 'run-1', startedAt: last, message }));
  const [mail] = plan({ ...missed, kind: 'failed', failures }, quiet, '2026-03-03T04:50:00Z').told?.alerts ?? [];
  expect(mail?.subject).toBe('Synapse audit fails: last good audit 26 hours ago');
  expect(mail?.plainText).toContain('Forbidden Bcc: x@example.com');
  expect(mail?.plainText).toContain('and 2 more that failed before');
  expect(mail?.plainText).not.toContain('https://evil');
  expect(mail?.html).toContain('&#60;script&#62;');
  expect(mail?.html).not.toContain('<script>');
});

it('says so where no audit ever succeeded', () => {
  const [mail] = plan({ ...missed, everRan: false }, quiet, '2026-03-03T04:50:00Z').told?.alerts ?? [];
  expect(mail?.subject).toBe('Synapse audit does not run: no audit has succeeded yet');
});
