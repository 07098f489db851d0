/** Sign-ins at two places that nobody can have travelled between in the time. */
import type { SignIns } from '../inventory/sign-ins';
import { kilometresBetween, kilometresPerHour, type Position } from './geography';
import { compareText } from './order';
import { daysInMs } from './wording';

export type LocatedSignIns = SignIns & { readonly position: Position };

/** Two sign-ins of a principal, one after the other or at the same time. */
export interface Trip {
  readonly from: Stay;
  readonly to: Stay;
  readonly kilometres: number;
  /** `Infinity` where both were at the same time. */
  readonly kilometresPerHour: number;
}

/** Trips of a principal between two countries, either way, that began on the same day (UTC). */
export interface Trips {
  /** In the order of their codes. */
  readonly countries: readonly [string, string];
  /** The first of the fastest. */
  readonly fastest: Trip;
  /** All rows at the ends of these trips. */
  readonly signIns: readonly LocatedSignIns[];
}

/** Where somebody was at a moment. */
export interface Stay {
  readonly at: Date;
  readonly signIns: LocatedSignIns;
}

const DAY_MS = daysInMs(1);

/** A trip is impossible if it is longer and faster than this; what is further apart in time is none. */
export interface TravelLimits {
  readonly kilometres: number;
  readonly kilometresPerHour: number;
  readonly milliseconds: number;
}

/**
 * Whether rows say where they are. Latitude and longitude 0 are none but what stands where nothing is known: in the Gulf
 * of Guinea is nobody.
 */
export function isLocated(signIns: SignIns): signIns is LocatedSignIns {
  const { position, country } = signIns;
  return position !== null && country !== '' && (position.latitude !== 0 || position.longitude !== 0);
}

/**
 * The impossible trips of one principal from country to country. Within a country there are none, as addresses tell badly
 * where in it they are: a mobile network lets a whole country out at a few places.
 *
 * Of a slot the first and the last sign-in are known, and each is compared with the last ones before it in each other
 * country: these took the least time.
 */
export function impossibleTrips(rows: readonly LocatedSignIns[], limits: TravelLimits): readonly Trips[] {
  const lastIn = new Map<string, Stay>();
  const found = new Map<string, { fastest: Trip; readonly signIns: Set<LocatedSignIns> }>();
  for (const stay of rows.flatMap(staysOf).sort(inOrder)) {
    for (const [country, before] of lastIn) {
      if (stay.at.getTime() - before.at.getTime() > limits.milliseconds) {
        lastIn.delete(country);
      } else if (country !== stay.signIns.country && before.signIns.address !== stay.signIns.address) {
        const trip = tripBetween(before, stay);
        if (trip.kilometres > limits.kilometres && trip.kilometresPerHour > limits.kilometresPerHour) {
          note(trip, found);
        }
      }
    }
    lastIn.set(stay.signIns.country, stay);
  }
  return [...found.values()].map(({ fastest, signIns }) => ({
    countries: countriesOf(fastest),
    fastest,
    signIns: [...signIns],
  }));
}

function staysOf(signIns: LocatedSignIns): readonly Stay[] {
  const { first, last } = signIns;
  const stays = [{ at: first, signIns }];
  return last > first ? [...stays, { at: last, signIns }] : stays;
}

/** By time, and where that is the same in an order that does not depend on that of the rows. */
function inOrder(one: Stay, other: Stay): number {
  const [a, b] = [one.signIns.address, other.signIns.address];
  return one.at.getTime() - other.at.getTime() || compareText(a, b);
}

function tripBetween(from: Stay, to: Stay): Trip {
  const kilometres = kilometresBetween(from.signIns.position, to.signIns.position);
  return {
    from,
    to,
    kilometres,
    kilometresPerHour: kilometresPerHour(kilometres, to.at.getTime() - from.at.getTime()),
  };
}

function note(trip: Trip, found: Map<string, { fastest: Trip; readonly signIns: Set<LocatedSignIns> }>): void {
  const { from, to } = trip;
  const [one, other] = countriesOf(trip);
  const key = `${one}/${other}/${Math.floor(from.at.getTime() / DAY_MS)}`;
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, { fastest: trip, signIns: new Set([from.signIns, to.signIns]) });
    return;
  }
  known.signIns.add(from.signIns).add(to.signIns);
  if (trip.kilometresPerHour > known.fastest.kilometresPerHour) {
    known.fastest = trip;
  }
}

function countriesOf({ from, to }: Trip): readonly [string, string] {
  const [one, other] = [from.signIns.country, to.signIns.country];
  return one < other ? [one, other] : [other, one];
}
