/** Countries as sign-in logs and options name them. */

/**
 * The two-letter codes of ISO 3166-1, https://www.iso.org/obp/ui/#search/code, and XK, by which databases of addresses name
 * Kosovo, https://dev.maxmind.com/geoip/geolocate-an-ip.
 */
const CODES =
  `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD
   CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
   GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
   KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
   NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
   SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
   VN VU WF WS XK YE YT ZA ZM ZW`.split(/\s+/);

const displayNames = new Intl.DisplayNames('en', { type: 'region' });
/** Looked up once, as that takes its time and logs name the same few again and again. */
const NAMES: ReadonlyMap<string, string> = new Map(CODES.map((code) => [code, displayNames.of(code) ?? code]));

/**
 * Whether a text is such a code. Others that look like one (UK, EU) never stand in a log: who lists them would wait in vain
 * for a sign-in from there.
 */
export function isCountryCode(text: string): boolean {
  return NAMES.has(text);
}

/** `Germany`; a code that is none of a country stays as it is. */
export function countryName(code: string): string {
  return NAMES.get(code) ?? code;
}
