import {
  countOf,
  GUESSES,
  isAttempt,
  mergeRows,
  principalKey,
  resultingIn,
  rowsOf,
} from '../../src/audit/sign-in-events';
import type { SignIns } from '../../src/inventory/sign-ins';
import { someSignIns } from '../fixtures/sign-ins';

const at = (time: string): Date => new Date(`2026-11-22T${time}:00.000Z`);
const failed = (change: Partial<SignIns> = {}): SignIns =>
  someSignIns({ result: '7000215', first: at('01:12'), last: at('01:15'), count: 4, ...change });

describe('rows of two Log Analytics workspaces', () => {
  test('that tell the same sign-ins are one, with the larger number and all of the time', () => {
    const merged = mergeRows([
      failed(),
      failed({ readFrom: 'other', count: 6, first: at('01:11'), last: at('01:14') }),
    ]);
    expect(merged).toEqual([failed({ readFrom: 'other', count: 6, first: at('01:11'), last: at('01:15') })]);
  });

  test('are never added up, in whichever order they come', () => {
    const rows = [
      failed({ readFrom: 'other', count: 3 }),
      failed({ count: 5 }),
      failed({ readFrom: 'third', count: 5 }),
    ];
    expect(countOf(mergeRows(rows))).toBe(5);
    expect(countOf(mergeRows(rows.toReversed()))).toBe(5);
  });

  test.each<[string, Partial<SignIns>]>([
    ['kind', { kind: 'user' }],
    ['principal', { principalId: 'other' }],
    ['address', { address: '203.0.113.8' }],
    ['application', { applicationId: 'other' }],
    ['resource', { resource: 'other' }],
    ['result', { result: '700016' }],
    ['credential', { credentialKeyId: 'other' }],
    ['person before it', { interactive: true }],
    ['slot', { first: at('01:20'), last: at('01:21') }],
  ])('are different sign-ins with another %s', (_, change) => {
    expect(mergeRows([failed(), failed({ readFrom: 'other', ...change })])).toHaveLength(2);
  });

  test('of a success are the same within an hour, of a failure within ten minutes', () => {
    const late = { readFrom: 'other', first: at('01:55'), last: at('01:56') };
    expect(mergeRows([failed({ result: '0' }), failed({ ...late, result: '0' })])).toHaveLength(1);
    expect(mergeRows([failed({ result: '50140' }), failed({ ...late, result: '50140' })])).toHaveLength(2);
  });

  test('are the same account where only its name is told', () => {
    const nameless = { principalId: '', principalName: 'Eve@contoso.example' };
    const rows = [failed(nameless), failed({ ...nameless, principalName: 'eve@contoso.example', readFrom: 'other' })];
    expect(mergeRows(rows)).toHaveLength(1);
    expect(mergeRows([rows[0]!, failed({ ...nameless, principalName: 'mallory', readFrom: 'other' })])).toHaveLength(2);
  });

  test('count what one workspace has in several rows together', () => {
    const rows = [failed({ count: 2 }), failed({ count: 3 }), failed({ readFrom: 'other', count: 4 })];
    expect(countOf(mergeRows(rows))).toBe(5);
  });
});

test('rows of one workspace stay as they are, equal ones too', () => {
  const rows = [failed(), failed()];
  expect(mergeRows(rows)).toBe(rows);
  expect(mergeRows([])).toEqual([]);
});

test('only results that are asked for are left', () => {
  const user = (result: string) => someSignIns({ kind: 'user', result });
  expect(resultingIn(['0', '50126', '50140', '50053', '53003'].map(user), GUESSES).map(({ result }) => result)).toEqual(
    ['50126', '50053'],
  );
});

test('the rows of several sources are one list', () => {
  const [user, sql] = [someSignIns({ kind: 'user' }), someSignIns({ kind: 'sqlLogin' })];
  expect(rowsOf([user], [], [sql])).toEqual([user, sql]);
  const one = [user];
  expect(rowsOf([], one)).toBe(one);
  expect(rowsOf()).toEqual([]);
});

test('an account is known by its id, or else by its name', () => {
  expect(principalKey(someSignIns({ principalId: 'id', principalName: 'Name' }))).toBe('id');
  expect(principalKey(someSignIns({ principalId: '', principalName: 'Name' }))).toBe('name');
});

test.each<[SignIns['kind'], boolean, boolean]>([
  ['user', true, true],
  ['user', false, false],
  ['servicePrincipal', false, true],
  ['sqlLogin', false, true],
])('a sign-in of a %s, interactive: %s, is an attempt: %s', (kind, interactive, expected) => {
  expect(isAttempt(someSignIns({ kind, interactive }))).toBe(expected);
});
