/**
 * From where principals signed in over the two weeks before a sign-in. Places are told by the day, and of the two weeks
 * before the period that is judged: so of any sign-in in it the thirteen whole days before its own are known, whatever
 * period a run happens to judge. What lies further back counts in no run, as it would be known in some only.
 */
import type { SignInPlace } from '../inventory/sign-ins';
import { daysInMs } from './wording';

/** How many whole days before a sign-in are known. */
export const HISTORY_DAYS = 13;

type Principal = Pick<SignInPlace, 'kind' | 'principalId'>;

/** What is known of a principal when it signs in from a country. */
export interface Acquaintance {
  /** When it first came from there, as far as is known; that sign-in itself where there was none before. */
  readonly since: Date;
  /** The first sign-in that is known of it, before that; `null` where none is. */
  readonly knownSince: Date | null;
  /** Where else it came from before that, each country once, in the order of their first day. */
  readonly countries: readonly string[];
  /** How many sign-ins it had before that; on the same day one for each country, as their time is not known. */
  readonly successes: number;
}

export interface SignInHistory {
  acquaintance(principal: Principal, country: string, at: Date): Acquaintance;
  /** On how many of the days before that moment's it came from both countries. */
  daysInBoth(principal: Principal, one: string, other: string, at: Date): number;
}

/** One country on one day. */
interface Visit {
  readonly country: string;
  readonly day: number;
  readonly count: number;
  /** Milliseconds. */
  readonly first: number;
}

/** A day that several Log Analytics workspaces tell of counts once: the larger number, never the sum. */
export function historyOf(places: readonly SignInPlace[]): SignInHistory {
  const visits = visitsByPrincipal(places);
  const visitsOf = (principal: Principal) => [...(visits.get(keyOf(principal))?.values() ?? [])];
  return {
    acquaintance: (principal, country, at) => {
      const today = dayOf(at);
      const known = visitsOf(principal).filter(({ day }) => day >= today - HISTORY_DAYS && day <= today);
      return acquaintanceWith(country, known, at);
    },
    daysInBoth: (principal, one, other, at) => {
      const today = dayOf(at);
      const before = visitsOf(principal).filter(({ day }) => day >= today - HISTORY_DAYS && day < today);
      const daysIn = (country: string) => new Set(before.filter((v) => v.country === country).map(({ day }) => day));
      const others = daysIn(other);
      return [...daysIn(one)].filter((day) => others.has(day)).length;
    },
  };
}

function acquaintanceWith(country: string, known: readonly Visit[], at: Date): Acquaintance {
  const since = known
    .filter((visit) => visit.country === country)
    .reduce((earliest, { first }) => Math.min(earliest, first), at.getTime());
  const before = known.filter(({ first }) => first < since).sort((a, b) => a.first - b.first);
  const sameDay = dayOf(new Date(since));
  return {
    since: new Date(since),
    knownSince: before[0] === undefined ? null : new Date(before[0].first),
    countries: [...new Set(before.map((visit) => visit.country))],
    successes: before.reduce((sum, { day, count }) => sum + (day < sameDay ? count : 1), 0),
  };
}

function visitsByPrincipal(places: readonly SignInPlace[]): ReadonlyMap<string, ReadonlyMap<string, Visit>> {
  const byPrincipal = new Map<string, Map<string, Visit>>();
  for (const place of places) {
    // One that is not known tells nothing of where a principal is at home.
    if (place.country === '') {
      continue;
    }
    const visits = byPrincipal.get(keyOf(place)) ?? new Map<string, Visit>();
    byPrincipal.set(keyOf(place), visits);
    const day = dayOf(place.first);
    const key = `${place.country}/${day}`;
    const known = visits.get(key);
    visits.set(key, {
      country: place.country,
      day,
      count: Math.max(place.count, known?.count ?? 0),
      first: Math.min(place.first.getTime(), known?.first ?? Infinity),
    });
  }
  return byPrincipal;
}

function keyOf({ kind, principalId }: Principal): string {
  return `${kind}/${principalId}`;
}

/** Number of a day (UTC). */
function dayOf(date: Date): number {
  return Math.floor(date.getTime() / daysInMs(1));
}
