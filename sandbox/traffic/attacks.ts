/** Planted attacks and faults, by name. Each is a few kinds of one incident, told apart by what chance decides. */
import { signIn } from './everyday';
import type { Happening, SqlServer } from './log-entry';
import { lineIn, NOWHERE, PLACES, type Origin } from './places';
import type { Planter, Stage } from './plant';
import type { Chance } from './random';
import { RESOURCES } from './resources';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** So many moments within a time, in order. */
function spread(chance: Chance, from: number, length: number, count: number): number[] {
  return Array.from({ length: count }, () => from + chance.below(length)).sort((a, b) => a - b);
}

function sqlFailure(login: string, server: SqlServer, at: number, from: Origin): Happening {
  return { kind: 'sql', login, server, database: 'master', at, from, result: '18456' };
}

/** Somebody tries names that every SQL server might have. */
const sqlBurst: Planter = ({ chance, cast, moment }) => {
  const from = lineIn(PLACES.paris, chance);
  const server = chance.pick(cast.servers);
  const times = spread(chance, moment(3), chance.between(15, 40) * MINUTE, chance.between(60, 300));
  return {
    checkIds: ['failed-login-burst'],
    // Three names from one address are a small spray.
    mayAlsoFind: ['password-spray'],
    keys: [from.address],
    happenings: times.map((at) => sqlFailure(chance.pick(['sa', 'admin', 'sqladminuser']), server, at, from)),
  };
};

const personBurst: Planter = ({ chance, person, moment }) => {
  const victim = person();
  const from = lineIn(victim.home, chance);
  const times = spread(chance, moment(4), chance.between(20, 60) * MINUTE, chance.between(30, 90));
  return {
    checkIds: ['failed-login-burst'],
    keys: [victim.id, from.address],
    happenings: times.map((at, index) =>
      signIn(victim, at, from, index < 20 ? '50126' : chance.pick(['50126', '50053'])),
    ),
  };
};

/** One or two passwords for many names, so that no account is locked. */
const spray: Planter = ({ chance, cast, moment }) => {
  const from = lineIn(PLACES.madrid, chance);
  const begins = moment(2);
  const victims = cast.people.filter(({ watched }) => watched).slice(0, chance.between(15, 40));
  const length = chance.between(20, 60) * MINUTE;
  return {
    checkIds: ['password-spray'],
    mayAlsoFind: ['failed-login-burst'],
    keys: [from.address],
    happenings: victims.flatMap((victim) =>
      spread(chance, begins, length, chance.between(1, 2)).map((at) => signIn(victim, at, from, '50126')),
    ),
  };
};

const guessedPassword: Planter = ({ chance, person, moment }) => {
  const victim = person();
  const from = lineIn(victim.home, chance);
  const begins = moment(3);
  const length = chance.between(20, 50) * MINUTE;
  const failures = spread(chance, begins, length, chance.between(20, 60));
  return {
    checkIds: ['brute-force-success'],
    mayAlsoFind: ['failed-login-burst', 'untrusted-network'],
    keys: [victim.id, from.address],
    happenings: [
      ...failures.map((at) => signIn(victim, at, from, '50126')),
      signIn(victim, begins + length + chance.between(1, 10) * MINUTE, from, '0'),
    ],
  };
};

const guessedSqlPassword: Planter = ({ chance, sqlAccount, moment }) => {
  const { login, server } = sqlAccount();
  const from = lineIn(PLACES.amsterdam, chance);
  const begins = moment(3);
  const length = chance.between(10, 40) * MINUTE;
  const failures = spread(chance, begins, length, chance.between(20, 200));
  const success: Happening = {
    ...{ kind: 'sql', login, server, database: 'warehouse', from, result: '0' },
    at: begins + length + chance.between(1, 10) * MINUTE,
  };
  return {
    checkIds: ['brute-force-success'],
    mayAlsoFind: ['failed-login-burst', 'untrusted-network', 'new-country'],
    keys: [login, from.address],
    happenings: [...failures.map((at) => sqlFailure(login, server, at, from)), success],
  };
};

/** @param seconds between two tries of the program that was forgotten */
function expiredSecret(
  { newApplication, cast, moment, chance }: Stage,
  seconds: number,
  hours: number,
  keyKnown: boolean,
) {
  const begins = moment(2);
  const application = newApplication({ secretEnds: new Date(begins - chance.between(1, 40) * MINUTE) });
  const from = chance.pick([...cast.offices.values()]);
  return {
    checkIds: ['expired-credential-in-use'],
    keys: [application.id, application.clientId, application.keyId],
    happenings: Array.from({ length: Math.floor((hours * 3600) / seconds) }, (_, index): Happening => ({
      ...{ kind: 'application', who: application, from, result: '7000222', resource: RESOURCES.synapse },
      keyId: keyKnown ? application.keyId : '',
      at: begins + index * seconds * SECOND,
    })),
  };
}

/** A pipeline goes on with a secret that ended in the night. */
const expiredInUse: Planter = (stage) => expiredSecret(stage, stage.chance.between(120, 600), 8, true);
/** The log does not say which secret it was. */
const unknownExpiredInUse: Planter = (stage) => expiredSecret(stage, stage.chance.between(120, 600), 8, false);
/** A program tries again every few seconds: thousands of failures that are one fault, and no attack. */
const retryStorm: Planter = (stage) => expiredSecret(stage, 8, 6, true);

const wrongSecret: Planter = ({ chance, application, moment }) => {
  const victim = application();
  const from = lineIn(PLACES.hanoi, chance);
  const result = chance.pick(['7000215', '7000215', '700027']);
  return {
    checkIds: ['invalid-credential-use'],
    mayAlsoFind: ['failed-login-burst'],
    keys: [victim.id, victim.clientId, from.address],
    happenings: spread(chance, moment(1), chance.between(1, 3) * HOUR, chance.between(10, 40)).map((at): Happening => ({
      ...{ kind: 'application', who: victim, keyId: '', from, result, resource: RESOURCES.synapse },
      at,
    })),
  };
};

const disabledPerson: Planter = ({ chance, newPerson, moment }) => {
  const line = lineIn(PLACES.london, chance);
  const left = newPerson({ home: PLACES.london, lines: [line, line], enabled: false });
  return {
    checkIds: ['disabled-principal-sign-in'],
    keys: [left.id],
    happenings: spread(chance, moment(20), HOUR, chance.between(3, 10)).map((at) => signIn(left, at, line, '50057')),
  };
};

const disabledApplication: Planter = ({ chance, newApplication, cast, moment }) => {
  const application = newApplication({ enabled: false });
  const from = chance.pick([...cast.offices.values()]);
  return {
    checkIds: ['disabled-principal-sign-in'],
    keys: [application.id, application.clientId],
    happenings: spread(chance, moment(5), 2 * HOUR, chance.between(3, 10)).map((at): Happening => ({
      ...{ kind: 'application', who: application, keyId: application.keyId, result: '7000112', from },
      resource: RESOURCES.synapse,
      at,
    })),
  };
};

const forbiddenCountry: Planter = ({ chance, person, moment }) => {
  const victim = person();
  const from = lineIn(PLACES.pyongyang, chance);
  return {
    checkIds: ['disallowed-country'],
    mayAlsoFind: ['new-country', 'impossible-travel', 'untrusted-network'],
    keys: [victim.id],
    away: [victim.id],
    happenings: spread(chance, moment(1), HOUR, chance.between(1, 3)).map((at) => signIn(victim, at, from, '0')),
  };
};

const unknownCountry = (person: Stage['person'], { chance, moment }: Stage): ReturnType<Planter> => {
  const victim = person();
  const from = lineIn(chance.pick([PLACES.saoPaulo, PLACES.lagos, PLACES.hanoi]), chance);
  return {
    checkIds: ['new-country'],
    mayAlsoFind: ['impossible-travel', 'untrusted-network'],
    keys: [victim.id],
    away: [victim.id],
    happenings: spread(chance, moment(12), HOUR, chance.between(1, 3)).map((at) => signIn(victim, at, from, '0')),
  };
};
const personInNewCountry: Planter = (stage) => unknownCountry(stage.person, stage);

const applicationInNewCountry: Planter = ({ chance, application, moment }) => {
  const victim = application();
  const from = lineIn(chance.pick([PLACES.saoPaulo, PLACES.lagos]), chance);
  return {
    checkIds: ['new-country'],
    mayAlsoFind: ['impossible-travel', 'untrusted-network'],
    keys: [victim.id],
    happenings: spread(chance, moment(12), HOUR, chance.between(1, 3)).map((at): Happening => ({
      ...{ kind: 'application', who: victim, keyId: victim.keyId, from, result: '0', resource: RESOURCES.storage },
      at,
    })),
  };
};

/** A stolen session is used while its owner works at home. */
const travel: Planter = ({ chance, person, moment }) => {
  const victim = person();
  const far = victim.home === PLACES.singapore || victim.home === PLACES.newYork ? PLACES.berlin : PLACES.singapore;
  const begins = moment(9);
  const there = lineIn(far, chance);
  return {
    checkIds: ['impossible-travel'],
    mayAlsoFind: ['new-country', 'untrusted-network'],
    keys: [victim.id],
    away: [victim.id],
    happenings: [
      signIn(victim, begins, victim.lines[0], '0'),
      signIn(victim, begins + chance.between(40, 120) * MINUTE, there, '0'),
    ],
  };
};

const strangeNetwork: Planter = ({ chance, application, moment }) => {
  const victim = application();
  const from = lineIn(victim.from.place?.country === 'US' ? PLACES.seattle : PLACES.frankfurt, chance);
  return {
    checkIds: ['untrusted-network'],
    mayAlsoFind: ['new-country', 'impossible-travel'],
    keys: [victim.id, from.address],
    happenings: spread(chance, moment(4), HOUR, chance.between(1, 5)).map((at): Happening => ({
      ...{ kind: 'application', who: victim, keyId: victim.keyId, from, result: '0', resource: RESOURCES.synapse },
      at,
    })),
  };
};

const blocked: Planter = ({ chance, person, moment }) => {
  const victim = person();
  const from = lineIn(PLACES.lagos, chance);
  return {
    checkIds: ['blocked-by-policy'],
    keys: [victim.id],
    happenings: spread(chance, moment(22), HOUR, chance.between(4, 12)).map((at) => signIn(victim, at, from, '53003')),
  };
};

const failingIdentity: Planter = ({ chance, identity, moment }) => {
  const who = identity();
  return {
    checkIds: ['managed-identity-failure'],
    keys: [who.id, who.clientId],
    away: [who.id],
    happenings: spread(chance, moment(6), 5 * HOUR, chance.between(10, 40)).map((at): Happening => ({
      kind: 'managedIdentity',
      who,
      at,
      from: NOWHERE,
      result: '500011',
      resource: RESOURCES.vault,
    })),
  };
};

export const ATTACKS: Readonly<Record<string, Planter>> = {
  'SQL failed-login burst': sqlBurst,
  'Entra failed-login burst': personBurst,
  'password spray': spray,
  'guessed password': guessedPassword,
  'guessed SQL password': guessedSqlPassword,
  'expired secret in use': expiredInUse,
  'expired secret in use, not named': unknownExpiredInUse,
  'retry storm of an expired secret': retryStorm,
  'wrong secret': wrongSecret,
  'disabled person': disabledPerson,
  'disabled application': disabledApplication,
  'forbidden country': forbiddenCountry,
  'person in a new country': personInNewCountry,
  'application in a new country': applicationInNewCountry,
  'impossible travel': travel,
  'strange network': strangeNetwork,
  'blocked by policy': blocked,
  'failing managed identity': failingIdentity,
};
