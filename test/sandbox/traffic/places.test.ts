import { readFileSync } from 'node:fs';
import { Reader, type CountryResponse } from 'mmdb-lib';
import { lineIn, machineInAzure, MICROSOFT, PLACES } from '../../../sandbox/traffic/places';
import { createChance } from '../../../sandbox/traffic/random';

const database = new Reader<CountryResponse & { readonly country_code?: string }>(
  readFileSync(require.resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb')),
);
const chance = createChance(1, 'test');

test.each(Object.entries(PLACES))('addresses in %s lie in its country', (_, place) => {
  for (let index = 0; index < 200; index += 1) {
    const line = lineIn(place, chance);
    expect([line.address, database.get(line.address)?.country_code]).toEqual([line.address, place.country]);
    expect(line).toMatchObject({ place, autonomousSystem: place.autonomousSystem });
  }
});

test('machines in Azure are in the country they say, in the autonomous system of Microsoft', () => {
  const machines = Array.from({ length: 200 }, () => machineInAzure(chance));
  for (const { address, place, autonomousSystem } of machines) {
    expect([database.get(address)?.country_code, autonomousSystem]).toEqual([place?.country, MICROSOFT]);
  }
  expect(new Set(machines.map(({ place }) => place?.country)).size).toBeGreaterThan(1);
});
