import { historyOf } from '../../src/audit/sign-in-history';
import type { SignInPlace } from '../../src/inventory/sign-ins';
import { somePlace } from '../fixtures/sign-ins';

const { kind, principalId } = somePlace();
const WHO = { kind, principalId };
const AT = new Date('2026-11-20T12:00:00Z');
const on = (day: number, time = '08:00'): Date => new Date(`2026-11-${String(day).padStart(2, '0')}T${time}:00Z`);
const inCountry = (country: string, first: Date, change: Partial<SignInPlace> = {}) =>
  somePlace({ country, first, last: first, ...change });
const acquaintance = (places: readonly SignInPlace[], at = AT) => historyOf(places).acquaintance(WHO, 'FR', at);

test('of a principal that nothing is known of', () => {
  expect(acquaintance([])).toEqual({ since: AT, knownSince: null, countries: [], successes: 0 });
});

test('what it did before it first came from there', () => {
  const places = [
    inCountry('FR', on(19)),
    inCountry('AT', on(17), { count: 2 }),
    inCountry('DE', on(10), { count: 3 }),
    inCountry('DE', on(18), { count: 4 }),
    // And after that.
    inCountry('IT', on(20)),
  ];
  expect(acquaintance(places)).toEqual({
    since: on(19),
    knownSince: on(10),
    countries: ['DE', 'AT'],
    successes: 9,
  });
});

test('thirteen whole days are known, and none before', () => {
  expect(acquaintance([inCountry('FR', on(7, '00:00'))]).since).toEqual(on(7, '00:00'));
  expect(acquaintance([inCountry('FR', on(6, '23:59'))]).since).toEqual(AT);
  expect(acquaintance([inCountry('DE', on(7))]).knownSince).toEqual(on(7));
  expect(acquaintance([inCountry('DE', on(6))]).knownSince).toBeNull();
});

test('what came later is not known yet', () => {
  const later = [inCountry('FR', on(20, '12:01')), inCountry('DE', on(20, '12:01')), inCountry('DE', on(21))];
  expect(acquaintance(later)).toEqual({ since: AT, knownSince: null, countries: [], successes: 0 });
  expect(acquaintance([inCountry('FR', on(21))]).since).toEqual(AT);
});

test('of the same day a country counts once, as the time of its sign-ins is not known', () => {
  const places = [inCountry('DE', on(20, '07:00'), { count: 9 }), inCountry('AT', on(20, '13:00'), { count: 9 })];
  expect(acquaintance([...places, inCountry('FR', on(20, '09:00'))])).toMatchObject({
    since: on(20, '09:00'),
    countries: ['DE'],
    successes: 1,
  });
});

test('what two Log Analytics workspaces tell is told once', () => {
  const twice = [
    inCountry('DE', on(18, '08:00'), { count: 5 }),
    inCountry('DE', on(18, '07:00'), { count: 4, readFrom: 'others' }),
  ];
  expect(acquaintance(twice)).toMatchObject({ knownSince: on(18, '07:00'), successes: 5 });
  expect(acquaintance(twice.toReversed())).toMatchObject({ knownSince: on(18, '07:00'), successes: 5 });
});

test('an unknown place is no place', () => {
  expect(acquaintance([inCountry('', on(18))]).knownSince).toBeNull();
});

test('others are others', () => {
  const others = [inCountry('FR', on(18), { principalId: 'somebody-else' }), inCountry('FR', on(18), { kind: 'user' })];
  expect(acquaintance(others).since).toEqual(AT);
});

describe('days in both countries', () => {
  const both = (places: readonly SignInPlace[]) => historyOf(places).daysInBoth(WHO, 'DE', 'FR', AT);
  const pair = (day: number) => [inCountry('DE', on(day)), inCountry('FR', on(day, '20:00'))];
  test.each([
    ['none', [], 0],
    ['of both', [...pair(8), ...pair(19)], 2],
    ['of one each', [inCountry('DE', on(8)), inCountry('FR', on(9))], 0],
    ['that two workspaces tell', [...pair(8), ...pair(8).map((place) => ({ ...place, readFrom: 'others' }))], 1],
    ['the day itself', pair(20), 0],
    ['the first that is known', pair(7), 1],
    ['one before', pair(6), 0],
  ])('%s', (_, places, expected) => {
    expect(both(places)).toBe(expected);
  });
});
