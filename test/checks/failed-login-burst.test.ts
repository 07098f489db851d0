import failedLoginBurst from '../../src/checks/failed-login-burst';
import { codeOf } from '../../src/audit/sign-in-codes';
import type { SignIns } from '../../src/inventory/sign-ins';
import { PORTAL, TENANT } from '../fixtures/facts';
import {
  ADA,
  aFailedSqlLogin,
  aFailedUser,
  exportedTwice,
  incidentIn,
  incidentsIn,
  judgeSignIns,
  ofDifferent,
  queriesIn,
  stepsIn,
} from '../fixtures/failed-sign-ins';
import { anInventory, run } from '../fixtures/judge';
import { minutesAgo, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const found = (rows: readonly SignIns[], trustedNetworks: readonly string[] = []) =>
  incidentsIn(failedLoginBurst, rows, { signIns: { trustedNetworks } });
const judged = (rows: readonly SignIns[], trustedNetworks: readonly string[] = []) =>
  incidentIn(failedLoginBurst, rows, { signIns: { trustedNetworks } });

describe('a user', () => {
  test.each([
    [9, 0],
    [10, 1],
  ])('who fails %d times within ten minutes: %d incidents', (count, incidents) => {
    expect(found([aFailedUser({ count })])).toHaveLength(incidents);
  });

  test('is told with place, times and results', () => {
    const verdict = judged([
      aFailedUser({ count: 8, first: minutesAgo(60), last: minutesAgo(55) }),
      aFailedUser({ count: 4, result: '50053', first: minutesAgo(54), last: minutesAgo(52) }),
    ]);
    expect(verdict).toMatchObject({
      severity: 'medium',
      subject: { id: ADA, kind: 'user', name: 'ada@contoso.example' },
      evidence: {
        technique: 'T1110',
        principals: ['ada@contoso.example'],
        principalIds: [ADA],
        addresses: ['203.0.113.7'],
        places: ['Berlin, Germany'],
        count: 12,
        firstSeen: '2026-11-22T02:00:00.000Z',
        lastSeen: '2026-11-22T02:08:00.000Z',
        results: ['50126', '50053'],
        tables: ['SigninLogs'],
        logWorkspaces: ['logs'],
        trusted: false,
      },
    });
    expect(verdict.message).toBe(
      `User “ada@contoso.example” (${ADA}) failed 12 times from 203.0.113.7 (Berlin, Germany), from 2026-11-22 02:00 to 02:08 UTC, in bursts: AADSTS50126 (wrong name or password) and AADSTS50053 (locked after too many failures, or stopped for a malicious address). Somebody tries passwords, or a program goes on with an old one.`,
    );
    expect(verdict.subject.link).toBe(
      `${PORTAL}/#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId/${ADA}`,
    );
  });

  test('is one, from however many addresses', () => {
    const rows = ['203.0.113.7', '198.51.100.9'].map((address) => aFailedUser({ address, count: 5 }));
    expect(judged(rows).message).toContain(
      'failed 10 times from 2 addresses, among them 198.51.100.9 (Berlin, Germany)',
    );
  });

  test.each([
    [10, 1],
    [11, 0],
  ])('whose failures lie %d minutes apart: %d incidents', (minutes, incidents) => {
    const rows = [0, minutes].map((ago) => aFailedUser({ count: 5, last: minutesAgo(60 - ago) }));
    expect(found(rows)).toHaveLength(incidents);
  });

  test.each([
    [19, 0],
    [20, 1],
  ])('who fails %d times an hour, slowly: %d incidents', (count, incidents) => {
    const rows = Array.from({ length: count }, (_, index) => aFailedUser({ last: minutesAgo(90 - index * 3) }));
    expect(found(rows)).toHaveLength(incidents);
  });

  test('who does not exist is known by the name that was tried', () => {
    const nobody = { principalId: '', principalName: 'Root@contoso.example', result: '50034', count: 10 };
    const verdict = judged([aFailedUser(nobody)]);
    expect(verdict.subject).toEqual({ id: 'root@contoso.example', kind: 'user', name: 'Root@contoso.example' });
    expect(queriesIn(verdict)[0]).toContain('UserPrincipalName in~ (dynamic(["Root@contoso.example"]))');
  });

  test('is to be told from a stranger by the address, and looked up by account', () => {
    const verdict = judged([aFailedUser({ count: 10 })]);
    expect(stepsIn(verdict)).toEqual([
      'See whose address it is. If it is nobody of yours, keep it out: with the firewall of the workspace, or with a named location and conditional access.',
      codeOf(aFailedUser()).advice,
    ]);
    expect(queriesIn(verdict)[0]).toContain(`UserId in~ (dynamic(["${ADA}"]))`);
  });

  test.each(['987654', '500121'])('who fails with %s is told too', (result) => {
    expect(judged([aFailedUser({ result, count: 10 })]).message).toContain(`AADSTS${result} (`);
  });

  test.each(['0', '50074', '50140', '50173', '53003', '50057', '7000222', '90033'])(
    'with the result %s is not told here',
    (result) => {
      expect(found([aFailedUser({ result, count: 100 })])).toEqual([]);
    },
  );

  test('whose programs go on with an old password is not told', () => {
    const table = 'AADNonInteractiveUserSignInLogs';
    expect(found([aFailedUser({ interactive: false, table, count: 100 })])).toEqual([]);
  });
});

describe('a service principal', () => {
  const refused = (change: Partial<SignIns>) => someSignIns({ result: '7000215', count: 10, ...change });

  test('with wrong secrets is told', () => {
    expect(judged([refused({})])).toMatchObject({ severity: 'medium', subject: { kind: 'servicePrincipal' } });
    expect(found([refused({ count: 9 })])).toEqual([]);
  });

  test.each(['7000222', '700016', '7000112', '700213'])('with %s is told by another check', (result) => {
    expect(found([refused({ result, count: 1000 })])).toEqual([]);
  });
});

describe('SQL logins from one address', () => {
  test.each([
    [4, 0],
    [5, 1],
  ])('that fail %d times: %d incidents', (count, incidents) => {
    expect(found([aFailedSqlLogin({ count })])).toHaveLength(incidents);
  });

  test.each([
    [2, 0],
    [3, 1],
  ])('of %d names: %d incidents', (names, incidents) => {
    expect(found(ofDifferent(names, aFailedSqlLogin))).toHaveLength(incidents);
  });

  test.each([
    [10, 1],
    [11, 0],
  ])('of three names in %d minutes: %d incidents', (minutes, incidents) => {
    const rows = [0, 1, minutes].map((after) =>
      aFailedSqlLogin({ principalId: `login-${after}`, last: minutesAgo(60 - after) }),
    );
    expect(found(rows)).toHaveLength(incidents);
  });

  test('are one incident of the address, and several names are the worse', () => {
    const verdict = judged(ofDifferent(3, aFailedSqlLogin));
    expect(verdict).toMatchObject({
      severity: 'high',
      subject: { id: 'sqlLogin/203.0.113.7', kind: 'address', name: '203.0.113.7' },
      evidence: { principalIds: ['principal-0', 'principal-1', 'principal-2'] },
    });
    expect(verdict.message).toMatch(/^3 SQL logins failed 3 times from 203\.0\.113\.7 \(Berlin, Germany\)/);
    expect(verdict.message).toMatch(/\. Somebody tries names and passwords\.$/);
    expect(queriesIn(verdict)[0]).toContain('ClientIp has_any (dynamic(["203.0.113.7"]))');
    expect(judged([aFailedSqlLogin({ count: 5 })]).severity).toBe('medium');
  });

  test('are two incidents of two addresses', () => {
    const rows = ['203.0.113.7', '198.51.100.9'].map((address) => aFailedSqlLogin({ address, count: 5 }));
    expect(found(rows)).toHaveLength(2);
  });

  test('from an unknown address are told by login', () => {
    const verdict = judged([aFailedSqlLogin({ address: '', country: '', city: '', count: 5 })]);
    expect(verdict.subject).toEqual({ id: 'contoso/loader', kind: 'sqlLogin', name: 'loader' });
    expect(verdict.message).toContain('SQL login “loader” failed 5 times from an address that the log does not tell');
    expect(queriesIn(verdict)[0]).toContain('ServerPrincipalName in~ (dynamic(["loader"]))');
  });

  test('from unknown addresses are not taken for one that tries', () => {
    expect(found(ofDifferent(3, aFailedSqlLogin).map((row) => ({ ...row, address: '' })))).toEqual([]);
  });

  test.each(['18456/8', '18456/102', '18456/122'])('with error %s count', (code) => {
    const [result = '', state] = code.split('/');
    expect(found([aFailedSqlLogin({ result, reason: `state ${state}`, count: 5 })])).toHaveLength(1);
  });

  test.each([['40615'], ['4060'], ['40613'], ['18470']])('with error %s are not told here', (result) => {
    expect(found([aFailedSqlLogin({ result, reason: '', count: 100 })])).toEqual([]);
  });
});

describe('noise', () => {
  test('the same failures in two Log Analytics workspaces count once', () => {
    expect(found(exportedTwice([aFailedUser({ count: 9 }), aFailedSqlLogin({ count: 4 })]))).toEqual([]);
    expect(judged(exportedTwice([aFailedUser({ count: 10 })])).evidence['count']).toBe(10);
  });

  test('from a trusted network it is rather an old password', () => {
    const verdict = judged([aFailedSqlLogin({ count: 5 })], ['203.0.113.0/24']);
    expect(verdict).toMatchObject({ severity: 'low', evidence: { trusted: true } });
    expect(verdict.message).toContain('It comes from a trusted network');
    expect(stepsIn(verdict)[0]).toBe('Find the program in your own network that has an old password, and correct it.');
  });

  test('from a trusted network and from elsewhere it is not', () => {
    const rows = ['203.0.113.7', '198.51.100.9'].map((address) => aFailedUser({ address, count: 5 }));
    expect(judged(rows, ['203.0.113.0/24']).severity).toBe('medium');
  });

  test('a person who mistypes three times and gets in is none', () => {
    expect(found([aFailedUser({ count: 3 }), aFailedUser({ result: '0', last: minutesAgo(58) })])).toEqual([]);
  });
});

describe('without a burst', () => {
  test('each kind of sign-ins that was seen passes, and no other', () => {
    const verdicts = judgeSignIns(failedLoginBurst, [aFailedUser(), aFailedSqlLogin({ count: 5 })]);
    expect(verdicts.map(({ status, subject }) => [status, subject.id])).toEqual([
      ['fail', 'sqlLogin/203.0.113.7'],
      ['pass', `${TENANT}/user`],
    ]);
    expect(verdicts[1]?.message).toBe(
      'Sign-ins of users from 2026-11-21 03:00 to 2026-11-22 03:00 UTC: no burst of failures.',
    );
  });

  test('nothing is said where nothing was seen', () => {
    expect(judgeSignIns(failedLoginBurst, [])).toEqual([]);
  });

  test('what could not be read is not evaluated', () => {
    const inventory = anInventory({}, [], { userSignIns: 'everywhere' });
    expect(run(failedLoginBurst, inventory)).toMatchObject([{ status: 'notEvaluated', sources: ['userSignIns'] }]);
  });
});

test('queries to look further are taken by Log Analytics, whatever is in them', () => {
  const hostile = `x" or 1==1 | project Secret //\n'; drop`;
  const rows = [
    aFailedSqlLogin({ address: '', principalId: hostile, principalName: hostile, count: 5 }),
    aFailedSqlLogin({ table: 'AzureDiagnostics', count: 5 }),
    aFailedUser({ principalId: '', principalName: hostile, count: 10 }),
    someSignIns({ result: '7000215', count: 10 }),
  ];
  const queries = found(rows).flatMap(queriesIn);
  expect(queries.map((query) => query.split(' ')[0])).toEqual([
    'SigninLogs',
    'AADServicePrincipalSignInLogs',
    'SQLSecurityAuditEvents',
    'AzureDiagnostics',
  ]);
  for (const query of queries) {
    expect(rowsOf(query)).toEqual([]);
  }
});

test('options move the limits', () => {
  const options = { failures: 2, sqlFailures: 2, sqlLogins: 4, withinMinutes: 20, failuresAnHour: 100 };
  const rows = [0, 20].map((minutes) => aFailedUser({ last: minutesAgo(60 - minutes) }));
  expect(incidentsIn(failedLoginBurst, rows, { options })).toHaveLength(1);
  expect(incidentsIn(failedLoginBurst, ofDifferent(3, aFailedSqlLogin), { options })).toMatchObject([
    { severity: 'medium' },
  ]);
  expect(failedLoginBurst.options.safeParse({ withinMinutes: 61 }).success).toBe(false);
  expect(failedLoginBurst.options.safeParse({ failures: 0 }).success).toBe(false);
});
