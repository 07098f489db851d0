import fc from 'fast-check';
import { judgedPeriod, periodsAfter, readUntilAfter, type ReadUntil } from '../../src/audit/sign-in-window';
import type { CollectedScope, Inventory, SignInSource } from '../../src/inventory/sources';

const HOUR = 3_600_000;
const now = new Date('2026-03-10T14:20:30.500Z');
const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();
const periodOf = (last?: string) =>
  periodsAfter(last === undefined ? {} : { sqlLogins: { logs: last } }, now)('sqlLogins', 'logs');

function scopeOf(id: string, ok: boolean): CollectedScope<never> {
  const scope = { kind: 'logAnalytics', id, name: id } as const;
  return { scope, result: ok ? { ok, data: [] } : { ok, because: 'throttled', message: 'Slow.' } };
}

describe('a period', () => {
  it.each([
    ['was never read', undefined, '2026-03-09T14:00:00.000Z'],
    ['was read an hour ago', ago(HOUR), '2026-03-09T14:00:00.000Z'],
    ['was read 18 hours ago', ago(18 * HOUR), '2026-03-09T14:00:00.000Z'],
    ['was read 19 hours ago', ago(19 * HOUR), '2026-03-09T13:00:00.000Z'],
    ['was read three days ago', ago(72 * HOUR), '2026-03-07T08:00:00.000Z'],
    ['was read 330 hours ago', ago(330 * HOUR), '2026-02-24T14:00:00.000Z'],
    ['was read a year ago', ago(8760 * HOUR), '2026-02-24T14:00:00.000Z'],
  ])('of what %s begins where it overlaps, within a day and two weeks', (_, last, from) => {
    expect(periodOf(last)).toEqual({ from: new Date(from), to: now });
  });

  it('is that of the source and scope alone', () => {
    const known = { sqlLogins: { logs: ago(72 * HOUR) } };
    const usual = periodOf();
    expect(periodsAfter(known, now)('sqlLogins', 'others')).toEqual(usual);
    expect(periodsAfter(known, now)('userSignIns', 'logs')).toEqual(usual);
  });
});

describe('what was read', () => {
  const before: ReadUntil = { userSignIns: { a: ago(HOUR), b: ago(HOUR) }, sqlLogins: { a: ago(HOUR) } };

  it('reaches this audit where it was read, and what it reached before elsewhere', () => {
    const inventory: Inventory = {
      userSignIns: [scopeOf('a', true), scopeOf('b', false), scopeOf('c', true)],
      servicePrincipalSignIns: [scopeOf('a', false)],
    };
    expect(readUntilAfter(before, inventory, now)).toEqual({
      userSignIns: { a: now.toISOString(), b: ago(HOUR), c: now.toISOString() },
      servicePrincipalSignIns: {},
      managedIdentitySignIns: {},
      sqlLogins: { a: ago(HOUR) },
      signInPlaces: {},
    });
  });

  it('is judged from the earliest on that was read', () => {
    const known = { userSignIns: { a: ago(72 * HOUR), b: ago(96 * HOUR) } };
    const inventory: Inventory = {
      userSignIns: [scopeOf('a', true), scopeOf('b', false)],
      sqlLogins: [scopeOf('a', true)],
    };
    expect(judgedPeriod(inventory, periodsAfter(known, now), now)).toEqual({
      from: new Date('2026-03-07T08:00:00.000Z'),
      to: now,
    });
  });

  it('is judged for a day where nothing was', () => {
    expect(judgedPeriod({}, periodsAfter({}, now), now)).toEqual(periodOf());
  });
});

/** What each of a few audits read; gaps between them up to two weeks, in milliseconds. */
const SOURCES: readonly SignInSource[] = ['userSignIns', 'sqlLogins'];
const SCOPES = ['a', 'b'];
const runs = fc.array(
  fc.record({
    gap: fc.integer({ min: 1, max: 14 * 24 * HOUR }),
    read: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  }),
  { minLength: 2, maxLength: 12 },
);

it('whenever audits run and whatever fails, nothing falls between two readings', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
      runs,
      (start, plan) => {
        let readUntil: ReadUntil = {};
        let at = start.getTime();
        const lastEnd = new Map<string, number>();
        for (const { gap, read } of plan) {
          at += gap;
          const run = new Date(at);
          const period = periodsAfter(readUntil, run);
          const isRead = (s: number, c: number): boolean => read[s * SCOPES.length + c] ?? false;
          for (const [s, source] of SOURCES.entries()) {
            for (const [c, scope] of SCOPES.entries()) {
              const { from, to } = period(source, scope);
              expect(to).toEqual(run);
              expect(from.getTime() % HOUR).toBe(0);
              expect(at - from.getTime()).toBeGreaterThanOrEqual(24 * HOUR);
              expect(at - from.getTime()).toBeLessThan((14 * 24 + 1) * HOUR);
              if (isRead(s, c)) {
                const last = lastEnd.get(`${source} ${scope}`);
                const overlaps = last === undefined || from.getTime() <= last - 6 * HOUR;
                expect(overlaps || at - from.getTime() >= 14 * 24 * HOUR).toBe(true);
                lastEnd.set(`${source} ${scope}`, at);
              }
            }
          }
          const inventory = Object.fromEntries(
            SOURCES.map((source, s) => [source, SCOPES.map((scope, c) => scopeOf(scope, isRead(s, c)))]),
          );
          // It is stored in between.
          readUntil = JSON.parse(JSON.stringify(readUntilAfter(readUntil, inventory, run))) as ReadUntil;
        }
      },
    ),
  );
});
