import { withoutMoments } from '../../../sandbox/kql/moments';
import { rowsOf, valuesOf } from './query';

const [first, second] = ['2026-02-27T01:00:00.000Z', '2026-02-28T02:30:00.123Z'];

test('a moment is the moment that it was', () => {
  expect(valuesOf(`let From = datetime(${second});\nprint From`)).toEqual([new Date(second)]);
});

test('two of them are not mixed up', () => {
  const query = `let From = datetime(${first});\nlet To = datetime(${second});\nprint To, From, bin(To, 1d), To - From > 25h`;
  expect(rowsOf(query).map(Object.values)).toEqual([
    [new Date(second), new Date(first), new Date('2026-02-28T00:00:00Z'), true],
  ]);
});

test('one may be used in a union that tables are missing of', () => {
  const query = `let From = datetime(${first});\nunion isfuzzy=true Nowhere, (print From)`;
  expect(valuesOf(query)).toEqual([new Date(first)]);
});

test('the query that is parsed is the same for another time', () => {
  const [one, other] = [first, second].map((moment) => withoutMoments(`let From = datetime(${moment});\nprint From`));
  expect(one?.text).toBe(other?.text);
  expect([one?.moments, other?.moments]).toEqual([[new Date(first)], [new Date(second)]]);
});

test.each([
  ['a moment in the midst of the query', `print datetime(${first})`],
  ['what is no moment', 'let From = datetime(yesterday);'],
  ['what only looks like a declaration', `print "let From = datetime(${first});"`],
])('%s stays where it is', (_, query) => {
  expect(withoutMoments(query)).toEqual({ text: query, moments: [] });
});
