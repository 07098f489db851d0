/** Attacks that these logs and rules don't tell from ordinary traffic, by name: planted so that nobody thinks they would. */
import { signIn } from './everyday';
import type { Happening } from './log-entry';
import { lineIn, machineInAzure, PLACES } from './places';
import type { Planter } from './plant';
import { RESOURCES } from './resources';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** So few an hour that a busy office has as many typing errors. */
const slowSpray: Planter = ({ chance, cast, moment }) => {
  const from = lineIn(PLACES.madrid, chance);
  const begins = moment(8);
  const victims = cast.people.filter(({ watched }) => watched).slice(0, 24);
  return {
    checkIds: ['password-spray'],
    keys: [from.address],
    happenings: victims.map((victim, index) => signIn(victim, begins + index * 20 * MINUTE, from, '50126')),
  };
};

/** Each name from another address, as who rents a botnet does. */
const distributedSpray: Planter = ({ chance, cast, moment }) => {
  const begins = moment(2);
  const victims = cast.people.filter(({ watched }) => watched).slice(0, 24);
  const lines = victims.map(() => lineIn(PLACES.hanoi, chance));
  return {
    checkIds: ['password-spray'],
    keys: lines.map(({ address }) => address),
    happenings: victims.flatMap((victim, index) => {
      const line = lines[index];
      return line === undefined ? [] : [signIn(victim, begins + index * MINUTE, line, '50126')];
    }),
  };
};

/** Half of the world's programs sign in from Microsoft's network. */
const stolenSecretInAzure: Planter = ({ chance, application, moment }) => {
  const who = application();
  const from = machineInAzure(chance);
  const begins = moment(3);
  return {
    checkIds: ['untrusted-network', 'new-country'],
    keys: [from.address],
    happenings: [0, 1, 2].map((index): Happening => ({
      ...{ kind: 'application', who, keyId: who.keyId, from, result: '0', resource: RESOURCES.synapse },
      at: begins + index * HOUR,
    })),
  };
};

/** Who knows the password needs no second try, and a neighbour has an address like the owner's. */
const neighbour: Planter = ({ chance, person, moment }) => {
  const victim = person();
  const from = lineIn(victim.home, chance);
  return {
    checkIds: ['brute-force-success', 'new-country'],
    keys: [from.address],
    happenings: [signIn(victim, moment(14), from, '0')],
  };
};

export const BLIND_SPOTS: Readonly<Record<string, Planter>> = {
  'slow password spray': slowSpray,
  'password spray from many addresses': distributedSpray,
  'stolen secret used in Azure': stolenSecretInAzure,
  'known password, from next door': neighbour,
};
