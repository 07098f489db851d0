import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Reader } from 'mmdb-lib';
import { placeOf } from '../../sandbox/kql/geography';
import { textOf } from '../../sandbox/kql/values';
import { countryCode } from '../../src/inventory/collectors/country-code';

test.each([
  ['DE', 'DE'],
  ['de', 'DE'],
  [' us ', 'US'],
  ['XK', 'XK'],
  // Another code of the same country.
  ['UK', 'GB'],
  ['Germany', 'DE'],
  ['GERMANY', 'DE'],
  // As GeoLite2 names them, and named them before.
  ['The Netherlands', 'NL'],
  ['Netherlands', 'NL'],
  ['Türkiye', 'TR'],
  ['Turkey', 'TR'],
  ['Hong Kong', 'HK'],
  ['Macao', 'MO'],
  ['Myanmar', 'MM'],
  ['Palestine', 'PS'],
  ['Ivory Coast', 'CI'],
  ['Côte d’Ivoire', 'CI'],
  ["Cote d'Ivoire", 'CI'],
  ['Cabo Verde', 'CV'],
  ['Congo Republic', 'CG'],
  ['DR Congo', 'CD'],
  ['Bosnia and Herzegovina', 'BA'],
  ['Trinidad and Tobago', 'TT'],
  ['St Kitts and Nevis', 'KN'],
  ['Saint Lucia', 'LC'],
  ['St Vincent and Grenadines', 'VC'],
  ['Saint Barthélemy', 'BL'],
  ['São Tomé and Príncipe', 'ST'],
  ['Bonaire, Sint Eustatius, and Saba', 'BQ'],
  ['Federated States of Micronesia', 'FM'],
  ['U.S. Virgin Islands', 'VI'],
  ['South Korea', 'KR'],
  ['Republic of Lithuania', 'LT'],
  ['Hashemite Kingdom of Jordan', 'JO'],
  ['Czechia', 'CZ'],
  ['Czech Republic', 'CZ'],
  ['Åland', 'AX'],
])('%s is %s', (text, code) => {
  expect(countryCode(text)).toBe(code);
});

test.each(['', 'ZZ', 'EU', 'XA', 'Q1', 'QQ', 'Atlantis', 'westeurope', 'European Union', '-'])(
  '%j is unknown',
  (text) => {
    expect(countryCode(text)).toBe('');
  },
);

test('every name that the sandbox looks up has its code', () => {
  const file = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
  const reader = new Reader(readFileSync(createRequire(__filename).resolve(file)));
  const seen = new Map<string, string>();
  // An address of each network of 2^16.
  for (let network = 0; network < 2 ** 16; network += 1) {
    const address = `${network >> 8}.${network & 255}.128.1`;
    const { country_code: code } = (reader.get(address) ?? {}) as { readonly country_code?: string };
    if (code !== undefined && !seen.has(code)) seen.set(code, address);
  }
  expect(seen.size).toBeGreaterThan(180);
  for (const [code, address] of seen) {
    expect([code, countryCode(textOf(placeOf(address)['country'] ?? null))]).toEqual([code, code]);
  }
});
