/** What looks like an attack and is none, by name: what users of such tools complain of. */
import { refresh, signIn } from './everyday';
import type { Happening } from './log-entry';
import { lineIn, machineInAzure, NOWHERE, PLACES, type Place } from './places';
import type { Planter, Stage } from './plant';
import { RESOURCES } from './resources';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Between the line at home and the exits of the company's network, in two continents, within minutes. */
const vpn: Planter = ({ person, chance, cast, moment }) => {
  const who = person();
  const begins = moment(9);
  return {
    checkIds: ['impossible-travel', 'new-country', 'untrusted-network'],
    keys: [who.id, ...cast.vpnExits.map(({ address }) => address)],
    happenings: Array.from({ length: 12 }, (_, index) =>
      signIn(who, begins + index * 10 * MINUTE, chance.pick([who.lines[0], ...cast.vpnExits]), '0'),
    ),
  };
};

/** A desktop in Microsoft's cloud: its addresses are Microsoft's, in any region. */
const cloudDesktop: Planter = ({ person, chance, moment }) => {
  const who = person();
  const begins = moment(10);
  const machines = Array.from({ length: 12 }, () => machineInAzure(chance));
  return {
    checkIds: ['impossible-travel', 'new-country', 'untrusted-network'],
    keys: [who.id, ...machines.map(({ address }) => address)],
    happenings: machines.map((machine, index) => signIn(who, begins + index * 15 * MINUTE, machine, '0')),
  };
};

/** Every Monday by plane to the other town, every Thursday back. */
function commuter({ chance, newPerson, days }: Stage, home: Place, away: Place, hours: number): ReturnType<Planter> {
  const lines = { [home.city]: lineIn(home, chance), [away.city]: lineIn(away, chance) };
  const [first, second] = Object.values(lines);
  if (!first || !second) throw new Error('A commuter needs two towns.');
  const who = newPerson({ home, lines: [first, first] });
  const happenings = days.flatMap((day): Happening[] => {
    const weekday = new Date(day).getUTCDay();
    const there = weekday >= 1 && weekday <= 3;
    const flies = weekday === 1 || weekday === 4;
    const [before, after] = weekday === 4 ? [second, first] : [first, second];
    if (flies) return [signIn(who, day + 8 * HOUR, before, '0'), signIn(who, day + (8 + hours) * HOUR, after, '0')];
    return [signIn(who, day + 9 * HOUR, there ? second : first, '0')];
  });
  return { checkIds: ['impossible-travel', 'new-country'], keys: [who.id], happenings };
}
const shortFlight: Planter = (stage) => commuter(stage, PLACES.berlin, PLACES.london, 4);
const longFlight: Planter = (stage) => commuter(stage, PLACES.amsterdam, PLACES.newYork, 9);

/** The addresses of a mobile network change all the time, and lie anywhere in the country. */
const phone: Planter = ({ chance, newPerson, days }) => {
  const towns = [PLACES.berlin, PLACES.hamburg, PLACES.frankfurt];
  const line = lineIn(PLACES.hamburg, chance);
  const who = newPerson({ home: PLACES.hamburg, lines: [line, line] });
  return {
    checkIds: ['impossible-travel', 'new-country'],
    // Nobody trusts a mobile network.
    mayAlsoFind: ['untrusted-network'],
    keys: [who.id],
    happenings: days.flatMap((day) =>
      Array.from({ length: 12 }, (_, index) =>
        signIn(who, day + 7 * HOUR + index * 40 * MINUTE, lineIn(chance.pick(towns), chance), '0'),
      ),
    ),
  };
};

/** Every run has another address, by the hundred. */
const runners: Planter = ({ chance, newApplication, days }) => {
  const who = newApplication({});
  return {
    checkIds: ['new-country', 'impossible-travel', 'untrusted-network'],
    keys: [who.id, who.clientId],
    happenings: days.flatMap((day) =>
      Array.from({ length: chance.between(10, 40) }, (): Happening => ({
        ...{ kind: 'application', who, keyId: '', result: '0', resource: RESOURCES.synapse },
        at: day + chance.below(24 * HOUR),
        from: machineInAzure(chance),
      })),
    ),
  };
};

const mistypedThrice: Planter = ({ person, moment }) => {
  const who = person();
  const begins = moment(8);
  const [, office] = who.lines;
  return {
    checkIds: ['failed-login-burst', 'brute-force-success'],
    keys: [who.id],
    happenings: [0, 1, 2]
      .map((index) => signIn(who, begins + index * 30 * SECOND, office, '50126'))
      .concat(signIn(who, begins + 2 * MINUTE, office, '0')),
  };
};

/** On a Monday morning eight of the many people behind one address mistype, and then get in. */
const office: Planter = ({ cast, chance, moment }) => {
  const begins = moment(8);
  const crowd = [...cast.offices.values()]
    .map((line) => ({ line, people: cast.people.filter(({ lines, watched }) => watched && lines[1] === line) }))
    .sort((a, b) => b.people.length - a.people.length)[0];
  if (!crowd) throw new Error('There is no office.');
  const { line, people } = crowd;
  return {
    checkIds: ['password-spray', 'failed-login-burst', 'brute-force-success'],
    keys: [line.address],
    happenings: people.slice(0, 60).flatMap((who, index) => {
      const at = begins + chance.below(HOUR);
      const mistyped = index < 8 ? [signIn(who, at - 30 * SECOND, line, '50126')] : [];
      return [...mistyped, signIn(who, at, line, '0')];
    }),
  };
};

/** After a change of the password every open program is refused until somebody signs in again. */
const refreshes: Planter = ({ person, moment }) => {
  const who = person();
  const begins = moment(9);
  return {
    checkIds: ['failed-login-burst', 'brute-force-success'],
    keys: [who.id],
    happenings: Array.from({ length: 300 }, (_, index) =>
      refresh(who, begins + index * 30 * SECOND, who.lines[0], index % 3 === 0 ? '700084' : '50173'),
    ).concat(signIn(who, begins + 3 * HOUR, who.lines[0], '0')),
  };
};

const nowhere: Planter = ({ person, chance, moment }) => {
  const who = person();
  const begins = moment(11);
  const placeless = { ...lineIn(PLACES.hanoi, chance), place: null };
  return {
    checkIds: ['new-country', 'impossible-travel', 'disallowed-country'],
    mayAlsoFind: ['untrusted-network'],
    keys: [who.id],
    happenings: [0, 1, 2, 3].map((index) =>
      signIn(who, begins + index * 20 * MINUTE, index % 2 === 0 ? NOWHERE : placeless, '0'),
    ),
  };
};

/** Few failures, told four times. */
const exportedTwice: Planter = ({ person, moment }) => {
  const who = person();
  const begins = moment(9);
  return {
    checkIds: ['failed-login-burst', 'brute-force-success'],
    keys: [who.id],
    copied: true,
    happenings: [0, 1, 2, 3]
      .map((index) => signIn(who, begins + index * 40 * SECOND, who.lines[0], '50126'))
      .concat(signIn(who, begins + 5 * MINUTE, who.lines[0], '0')),
  };
};

const interrupts: Planter = ({ person, chance, moment }) => {
  const who = person();
  const begins = moment(8);
  return {
    checkIds: ['failed-login-burst', 'brute-force-success'],
    keys: [who.id],
    happenings: Array.from({ length: 25 }, (_, index) =>
      signIn(who, begins + index * 30 * SECOND, who.lines[0], chance.pick(['50074', '50076', '50140'])),
    ).concat(signIn(who, begins + 15 * MINUTE, who.lines[0], '0')),
  };
};

/** Nobody knows yet where she signs in from. */
const newColleague: Planter = ({ chance, newPerson, moment }) => {
  const line = lineIn(PLACES.saoPaulo, chance);
  const who = newPerson({ home: PLACES.saoPaulo, lines: [line, line] });
  const begins = moment(12);
  return {
    checkIds: ['new-country'],
    mayAlsoFind: ['untrusted-network'],
    keys: [who.id],
    happenings: [0, 1, 2].map((index) => signIn(who, begins + index * HOUR, line, '0')),
  };
};

export const LOOK_ALIKES: Readonly<Record<string, Planter>> = {
  'exits of a VPN': vpn,
  'desktop in Microsoft’s cloud': cloudDesktop,
  'flight of 930 km': shortFlight,
  'flight of 5,900 km': longFlight,
  'phone on the road': phone,
  'runners with many addresses': runners,
  'password mistyped thrice': mistypedThrice,
  'office behind one address': office,
  'refused refreshes': refreshes,
  'unknown country': nowhere,
  'exported twice': exportedTwice,
  interrupts: interrupts,
  'new colleague': newColleague,
};
