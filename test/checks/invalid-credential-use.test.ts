import invalidCredentialUse from '../../src/checks/invalid-credential-use';
import { codeOf } from '../../src/audit/sign-in-codes';
import type { SignIns } from '../../src/inventory/sign-ins';
import { TENANT } from '../fixtures/facts';
import {
  exportedTwice,
  incidentIn,
  incidentsIn,
  judgeSignIns,
  ofDifferent,
  queriesIn,
  stepsIn,
} from '../fixtures/failed-sign-ins';
import { aWatch, aWatchedCredential, minutesAgo, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const { applicationId: APPLICATION, principalId: PRINCIPAL } = someSignIns();
const refused = (change: Partial<SignIns> = {}): SignIns => someSignIns({ result: '7000215', count: 3, ...change });
const found = (rows: readonly SignIns[]) => incidentsIn(invalidCredentialUse, rows);
const judged = (rows: readonly SignIns[]) => incidentIn(invalidCredentialUse, rows);

describe('an application that is refused', () => {
  test.each([
    [2, 0],
    [3, 1],
  ])('%d times: %d incidents', (count, incidents) => {
    expect(found([refused({ count })])).toHaveLength(incidents);
  });

  test.each([
    [60, 1],
    [61, 0],
  ])('three times in %d minutes: %d incidents', (minutes, incidents) => {
    const rows = [0, 30, minutes].map((after) => refused({ count: 1, last: minutesAgo(90 - after) }));
    expect(found(rows)).toHaveLength(incidents);
  });

  test('is told with address, number and times', () => {
    const verdict = judged([refused({ first: minutesAgo(65) })]);
    expect(verdict).toMatchObject({
      severity: 'high',
      subject: { id: `${APPLICATION}/wrongCredential`, kind: 'application', name: 'Nightly Loader' },
      evidence: {
        technique: 'T1078.004',
        sort: 'wrongCredential',
        watched: true,
        workspaces: ['retail-analytics'],
        count: 3,
      },
    });
    expect(verdict.message).toBe(
      `Service principal “Nightly Loader” (${PRINCIPAL}) was refused 3 times from 203.0.113.7 (Berlin, Germany), from 2026-11-22 01:55 to 02:00 UTC: AADSTS7000215 (the client secret is wrong). It has not signed in since. It concerns 1 workspace: “retail-analytics”.`,
    );
    expect(rowsOf(queriesIn(verdict)[0] ?? '')).toEqual([]);
  });

  test.each([
    ['7000215', 'wrongCredential', 'az ad app credential list --id'],
    ['700027', 'rejectedAssertion', '--cert --output table'],
    ['50012', 'rejectedAssertion', '--cert --output table'],
    ['7000218', 'missingCredential', 'Give the client a secret'],
    ['700213', 'noFederatedMatch', 'az ad app federated-credential list --id'],
    ['700016', 'unknownApplication', 'az ad sp show --id'],
    ['500011', 'notConfigured', 'Correct the request'],
    ['50105', 'noAccess', 'Give the principal access'],
    ['987654', 'unknown', 'Look the number up'],
  ])('with %s is told as %s', (result, sort, advice) => {
    const verdict = judged([refused({ result })]);
    expect(verdict.evidence['sort']).toBe(sort);
    expect(verdict.message).toContain(`AADSTS${result} (`);
    expect(verdict.remediation).toContain(advice);
  });

  test.each(['0', '7000222', '7000112', '53003', '90033', '50140'])('with %s is not told here', (result) => {
    expect(found([refused({ result, count: 1000 })])).toEqual([]);
  });

  const UNKNOWN_CLIENT =
    'Where you know no client at these addresses, somebody tries the application’s credentials: see that none has leaked.';

  test.each([
    ['7000215', ['Its secrets, with their ends:', `az ad app credential list --id ${APPLICATION} --output table`]],
    [
      '700027',
      ['Its certificates, with their ends:', `az ad app credential list --id ${APPLICATION} --cert --output table`],
    ],
    ['700213', ['Its federated credentials:', `az ad app federated-credential list --id ${APPLICATION}`]],
    ['700016', ['Whether this tenant has it:', `az ad sp show --id ${APPLICATION}`]],
    ['500011', []],
  ])('with %s shows what there is to compare', (result, commands) => {
    const row = refused({ result });
    const verdict = judged([row]);
    expect(stepsIn(verdict)).toEqual([codeOf(row).advice, ...commands, UNKNOWN_CLIENT]);
    expect(queriesIn(verdict)[0]).toContain(`AppId in~ (dynamic(["${APPLICATION}"]))`);
  });

  test('has not signed in since where it is refused for another reason since', () => {
    const verdicts = found([refused(), refused({ result: '700016', last: minutesAgo(30) })]);
    expect(verdicts.map(({ severity }) => severity)).toEqual(['high', 'high']);
  });

  test('for each sort of result is an incident of its own', () => {
    expect(
      found([refused(), refused({ result: '70002' }), refused({ result: '700016' })]).map(({ subject }) => subject.id),
    ).toEqual([`${APPLICATION}/wrongCredential`, `${APPLICATION}/unknownApplication`]);
  });

  test('ranks lower where nothing in Synapse depends on it, and where it signed in since', () => {
    const stranger = { applicationId: 'other', principalId: 'other' };
    expect(judged([refused(stranger)])).toMatchObject({ severity: 'medium', evidence: { watched: false } });
    const back = judged([refused(), someSignIns({ last: minutesAgo(30) })]);
    expect(back).toMatchObject({ severity: 'medium', evidence: { signedInSince: minutesAgo(30).toISOString() } });
    expect(back.message).toContain('It has signed in since, at 2026-11-22 02:30 UTC');
    expect(judged([refused(), someSignIns({ last: minutesAgo(60) })]).severity).toBe('high');
  });

  test('is known by its principal where the log tells no application', () => {
    const verdict = judged([refused({ applicationId: '' })]);
    expect(verdict.subject).toEqual({
      id: `${PRINCIPAL}/wrongCredential`,
      kind: 'application',
      name: 'Nightly Loader',
    });
    expect(queriesIn(verdict)[0]).toContain(`ServicePrincipalId in~ (dynamic(["${PRINCIPAL}"]))`);
    expect(stepsIn(verdict)).toEqual([codeOf(refused()).advice, UNKNOWN_CLIENT]);
  });

  test('with an expired certificate is told by another check', () => {
    const certificate = aWatchedCredential({ kind: 'certificate', endsAt: '2026-11-20T00:00:00.000Z' });
    const signIns = { watch: aWatch({ credentials: [certificate] }) };
    expect(incidentsIn(invalidCredentialUse, [refused({ result: '700027' })], { signIns })).toEqual([]);
  });
});

describe('an address that is refused as several applications', () => {
  const several = (count: number): SignIns[] =>
    ofDifferent(count, refused).map((row, index) => ({ ...row, applicationId: `application-${index}`, count: 1 }));

  test.each([
    [2, 0],
    [3, 1],
  ])('%d of them: %d incidents', (count, incidents) => {
    expect(found(several(count))).toHaveLength(incidents);
  });

  test('is told as one that tries credentials', () => {
    const verdict = judged(several(3));
    expect(verdict).toMatchObject({
      severity: 'high',
      subject: { id: 'servicePrincipal/203.0.113.7', kind: 'address' },
      evidence: { technique: 'T1110', applicationIds: ['application-0', 'application-1', 'application-2'] },
    });
    expect(verdict.message).toContain('3 service principals were refused 3 times from 203.0.113.7 (Berlin, Germany)');
    expect(verdict.message).toMatch(
      / One address that is refused as several applications tries credentials, or is a host whose credentials were all replaced\.$/,
    );
    expect(stepsIn(verdict)).toEqual([
      'See whose address it is. If it is a host of yours, name its network in TRUSTED_NETWORKS and correct the credentials there.',
      'Otherwise replace the secrets of these applications, and find out where they may have leaked.',
    ]);
    expect(rowsOf(queriesIn(verdict)[0] ?? '')).toEqual([]);
  });

  test('is none where each is refused at an address of its own', () => {
    expect(found(several(3).map((row, index) => ({ ...row, address: `203.0.113.${index}` })))).toEqual([]);
  });

  test('is none where it is unknown, or of a trusted network', () => {
    expect(found(several(3).map((row) => ({ ...row, address: '' })))).toEqual([]);
    const signIns = { trustedNetworks: ['203.0.113.0/24'] };
    expect(incidentsIn(invalidCredentialUse, several(3), { signIns })).toEqual([]);
  });
});

test('the same in two Log Analytics workspaces counts once', () => {
  expect(found(exportedTwice([refused({ count: 2 })]))).toEqual([]);
});

test('sign-ins without a refusal pass, where there were some', () => {
  const kind = { status: 'pass', subject: { id: `${TENANT}/servicePrincipal` } };
  const other = someSignIns({ applicationId: 'other', principalId: 'somebody' });
  expect(judgeSignIns(invalidCredentialUse, [someSignIns(), other])).toMatchObject([
    {
      status: 'pass',
      subject: { id: 'aaaaaaaa-0000-4000-8000-000000000002/accepted', name: 'Nightly Loader' },
      message: 'Service principal “Nightly Loader” signs in with valid credentials, last at 2026-11-22 02:00 UTC.',
      evidence: { lastSeen: minutesAgo(60).toISOString() },
    },
    kind,
  ]);
  expect(judgeSignIns(invalidCredentialUse, [other])).toMatchObject([kind]);
  expect(judgeSignIns(invalidCredentialUse, [refused({ count: 1 })])).toMatchObject([kind]);
  expect(judgeSignIns(invalidCredentialUse, [])).toEqual([]);
});

test('an application that is refused does not pass, though it gets in at times', () => {
  const verdicts = judgeSignIns(invalidCredentialUse, [refused({ count: 3 }), someSignIns()]);
  expect(verdicts.map(({ status }) => status)).toEqual(['fail']);
});

test('options move the limits', () => {
  const options = { failures: 1, applications: 2, withinMinutes: 30 };
  expect(incidentsIn(invalidCredentialUse, [refused({ count: 1 })], { options })).toHaveLength(1);
  expect(invalidCredentialUse.options.safeParse({ withinMinutes: 721 }).success).toBe(false);
  expect(invalidCredentialUse.options.safeParse({ applications: 1 }).success).toBe(false);
});
