/** What is planted in the traffic, with the label that says what an audit should make of it. */
import type { Application, Cast, Employee, SqlAccount } from './cast';
import type { Happening, Workload } from './log-entry';
import type { Chance } from './random';

/**
 * An attack or a fault that must be found, something that looks like one and must not, or an attack that nobody expects
 * to be found.
 */
export interface Plant {
  /** Such as `password-spray 2`. */
  readonly name: string;
  readonly kind: 'attack' | 'lookAlike' | 'blindSpot';
  /** Ids of checks: that must find it, that must not fall for it, or that one might think find it. */
  readonly checkIds: readonly string[];
  /** Ids of checks that may rightly say something as well. */
  readonly mayAlsoFind: readonly string[];
  /** Object ids, addresses, logins, all lower-cased: what a finding about it must name, one of them at least. */
  readonly keys: readonly string[];
  readonly from: Date;
  readonly to: Date;
}

export interface Planted {
  readonly plant: Plant;
  readonly happenings: readonly Happening[];
  /** Each row stands twice in its table, and in another workspace as well. */
  readonly copied: boolean;
  /** Object ids of those who have no ordinary traffic on the days around it. */
  readonly away: readonly string[];
}

/** What plants are made of: people and things of their own, so that every finding can be traced to its plant. */
export interface Stage {
  readonly cast: Cast;
  readonly chance: Chance;
  /** A time, in milliseconds since 1970, on a random day that audits judge. */
  readonly moment: (hour: number) => number;
  /** Midnights of all days, in milliseconds since 1970. */
  readonly days: readonly number[];
  /** Somebody with ordinary traffic, whom no other plant has. */
  readonly person: () => Employee;
  readonly application: () => Application;
  readonly identity: () => Workload;
  readonly sqlAccount: () => SqlAccount;
  /** Somebody without ordinary traffic. */
  readonly newPerson: (change: Pick<Employee, 'home' | 'lines'> & { readonly enabled?: boolean }) => Employee;
  /** An application without ordinary traffic. */
  readonly newApplication: (change: { readonly enabled?: boolean; readonly secretEnds?: Date }) => Application;
}

export interface PlantDescription {
  readonly checkIds: readonly string[];
  readonly mayAlsoFind?: readonly string[];
  readonly keys: readonly string[];
  readonly happenings: readonly Happening[];
  readonly copied?: boolean;
  readonly away?: readonly string[];
}

/** Makes one of a kind; each call makes another. */
export type Planter = (stage: Stage) => PlantDescription;

export function plant(name: string, kind: Plant['kind'], planter: Planter, stage: Stage): Planted {
  const { checkIds, mayAlsoFind = [], keys, happenings, copied = false, away = [] } = planter(stage);
  const times = happenings.map(({ at }) => at);
  return {
    plant: {
      name,
      kind,
      checkIds,
      mayAlsoFind,
      keys: keys.map((key) => key.toLowerCase()),
      from: new Date(Math.min(...times)),
      to: new Date(Math.max(...times)),
    },
    happenings,
    copied,
    away,
  };
}
