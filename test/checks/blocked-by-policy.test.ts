import blockedByPolicy from '../../src/checks/blocked-by-policy';
import { codeOf } from '../../src/audit/sign-in-codes';
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

const TRUSTED = { signIns: { trustedNetworks: ['203.0.113.0/24'] } };
const stopped = (change: Partial<SignIns> = {}): SignIns => aFailedUser({ result: '53003', count: 3, ...change });
const found = (rows: readonly SignIns[]) => incidentsIn(blockedByPolicy, rows);
const judged = (rows: readonly SignIns[]) => incidentIn(blockedByPolicy, rows);

describe('a user who is stopped', () => {
  test.each([
    [2, 0],
    [3, 1],
  ])('%d times: %d incidents', (count, incidents) => {
    expect(found([stopped({ count })])).toHaveLength(incidents);
  });

  test.each([
    [60, 1],
    [61, 0],
  ])('three times in %d minutes: %d incidents', (minutes, incidents) => {
    const rows = [0, 30, minutes].map((after) => stopped({ count: 1, last: minutesAgo(90 - after) }));
    expect(found(rows)).toHaveLength(incidents);
  });

  test('is told with place and policy: the password was right', () => {
    const verdict = judged([stopped()]);
    expect(verdict).toMatchObject({
      severity: 'medium',
      subject: { id: ADA, kind: 'user' },
      evidence: { technique: 'T1078.004', count: 3, places: ['Berlin, Germany'], trusted: false },
    });
    expect(verdict.message).toBe(
      `User “ada@contoso.example” (${ADA}) was stopped 3 times from 203.0.113.7 (Berlin, Germany), at 2026-11-22 02:00 UTC: AADSTS53003 (stopped by conditional access). The password was right: it is the owner at a place or a device that is not admitted, or somebody who knows the password.`,
    );
    expect(rowsOf(queriesIn(verdict)[0] ?? '')).toEqual([]);
  });

  test('is to be asked', () => {
    expect(stepsIn(judged([stopped()]))).toEqual([
      'Ask the owner whether that was they; if not, change the password although the policy held.',
      codeOf(stopped()).advice,
      'In the portal open Entra ID > Monitoring > Sign-in logs > the sign-in > Conditional Access: it names the policy.',
    ]);
  });

  test('in a trusted network and elsewhere may be a stranger', () => {
    const rows = [stopped(), stopped({ address: '198.51.100.9' })];
    expect(incidentIn(blockedByPolicy, rows, TRUSTED)).toMatchObject({
      severity: 'medium',
      evidence: { trusted: false },
    });
  });

  test.each(['53003', '530032', '53000', '53001', '50131'])('with %s counts', (result) => {
    expect(found([stopped({ result })])).toHaveLength(1);
  });

  test.each(['50126', '50074', '50057', '0', '987654'])('with %s does not', (result) => {
    expect(found([stopped({ result, count: 100 })])).toEqual([]);
  });

  test('in a trusted network is hardly a stranger', () => {
    expect(incidentIn(blockedByPolicy, [stopped()], TRUSTED)).toMatchObject({
      severity: 'low',
      evidence: { trusted: true },
    });
  });

  test('is not told of programs that go on by themselves', () => {
    expect(found([stopped({ interactive: false, count: 100 })])).toEqual([]);
  });
});

describe('a service principal that is stopped', () => {
  const refused = (change: Partial<SignIns> = {}) => someSignIns({ result: '53003', ...change });
  test('once is enough, and the worse where Synapse depends on it, wherever it is', () => {
    expect(judged([refused()])).toMatchObject({ severity: 'high', subject: { kind: 'servicePrincipal' } });
    expect(incidentIn(blockedByPolicy, [refused()], TRUSTED).severity).toBe('high');
    expect(judged([refused()]).message).toContain('Whatever runs with it from there stands still');
    expect(judged([refused({ principalId: 'other' })]).severity).toBe('medium');
    expect(stepsIn(judged([refused()]))[0]).toBe(
      'See whether the address is one of your own; if not, replace the credential at once.',
    );
  });
});

describe('an address that the SQL firewall stops', () => {
  const stoppedSql = (change: Partial<SignIns> = {}): SignIns =>
    aFailedSqlLogin({ result: '40615', reason: '', count: 3, ...change });

  test.each([
    [2, 0],
    [3, 1],
  ])('%d times: %d incidents', (count, incidents) => {
    expect(found([stoppedSql({ count })])).toHaveLength(incidents);
  });

  test('is one incident, whatever logins it tries', () => {
    const verdict = judged([
      stoppedSql({ count: 2 }),
      stoppedSql({ principalId: 'sa', principalName: 'sa', count: 1 }),
    ]);
    expect(verdict).toMatchObject({
      severity: 'medium',
      subject: { id: 'sqlLogin/203.0.113.7', kind: 'address' },
      evidence: { technique: 'T1190', trusted: false },
    });
    expect(stepsIn(verdict)).toEqual([
      'See whose address it is. If it is your own, admit it with a narrow rule, or better with a private endpoint:',
      'az synapse workspace firewall-rule create --workspace-name <workspace> --resource-group <group> --name <name> --start-ip-address <first> --end-ip-address <last>',
      'If it is a stranger’s, the firewall has done its work; see that no rule admits wide ranges.',
    ]);
    expect(queriesIn(verdict)[0]).toContain('ClientIp has_any (dynamic(["203.0.113.7"]))');
    expect(verdict.message).toContain(
      'The SQL endpoint stopped 2 SQL logins 3 times from 203.0.113.7 (Berlin, Germany), at 2026-11-22 02:00 UTC: SQL error 40615 (stopped by the firewall: no rule admits the address). A program of your own has a new address, or somebody looks for open doors.',
    );
    expect(rowsOf(queriesIn(verdict)[0] ?? '')).toEqual([]);
  });

  test('that is trusted wants admitting', () => {
    const verdict = incidentIn(blockedByPolicy, [stoppedSql({ result: '40914' })], TRUSTED);
    expect(verdict.severity).toBe('low');
    expect(verdict.message).toContain('It is a trusted network, which the firewall does not admit.');
  });

  test('that is unknown is told by login', () => {
    const verdict = judged([stoppedSql({ address: '' })]);
    expect(verdict.subject).toEqual({ id: 'contoso/loader', kind: 'sqlLogin', name: 'loader' });
    expect(queriesIn(verdict)[0]).toContain('ServerPrincipalName in~ (dynamic(["loader"]))');
    const others = [1, 2, 3].map((index) => stoppedSql({ address: '', principalId: `login-${index}`, count: 1 }));
    expect(found(others)).toEqual([]);
  });
});

test('the same in two Log Analytics workspaces counts once', () => {
  expect(found(exportedTwice([stopped({ count: 2 })]))).toEqual([]);
});

test('kinds without one pass, where they were seen', () => {
  const verdicts = judgeSignIns(blockedByPolicy, [stopped(), aFailedSqlLogin()]);
  expect(verdicts.map(({ status, subject }) => [status, subject.id])).toEqual([
    ['fail', ADA],
    ['pass', `${TENANT}/sqlLogin`],
  ]);
  expect(judgeSignIns(blockedByPolicy, [])).toEqual([]);
});

test('options move the limits', () => {
  const options = { failures: 1, servicePrincipalFailures: 2, withinMinutes: 10 };
  expect(
    incidentsIn(blockedByPolicy, [stopped({ count: 1 }), someSignIns({ result: '53003' })], { options }),
  ).toMatchObject([{ subject: { id: ADA } }]);
  expect(
    [9, 10, 720, 721].map((withinMinutes) => blockedByPolicy.options.safeParse({ withinMinutes }).success),
  ).toEqual([false, true, true, false]);
});
