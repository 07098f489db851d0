/** A day of ordinary traffic: office hours, refreshed tokens, interrupts, typing errors, jobs. Nothing in it is an incident. */
import type { Application, Cast, Employee, SqlAccount } from './cast';
import type { Happening, Person, Workload } from './log-entry';
import { NOWHERE, type Origin } from './places';
import type { Chance } from './random';
import { CLIENTS, RESOURCES, type Resource } from './resources';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Workday {
  /** Midnight UTC, in milliseconds since 1970. */
  readonly start: number;
  readonly chance: Chance;
  /** Whether somebody has no ordinary traffic that day, by object id. */
  readonly away: (id: string) => boolean;
}

export function* everydayTraffic(cast: Cast, day: Workday): Generator<Happening> {
  const weekend = [0, 6].includes(new Date(day.start).getUTCDay());
  for (const person of cast.people) {
    // Some work on Saturdays.
    if (!day.away(person.id) && day.chance.happens(weekend ? 0.05 : 0.92)) yield* personsDay(person, day);
  }
  for (const application of cast.applications) {
    if (!application.broken && !day.away(application.id)) yield* applicationsDay(application, day);
  }
  for (const identity of cast.managedIdentities) {
    if (!day.away(identity.id)) yield* identitysDay(identity, day);
  }
  for (const account of cast.sqlAccounts) yield* sqlDay(account, day);
}

function* personsDay(person: Employee, { start, chance }: Workday): Generator<Happening> {
  const from = chance.pick(person.lines);
  const begins = start + (8 - person.home.clock) * HOUR + chance.below(2 * HOUR);
  yield* logIn(person, begins, from, chance);
  for (let more = chance.below(3); more > 0; more -= 1) {
    // Logs leave the place out at times.
    const known = chance.happens(0.99) ? from : NOWHERE;
    yield signIn(person, begins + chance.below(8 * HOUR), known, '0', chance.pick(programsOf(person)));
  }
  for (let hour = 0; hour < 8; hour += 1) {
    const result = chance.happens(0.005) ? chance.pick(['50173', '700084']) : '0';
    yield refresh(person, begins + hour * HOUR + chance.below(HOUR), from, result);
  }
}

/** Some mistype their password once or twice, some are asked for a second factor or whether to stay signed in. */
function* logIn(person: Employee, at: number, from: Origin, chance: Chance): Generator<Happening> {
  const before = [
    ...(chance.happens(0.02) ? Array.from({ length: chance.between(1, 2) }, () => '50126') : []),
    ...(chance.happens(0.1) ? ['50074'] : []),
    ...(chance.happens(0.05) ? ['50140'] : []),
  ];
  const program = chance.pick(programsOf(person));
  for (const [index, result] of [...before, '0'].entries()) {
    yield signIn(person, at + index * 20_000, from, result, program);
  }
}

interface Program {
  readonly client: Resource;
  readonly resource: Resource;
}

const ANYBODYS: readonly Program[] = [
  { client: CLIENTS.mail, resource: RESOURCES.mail },
  { client: CLIENTS.teams, resource: RESOURCES.graph },
];
const SYNAPSES: readonly Program[] = [
  { client: CLIENTS.studio, resource: RESOURCES.synapse },
  { client: CLIENTS.queries, resource: RESOURCES.sql },
  { client: CLIENTS.portal, resource: RESOURCES.management },
];

function programsOf({ watched }: Employee): readonly Program[] {
  return watched ? [...SYNAPSES, ...ANYBODYS] : ANYBODYS;
}

/** Of a person who sits before it; into Synapse Studio where nothing else is said. */
export function signIn(
  who: Person,
  at: number,
  from: Origin,
  result: string,
  program: Program = { client: CLIENTS.studio, resource: RESOURCES.synapse },
): Happening {
  return { kind: 'person', who, at, from, result, ...program, interactive: true };
}

/** A program renews the token of a person, who notices nothing. */
export function refresh(who: Person, at: number, from: Origin, result: string): Happening {
  return {
    kind: 'person',
    who,
    at,
    from,
    result,
    client: CLIENTS.studio,
    resource: RESOURCES.synapse,
    interactive: false,
  };
}

function* applicationsDay(application: Application, { start, chance }: Workday): Generator<Happening> {
  const pause = application.minutesBetween * MINUTE;
  for (let at = start + chance.below(pause); at < start + DAY; at += pause) {
    const resource = chance.pick([RESOURCES.synapse, RESOURCES.storage, RESOURCES.sql]);
    yield {
      kind: 'application',
      who: application,
      keyId: application.keyId,
      at,
      from: application.from,
      result: '0',
      resource,
    };
  }
}

/** Their requests stay within Microsoft's network: the logs know no address. */
function* identitysDay(who: Workload, { start, chance }: Workday): Generator<Happening> {
  for (let at = start + chance.below(HOUR); at < start + DAY; at += 2 * HOUR) {
    const resource = chance.pick([RESOURCES.storage, RESOURCES.vault, RESOURCES.sql]);
    yield { kind: 'managedIdentity', who, at, from: NOWHERE, result: '0', resource };
  }
}

function* sqlDay({ login, server, from }: SqlAccount, { start, chance }: Workday): Generator<Happening> {
  for (let at = start + chance.below(HOUR); at < start + DAY; at += chance.between(30, 120) * MINUTE) {
    const mistyped = chance.happens(0.002);
    const base = { kind: 'sql' as const, login, server, database: 'warehouse', from };
    if (mistyped) yield { ...base, at: at - MINUTE, result: '18456' };
    yield { ...base, at, result: '0' };
  }
}
