/**
 * Whenever the audit runs, checks on places find the same: windows that overlap find together what one over everything
 * finds. Sign-ins are aggregated here as the queries do.
 */
import fc from 'fast-check';
import type { Check } from '../../src/audit/check';
import { fingerprint } from '../../src/audit/finding';
import disallowedCountry from '../../src/checks/disallowed-country';
import impossibleTravel from '../../src/checks/impossible-travel';
import newCountry from '../../src/checks/new-country';
import untrustedNetwork from '../../src/checks/untrusted-network';
import type { Period } from '../../src/inventory/model';
import type { SignInPlace, SignIns } from '../../src/inventory/sign-ins';
import { judge } from '../fixtures/judge';
import { aWatch, aWatchedPrincipal, somePlace, someSignIns } from '../fixtures/sign-ins';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-01T00:00:00Z');
/** Of events; the audits begin after two weeks, when there is a history. */
const DAYS = 24;
const AUDITED_FROM = START + 14 * DAY;
const END = START + DAYS * DAY;

const PRINCIPALS = ['loader', 'ada'] as const;
/** Two of them within an hour's flight, the others far away; two addresses each, of which one is trusted. */
const PLACES = [
  { country: 'DE', city: 'Berlin', position: { latitude: 52.52, longitude: 13.4 }, address: '203.0.113.7' },
  { country: 'DE', city: 'Munich', position: { latitude: 48.14, longitude: 11.58 }, address: '198.51.100.1' },
  { country: 'PL', city: 'Warsaw', position: { latitude: 52.23, longitude: 21.01 }, address: '198.51.100.2' },
  { country: 'RU', city: 'Moscow', position: { latitude: 55.75, longitude: 37.62 }, address: '198.51.100.3' },
  { country: 'JP', city: 'Tokyo', position: { latitude: 35.68, longitude: 139.69 }, address: '2001:db8::4' },
  { country: '', city: '', position: null, address: '198.51.100.5' },
] as const;

interface Event {
  readonly at: number;
  readonly principal: (typeof PRINCIPALS)[number];
  readonly place: (typeof PLACES)[number];
  readonly result: string;
}

const minute = (fromDay: number) =>
  fc.integer({ min: fromDay * 24 * 60, max: DAYS * 24 * 60 - 1 }).map((minutes) => START + minutes * MINUTE);
const event = (
  at: fc.Arbitrary<number>,
  result: fc.Arbitrary<string> = fc.constantFrom('0', '0', '0', '50126', '50140'),
): fc.Arbitrary<Event> =>
  fc.record({
    at,
    principal: fc.constantFrom(...PRINCIPALS),
    place: fc.constantFrom(...PLACES),
    result,
  });
/** Mostly at home, so that there are histories, with something strange here and there, often twice within hours. */
const events = fc
  .tuple(
    fc.array(
      fc.record({
        at: minute(0),
        principal: fc.constantFrom(...PRINCIPALS),
        place: fc.constant(PLACES[0]),
        result: fc.constant('0'),
      }),
      { maxLength: 40 },
    ),
    fc.array(event(minute(0)), { maxLength: 12 }),
    fc.array(
      fc.tuple(event(minute(14), fc.constant('0')), fc.constantFrom(...PLACES), fc.integer({ min: 0, max: 13 * 60 })),
      {
        maxLength: 6,
      },
    ),
  )
  .map(([home, strange, pairs]) => [
    ...home,
    ...strange,
    ...pairs.flatMap(([first, place, minutes]) => [first, { ...first, place, at: first.at + minutes * MINUTE }]),
  ]);

/** Each begins at a full hour, at least twelve hours before the one before it ended, and ends whenever it may. */
const windows = fc
  .array(fc.record({ hours: fc.integer({ min: 14, max: 5 * 24 }), minutes: fc.integer({ min: 0, max: 59 }) }), {
    minLength: 30,
    maxLength: 60,
  })
  .map((lengths) => {
    const periods: Period[] = [];
    let from = AUDITED_FROM;
    for (const { hours, minutes } of lengths) {
      const to = Math.min(from + hours * HOUR + minutes * MINUTE, END);
      periods.push({ from: new Date(from), to: new Date(to) });
      if (to === END) {
        return periods;
      }
      from = Math.floor((to - 12 * HOUR) / HOUR) * HOUR;
    }
    return [...periods, { from: new Date(from), to: new Date(END) }];
  });

const within =
  ({ from, to }: Period) =>
  (at: number) =>
    at >= from.getTime() && at < to.getTime();

function aggregated<T>(
  chosen: readonly Event[],
  keyOf: (one: Event) => string,
  rowOf: (one: Event, count: number, first: Date, last: Date) => T,
): T[] {
  const groups = new Map<string, Event[]>();
  for (const one of chosen) {
    groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  }
  return [...groups.values()].map((same) => {
    const times = same.map(({ at }) => at);
    return rowOf(same[0]!, same.length, new Date(Math.min(...times)), new Date(Math.max(...times)));
  });
}

function rowsIn(all: readonly Event[], period: Period): SignIns[] {
  const isIn = within(period);
  return aggregated(
    all.filter(({ at }) => isIn(at)),
    ({ at, principal, place, result }) =>
      [Math.floor(at / (result === '0' ? HOUR : 10 * MINUTE)), principal, place.address, result].join('/'),
    ({ principal, place, result }, count, first, last) =>
      someSignIns({
        ...place,
        ...kindOf(principal),
        principalId: principal,
        interactive: principal === 'ada',
        result,
        count,
        first,
        last,
      }),
  );
}

function placesBefore(all: readonly Event[], { from, to }: Period): SignInPlace[] {
  const isIn = within({ from: new Date(from.getTime() - 14 * DAY), to });
  return aggregated(
    all.filter(({ at, result }) => isIn(at) && result === '0'),
    ({ at, principal, place }) => [Math.floor(at / DAY), principal, place.country].join('/'),
    ({ principal, place }, count, first, last) =>
      somePlace({ ...kindOf(principal), principalId: principal, country: place.country, count, first, last }),
  );
}

function kindOf(principal: Event['principal']) {
  return { kind: principal === 'ada' ? ('user' as const) : ('servicePrincipal' as const) };
}

function foundIn(check: Check, options: unknown, all: readonly Event[], period: Period): string[] {
  const rows = rowsIn(all, period);
  const watch = aWatch({ principals: PRINCIPALS.map((id) => aWatchedPrincipal({ ...kindOf(id), id })) });
  const verdicts = judge(
    check,
    {
      userSignIns: rows.filter(({ kind }) => kind === 'user'),
      servicePrincipalSignIns: rows.filter(({ kind }) => kind === 'servicePrincipal'),
      signInPlaces: placesBefore(all, period),
    },
    { now: period.to, options, signIns: { period, watch, trustedNetworks: ['203.0.113.0/24'] } },
  );
  return verdicts.flatMap(({ status, subject }) => (status === 'fail' ? [fingerprint(check.id, subject.id)] : []));
}

const CASES: readonly (readonly [Check, unknown])[] = [
  [disallowedCountry, { allowed: ['DE', 'PL'] }],
  [newCountry, {}],
  [newCountry, { newForDays: 2, minHistoryDays: 1, minSuccesses: 1 }],
  [impossibleTravel, {}],
  [impossibleTravel, { interactiveOnly: false, usualFromDays: 1, withinHours: 3, minKilometres: 450 }],
  [untrustedNetwork, {}],
];

test.each(CASES.map(([check, options]) => [check.id, options, check] as const))(
  '%s with %j finds the same, in however many runs',
  (_, options, check) => {
    let withFindings = 0;
    fc.assert(
      fc.property(events, windows, (all, periods) => {
        const whole = { from: new Date(AUDITED_FROM), to: new Date(END) };
        const expected = new Set(foundIn(check, options, all, whole));
        const found = new Set(periods.flatMap((period) => foundIn(check, options, all, period)));
        expect([...found].sort()).toEqual([...expected].sort());
        withFindings += expected.size > 0 ? 1 : 0;
      }),
    );
    // Else it would say nothing; of a hundred runs at least a fifth has some.
    expect(withFindings).toBeGreaterThan(3);
  },
);
