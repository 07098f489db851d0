import { countryName, isCountryCode } from '../../src/audit/countries';

const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const codes = LETTERS.flatMap((one) => LETTERS.map((other) => one + other)).filter(isCountryCode);

test('there are the 249 countries of ISO 3166-1, and Kosovo', () => {
  expect(codes).toHaveLength(250);
  expect(codes).toContain('XK');
});

test('each has a name, and none is another name of a country that has a code', () => {
  for (const code of codes) {
    expect(countryName(code)).toMatch(/\p{Ll}/u);
    expect(new Intl.Locale(`und-${code}`).region).toBe(code);
  }
});

test.each(['', 'de', 'UK', 'EU', 'UN', 'ZZ', 'XX', 'DEU', ' DE', 'D'])('%j is none', (text) => {
  expect(isCountryCode(text)).toBe(false);
});

test.each([
  ['DE', 'Germany'],
  ['XK', 'Kosovo'],
  ['', ''],
  ['ZZ', 'ZZ'],
  ['<b>', '<b>'],
])('%s is called %s', (code, name) => {
  expect(countryName(code)).toBe(name);
});
