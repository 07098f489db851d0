import { median } from '../../bench/median';

it.each([
  [[], NaN],
  [[7], 7],
  [[10, 2, 9], 9],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});
