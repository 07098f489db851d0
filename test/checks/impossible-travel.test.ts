import impossibleTravel from '../../src/checks/impossible-travel';
import type { SignInPlace, SignIns } from '../../src/inventory/sign-ins';
import { DAY, NOW, TENANT } from '../fixtures/facts';
import { anInventory, flat, judge, NO_SIGN_INS, run, type SomeFacts } from '../fixtures/judge';
import { minutesAgo, somePlace, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const USER = '11111111-aaaa-4aaa-8aaa-111111111111';
const MOSCOW = {
  country: 'RU',
  city: 'Moscow',
  position: { latitude: 55.75, longitude: 37.62 },
  address: '198.51.100.9',
  autonomousSystem: '64500',
};
/** Degrees of a meridian that are so many kilometres. */
const degrees = (kilometres: number): number => kilometres / 111.195_080_2;

const inBerlin = (ago: number, change: Partial<SignIns> = {}) => someSignIns({ last: minutesAgo(ago), ...change });
const inMoscow = (ago: number, change: Partial<SignIns> = {}) => inBerlin(ago, { ...MOSCOW, ...change });
const ofUser = (signIns: SignIns, change: Partial<SignIns> = {}): SignIns => ({
  ...signIns,
  kind: 'user',
  table: 'SigninLogs',
  principalId: USER,
  principalName: 'ada@contoso.example',
  interactive: true,
  ...change,
});

const facts = (rows: readonly SignIns[], signInPlaces: readonly SignInPlace[] = []): SomeFacts => ({
  userSignIns: rows.filter(({ kind }) => kind === 'user'),
  servicePrincipalSignIns: rows.filter(({ kind }) => kind === 'servicePrincipal'),
  signInPlaces,
});
interface Circumstances {
  readonly options?: unknown;
  readonly trustedNetworks?: readonly string[];
  readonly places?: readonly SignInPlace[];
}
const judged = (rows: readonly SignIns[], { options = {}, trustedNetworks = [], places }: Circumstances = {}) =>
  judge(impossibleTravel, facts(rows, places), { options, signIns: { ...NO_SIGN_INS, trustedNetworks } }).map(flat);
const statuses = (...parameters: Parameters<typeof judged>) => judged(...parameters).map(({ status }) => status);

test('who stays passes', () => {
  expect(judged([inBerlin(60), inBerlin(30, { address: '203.0.113.8' })])).toMatchObject([
    {
      status: 'pass',
      subject: { id: `${TENANT}/servicePrincipal` },
      message:
        'Sign-ins of service principals from 2026-11-21 03:00 to 2026-11-22 03:00 UTC: none at two places with no time to travel.',
    },
  ]);
});

test('both places are told, with distance, time and speed', () => {
  expect(judged([inMoscow(40, { count: 2 }), inBerlin(60)])).toMatchObject([
    {
      status: 'fail',
      severity: 'high',
      message:
        'Service principal “Nightly Loader” (aaaaaaaa-0000-4000-8000-000000000001) signed in from 203.0.113.7 (Berlin, Germany) at 2026-11-22 02:00 UTC, and 20 minutes later from 198.51.100.9 (Moscow, Russia): 1,609 km apart, which takes a speed of 4,828 km/h.',
      subject: { id: 'servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/DE/RU', kind: 'servicePrincipal' },
      evidence: {
        technique: 'T1078.004',
        kilometres: 1609,
        kilometresPerHour: 4828,
        from: minutesAgo(60).toISOString(),
        fromAddress: '203.0.113.7',
        fromPlace: 'Berlin, Germany',
        to: minutesAgo(40).toISOString(),
        toAddress: '198.51.100.9',
        toPlace: 'Moscow, Russia',
        countries: ['DE', 'RU'],
        count: 3,
      },
    },
  ]);
});

test.each([
  [60, 60, 'and at the same time from 203.0.113.7 (Berlin, Germany): 1,609 km apart.', null],
  [60.5, 60, 'and 1 minute later from', 193_114],
  [119, 60, 'and 59 minutes later from', 1637],
  [120, 60, 'and 1 h 0 min later from', 1609],
  [160, 60, 'and 1 h 40 min later from', 966],
])('from %d to %d minutes before the audit', (from, to, expected, speed) => {
  const [verdict] = judged([inBerlin(from), inMoscow(to)]);
  expect(verdict?.message).toContain(expected);
  expect(verdict?.evidence['kilometresPerHour']).toBe(speed);
});

test('the way there and back is one finding, and the fastest is told', () => {
  const rows = [inBerlin(200), inMoscow(140), inBerlin(120), inMoscow(60)];
  const [verdict, ...more] = judged(rows);
  expect(more).toEqual([]);
  expect(verdict?.evidence).toMatchObject({ fromPlace: 'Moscow, Russia', toPlace: 'Berlin, Germany', count: 4 });
});

test.each([
  ['the first day', 20, 40, 60 + 1440],
  ['the second day', 40, 20, 60],
  ['both days', 20, 20, 60 + 1440],
])('of several days the fastest is told, and the first where they are equal: on %s', (_, first, second, from) => {
  const rows = [inBerlin(60 + 1440), inMoscow(60 + 1440 - first), inBerlin(60), inMoscow(60 - second)];
  const [verdict, ...more] = judged(rows);
  expect(more).toEqual([]);
  expect(verdict?.evidence).toMatchObject({ from: minutesAgo(from).toISOString(), count: 4 });
});

test('each pair of countries is a finding, and each principal has its own', () => {
  const tokyo = {
    country: 'JP',
    city: 'Tokyo',
    position: { latitude: 35.68, longitude: 139.69 },
    address: '192.0.2.1',
  };
  const rows = [
    ...[inBerlin(60), inMoscow(30), inBerlin(10, tokyo)],
    ...[inBerlin(60), inMoscow(30)].map((row) => ({ ...row, principalId: 'other' })),
  ];
  expect(judged(rows).map(({ subject }) => subject.id)).toEqual([
    'servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/DE/RU',
    'servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/DE/JP',
    'servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/JP/RU',
    'servicePrincipal/other/DE/RU',
  ]);
});

test('two principals in two places are no traveller', () => {
  expect(statuses([inBerlin(60), inMoscow(60, { principalId: 'other' })])).toEqual(['pass']);
});

describe('a user', () => {
  const trip = [ofUser(inBerlin(60)), ofUser(inMoscow(30))];
  test('may have switched on a VPN', () => {
    expect(judged(trip)).toMatchObject([{ severity: 'medium', subject: { id: `user/${USER}/DE/RU`, kind: 'user' } }]);
  });
  test('has programs that go on elsewhere, which count by option', () => {
    const rows = [ofUser(inBerlin(60)), ofUser(inMoscow(30), { interactive: false })];
    expect(statuses(rows)).toEqual(['pass']);
    expect(statuses(rows, { options: { interactiveOnly: false } })).toEqual(['fail']);
  });
});

describe('limits', () => {
  const north = (kilometres: number, ago: number) =>
    inMoscow(ago, { position: { latitude: degrees(kilometres), longitude: 7 } });
  const south = (ago: number) => inBerlin(ago, { position: { latitude: 0, longitude: 7 } });
  test.each([
    [899.9, 60, {}, 'pass'],
    [900.1, 60, {}, 'fail'],
    [499.9, 1, {}, 'pass'],
    [500.1, 1, {}, 'fail'],
    [12_000, 720, {}, 'fail'],
    [12_000, 721, {}, 'pass'],
    [300.1, 1, { minKilometres: 300 }, 'fail'],
    [600.1, 60, { maxKilometresPerHour: 600 }, 'fail'],
    [8000, 61, { withinHours: 1 }, 'pass'],
  ])('%d km in %d minutes with %j: %s', (kilometres, minutes, options, expected) => {
    expect(statuses([south(minutes + 5), north(kilometres, 5)], { options })).toEqual([expected]);
  });
  test.each([
    { minKilometres: 0 },
    { maxKilometresPerHour: 0 },
    { withinHours: 0 },
    { withinHours: 13 },
    { usualFromDays: 0 },
    { usualFromDays: 14 },
  ])('refuse %j', (options) => {
    expect(impossibleTravel.options.safeParse(options).success).toBe(false);
  });
});

describe('whoever is usually in both countries', () => {
  const onDay = (days: number, country: string) => {
    const at = new Date(NOW.getTime() - days * DAY);
    return somePlace({ country, first: at, last: at });
  };
  const bothOn = (...days: readonly number[]) => days.flatMap((each) => [onDay(each, 'DE'), onDay(each, 'RU')]);
  const after = (places: readonly SignInPlace[], options = {}) =>
    statuses([inBerlin(60), inMoscow(30)], { places, options });
  test('is no traveller, on the third day', () => {
    expect(after(bothOn(1, 2))).toEqual(['fail']);
    expect(after(bothOn(1, 2, 3))).toEqual(['pass']);
    expect(after(bothOn(1, 2), { usualFromDays: 2 })).toEqual(['pass']);
  });
  test('is one who came from one of them on one day, and from the other on another', () => {
    expect(after([onDay(1, 'DE'), onDay(2, 'RU'), onDay(3, 'DE'), onDay(4, 'RU'), onDay(5, 'DE')])).toEqual(['fail']);
  });
  test('is not known by the day itself, nor by what was two weeks ago', () => {
    expect(after(bothOn(0, 14, 15, 1, 2))).toEqual(['fail']);
  });
  test('may still be in a third', () => {
    const elsewhere = inBerlin(10, {
      country: 'JP',
      position: { latitude: 35.68, longitude: 139.69 },
      address: '192.0.2.1',
    });
    const verdicts = judged([inBerlin(60), inMoscow(30), elsewhere], { places: bothOn(1, 2, 3) });
    expect(verdicts.map(({ subject }) => subject.id.slice(-5))).toEqual(['DE/JP', 'JP/RU']);
  });
  test('is one day by day: what became usual was not before', () => {
    const rows = [inBerlin(60), inMoscow(30), inBerlin(60 + 1440), inMoscow(30 + 1440)];
    const [verdict] = judged(rows, { places: bothOn(1, 2, 3) });
    expect(verdict?.evidence['from']).toBe(minutesAgo(60 + 1440).toISOString());
    expect(verdict?.evidence['count']).toBe(2);
  });
});

describe('no finding', () => {
  test.each([
    ['of a failure', { result: '7000215' }, ['pass']],
    ['of an interrupt', { result: '50140' }, ['pass']],
    ['over Microsoft’s network', { autonomousSystem: '8075' }, ['pass']],
    ['from a trusted network', { address: '192.0.2.7' }, ['pass']],
    ['from a private address', { address: '10.0.0.7' }, ['pass']],
    ['of a place without a position', { position: null }, ['pass']],
    ['of a place without a country', { country: '' }, ['pass']],
    ['of the position that stands for none', { position: { latitude: 0, longitude: 0 } }, ['pass']],
    ['of one address', { address: '203.0.113.7' }, ['pass']],
    ['within the country', { country: 'DE' }, ['pass']],
  ])('%s', (_, change, expected) => {
    const trustedNetworks = ['192.0.2.0/24'];
    expect(statuses([inBerlin(60), inMoscow(40, change)], { trustedNetworks })).toEqual(expected);
  });
  test('of somebody whose mobile address roams the country, by IPv4 and IPv6', () => {
    const munich = { city: 'Munich', position: { latitude: 48.14, longitude: 11.58 }, address: '2001:db8::7' };
    const hamburg = { city: 'Hamburg', position: { latitude: 53.55, longitude: 9.99 }, address: '198.51.100.7' };
    const rows = [inBerlin(60), inBerlin(58, munich), inBerlin(56, hamburg)].map((row) => ofUser(row));
    expect(statuses(rows)).toEqual(['pass']);
  });
  test('nor a pass where nobody’s place is known', () => {
    expect(judged([inBerlin(60, { position: null })])).toEqual([]);
    expect(statuses([inBerlin(60, { position: null, address: '192.0.2.7' })])).toEqual([]);
  });
  test('but a pass where everybody is at a trusted one, known or not', () => {
    const office = inBerlin(60, { position: null, address: '192.0.2.7' });
    expect(statuses([office], { trustedNetworks: ['192.0.2.0/24'] })).toEqual(['pass']);
  });
});

test('what two Log Analytics workspaces tell is told once', () => {
  const rows = [inBerlin(60), inMoscow(30), inBerlin(60, { readFrom: 'others' }), inMoscow(30, { readFrom: 'others' })];
  expect(judged(rows)).toMatchObject([{ evidence: { count: 2 } }]);
});

test('a place is one even where its address is not known', () => {
  const [verdict] = judged([inBerlin(60), inMoscow(30, { address: '' })]);
  expect(verdict?.message).toContain('and 30 minutes later from an unknown address (Moscow, Russia)');
});

test('the query to look further runs, whatever somebody is called', () => {
  const name = `"; drop | take 1 // ' \\ \u2028`;
  for (const trip of [
    [inBerlin(60), inMoscow(30)],
    [ofUser(inBerlin(60)), ofUser(inMoscow(30))],
  ]) {
    const [verdict] = judged(trip.map((row) => ({ ...row, principalName: name, city: name })));
    const queries = verdict?.remediation.split('\n').filter((line) => /^(AAD|Signin)/.test(line)) ?? [];
    expect(queries).toHaveLength(1);
    expect(rowsOf(queries[0] ?? '')).toEqual([]);
    expect(verdict?.subject.name).toBe(name);
  }
});

test('what could not be read is said, and the rest judged', () => {
  const inventory = anInventory(facts([inBerlin(60), inMoscow(30)]), [], { signInPlaces: 'everywhere' });
  expect(run(impossibleTravel, inventory)).toMatchObject([
    { status: 'fail' },
    { status: 'notEvaluated', sources: ['signInPlaces'] },
  ]);
});
