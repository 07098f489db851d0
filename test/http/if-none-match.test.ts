import { isKnown } from '../../src/http/if-none-match';

it.each([
  [null, false],
  ['', false],
  ['"a"', true],
  ['W/"a"', true],
  ['w/"a"', false],
  ['*', true],
  [' * ', true],
  ['"*"', false],
  ['"b"', false],
  ['"b", "a"', true],
  ['"b","a"', true],
  [' ,, "b" ,\t"a",', true],
  ['"x,y", "a"', true],
  ['"x, "a""', false],
  ['"b" "a"', false],
  ['a', false],
  ['"aa"', false],
  ['"b", *', false],
  ['"', false],
  [','.repeat(100_000), false],
])('%j knows "a": %s', (header, known) => {
  expect(isKnown(header, '"a"')).toBe(known);
});
