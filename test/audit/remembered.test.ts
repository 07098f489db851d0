import { remembered } from '../../src/audit/remembered';

const first = [1, 2];
const second = [3];

function counting() {
  let calls = 0;
  const sum = remembered((a: readonly number[], b: readonly number[]) => {
    calls += 1;
    return { sum: [...a, ...b].reduce((total, one) => total + one, 0) };
  });
  return { sum, calls: () => calls };
}

test('the same lists are computed once', () => {
  const { sum, calls } = counting();
  expect(sum(first, second)).toEqual({ sum: 6 });
  expect(sum(first, second)).toBe(sum(first, second));
  expect(calls()).toBe(1);
});

test.each([
  ['the first', [1, 2], second],
  ['another', first, [3]],
])('%s list that only looks the same is computed anew', (_which, a, b) => {
  const { sum, calls } = counting();
  sum(first, second);
  expect(sum(a, b)).toEqual({ sum: 6 });
  expect(calls()).toBe(2);
});

test('other lists are not mistaken for those before', () => {
  const { sum } = counting();
  sum(first, second);
  expect(sum(first, [10])).toEqual({ sum: 13 });
  expect(sum(first, second)).toEqual({ sum: 6 });
});
