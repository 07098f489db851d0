import disallowedCountry from '../../src/checks/disallowed-country';
import type { Verdict } from '../../src/audit/check';
import type { SignIns } from '../../src/inventory/sign-ins';
import { NOW, PORTAL, TENANT } from '../fixtures/facts';
import { stepsIn } from '../fixtures/failed-sign-ins';
import { anInventory, flat, judge, judgeOne, NO_SIGN_INS, run, type FlatVerdict } from '../fixtures/judge';
import { minutesAgo, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const GERMANY_ONLY = { allowed: ['DE'] };
const USER = '11111111-aaaa-4aaa-8aaa-111111111111';
const FROM_RUSSIA = { country: 'RU', city: 'Moscow', address: '198.51.100.9' };

const inLog = (signIns: SignIns) =>
  ({
    user: { userSignIns: [signIns] },
    servicePrincipal: { servicePrincipalSignIns: [signIns] },
    managedIdentity: { managedIdentitySignIns: [signIns] },
    sqlLogin: { sqlLogins: [signIns] },
  })[signIns.kind];
const aUser = (change: Partial<SignIns> = {}) =>
  someSignIns({
    kind: 'user',
    table: 'SigninLogs',
    principalId: USER,
    principalName: 'ada@contoso.example',
    interactive: true,
    ...change,
  });
const aLogin = (change: Partial<SignIns> = {}) =>
  someSignIns({
    kind: 'sqlLogin',
    table: 'SQLSecurityAuditEvents',
    principalId: 'etl',
    principalName: 'ETL',
    applicationId: '',
    resource: 'retail/sales',
    autonomousSystem: '',
    ...change,
  });
const judged = (signIns: SignIns, options: unknown = GERMANY_ONLY): FlatVerdict =>
  judgeOne(disallowedCountry, inLog(signIns), { options });
const failing = (verdicts: readonly Verdict[]) => verdicts.filter(({ status }) => status === 'fail').map(flat);

test('a sign-in from a country that is allowed passes, for its kind', () => {
  expect(judged(someSignIns())).toMatchObject({
    status: 'pass',
    subject: { id: `${TENANT}/servicePrincipal`, kind: 'tenant', name: 'sign-ins of service principals' },
    message:
      'Sign-ins of service principals from 2026-11-21 03:00 to 2026-11-22 03:00 UTC: none from a country that is not allowed.',
  });
});

test('a service principal from elsewhere is told with name, place, address, number and times', () => {
  const verdict = judged(
    someSignIns({ ...FROM_RUSSIA, count: 3, first: minutesAgo(90), last: minutesAgo(70), credentialKeyId: 'key-1' }),
  );
  expect(verdict).toMatchObject({
    status: 'fail',
    severity: 'critical',
    message:
      'Service principal “Nightly Loader” (aaaaaaaa-0000-4000-8000-000000000001) signed in 3 times from 198.51.100.9 (Moscow, Russia), from 2026-11-22 01:30 to 01:50 UTC. Russia is not allowed.',
    subject: {
      id: 'servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/RU',
      kind: 'servicePrincipal',
      name: 'Nightly Loader',
    },
    evidence: {
      technique: 'T1078.004',
      countries: ['RU'],
      places: ['Moscow, Russia'],
      addresses: ['198.51.100.9'],
      count: 3,
      firstSeen: minutesAgo(90).toISOString(),
      lastSeen: minutesAgo(70).toISOString(),
      tables: ['AADServicePrincipalSignInLogs'],
    },
  });
  expect(verdict.subject.link).toContain(`${PORTAL}/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade`);
  expect(verdict.remediation).toContain(
    'az ad app credential delete --id aaaaaaaa-0000-4000-8000-000000000002 --key-id key-1',
  );
});

test.each([
  ['user', aUser(FROM_RUSSIA), 'high', 'user'],
  ['SQL login', aLogin(FROM_RUSSIA), 'critical', 'sqlLogin'],
] as const)('a success of a %s', (_, signIns, severity, kind) => {
  expect(judged(signIns)).toMatchObject({ status: 'fail', severity, subject: { kind } });
});

describe('attempts', () => {
  const wrong = { ...FROM_RUSSIA, result: '50126' };
  test('are one finding a country, however many are tried', () => {
    const tries = [
      aUser({ ...wrong, count: 2 }),
      aUser({ ...wrong, principalId: 'ben', principalName: 'ben@contoso.example' }),
    ];
    const verdict = judgeOne(disallowedCountry, { userSignIns: tries }, { options: GERMANY_ONLY });
    expect(verdict).toMatchObject({
      severity: 'medium',
      message:
        '3 sign-ins of 2 users from 198.51.100.9 (Moscow, Russia) did not succeed, at 2026-11-22 02:00 UTC: AADSTS50126 (wrong name or password). Russia is not allowed.',
      subject: { id: `${TENANT}/user/RU`, kind: 'tenant', name: 'sign-ins of users from Russia' },
    });
    expect(stepsIn(verdict)).toEqual([
      'See who was tried, and whether they are there. If nobody is, keep the country out before a password fits: with a named location and conditional access, or with narrow firewall rules for SQL.',
    ]);
  });
  test('are told beside a success', () => {
    const rows = [aUser(wrong), aUser(FROM_RUSSIA)];
    const verdicts = failing(judge(disallowedCountry, { userSignIns: rows }, { options: GERMANY_ONLY }));
    expect(verdicts.map(({ severity, evidence }) => [severity, evidence['results']])).toEqual([
      ['high', ['0']],
      ['medium', ['50126']],
    ]);
  });
  test('that got as far as the second factor are attempts, too', () => {
    expect(judged(aUser({ ...FROM_RUSSIA, result: '50074' }))).toMatchObject({ severity: 'medium' });
  });
  test('of programs that refresh a user’s tokens are none', () => {
    expect(judged(aUser({ ...wrong, interactive: false })).status).toBe('pass');
    expect(judged(aUser({ ...FROM_RUSSIA, interactive: false })).status).toBe('fail');
  });
  test('of a service principal and of a SQL login', () => {
    expect(judged(someSignIns({ ...FROM_RUSSIA, result: '7000215' }))).toMatchObject({
      severity: 'medium',
      subject: { id: `${TENANT}/servicePrincipal/RU` },
    });
    expect(judged(aLogin({ ...FROM_RUSSIA, result: '18456' }))).toMatchObject({
      severity: 'medium',
      subject: { id: `${TENANT}/sqlLogin/RU` },
    });
  });
});

describe('no finding', () => {
  test.each([
    ['Microsoft’s network', { autonomousSystem: '8075' }],
    ['a trusted network', { address: '192.0.2.7' }],
    ['a trusted network, over IPv6', { address: '2001:db8::7' }],
    ['a private address', { address: '10.0.0.7' }],
    ['a private address, which has no country', { address: '10.0.0.7', country: '' }],
  ])('from %s', (_, change) => {
    const signIns = { ...NO_SIGN_INS, trustedNetworks: ['192.0.2.0/24', '2001:db8::/32'] };
    const facts = { userSignIns: [aUser({ ...FROM_RUSSIA, ...change })] };
    expect(judgeOne(disallowedCountry, facts, { signIns, options: GERMANY_ONLY }).status).toBe('pass');
  });
  test('where nothing is known, nor a pass', () => {
    const unknown = someSignIns({ country: '', city: '' });
    expect(judge(disallowedCountry, inLog(unknown), { options: GERMANY_ONLY })).toEqual([]);
    expect(judge(disallowedCountry, inLog(unknown), { options: { denied: ['RU'] } })).toEqual([]);
  });
  test('without a list', () => {
    expect(judge(disallowedCountry, inLog(someSignIns(FROM_RUSSIA)))).toEqual([]);
  });
  test('without sign-ins', () => {
    expect(judge(disallowedCountry, {}, { options: GERMANY_ONLY })).toEqual([]);
  });
});

test('a place is a place, even where the address is not known', () => {
  expect(judged(someSignIns({ ...FROM_RUSSIA, address: '' })).status).toBe('fail');
});

test('what is denied fails, all else is allowed', () => {
  const options = { denied: ['RU', 'KP'] };
  expect(judged(someSignIns(FROM_RUSSIA), options).status).toBe('fail');
  expect(judged(someSignIns({ ...FROM_RUSSIA, country: 'FR' }), options).status).toBe('pass');
});

test('principals and countries are told apart, and each of a principal’s sign-ins once', () => {
  const rows = [
    someSignIns({ ...FROM_RUSSIA, count: 5 }),
    // As another Log Analytics workspace has it.
    someSignIns({ ...FROM_RUSSIA, count: 4, readFrom: 'others' }),
    someSignIns({ ...FROM_RUSSIA, count: 2, last: minutesAgo(150) }),
    someSignIns({ ...FROM_RUSSIA, country: 'FR' }),
    someSignIns({ ...FROM_RUSSIA, principalId: 'other' }),
  ];
  const verdicts = failing(judge(disallowedCountry, { servicePrincipalSignIns: rows }, { options: GERMANY_ONLY }));
  expect(verdicts.map(({ subject, evidence }) => [subject.id, evidence['count']])).toEqual([
    ['servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/RU', 7],
    ['servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/FR', 1],
    ['servicePrincipal/other/RU', 1],
  ]);
});

test('a kind without an incident passes beside one that has some', () => {
  const facts = { userSignIns: [aUser()], servicePrincipalSignIns: [someSignIns(FROM_RUSSIA)] };
  const verdicts = judge(disallowedCountry, facts, { options: GERMANY_ONLY }).map(({ subject, status }) => [
    subject.id,
    status,
  ]);
  expect(verdicts).toEqual([
    ['servicePrincipal/aaaaaaaa-0000-4000-8000-000000000001/RU', 'fail'],
    [`${TENANT}/user`, 'pass'],
  ]);
});

test.each([someSignIns(FROM_RUSSIA), aUser({ ...FROM_RUSSIA, result: '50126' }), aLogin(FROM_RUSSIA)])(
  'the query to look further runs, whatever somebody is called: $kind',
  (signIns) => {
    const name = `"; drop | take 1 // ' \\ \u2028`;
    const { remediation, evidence } = judged({ ...signIns, principalId: '', principalName: name, address: `1.2.3.4"` });
    const queries = remediation.split('\n').filter((line) => line.startsWith(signIns.table));
    expect(queries).toHaveLength(1);
    expect(rowsOf(queries[0] ?? '')).toEqual([]);
    expect(evidence['principals']).toEqual([name]);
  },
);

describe('options', () => {
  test.each([
    { allowed: ['de'] },
    { allowed: ['Germany'] },
    { denied: ['UK'] },
    { denied: ['EU'] },
    { denied: [''] },
    { allowed: 'DE' },
  ])('refuse %j', (options) => {
    expect(disallowedCountry.options.safeParse(options).success).toBe(false);
  });
  test('tell what is wrong', () => {
    expect(disallowedCountry.options.safeParse({ allowed: ['UK'] }).error?.issues).toMatchObject([
      {
        path: ['allowed', 0],
        message: 'expected codes of countries by ISO 3166-1, such as DE; that of the United Kingdom is GB',
      },
    ]);
    expect(disallowedCountry.options.safeParse({ allowed: ['DE'], denied: ['RU'] }).error?.issues).toMatchObject([
      { message: 'allowed and denied are both set: leave one of them out, as each already says what is not in it.' },
    ]);
  });
});

test('what could not be read is said, and the rest judged', () => {
  const inventory = anInventory({ servicePrincipalSignIns: [someSignIns()] }, [], { sqlLogins: 'everywhere' });
  expect(run(disallowedCountry, inventory)).toMatchObject([{ status: 'notEvaluated', sources: ['sqlLogins'] }]);
  expect(NOW).toEqual(NO_SIGN_INS.period.to);
});
