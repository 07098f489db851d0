import * as fc from 'fast-check';
import { inSpans, KeyCounts, tallyOf, type Timed } from '../../src/audit/spans';

interface Item extends Timed {
  readonly count: number;
}

const item = (first: number, last = first, count = 1): Item => ({
  first: new Date(first),
  last: new Date(last),
  count,
});
const atLeast = (limit: number) => tallyOf(({ count }: Item) => count, limit);
const firstsOf = (items: readonly Item[]): number[] => items.map(({ first }) => first.getTime());

describe('items in spans', () => {
  test('are those of a span that meets the condition, in order', () => {
    expect(firstsOf(inSpans([item(30), item(0), item(8), item(4)], 10, atLeast(3)))).toEqual([0, 4, 8]);
  });

  test('of exactly the length count, of one more not', () => {
    expect(inSpans([item(0), item(10)], 10, atLeast(2))).toHaveLength(2);
    expect(inSpans([item(0), item(11)], 10, atLeast(2))).toEqual([]);
  });

  test('stand in it from beginning to end', () => {
    expect(inSpans([item(0, 4), item(5, 10)], 10, atLeast(2))).toHaveLength(2);
    expect(inSpans([item(0, 4), item(5, 11)], 10, atLeast(2))).toEqual([]);
    // Neither end of the long one is in a span of the others.
    expect(firstsOf(inSpans([item(0), item(1, 20), item(2)], 10, atLeast(2)))).toEqual([0, 2]);
  });

  test('are told of all spans that meet it, each item once', () => {
    expect(
      firstsOf(
        inSpans(
          [0, 5, 10, 15, 40, 60, 61].map((at) => item(at)),
          10,
          atLeast(2),
        ),
      ),
    ).toEqual([0, 5, 10, 15, 60, 61]);
  });

  test('count as many as they say', () => {
    expect(inSpans([item(0, 0, 3)], 10, atLeast(3))).toHaveLength(1);
    expect(inSpans([item(0, 0, 3)], 10, atLeast(4))).toEqual([]);
  });

  test('are none of none', () => {
    expect(inSpans([], 10, atLeast(0))).toEqual([]);
  });

  test('of any kind are what looking at every span finds', () => {
    const items = fc.array(
      fc
        .tuple(fc.nat(60), fc.nat(6), fc.integer({ min: 1, max: 3 }))
        .map(([at, long, count]) => item(at, at + long, count)),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 8 }), (all, length, limit) => {
        const expected = new Set<Item>();
        for (const { first } of all) {
          const from = first.getTime();
          const within = all.filter((one) => one.first.getTime() >= from && one.last.getTime() <= from + length);
          if (within.reduce((sum, one) => sum + one.count, 0) >= limit) {
            within.forEach((one) => expected.add(one));
          }
        }
        expect(new Set(inSpans(all, length, atLeast(limit)))).toEqual(expected);
      }),
    );
  });
});

test('a tally is told where the span begins and ends', () => {
  const spans: [number, number][] = [];
  const none = { add: () => undefined, remove: () => undefined };
  inSpans([item(0, 3), item(2, 9), item(20, 21)], 10, { ...none, meets: (from, to) => spans.push([from, to]) < 0 });
  expect(spans).toEqual([
    [0, 9],
    [2, 9],
    [20, 21],
  ]);
});

test('keys are counted until the last of each is taken away', () => {
  const keys = new KeyCounts();
  ['a', 'b', 'a'].forEach((key) => {
    keys.add(key);
  });
  expect(keys.size).toBe(2);
  keys.remove('a');
  expect(keys.size).toBe(2);
  keys.remove('a');
  expect(keys.size).toBe(1);
});
