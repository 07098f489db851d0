/**
 * Countries as logs write them, by code or in English. `geo_info_from_ip_address` takes its names from GeoLite2, which
 * calls some otherwise than Unicode does: https://learn.microsoft.com/kusto/query/geo-info-from-ip-address-function
 */
const NAMES = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Have a code and a name, and are no country: groups of countries, and what tests use. */
const NO_COUNTRIES = ['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ'];

/** Names, without accents, that differ from those of Unicode by more than {@link plain} makes equal. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  aland: 'AX',
  'bonaire, sint eustatius, and saba': 'BQ',
  'brunei darussalam': 'BN',
  burma: 'MM',
  'cabo verde': 'CV',
  congo: 'CG',
  'congo republic': 'CG',
  'czech republic': 'CZ',
  'democratic republic of the congo': 'CD',
  'dr congo': 'CD',
  'east timor': 'TL',
  'federated states of micronesia': 'FM',
  'hashemite kingdom of jordan': 'JO',
  'heard island and mcdonald islands': 'HM',
  'hong kong': 'HK',
  'islamic republic of iran': 'IR',
  'ivory coast': 'CI',
  korea: 'KR',
  lao: 'LA',
  macao: 'MO',
  macau: 'MO',
  macedonia: 'MK',
  myanmar: 'MM',
  palestine: 'PS',
  pitcairn: 'PN',
  'republic of korea': 'KR',
  'republic of lithuania': 'LT',
  'republic of moldova': 'MD',
  'republic of the congo': 'CG',
  'russian federation': 'RU',
  'saint vincent and the grenadines': 'VC',
  'south georgia and the south sandwich islands': 'GS',
  swaziland: 'SZ',
  'syrian arab republic': 'SY',
  turkey: 'TR',
  'u.s. minor outlying islands': 'UM',
  'united states of america': 'US',
  vatican: 'VA',
  'viet nam': 'VN',
};

/** The code in use for any two letters; empty where there is none. */
const IN_USE: ReadonlyMap<string, string> = new Map(twoLetters().map((code) => [code, inUse(code)]));

const CODES: ReadonlyMap<string, string> = new Map([
  // Those that were given up name another.
  ...[...IN_USE].flatMap(([code, current]): [string, string][] =>
    code === current ? [[plain(NAMES.of(code) ?? code), code]] : [],
  ),
  ...Object.entries(OTHER_NAMES),
]);

/** ISO 3166-1 alpha-2 code of a country; empty where the text names none that is known. */
export function countryCode(text: string): string {
  const trimmed = text.trim();
  const isCode = /^[a-z]{2}$/i.test(trimmed);
  return (isCode ? IN_USE.get(trimmed.toUpperCase()) : CODES.get(plain(trimmed))) ?? '';
}

/** `UK` is another code of `GB`. */
function inUse(code: string): string {
  const current = new Intl.Locale(`und-${code}`).region ?? '';
  return NAMES.of(current) === undefined || NO_COUNTRIES.includes(current) ? '' : current;
}

function twoLetters(): string[] {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  return letters.flatMap((first) => letters.map((second) => first + second));
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll('&', 'and')
    .replace(/^the /, '')
    .replace(/^st\.? /, 'saint ');
}
