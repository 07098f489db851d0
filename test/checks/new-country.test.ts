import newCountry from '../../src/checks/new-country';
import type { Verdict } from '../../src/audit/check';
import type { SignInPlace, SignIns } from '../../src/inventory/sign-ins';
import { DAY, NOW, TENANT } from '../fixtures/facts';
import { anInventory, flat, judge, NO_SIGN_INS, run, type SomeFacts } from '../fixtures/judge';
import { somePlace, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const daysAgo = (days: number, ms = 0): Date => new Date(NOW.getTime() - days * DAY + ms);
const USER = '11111111-aaaa-4aaa-8aaa-111111111111';
/** An hour ago. */
const ARRIVED = someSignIns().last;

const inCountry = (country: string, at: Date, change: Partial<SignInPlace> = {}) =>
  somePlace({ country, first: at, last: at, ...change });
/** Every night from Germany, since twelve days ago. */
const nights = (change: Partial<SignInPlace> = {}): SignInPlace[] =>
  Array.from({ length: 12 }, (_, index) => inCountry('DE', daysAgo(12 - index), change));
const fromRussia = (change: Partial<SignIns> = {}) =>
  someSignIns({ country: 'RU', city: 'Moscow', address: '198.51.100.9', ...change });
const ofUser = (change: Partial<SignIns> = {}) =>
  fromRussia({
    kind: 'user',
    table: 'SigninLogs',
    principalId: USER,
    principalName: 'ada@contoso.example',
    interactive: true,
    ...change,
  });
const AS_USER = { kind: 'user', principalId: USER } as const;

const facts = (signIns: readonly SignIns[], signInPlaces: readonly SignInPlace[] = nights()): SomeFacts => ({
  userSignIns: signIns.filter(({ kind }) => kind === 'user'),
  servicePrincipalSignIns: signIns.filter(({ kind }) => kind === 'servicePrincipal'),
  signInPlaces,
});
const judged = (signIns: readonly SignIns[], places?: readonly SignInPlace[], options: unknown = {}) =>
  judge(newCountry, facts(signIns, places), { options }).map(flat);
const statuses = (verdicts: readonly Pick<Verdict, 'status'>[]) => verdicts.map(({ status }) => status);
/** What is said of one sign-in from Russia after these places. */
const after = (places: readonly SignInPlace[], options?: unknown) => statuses(judged([fromRussia()], places, options));

test('a principal that stays where it is passes', () => {
  expect(judged([someSignIns()])).toMatchObject([
    {
      status: 'pass',
      subject: { id: `${TENANT}/servicePrincipal` },
      message:
        'Sign-ins of service principals from 2026-11-21 03:00 to 2026-11-22 03:00 UTC: none from a country that was new to a principal with a history.',
    },
  ]);
});

test('a service principal in a new country is told with what was known of it', () => {
  expect(judged([fromRussia({ count: 2 })])).toMatchObject([
    {
      status: 'fail',
      severity: 'high',
      message:
        'Service principal “Nightly Loader” (aaaaaaaa-0000-4000-8000-000000000001) signed in 2 times from 198.51.100.9 (Moscow, Russia), at 2026-11-22 02:00 UTC. Russia is new to it since 2026-11-22 02:00 UTC; before that it came from Germany only, since 2026-11-10 or longer.',
      subject: { id: 'servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/RU', kind: 'servicePrincipal' },
      evidence: {
        technique: 'T1078.004',
        places: ['Moscow, Russia'],
        newSince: ARRIVED.toISOString(),
        knownSince: daysAgo(12).toISOString(),
        countriesBefore: ['DE'],
        successesBefore: 12,
      },
    },
  ]);
});

describe('a user', () => {
  const places = nights(AS_USER);
  test('who stays in one country: medium', () => {
    expect(judged([ofUser()], places)).toMatchObject([{ severity: 'medium', subject: { kind: 'user' } }]);
  });
  test('who is often abroad: low', () => {
    const [verdict] = judged([ofUser()], [...places, inCountry('AT', daysAgo(5), AS_USER)]);
    expect(verdict).toMatchObject({ severity: 'low' });
    expect(verdict?.message).toContain('before that it came from Germany, Austria, since 2026-11-10 or longer.');
  });
  test('who is in three countries: all are named', () => {
    const abroad = ['AT', 'CH'].map((country) => inCountry(country, daysAgo(5), AS_USER));
    const [verdict] = judged([ofUser()], [...places, ...abroad]);
    expect(verdict?.message).toContain('it came from Germany, Austria, Switzerland, since');
  });
  test('who is everywhere: a few countries are named', () => {
    const abroad = ['AT', 'CH', 'FR', 'IT'].map((country) => inCountry(country, daysAgo(5), AS_USER));
    const [verdict] = judged([ofUser()], [...places, ...abroad]);
    expect(verdict?.message).toContain('it came from Germany, Austria, Switzerland and 2 more, since');
    expect(verdict?.evidence['countriesBefore']).toEqual(['DE', 'AT', 'CH', 'FR', 'IT']);
  });
  test('whose programs refresh tokens there', () => {
    expect(statuses(judged([ofUser({ interactive: false })], places))).toEqual(['fail']);
  });
});

describe('cold start', () => {
  const since = (days: number, ms = 0) => new Date(ARRIVED.getTime() - days * DAY + ms);
  test.each([
    ['three days', since(3), ['fail']],
    ['a little less', since(3, 1), []],
  ])('of %s', (_, at, expected) => {
    expect(after([inCountry('DE', at, { count: 5 })])).toEqual(expected);
  });
  test.each([
    [3, ['fail']],
    [2, []],
  ])('of %d successes', (count, expected) => {
    expect(after([inCountry('DE', since(5), { count })])).toEqual(expected);
  });
  test('of nothing at all', () => {
    expect(after([])).toEqual([]);
  });
  test('what came after the first sign-in from there is no history', () => {
    const places = [inCountry('DE', since(4), { count: 9 }), inCountry('RU', since(3)), inCountry('DE', since(1))];
    expect(after(places)).toEqual([]);
    expect(after([inCountry('DE', since(6), { count: 9 }), ...places])).toEqual(['fail']);
  });
  test('of a history at unknown places', () => {
    expect(after(nights({ country: '' }))).toEqual([]);
  });
  test('of another principal says nothing of this one', () => {
    expect(after(nights({ principalId: 'other' }))).toEqual([]);
    expect(after(nights({ kind: 'user' }))).toEqual([]);
  });
});

describe('a country is new', () => {
  const used = (days: number, ms = 0) =>
    after([...nights(), inCountry('RU', new Date(ARRIVED.getTime() - days * DAY + ms))]);
  test('for seven days after it was first used, and known from then on', () => {
    expect(used(0)).toEqual(['fail']);
    expect(used(1)).toEqual(['fail']);
    expect(used(7, 1)).toEqual(['fail']);
    expect(used(7)).toEqual(['pass']);
  });
  test('no longer where it was used for two weeks', () => {
    const always = Array.from({ length: 15 }, (_, days) => inCountry('RU', daysAgo(days)));
    expect(after([...nights(), ...always])).toEqual(['pass']);
  });
  test('to one principal, though another is at home there', () => {
    const atHome = nights({ principalId: 'native', country: 'RU' });
    const signIns = [fromRussia(), fromRussia({ principalId: 'native' })];
    expect(judged(signIns, [...nights(), ...atHome])).toMatchObject([
      { status: 'fail', subject: { id: 'servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/RU' } },
    ]);
  });
  test('since the day before, and both days are one finding', () => {
    const yesterday = daysAgo(1, 60_000);
    const rows = [fromRussia({ last: yesterday, count: 2 }), fromRussia({ count: 3, address: '198.51.100.10' })];
    const verdicts = judged(rows, [...nights(), inCountry('RU', yesterday), inCountry('RU', ARRIVED)]);
    expect(verdicts).toMatchObject([
      {
        status: 'fail',
        evidence: { count: 5, newSince: yesterday.toISOString(), addresses: ['198.51.100.9', '198.51.100.10'] },
      },
    ]);
  });
});

test('of several days that which was known on the first is told, in whatever order they come', () => {
  // Two weeks before the second day nobody knows any more of the first night.
  const places = [...nights(), inCountry('CH', daysAgo(14, 60_000)), inCountry('RU', daysAgo(2))];
  const rows = [fromRussia(), fromRussia({ last: daysAgo(1, 120_000) })];
  for (const inOrder of [rows, [...rows].reverse()]) {
    const [verdict] = judged(inOrder, places);
    expect(verdict?.evidence).toMatchObject({ count: 2, countriesBefore: ['CH', 'DE'] });
  }
});

describe('no finding', () => {
  const silent = (change: Partial<SignIns>, trustedNetworks: readonly string[] = []) =>
    judge(newCountry, facts([fromRussia(change)]), { signIns: { ...NO_SIGN_INS, trustedNetworks } });
  test.each([
    ['at an unknown place', { country: '', city: '' }],
    ['of a failure', { result: '7000215' }],
    ['of an interrupt', { result: '50140' }],
  ])('%s, nor a pass', (_, change) => {
    expect(silent(change)).toEqual([]);
  });
  test.each([
    ['over Microsoft’s network', { autonomousSystem: '8075' }],
    ['from a private address', { address: 'fd00::7' }],
  ])('%s', (_, change) => {
    expect(statuses(silent(change))).toEqual(['pass']);
  });
  test('over a trusted network, by IPv6', () => {
    expect(statuses(silent({ address: '2001:db8::7' }, ['2001:db8::/32']))).toEqual(['pass']);
    expect(statuses(silent({ address: '2001:db9::7' }, ['2001:db8::/32']))).toEqual(['fail']);
  });
  test('of somebody who roams within the country', () => {
    const roaming = ['192.0.2.1', '2001:db8::1', '192.0.2.9'].map((address) =>
      ofUser({ country: 'DE', city: address, address }),
    );
    expect(statuses(judged(roaming, nights(AS_USER)))).toEqual(['pass']);
  });
});

test('what two Log Analytics workspaces tell is told once', () => {
  const [verdict] = judged([fromRussia({ count: 2 }), fromRussia({ count: 2, readFrom: 'others' })]);
  expect(verdict?.evidence).toMatchObject({ count: 2, logWorkspaces: ['logs'] });
});

test('the query to look further runs, whatever somebody is called', () => {
  const name = `"; drop | take 1 // ' \\ \u2028`;
  for (const signIns of [fromRussia({ principalName: name }), ofUser({ principalName: name })]) {
    const places = [...nights(), ...nights(AS_USER)];
    const [verdict] = judged([{ ...signIns, address: name }], places);
    const queries = verdict?.remediation.split('\n').filter((line) => line.startsWith(signIns.table)) ?? [];
    expect(queries).toHaveLength(1);
    expect(rowsOf(queries[0] ?? '')).toEqual([]);
    expect(verdict?.subject.name).toBe(name);
  }
});

describe('options', () => {
  test('move the limits', () => {
    const week = [inCountry('DE', daysAgo(2), { count: 2 })];
    expect(after(week, { minHistoryDays: 1, minSuccesses: 2 })).toEqual(['fail']);
    const used = [...nights(), inCountry('RU', daysAgo(2))];
    expect(after(used, { newForDays: 1 })).toEqual(['pass']);
  });
  test.each([
    { minHistoryDays: 0 },
    { minHistoryDays: 13 },
    { minSuccesses: 0 },
    { newForDays: 0 },
    { newForDays: 13 },
    { minHistoryDays: 4, newForDays: 10 },
  ])('refuse %j', (options) => {
    expect(newCountry.options.safeParse(options).success).toBe(false);
  });
  test.each([
    [
      { minHistoryDays: 13, newForDays: 1 },
      { path: ['minHistoryDays'], maximum: 12 },
    ],
    [
      { minHistoryDays: 1, newForDays: 13 },
      { path: ['newForDays'], maximum: 12 },
    ],
    [
      { minHistoryDays: 4, newForDays: 10 },
      { path: [], message: 'minHistoryDays and newForDays together must not be more than the 13 days that are known.' },
    ],
  ])('tell what is wrong with %j', (options, issue) => {
    expect(newCountry.options.safeParse(options).error?.issues[0]).toMatchObject(issue);
  });
  test('may make use of all that is known', () => {
    expect(newCountry.options.safeParse({ minHistoryDays: 3, newForDays: 10 }).success).toBe(true);
  });
});

test('without places nothing is concluded, and that is said', () => {
  const inventory = anInventory(facts([fromRussia()]), [], { signInPlaces: 'everywhere' });
  expect(run(newCountry, inventory)).toMatchObject([{ status: 'notEvaluated', sources: ['signInPlaces'] }]);
});
