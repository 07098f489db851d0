/**
 * A month of the logs that sign-in audits read: ordinary traffic of a company, with planted attacks that must be found
 * and planted look-alikes that must not. The same for the same options.
 */
import { clientIdOf, guidOf } from '../scenarios/symbolic-id';
import { ATTACKS } from './attacks';
import { BLIND_SPOTS } from './blind-spots';
import { castOf, LOGS, MORE_LOGS, type Application, type Cast, type Employee, type TrafficSizes } from './cast';
import { everydayTraffic } from './everyday';
import { entryOf, type Happening, type LogEntry } from './log-entry';
import { LOOK_ALIKES } from './look-alikes';
import { PLACES } from './places';
import { plant, type Plant, type Planted, type Stage } from './plant';
import { createChance } from './random';

export interface TrafficOptions {
  readonly seed: number;
  /** Midnight UTC at the end of the last day. */
  readonly until: Date;
  readonly days: number;
  /** At the beginning, of which audits only learn who comes from where: nothing is planted there but what is always there. */
  readonly historyDays: number;
  readonly sizes: TrafficSizes;
  /** How many of each kind of attack. */
  readonly attacksOfAKind: number;
}

/** Some hundred thousand rows; millions with larger sizes. */
export const MONTH = {
  days: 30,
  historyDays: 15,
  sizes: { people: 220, outsiders: 80, applications: 80, managedIdentities: 30, sqlLogins: 40 },
  attacksOfAKind: 3,
} as const satisfies Partial<TrafficOptions>;

export interface Traffic {
  readonly cast: Cast;
  readonly disabled: ReadonlySet<string>;
  /** When the secret of an application ends, by object id; others do not. */
  readonly secretEnds: ReadonlyMap<string, Date>;
  readonly plants: readonly Plant[];
  readonly from: Date;
  /** From here on audits judge. */
  readonly judgedFrom: Date;
  readonly until: Date;
  /** Day by day, in no order within a day. */
  entries(): Generator<LogEntry>;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** @throws Error where there are fewer people or things than the plants need */
export function createTraffic(options: TrafficOptions): Traffic {
  const { seed, until, days, historyDays, sizes, attacksOfAKind } = options;
  const starts = Array.from({ length: days }, (_, index) => until.getTime() - (days - index) * DAY);
  const company = castOf(seed, sizes);
  const extras: { people: Employee[]; applications: Application[] } = { people: [], applications: [] };
  const disabled = new Set<string>();
  const secretEnds = new Map<string, Date>();
  const pools = {
    people: company.people.filter(({ watched }) => watched).values(),
    applications: company.applications.values(),
    identities: company.managedIdentities.values(),
    sqlAccounts: company.sqlAccounts.values(),
  };
  const stageOf = (name: string): Stage => {
    const chance = createChance(seed, name);
    return {
      cast: company,
      chance,
      // The last day is left free, so that what begins in the evening ends before the month does.
      moment: (hour) => chance.pick(starts.slice(historyDays, -1)) + hour * HOUR + chance.below(HOUR),
      days: starts,
      person: () => next(pools.people, 'people'),
      application: () => next(pools.applications, 'applications'),
      identity: () => next(pools.identities, 'managedIdentities'),
      sqlAccount: () => next(pools.sqlAccounts, 'sqlLogins'),
      newPerson: ({ enabled = true, ...rest }) => {
        const id = guidOf(`traffic:planted:${seed}:${name}`);
        const person = {
          id,
          name: `Person of ${name}`,
          upn: `${id.slice(0, 8)}@traffic.example`,
          watched: true,
          ...rest,
        };
        extras.people.push(person);
        if (!enabled) disabled.add(id);
        return person;
      },
      newApplication: ({ enabled = true, secretEnds: ends }) => {
        const application: Application = {
          id: guidOf(`traffic:planted:${seed}:${name}`),
          clientId: clientIdOf(`traffic:planted:${seed}:${name}`),
          keyId: guidOf(`traffic:planted-key:${seed}:${name}`),
          name: `Application of ${name}`,
          minutesBetween: 60,
          from: { address: '', place: PLACES.berlin, autonomousSystem: '' },
          broken: true,
        };
        extras.applications.push(application);
        if (!enabled) disabled.add(application.id);
        if (ends) secretEnds.set(application.id, ends);
        return application;
      },
    };
  };
  const planted = [
    ...Object.entries(ATTACKS).flatMap(([name, planter]) =>
      Array.from({ length: attacksOfAKind }, (_, index) =>
        plant(`${name} ${index + 1}`, 'attack', planter, stageOf(`${name} ${index + 1}`)),
      ),
    ),
    ...Object.entries(LOOK_ALIKES).map(([name, planter]) => plant(name, 'lookAlike', planter, stageOf(name))),
    ...Object.entries(BLIND_SPOTS).map(([name, planter]) => plant(name, 'blindSpot', planter, stageOf(name))),
  ];
  return {
    cast: {
      ...company,
      people: [...company.people, ...extras.people],
      applications: [...company.applications, ...extras.applications],
    },
    disabled,
    secretEnds,
    plants: planted.map((each) => each.plant),
    from: new Date(starts[0] ?? until),
    judgedFrom: new Date(starts[historyDays] ?? until),
    until,
    entries: () => entriesOf(seed, starts, company, planted),
  };
}

function next<T>(pool: Iterator<T, undefined>, name: keyof TrafficSizes): T {
  const { value } = pool.next();
  if (value === undefined) throw new Error(`The traffic has too few ${name} for what is planted in it.`);
  return value;
}

function* entriesOf(
  seed: number,
  starts: readonly number[],
  company: Cast,
  planted: readonly Planted[],
): Generator<LogEntry> {
  const dayOf = (at: number): number => Math.floor(at / DAY) * DAY;
  const plantedOn = new Map<number, { readonly happening: Happening; readonly copied: boolean }[]>();
  const awayOn = new Map<number, Set<string>>();
  for (const { happenings, copied, away } of planted) {
    for (const happening of happenings) {
      const day = dayOf(happening.at);
      listIn(plantedOn, day).push({ happening, copied });
      // Neither the day before nor the day after, so that ordinary traffic makes no journey of it.
      for (const near of away.length > 0 ? [day - DAY, day, day + DAY] : []) {
        awayOn.set(near, new Set([...(awayOn.get(near) ?? []), ...away]));
      }
    }
  }
  for (const start of starts) {
    const chance = createChance(seed, `day ${start}`);
    const away = awayOn.get(start);
    const day = { start, chance, away: (id: string) => away?.has(id) ?? false };
    for (const happening of everydayTraffic(company, day)) yield entryOf(happening, LOGS, chance);
    for (const { happening, copied } of plantedOn.get(start) ?? []) {
      const entry = entryOf(happening, LOGS, chance);
      yield entry;
      if (copied) {
        yield entry;
        yield { ...entry, exportedTo: MORE_LOGS };
        yield { ...entry, exportedTo: MORE_LOGS };
      }
    }
  }
}

function listIn<K, V>(map: Map<K, V[]>, key: K): V[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}
