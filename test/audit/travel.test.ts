import { impossibleTrips, isLocated, type LocatedSignIns, type TravelLimits } from '../../src/audit/travel';
import type { SignIns } from '../../src/inventory/sign-ins';
import { minutesAgo, someSignIns } from '../fixtures/sign-ins';

const LIMITS: TravelLimits = { kilometres: 500, kilometresPerHour: 900, milliseconds: 12 * 3_600_000 };
/** Degrees of a meridian that are so many kilometres. */
const degrees = (kilometres: number): number => kilometres / 111.195_080_2;

function located(change: Partial<SignIns>): LocatedSignIns {
  const signIns = someSignIns(change);
  if (!isLocated(signIns)) {
    throw new Error('This row says not where it is.');
  }
  return signIns;
}

/** At the equator in Ecuador, so many minutes before the audit. */
const here = (ago: number, change: Partial<SignIns> = {}) =>
  located({ country: 'EC', position: { latitude: 0, longitude: -80 }, last: minutesAgo(ago), ...change });
/** So many kilometres north of there, in another country and by another address. */
const away = (kilometres: number, ago: number, change: Partial<SignIns> = {}) =>
  located({
    country: 'CU',
    position: { latitude: degrees(kilometres), longitude: -80 },
    address: '198.51.100.9',
    last: minutesAgo(ago),
    ...change,
  });
const trips = (...rows: readonly LocatedSignIns[]) => impossibleTrips(rows, LIMITS);
/** Between how many pairs of countries. */
const found = (...rows: readonly LocatedSignIns[]) => trips(...rows).length;
const fastest = (...rows: readonly LocatedSignIns[]) => trips(...rows)[0]?.fastest;

test('a trip has its ends in their order, its length and its speed', () => {
  const [from, to] = [here(60), away(2000, 0)];
  const [onDay, ...more] = trips(to, from);
  expect(more).toEqual([]);
  expect(onDay).toMatchObject({ countries: ['CU', 'EC'], signIns: [from, to] });
  const trip = onDay?.fastest;
  expect(trip?.from).toEqual({ at: from.last, signIns: from });
  expect(trip?.to).toEqual({ at: to.last, signIns: to });
  expect(trip?.kilometres).toBeCloseTo(2000, 3);
  expect(trip?.kilometresPerHour).toBeCloseTo(2000, 3);
});

test.each([
  // As fast as an airliner, and a little faster.
  [899.9, 60, 0],
  [900.1, 60, 1],
  // As far as one drives, and a little further.
  [499.9, 1, 0],
  [500.1, 1, 1],
  // As long ago as is looked at, and a minute longer.
  [12_000, 720, 1],
  [12_000, 721, 0],
])('%d km in %d minutes: %d', (kilometres, minutes, expected) => {
  expect(found(here(minutes), away(kilometres, 0))).toBe(expected);
});

test('at the very limits there is none', () => {
  const limits = { ...LIMITS, kilometres: 0, kilometresPerHour: 0 };
  expect(impossibleTrips([here(60), away(0, 0)], limits)).toEqual([]);
  const trip = impossibleTrips([here(60), away(800, 0)], limits)[0]?.fastest;
  const same = { kilometres: 0, kilometresPerHour: trip?.kilometresPerHour ?? NaN };
  expect(impossibleTrips([here(60), away(800, 0)], { ...limits, ...same })).toEqual([]);
  const short = { kilometres: trip?.kilometres ?? NaN, kilometresPerHour: 0 };
  expect(impossibleTrips([here(60), away(800, 0)], { ...limits, ...short })).toEqual([]);
});

test('at the same time is faster than anything', () => {
  expect(fastest(here(0), away(501, 0))).toMatchObject({ kilometresPerHour: Infinity });
});

describe('no trip', () => {
  test('within a country, as a mobile network makes many', () => {
    expect(found(here(60), away(2000, 0, { country: 'EC' }))).toBe(0);
  });
  test('of one address that is looked up differently', () => {
    expect(found(here(60), away(2000, 0, { address: here(0).address }))).toBe(0);
  });
  test('of somebody who flies', () => {
    expect(found(here(600), away(6000, 0))).toBe(0);
  });
  test('of nobody', () => {
    expect(found()).toBe(0);
  });
});

describe('of a slot', () => {
  test('the ends that are closest count', () => {
    // From the last of the first to the first of the second 65 minutes: 923 km/h; otherwise slower.
    const rows = [here(100, { first: minutesAgo(110) }), away(1000, 5, { first: minutesAgo(35) })];
    const trip = fastest(...rows);
    expect(trip?.from.at).toEqual(minutesAgo(100));
    expect(trip?.to.at).toEqual(minutesAgo(35));
    expect(found(...rows)).toBe(1);
  });
  test('that another lies within, both ends are compared', () => {
    const slow = here(10, { first: minutesAgo(50) });
    expect(fastest(slow, away(501, 12))?.to.at).toEqual(minutesAgo(10));
    expect(fastest(slow, away(501, 48))?.to.at).toEqual(minutesAgo(48));
  });
});

test('the last sign-in in each country is compared, not only the very last', () => {
  const between = here(30, {
    country: 'PA',
    position: { latitude: degrees(400), longitude: -80 },
    address: '192.0.2.1',
  });
  const chain = [here(60), between, away(950, 15)];
  expect(trips(...chain).map(({ countries }) => countries)).toEqual([
    ['CU', 'EC'],
    ['CU', 'PA'],
  ]);
});

test('there and back is told together, with the fastest way and every row, day by day', () => {
  const day = 24 * 60;
  const rows = [here(60), away(2000, 0), here(60 + day), away(2000, day), here(day - 30)];
  const together = trips(...rows);
  expect(together.map(({ fastest: { to }, signIns }) => [to.at, signIns.length])).toEqual([
    [minutesAgo(day - 30), 3],
    [minutesAgo(0), 2],
  ]);
});

test('of trips as fast the first is told', () => {
  expect(fastest(here(0), away(2000, 0), here(120), away(2000, 120))?.to.at).toEqual(minutesAgo(120));
});

test('the order of the rows says nothing', () => {
  const rows = [here(60), away(2000, 0), here(0, { address: '192.0.2.1' }), away(2000, 60, { address: '192.0.2.2' })];
  expect(trips(...rows.toReversed())).toEqual(trips(...rows));
});

test.each([
  [{}, true],
  [{ position: null }, false],
  [{ country: '' }, false],
  [{ position: { latitude: 0, longitude: 0 } }, false],
  [{ position: { latitude: 0, longitude: 7 } }, true],
  [{ position: { latitude: 7, longitude: 0 } }, true],
])('a row with %j tells where it is: %s', (change, expected) => {
  expect(isLocated(someSignIns(change))).toBe(expected);
});

test('a hundred thousand rows of one principal are looked through once', () => {
  const countries = ['DE', 'FR', 'AT'];
  const rows = Array.from({ length: 100_000 }, (_, index) =>
    here(index / 10, { country: countries[index % 3] ?? '', address: `2001:db8::${index.toString(16)}` }),
  );
  expect(impossibleTrips(rows, LIMITS)).toEqual([]);
});
