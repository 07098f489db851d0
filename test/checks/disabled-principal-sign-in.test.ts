import disabledPrincipalSignIn from '../../src/checks/disabled-principal-sign-in';
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
import { aWatch, aWatchedPrincipal, minutesAgo, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const PRINCIPAL = someSignIns().principalId;
const found = (rows: readonly SignIns[]) => incidentsIn(disabledPrincipalSignIn, rows);
const judged = (rows: readonly SignIns[]) => incidentIn(disabledPrincipalSignIn, rows);

describe('a disabled user who tries', () => {
  const tries = (change: Partial<SignIns> = {}): SignIns => aFailedUser({ result: '50057', ...change });

  test('is told once, with place and time', () => {
    const verdict = judged([tries(), tries({ last: minutesAgo(10), count: 2 })]);
    expect(verdict).toMatchObject({
      severity: 'medium',
      subject: { id: ADA, kind: 'user' },
      evidence: { technique: 'T1078.004', gotIn: false, count: 3 },
    });
    expect(verdict.message).toBe(
      `User “ada@contoso.example” (${ADA}) is disabled and still tried to sign in, 3 times from 203.0.113.7 (Berlin, Germany), from 2026-11-22 02:00 to 02:50 UTC: AADSTS50057 (the account is disabled). It is the owner, who does not know, or somebody who has the old password.`,
    );
    expect(rowsOf(queriesIn(verdict)[0] ?? '')).toEqual([]);
  });

  test('may be the owner, or not', () => {
    expect(stepsIn(judged([tries()]))).toEqual([
      'Ask the owner, or the manager of somebody who left. If it was not the owner, see what else comes from these addresses.',
      'Remove the account’s roles in Synapse.',
    ]);
  });

  test('is not told of programs that go on with the old session', () => {
    expect(found([tries({ interactive: false, count: 100 })])).toEqual([]);
  });
});

describe('a disabled application that tries', () => {
  test.each(['7000112', '70001'])('with %s is told, and worse where Synapse depends on it', (result) => {
    const verdict = judged([someSignIns({ result })]);
    expect(verdict).toMatchObject({ severity: 'high', subject: { id: PRINCIPAL, kind: 'servicePrincipal' } });
    expect(verdict.message).toContain(
      'Whatever runs with it stands still. It concerns 1 workspace: “retail-analytics”.',
    );
    expect(stepsIn(verdict)).toEqual([
      'If it was disabled by mistake, enable it:',
      `az ad sp update --id ${PRINCIPAL} --set accountEnabled=true`,
      'Otherwise find by the addresses what still uses it, give that another identity, and remove the roles of this one.',
    ]);
    expect(judged([someSignIns({ result, principalId: 'other' })]).severity).toBe('medium');
  });
});

test('a disabled SQL login that tries is told', () => {
  const verdict = judged([aFailedSqlLogin({ result: '18470', reason: '' })]);
  expect(verdict).toMatchObject({ severity: 'medium', subject: { id: 'contoso/loader', kind: 'sqlLogin' } });
});

describe('a principal that was disabled when the directory was read', () => {
  const taken = minutesAgo(60).toISOString();
  const after = (rows: readonly SignIns[], enabled: boolean | null = false) =>
    incidentsIn(disabledPrincipalSignIn, rows, {
      signIns: { watch: aWatch({ takenAt: taken, principals: [aWatchedPrincipal({ enabled })] }) },
    });

  test.each([
    [59, 1],
    [60, 0],
  ])('and signed in %d minutes ago, the directory read 60 minutes ago: %d incidents', (ago, incidents) => {
    expect(after([someSignIns({ last: minutesAgo(ago) })])).toHaveLength(incidents);
  });

  test('is told as one that got in', () => {
    const verdict = after([someSignIns({ last: minutesAgo(30) }), someSignIns({ result: '7000112' })])[0];
    if (verdict === undefined) {
      throw new Error('Expected an incident.');
    }
    expect(verdict).toMatchObject({
      severity: 'high',
      subject: { id: PRINCIPAL },
      evidence: { technique: 'T1078.004', gotIn: true, count: 1 },
    });
    expect(stepsIn(verdict)).toEqual([
      'See in the audit log of Entra ID who enabled it, and ask why. If nobody did, revoke its sessions:',
      'Delete the credentials of the service principal and of its application.',
    ]);
    expect(verdict.message).toContain(
      'was disabled at 2026-11-22 02:00 UTC, when the directory was read, and signed in after that, last at 2026-11-22 02:30 UTC from 203.0.113.7',
    );
  });

  test.each([true, null])('is none where it was enabled: %s', (enabled) => {
    expect(after([someSignIns({ last: minutesAgo(30) })], enabled)).toEqual([]);
  });

  test('did not get in where it was refused for another reason', () => {
    expect(after([someSignIns({ result: '7000215', last: minutesAgo(30) })])).toEqual([]);
  });

  test('has its sessions revoked where it is a user', () => {
    const principals = [aWatchedPrincipal({ kind: 'user', id: ADA, enabled: false, workspaces: [] })];
    const [verdict] = incidentsIn(disabledPrincipalSignIn, [aFailedUser({ result: '0', last: minutesAgo(30) })], {
      signIns: { watch: aWatch({ takenAt: taken, principals }) },
    });
    expect(verdict?.remediation).toContain(`Revoke-MgUserSignInSession -UserId ${ADA}`);
  });
});

test.each(['50126', '50053', '53003', '0', '987654'])('%s is no disabled account', (result) => {
  expect(found([aFailedUser({ result })])).toEqual([]);
});

test('the same in two Log Analytics workspaces counts once', () => {
  expect(judged(exportedTwice([someSignIns({ result: '7000112', count: 4 })])).evidence['count']).toBe(4);
});

test('kinds without one pass, where they were seen', () => {
  const verdicts = judgeSignIns(disabledPrincipalSignIn, [someSignIns({ result: '7000112' }), aFailedUser()]);
  expect(verdicts.map(({ status, subject }) => [status, subject.id])).toEqual([
    ['fail', PRINCIPAL],
    ['pass', `${TENANT}/user`],
  ]);
  expect(judgeSignIns(disabledPrincipalSignIn, [])).toEqual([]);
});
