import fc from 'fast-check';
import { closest } from '../../src/cli/closest';

const KNOWN = ['secret-expiry', 'certificate-expiry', 'firewall-open', 'quiet'];

it.each([
  ['secret-expirey', 'secret-expiry'],
  ['secretexpiry', 'secret-expiry'],
  ['certificat-expiry', 'certificate-expiry'],
  ['firewal-opne', 'firewall-open'],
  ['quite', undefined],
  ['quie', 'quiet'],
  ['mfa', undefined],
  ['', undefined],
])('%s: %s', (word, expected) => {
  expect(closest(word, KNOWN)).toBe(expected);
});

it('knows of nothing where there is nothing', () => {
  expect(closest('quiet', [])).toBeUndefined();
});

it('finds a known word with one letter changed, left out or put in', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KNOWN), fc.nat(), fc.constantFrom('', 'x', 'xy'), (word, place, letter) => {
      const at = place % word.length;
      expect(closest(word.slice(0, at) + letter + word.slice(at + 1), KNOWN)).toBe(word);
    }),
  );
});
