/**
 * Which country an address is in, by the registries' data (public domain, CC0). The service knows city and position as
 * well; here they are left out rather than made up.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { Reader } from 'mmdb-lib';
import type { Bag } from './values';

/** Of both address families: a file of one answers nonsense for an address of the other. */
const FILE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

const NAMES = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** What the library's own types know as a country is nested: this file has it flat. */
type Lookup = (address: string) => { readonly country_code?: string } | null;

let lookUp: Lookup | undefined;
const known = new Map<string, Bag>();

/** 8 MB, read when the first address is looked up. */
function load(): Lookup {
  const reader = new Reader(readFileSync(createRequire(__filename).resolve(FILE)));
  return (address) => reader.get(address) as ReturnType<Lookup>;
}

/** https://learn.microsoft.com/kusto/query/geo-info-from-ip-address-function: `country` in English; empty where unknown. */
export function placeOf(address: string): Bag {
  const before = known.get(address);
  if (before) return before;
  lookUp ??= load();
  const country = isIP(address) === 0 ? undefined : NAMES.of(lookUp(address)?.country_code ?? 'ZZ');
  const place = country === undefined || country === NAMES.of('ZZ') ? {} : { country };
  known.set(address, place);
  return place;
}
