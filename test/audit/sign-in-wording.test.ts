import type { SomeRows } from '../../src/audit/sign-in-events';
import {
  adviceFor,
  countPrincipals,
  describeOrigin,
  describePrincipal,
  describeResults,
  describeTimes,
  placeOf,
} from '../../src/audit/sign-in-wording';
import { ADA, aFailedSqlLogin, aFailedUser } from '../fixtures/failed-sign-ins';
import { minutesAgo, someSignIns } from '../fixtures/sign-ins';

describe('who', () => {
  test.each([
    [aFailedUser(), `User “ada@contoso.example” (${ADA})`],
    [aFailedUser({ principalName: '' }), `User “${ADA}”`],
    [aFailedUser({ principalId: '' }), 'User “ada@contoso.example”'],
    [aFailedSqlLogin({ principalName: 'Loader' }), 'SQL login “Loader”'],
    [someSignIns({ kind: 'managedIdentity', principalId: 'id' }), 'Managed identity “Nightly Loader” (id)'],
  ])('%#', (row, expected) => {
    expect(describePrincipal([row])).toBe(expected);
  });

  test('has the newest name', () => {
    const rows: SomeRows = [
      aFailedUser({ principalName: 'new', last: minutesAgo(1) }),
      aFailedUser({ principalName: 'old', last: minutesAgo(9) }),
      aFailedUser({ principalName: '', last: minutesAgo(0) }),
    ];
    expect(describePrincipal(rows)).toBe(`User “new” (${ADA})`);
  });

  test('is counted', () => {
    expect(countPrincipals([aFailedUser(), aFailedUser()])).toBe('1 user');
    expect(countPrincipals([aFailedUser(), aFailedUser({ principalId: 'other' })])).toBe('2 users');
    expect(countPrincipals([aFailedSqlLogin()])).toBe('1 SQL login');
  });
});

describe('from where', () => {
  test.each([
    [{}, 'Berlin, Germany'],
    [{ city: '' }, 'Germany'],
    [{ country: '' }, 'Berlin'],
    [{ city: '', country: '' }, ''],
  ])('%j', (change, expected) => {
    expect(placeOf(aFailedUser(change))).toBe(expected);
  });

  test('the address and its place, as far as they are known', () => {
    expect(describeOrigin([aFailedUser()])).toBe('from 203.0.113.7 (Berlin, Germany)');
    expect(describeOrigin([aFailedUser({ city: '', country: '' })])).toBe('from 203.0.113.7 (unknown place)');
    expect(describeOrigin([aFailedUser({ address: '' })])).toBe('from an address that the log does not tell');
  });

  test('the most frequent of several', () => {
    const [few, many] = [aFailedUser({ count: 2 }), aFailedUser({ address: '198.51.100.9', count: 3 })];
    expect(describeOrigin([few, many])).toBe('from 2 addresses, among them 198.51.100.9 (Berlin, Germany)');
    const asMany = { ...few, count: 3 };
    expect(describeOrigin([asMany, many])).toBe(describeOrigin([many, asMany]));
    expect(describeOrigin([few, { ...many, address: '' }])).toBe('from 2 addresses');
  });
});

describe('when', () => {
  test.each([
    [60, 60, 'at 2026-11-22 02:00 UTC'],
    [60, 58, 'from 2026-11-22 02:00 to 02:02 UTC'],
    [190, 60, 'from 2026-11-21 23:50 to 2026-11-22 02:00 UTC'],
  ])('%d to %d minutes ago', (first, last, expected) => {
    expect(describeTimes([aFailedUser({ first: minutesAgo(first), last: minutesAgo(last) })])).toBe(expected);
  });

  test('of all rows', () => {
    const [a, b, c] = [60, 70, 50].map((ago) => aFailedUser({ last: minutesAgo(ago) }));
    expect(describeTimes([a!, b!, c!])).toBe('from 2026-11-22 01:50 to 02:10 UTC');
  });
});

describe('with what result', () => {
  const some = ([first = '', ...more]: readonly string[]): SomeRows => [
    aFailedUser({ result: first, count: 10 }),
    ...more.map((result, index) => aFailedUser({ result, count: 9 - index })),
  ];
  const results = (...all: readonly string[]) => describeResults(some(all));
  test('the most frequent first, two of them', () => {
    expect(results('50126')).toBe('AADSTS50126 (wrong name or password)');
    expect(results('50034', '50126')).toBe('AADSTS50034 (no such account) and AADSTS50126 (wrong name or password)');
    expect(results('50034', '50126', '50057')).toBe(
      'AADSTS50034 (no such account), AADSTS50126 (wrong name or password) and 1 other result',
    );
  });

  test('each advice once', () => {
    expect(adviceFor(some(['50126', '50056', '50057']))).toEqual([
      'Ask the account’s owner whether that was they; else change the password and look at who was tried.',
      'Enable it if that was a mistake; otherwise find what still uses it, and remove that.',
    ]);
  });
});
