/** Where sign-ins come from. The countries are those that the sandbox's country database has for the addresses. */
import type { Chance } from './random';

export interface Place {
  readonly city: string;
  readonly state: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Hours that its clocks are before UTC; nobody changes to summer time. */
  readonly clock: number;
  /** The first numbers of the addresses that people there have at home. */
  readonly network: string;
  /** The autonomous system of that network. */
  readonly autonomousSystem: string;
}

/** One place on the network, as a sign-in log tells it. */
export interface Origin {
  /** Empty where the log does not say. */
  readonly address: string;
  /** `null`: the log knows no place. */
  readonly place: Place | null;
  readonly autonomousSystem: string;
}

type Coordinates = readonly [latitude: number, longitude: number];

function place(
  [city, state, country]: readonly [string, string, string],
  [latitude, longitude]: Coordinates,
  clock: number,
  network: string,
  autonomousSystem: string,
): Place {
  return { city, state, country, latitude, longitude, clock, network, autonomousSystem };
}

export const PLACES = {
  berlin: place(['Berlin', 'Berlin', 'DE'], [52.52, 13.41], 1, '84.128', '3320'),
  hamburg: place(['Hamburg', 'Hamburg', 'DE'], [53.55, 9.99], 1, '79.192', '3320'),
  frankfurt: place(['Frankfurt am Main', 'Hessen', 'DE'], [50.11, 8.68], 1, '93.192', '3320'),
  munich: place(['Munich', 'Bayern', 'DE'], [48.14, 11.58], 1, '109.40', '3209'),
  amsterdam: place(['Amsterdam', 'Noord-Holland', 'NL'], [52.37, 4.9], 1, '145.53', '1136'),
  london: place(['London', 'England', 'GB'], [51.51, -0.13], 0, '86.128', '2856'),
  paris: place(['Paris', 'Île-de-France', 'FR'], [48.86, 2.35], 1, '90.3', '3215'),
  madrid: place(['Madrid', 'Madrid', 'ES'], [40.42, -3.7], 1, '83.32', '3352'),
  newYork: place(['New York', 'New York', 'US'], [40.71, -74.01], -5, '71.160', '701'),
  seattle: place(['Seattle', 'Washington', 'US'], [47.61, -122.33], -8, '73.1', '7922'),
  singapore: place(['Singapore', '', 'SG'], [1.35, 103.82], 8, '111.65', '4773'),
  sydney: place(['Sydney', 'New South Wales', 'AU'], [-33.87, 151.21], 10, '1.128', '1221'),
  saoPaulo: place(['São Paulo', 'São Paulo', 'BR'], [-23.55, -46.63], -3, '177.32', '28573'),
  lagos: place(['Lagos', 'Lagos', 'NG'], [6.52, 3.38], 1, '102.88', '29465'),
  hanoi: place(['Hanoi', 'Hanoi', 'VN'], [21.03, 105.85], 7, '113.160', '45899'),
  pyongyang: place(['Pyongyang', 'Pyongyang', 'KP'], [39.03, 125.75], 9, '175.45.176', '131279'),
} as const satisfies Record<string, Place>;

/** Where the company has people. */
export const HOMES: readonly Place[] = [
  PLACES.berlin,
  PLACES.hamburg,
  PLACES.amsterdam,
  PLACES.london,
  PLACES.newYork,
  PLACES.singapore,
];

/** Regions of Microsoft's own network, from which its services and GitHub's runners sign in. */
export const MICROSOFT = '8075';
const MICROSOFT_REGIONS = [
  { place: place(['Boydton', 'Virginia', 'US'], [36.67, -78.39], -5, '20.42', MICROSOFT), network: '20.42' },
  { place: place(['Des Moines', 'Iowa', 'US'], [41.59, -93.62], -6, '13.66', MICROSOFT), network: '13.66' },
  { place: place(['Amsterdam', 'Noord-Holland', 'NL'], [52.37, 4.9], 1, '20.61', MICROSOFT), network: '20.61' },
];

/** Somebody's line at home, or in a hotel. */
export function lineIn(where: Place, chance: Chance): Origin {
  return { address: addressIn(where.network, chance), place: where, autonomousSystem: where.autonomousSystem };
}

/** A machine in Azure. */
export function machineInAzure(chance: Chance): Origin {
  const region = chance.pick(MICROSOFT_REGIONS);
  return { address: addressIn(region.network, chance), place: region.place, autonomousSystem: MICROSOFT };
}

/** @param network the first two or three numbers of its addresses */
function addressIn(network: string, chance: Chance): string {
  const third = /^\d+\.\d+$/.test(network) ? `.${chance.between(0, 127)}` : '';
  return `${network}${third}.${chance.between(1, 254)}`;
}

export const NOWHERE: Origin = { address: '', place: null, autonomousSystem: '' };
