import bruteForceSuccess from '../../src/checks/brute-force-success';
import type { SignIns } from '../../src/inventory/sign-ins';
import { TENANT } from '../fixtures/facts';
import {
  ADA,
  aFailedSqlLogin,
  aFailedUser,
  exportedTwice,
  incidentIn,
  incidentsIn,
  judgeSignIns,
  queriesIn,
  stepsIn,
} from '../fixtures/failed-sign-ins';
import { minutesAgo, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const found = (rows: readonly SignIns[], trustedNetworks: readonly string[] = []) =>
  incidentsIn(bruteForceSuccess, rows, { signIns: { trustedNetworks } });
const judged = (rows: readonly SignIns[]) => incidentIn(bruteForceSuccess, rows);

/** Failures from 60 to 55 minutes ago. */
const failures = (count = 5, change: Partial<SignIns> = {}): SignIns =>
  aFailedUser({ count, first: minutesAgo(60), last: minutesAgo(55), ...change });
const success = (ago: number, change: Partial<SignIns> = {}): SignIns =>
  aFailedUser({ result: '0', last: minutesAgo(ago), ...change });

describe('a success after failures', () => {
  test.each([
    [3, 0],
    [4, 0],
    [5, 1],
  ])('%d of them: %d incidents', (count, incidents) => {
    expect(found([failures(count), success(50)])).toHaveLength(incidents);
  });

  test('is told with account, address, number and times', () => {
    const verdict = judged([failures(), success(50)]);
    expect(verdict).toMatchObject({
      severity: 'high',
      subject: { id: `${ADA}/203.0.113.7`, kind: 'user', name: 'ada@contoso.example' },
      evidence: {
        technique: 'T1110.001',
        techniqueAfter: 'T1078',
        count: 5,
        signedInAt: '2026-11-22T02:10:00.000Z',
        signedInTo: 'Azure Synapse Analytics',
      },
    });
    expect(verdict.message).toBe(
      `User “ada@contoso.example” (${ADA}) failed to sign in 5 times from 203.0.113.7 (Berlin, Germany), from 2026-11-22 02:00 to 02:05 UTC, and got in from there at 2026-11-22 02:10 UTC: AADSTS50126 (wrong name or password). Take the password for guessed until its owner says that it was they.`,
    );
    expect(stepsIn(verdict)).toEqual([
      'Ask the owner of the account whether that was they, by another way than mail. If not, at once:',
      'Set a new password, see that the second factor is the owner’s, and revoke the sessions:',
      `Revoke-MgUserSignInSession -UserId ${ADA}`,
      'Look at what the account did since, and from where else it signed in.',
    ]);
  });

  test.each([
    [-5, 1],
    [-6, 0],
  ])('an hour after the last failure at %d minutes: %d incidents', (ago, incidents) => {
    expect(found([failures(), success(ago)])).toHaveLength(incidents);
  });

  test('counts those failures only that lie before it', () => {
    expect(found([failures(), success(61)])).toEqual([]);
    expect(found([failures(4), failures(1, { first: minutesAgo(40), last: minutesAgo(40) }), success(50)])).toEqual([]);
    expect(
      found([failures(4), failures(1, { first: minutesAgo(40), last: minutesAgo(40) }), success(39)]),
    ).toHaveLength(1);
  });

  test('counts those failures only that lie within the hour before it', () => {
    const old = failures(4, { first: minutesAgo(100), last: minutesAgo(95) });
    expect(found([old, success(90), failures(4), success(30)])).toEqual([]);
    expect(judged([old, success(90), failures(5), success(30)]).evidence['count']).toBe(5);
  });

  test('forgets all that is too old, in whatever order it is told', () => {
    const old = [100, 98].map((ago) => failures(2, { first: minutesAgo(ago), last: minutesAgo(95) }));
    expect(found([...old, failures(4), success(30)])).toEqual([]);
    expect(found([failures(4), ...old, success(30)])).toEqual([]);
  });

  test('counts what comes before it, in whatever order it is told', () => {
    const later = failures(1, { first: minutesAgo(40), last: minutesAgo(40) });
    expect(judged([later, failures(), success(50)]).evidence['count']).toBe(5);
  });

  test('at the moment of the last of enough failures is one', () => {
    const tries = failures(5, { first: minutesAgo(50) });
    expect(judged([tries, success(50), success(40)]).evidence['signedInAt']).toBe(minutesAgo(50).toISOString());
    expect(found([tries, success(50)])).toHaveLength(1);
  });

  test('is the first that comes after enough of them', () => {
    expect(judged([failures(), success(30), success(50), success(70)]).evidence['signedInAt']).toBe(
      minutesAgo(50).toISOString(),
    );
  });

  test('is the first one of a slot, where that comes after enough of them', () => {
    expect(judged([failures(), success(40, { first: minutesAgo(50) })]).evidence['signedInAt']).toBe(
      minutesAgo(50).toISOString(),
    );
    const late = failures(5, { first: minutesAgo(52), last: minutesAgo(50) });
    expect(judged([late, success(30, { first: minutesAgo(55) }), success(45)]).evidence['signedInAt']).toBe(
      minutesAgo(45).toISOString(),
    );
  });

  test('may be the last one of an hour whose first lies before the failures', () => {
    const verdict = judged([failures(), success(40, { first: minutesAgo(62), count: 3 })]);
    expect(verdict.evidence['signedInAt']).toBe(minutesAgo(40).toISOString());
  });

  test('is found though the tries go on after it', () => {
    expect(found([failures(6), success(57)])).toHaveLength(1);
  });

  test('is found by a whole hour as by a part of it', () => {
    // From 02:00 on: three failures, a success, two failures, and successes again.
    const tries = [failures(3, { last: minutesAgo(58) }), failures(2, { first: minutesAgo(48), last: minutesAgo(48) })];
    expect(found([...tries, success(47, { first: minutesAgo(55) })])).toHaveLength(1);
    expect(found([...tries, success(1, { first: minutesAgo(55) })])).toHaveLength(1);
  });

  test('is found by all successes of an hour of the clock together', () => {
    // An hour before the first of them three failures are not too old yet; before the last one there are five.
    const tries = [
      failures(3, { first: minutesAgo(100), last: minutesAgo(100) }),
      failures(2, { first: minutesAgo(30) }),
    ];
    const late = tries.map((row, index) => (index === 0 ? row : { ...row, last: minutesAgo(30) }));
    expect(judged([...late, success(5), success(55)]).evidence).toMatchObject({
      count: 5,
      signedInAt: minutesAgo(5).toISOString(),
    });
    expect(found([...late, success(5), success(65)])).toEqual([]);
  });

  test('of an earlier hour is told before that of a later one', () => {
    const before = failures(5, { first: minutesAgo(100), last: minutesAgo(95) });
    const verdict = judged([before, failures(), success(30, { resource: 'later' }), success(90)]);
    expect(verdict.evidence).toMatchObject({
      signedInAt: minutesAgo(90).toISOString(),
      signedInTo: 'Azure Synapse Analytics',
    });
  });

  test('may come without a person, as programs try passwords too', () => {
    expect(found([failures(), success(50, { interactive: false })])).toHaveLength(1);
  });

  test.each<[string, Partial<SignIns>]>([
    ['from another address', { address: '198.51.100.9' }],
    ['of another user', { principalId: 'other' }],
    ['that is only an interrupt', { result: '50074' }],
  ])('is none %s', (_, change) => {
    expect(found([failures(50), success(50, change)])).toEqual([]);
  });

  test.each(['50074', '50173', '53003', '50057', '7000222', '987654'])('is none after %s', (result) => {
    expect(found([failures(50, { result }), success(50)])).toEqual([]);
  });

  test('is none where programs went on with an old password', () => {
    expect(found([failures(50, { interactive: false }), success(50)])).toEqual([]);
  });

  test('is none from an unknown address, or from a trusted network', () => {
    expect(found([failures(5, { address: '' }), success(50, { address: '' })])).toEqual([]);
    expect(found([failures(), success(50)], ['203.0.113.0/24'])).toEqual([]);
  });

  test('is two incidents from two addresses', () => {
    const rows = ['203.0.113.7', '198.51.100.9'].flatMap((address) => [
      failures(5, { address }),
      success(50, { address }),
    ]);
    expect(found(rows).map(({ subject }) => subject.id)).toEqual([`${ADA}/203.0.113.7`, `${ADA}/198.51.100.9`]);
  });
});

describe('a SQL login', () => {
  const rows = (change: Partial<SignIns> = {}): SignIns[] => [
    aFailedSqlLogin({ count: 5, last: minutesAgo(60), resource: 'contoso/master' }),
    aFailedSqlLogin({ result: '0', reason: '', last: minutesAgo(50), ...change }),
  ];

  test('has no second factor: that is critical', () => {
    const verdict = judged(rows());
    expect(verdict).toMatchObject({
      severity: 'critical',
      subject: { id: 'contoso/loader/203.0.113.7', kind: 'sqlLogin' },
    });
    expect(stepsIn(verdict).slice(1, 3)).toEqual([
      'In the database master of the server, and then end its sessions with KILL:',
      'ALTER LOGIN [loader] DISABLE;',
    ]);
  });

  test('stays on one line, whatever it is called', () => {
    const name = { principalId: 'a\ngo', principalName: 'a\nGO' };
    expect(judged(rows(name).map((row) => ({ ...row, ...name }))).remediation).toContain('ALTER LOGIN [a GO] DISABLE;');
  });

  test('of the same name on another server is another', () => {
    expect(found(rows({ resource: 'fabrikam/warehouse' }))).toEqual([]);
  });

  test('is quoted as SQL quotes names', () => {
    const hostile = { principalId: 'x]; drop login [sa', principalName: 'x]; DROP LOGIN [sa' };
    const verdict = judged(rows(hostile).map((row) => ({ ...row, ...hostile })));
    expect(verdict.remediation).toContain('ALTER LOGIN [x]]; DROP LOGIN [sa] DISABLE;');
    for (const query of queriesIn(verdict)) {
      expect(rowsOf(query)).toEqual([]);
    }
  });
});

test('a service principal that gets in after wrong secrets was mended', () => {
  const rows = [someSignIns({ result: '7000215', count: 50 }), someSignIns({ last: minutesAgo(50) })];
  expect(found(rows)).toEqual([]);
});

test('the same in two Log Analytics workspaces counts once', () => {
  expect(found(exportedTwice([failures(4), success(50)]))).toEqual([]);
  expect(judged(exportedTwice([failures(), success(50)])).evidence['count']).toBe(5);
});

test('a kind that was seen without one passes', () => {
  const verdicts = judgeSignIns(bruteForceSuccess, [failures(), success(50), aFailedSqlLogin()]);
  expect(verdicts.map(({ status, subject }) => [status, subject.id])).toEqual([
    ['fail', `${ADA}/203.0.113.7`],
    ['pass', `${TENANT}/sqlLogin`],
  ]);
});

test('options move the limits', () => {
  const options = { failures: 3, withinMinutes: 10 };
  expect(incidentsIn(bruteForceSuccess, [failures(3), success(45)], { options })).toHaveLength(1);
  expect(incidentsIn(bruteForceSuccess, [failures(3), success(44)], { options })).toEqual([]);
  expect(bruteForceSuccess.options.safeParse({ failures: 1 }).success).toBe(false);
  expect(bruteForceSuccess.options.safeParse({ withinMinutes: 601 }).success).toBe(false);
});
