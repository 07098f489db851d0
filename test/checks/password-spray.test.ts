import passwordSpray from '../../src/checks/password-spray';
import type { SignIns } from '../../src/inventory/sign-ins';
import { TENANT } from '../fixtures/facts';
import {
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
import { minutesAgo } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const found = (rows: readonly SignIns[], trustedNetworks: readonly string[] = []) =>
  incidentsIn(passwordSpray, rows, { signIns: { trustedNetworks } });
const judged = (rows: readonly SignIns[]) => incidentIn(passwordSpray, rows);
const tried = ofDifferent(5, aFailedUser);
const succeeded = (change: Partial<SignIns>): SignIns => aFailedUser({ result: '0', ...change });

describe('users who fail from one address', () => {
  test.each([
    [4, 0],
    [5, 1],
  ])('%d of them: %d incidents', (count, incidents) => {
    expect(found(ofDifferent(count, aFailedUser))).toHaveLength(incidents);
  });

  test('are told with address, place, number and times', () => {
    const verdict = judged(tried);
    expect(verdict).toMatchObject({
      severity: 'high',
      subject: { id: 'user/203.0.113.7', kind: 'address', name: '203.0.113.7' },
      evidence: { technique: 'T1110.003', accounts: 5, signedIn: [], addresses: ['203.0.113.7'], count: 5 },
    });
    expect(verdict.message).toBe(
      'The passwords of 5 users were tried from 203.0.113.7 (Berlin, Germany), 5 times at 2026-11-22 02:00 UTC: AADSTS50126 (wrong name or password). None of them signed in from there.',
    );
    expect(stepsIn(verdict)).toEqual([
      'See whose address it is. If it is your own proxy or VPN, name its network in TRUSTED_NETWORKS; otherwise block it.',
      'See that all of these accounts need a second factor, and that none has a common password.',
    ]);
  });

  test.each([
    [20, 1],
    [21, 0],
  ])('%d minutes from the first to the last: %d incidents', (minutes, incidents) => {
    const rows = [...ofDifferent(4, aFailedUser), aFailedUser({ principalId: 'last', last: minutesAgo(60 - minutes) })];
    expect(found(rows)).toHaveLength(incidents);
  });

  test('count once each, however often they fail', () => {
    expect(found([...ofDifferent(4, aFailedUser), aFailedUser({ principalId: 'principal-0', count: 100 })])).toEqual(
      [],
    );
  });

  test('are no spray from different addresses, or from an unknown one', () => {
    expect(found(tried.map((row, index) => ({ ...row, address: `203.0.113.${index}` })))).toEqual([]);
    expect(found(tried.map((row) => ({ ...row, address: '' })))).toEqual([]);
  });

  test.each(['50126', '50053', '50034', '50055'])('with %s count', (result) => {
    expect(found(tried.map((row) => ({ ...row, result })))).toHaveLength(1);
  });

  test.each(['50074', '50140', '50173', '53003', '987654', '7000222'])('with %s don’t', (result) => {
    expect(found(tried.map((row) => ({ ...row, result })))).toEqual([]);
  });

  test('count although no person sat before it: programs try passwords too', () => {
    const table = 'AADNonInteractiveUserSignInLogs';
    expect(found(tried.map((row) => ({ ...row, interactive: false, table })))).toHaveLength(1);
  });

  test('that do not exist are different ones by their names', () => {
    const nobody = { principalId: '', result: '50034' };
    expect(found(tried.map((row) => ({ ...row, ...nobody })))).toHaveLength(1);
    expect(found(tried.map((row) => ({ ...row, ...nobody, principalName: 'root' })))).toEqual([]);
  });
});

describe('an office behind one address', () => {
  const colleagues = (count: number): SignIns[] =>
    Array.from({ length: count }, (_, index) => succeeded({ principalId: `colleague-${index}`, last: minutesAgo(57) }));

  test.each([
    [4, 1],
    [5, 0],
  ])('where %d of them get in while 5 mistype: %d incidents', (count, incidents) => {
    // The last mistyper is the end of the span, which successes must not lie behind.
    const rows = [...tried.slice(1), aFailedUser({ principalId: 'principal-0', last: minutesAgo(57) })];
    expect(found([...rows, ...colleagues(count)])).toHaveLength(incidents);
  });

  test('counts those who got in earlier in the same hour, and not in the one before', () => {
    const rows = tried.map((row) => ({ ...row, first: minutesAgo(30), last: minutesAgo(30) }));
    const inHour = colleagues(5).map((row) => ({ ...row, first: minutesAgo(60), last: minutesAgo(40) }));
    const before = colleagues(9).map((row) => ({ ...row, first: minutesAgo(61), last: minutesAgo(61) }));
    expect(found([...rows, ...inHour])).toEqual([]);
    expect(found([...rows, ...before])).toHaveLength(1);
  });

  test('counts those who got in at the beginning, in whatever order they are told', () => {
    const late = colleagues(9).map((row) => ({ ...row, first: minutesAgo(10), last: minutesAgo(10) }));
    expect(found([...tried, ...late])).toHaveLength(1);
    expect(found([...tried, ...late, ...colleagues(5).map((row) => ({ ...row, first: minutesAgo(60) }))])).toEqual([]);
  });

  test('counts those who get in later no more', () => {
    const later = colleagues(9).map((row) => ({ ...row, first: minutesAgo(50), last: minutesAgo(50) }));
    expect(found([...tried, ...later])).toHaveLength(1);
  });

  test('is trusted where the setting names it', () => {
    expect(found(tried, ['203.0.113.0/24'])).toEqual([]);
    expect(found(tried, ['198.51.100.0/24'])).toHaveLength(1);
  });
});

describe('a guessed password', () => {
  const victim = { principalId: 'principal-3', principalName: 'principal-3' };
  test('is the worst of it', () => {
    const verdict = judged([...tried, succeeded({ ...victim, last: minutesAgo(40) })]);
    expect(verdict).toMatchObject({ severity: 'critical', evidence: { signedIn: ['principal-3'] } });
    expect(verdict.message).toContain(
      'From the same address “principal-3” then signed in: take these passwords for known.',
    );
    expect(stepsIn(verdict)).toEqual([
      'Change the passwords of those who signed in, and revoke their sessions, before anything else.',
      ...stepsIn(judged(tried)),
    ]);
  });

  test('may be used from the try on, and for an hour after the last one', () => {
    const [firstTry = 0, lastTry = 0] = [tried[3], tried[4]].map((row) => row?.last.getTime());
    const severityAt = (time: number) => judged([...tried, succeeded({ ...victim, last: new Date(time) })]).severity;
    expect(severityAt(firstTry)).toBe('high');
    expect(severityAt(firstTry + 1)).toBe('critical');
    expect(severityAt(lastTry + 3_600_000)).toBe('critical');
    expect(severityAt(lastTry + 3_600_001)).toBe('high');
  });

  test.each<[string, Partial<SignIns>]>([
    ['before it was tried', { ...victim, last: minutesAgo(70) }],
    ['much later', { ...victim, last: minutesAgo(-5) }],
    ['from elsewhere', { ...victim, address: '198.51.100.9' }],
    ['by somebody who was not tried', { principalId: 'other' }],
  ])('is none %s', (_, change) => {
    expect(judged([...tried, succeeded(change)]).severity).toBe('high');
  });
});

test('SQL logins are a spray of their own', () => {
  const rows = [...ofDifferent(5, aFailedSqlLogin), ...ofDifferent(4, aFailedUser)];
  expect(judged(rows).subject.id).toBe('sqlLogin/203.0.113.7');
  expect(judged(rows).message).toContain('The passwords of 5 SQL logins were tried');
});

test('the same in two Log Analytics workspaces counts once', () => {
  const verdict = judged(exportedTwice(tried));
  expect(verdict.evidence['count']).toBe(5);
});

test('a kind that was seen and not sprayed passes', () => {
  const verdicts = judgeSignIns(passwordSpray, [...tried, aFailedSqlLogin()]);
  expect(verdicts.map(({ status, subject }) => [status, subject.id])).toEqual([
    ['fail', 'user/203.0.113.7'],
    ['pass', `${TENANT}/sqlLogin`],
  ]);
  expect(judgeSignIns(passwordSpray, [])).toEqual([]);
});

test('queries to look further are taken by Log Analytics', () => {
  const queries = queriesIn(judged(tried));
  expect(queries).toHaveLength(1);
  expect(rowsOf(queries[0] ?? '')).toEqual([]);
});

test('options move the limits', () => {
  const options = { principals: 3, withinMinutes: 30 };
  const rows = [60, 45, 30].map((ago) => aFailedUser({ principalId: `p-${ago}`, last: minutesAgo(ago) }));
  expect(incidentsIn(passwordSpray, rows, { options })).toHaveLength(1);
  expect(passwordSpray.options.safeParse({ principals: 1 }).success).toBe(false);
  expect(passwordSpray.options.safeParse({ withinMinutes: 601 }).success).toBe(false);
});
