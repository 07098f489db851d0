import expiredCredentialInUse from '../../src/checks/expired-credential-in-use';
import type { SignIns, WatchedCredential } from '../../src/inventory/sign-ins';
import { PORTAL, TENANT } from '../fixtures/facts';
import { exportedTwice, incidentIn, judgeSignIns, queriesIn, stepsIn } from '../fixtures/failed-sign-ins';
import { aWatch, aWatchedCredential, minutesAgo, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const APPLICATION = someSignIns().applicationId;
const EXPIRED = aWatchedCredential({ endsAt: '2026-11-22T00:30:00.000Z' });

const watching = (...credentials: readonly WatchedCredential[]) => ({ signIns: { watch: aWatch({ credentials }) } });
/** A failure with the expired secret, an hour ago. */
const failed = (change: Partial<SignIns> = {}): SignIns =>
  someSignIns({ result: '7000222', credentialKeyId: 'key-1', ...change });
const judged = (rows: readonly SignIns[], ...credentials: readonly WatchedCredential[]) =>
  incidentIn(expiredCredentialInUse, rows, watching(...credentials));

test('an expired secret in use is told with its end, since when and how often it fails', () => {
  const verdict = judged(
    [failed({ count: 400, first: minutesAgo(110), last: minutesAgo(100) }), failed({ count: 12 })],
    EXPIRED,
  );
  expect(verdict).toMatchObject({
    severity: 'critical',
    subject: {
      id: `${APPLICATION}/key-1`,
      kind: 'secret',
      name: 'Nightly Loader / ci-2026',
      link: `${PORTAL}/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/${APPLICATION}`,
    },
    evidence: {
      technique: 'T1078.004',
      keyId: 'key-1',
      credential: 'ci-2026',
      endedAt: EXPIRED.endsAt,
      application: 'Nightly Loader',
      workspaces: ['retail-analytics'],
      count: 412,
      stillFails: true,
      signedInSince: null,
    },
  });
  expect(verdict.message).toBe(
    'Secret “ci-2026” of application “Nightly Loader” expired on 2026-11-22 and is still used: 412 failed sign-ins since 2026-11-22 01:10 UTC, the last at 2026-11-22 02:00, from 203.0.113.7 (Berlin, Germany): AADSTS7000222 (the client secret has expired). Whatever signs in with it stands still. It concerns 1 workspace: “retail-analytics”.',
  );
  expect(stepsIn(verdict)).toEqual([
    'Add a new credential beside the old one:',
    `az ad app credential reset --id ${APPLICATION} --append --display-name rotated-2026-11-22`,
    'Put it wherever the old one is read (Key Vault, linked services, release pipelines); the addresses tell from where it is used. See that sign-ins succeed.',
    'Then remove the old one:',
    `az ad app credential delete --id ${APPLICATION} --key-id key-1`,
  ]);
  expect(queriesIn(verdict)[0]).toContain(`AppId in~ (dynamic(["${APPLICATION}"]))`);
  expect(rowsOf(queriesIn(verdict)[0] ?? '')).toEqual([]);
});

test('one failure is enough, and a storm of retries is one incident', () => {
  expect(judged([failed()], EXPIRED).message).toContain('1 failed sign-in since');
  const storm = Array.from({ length: 100 }, (_, index) => failed({ count: 75, last: minutesAgo(index * 10) }));
  expect(judged(storm, EXPIRED).evidence['count']).toBe(7500);
});

describe('how urgent it is', () => {
  test.each([
    [120, 'critical'],
    [121, 'high'],
  ])('when it last failed %d minutes ago: %s', (ago, severity) => {
    expect(judged([failed({ last: minutesAgo(ago) })], EXPIRED).severity).toBe(severity);
  });

  test('less where it signed in again from the same address', () => {
    const verdict = judged([failed(), someSignIns({ last: minutesAgo(30) })], EXPIRED);
    expect(verdict).toMatchObject({ severity: 'medium', evidence: { signedInSince: minutesAgo(30).toISOString() } });
    expect(verdict.message).toContain('From the same address it has signed in again since 2026-11-22 02:30 UTC');
  });

  test('since when is told by the first of several successes', () => {
    const verdict = judged([failed(), ...[20, 30, 25].map((ago) => someSignIns({ last: minutesAgo(ago) }))], EXPIRED);
    expect(verdict.evidence['signedInSince']).toBe(minutesAgo(30).toISOString());
  });

  test('no less where it is refused for another reason since', () => {
    const refused = someSignIns({ result: '7000215', last: minutesAgo(30) });
    expect(judged([failed(), refused], EXPIRED).severity).toBe('critical');
  });

  test.each<[string, Partial<SignIns>]>([
    ['from another address', { address: '198.51.100.9', last: minutesAgo(30) }],
    ['before', { last: minutesAgo(60) }],
    ['as another application', { applicationId: 'other', last: minutesAgo(30) }],
  ])('no less where it signed in %s', (_, change) => {
    expect(judged([failed(), someSignIns(change)], EXPIRED).severity).toBe('critical');
  });
});

describe('which credential it is', () => {
  test('is told by the only one that has expired, where the log names none', () => {
    const verdict = judged([failed({ credentialKeyId: '' })], EXPIRED, aWatchedCredential({ keyId: 'key-2' }));
    expect(verdict.subject.id).toBe(`${APPLICATION}/key-1`);
  });

  test('is open where several have', () => {
    const other = { ...EXPIRED, keyId: 'key-2' };
    const verdict = judged([failed({ credentialKeyId: '' })], EXPIRED, other);
    expect(verdict.subject).toMatchObject({ id: `${APPLICATION}/secret`, kind: 'application', name: 'Nightly Loader' });
    expect(verdict.message).toMatch(
      /^A secret of application “Nightly Loader” has expired and is still used, the log does not tell which: 1 failed/,
    );
    expect(stepsIn(verdict)).toHaveLength(3);
    expect(verdict.remediation).not.toContain('az ad app credential delete');
  });

  test('is told by its key where nobody else knows it', () => {
    const verdict = judged([failed({ credentialKeyId: 'key-9' })]);
    expect(verdict.message).toMatch(
      /^Secret with key id key-9 of application “Nightly Loader” has expired and is still/,
    );
    expect(verdict.subject.name).toBe('Nightly Loader / key id key-9');
  });

  test('may be a certificate', () => {
    const certificate: WatchedCredential = { ...EXPIRED, kind: 'certificate', name: '' };
    const verdict = judged([failed({ result: '700027' })], certificate);
    expect(verdict.message).toMatch(
      /^Certificate with key id key-1 of application “Nightly Loader” expired on 2026-11-22/,
    );
    expect(verdict.subject.name).toBe('Nightly Loader / key id key-1');
    expect(verdict.remediation).toContain('--append --cert @new-certificate.pem');
    expect(verdict.remediation).toContain('--key-id key-1 --cert');
  });

  test('is each of two on its own', () => {
    const rows = [failed(), failed({ credentialKeyId: 'key-2' })];
    const verdicts = judgeSignIns(expiredCredentialInUse, rows, watching(EXPIRED));
    expect(verdicts.map(({ subject }) => subject.id)).toEqual([`${APPLICATION}/key-1`, `${APPLICATION}/key-2`]);
  });
});

test('an application that is not watched is named as the log does', () => {
  const stranger = failed({ applicationId: 'other', principalId: 'other', principalName: 'Report Sender' });
  const verdict = judged([stranger], EXPIRED);
  expect(verdict.subject.name).toBe('Report Sender / ci-2026');
  expect(verdict.message).not.toContain('It concerns');
});

test('one that the log tells no application of is looked for by its principal', () => {
  const verdict = judged([failed({ applicationId: '' })], EXPIRED);
  expect(verdict.subject.id).toBe(`${someSignIns().principalId}/key-1`);
  expect(queriesIn(verdict)[0]).toContain('ServicePrincipalId in~ (');
});

test('the same in two Log Analytics workspaces counts once', () => {
  expect(judged(exportedTwice([failed({ count: 7 })]), EXPIRED).evidence['count']).toBe(7);
});

test.each(['0', '7000215', '700016', '50126', '987654'])('%s is no expired credential', (result) => {
  const verdicts = judgeSignIns(expiredCredentialInUse, [failed({ result })], watching());
  expect(verdicts).toMatchObject([{ status: 'pass', subject: { id: `${TENANT}/servicePrincipal` } }]);
});

describe('an expired credential that nothing uses', () => {
  test('passes, where sign-ins were seen', () => {
    const verdicts = judgeSignIns(expiredCredentialInUse, [someSignIns()], watching(EXPIRED));
    expect(verdicts).toMatchObject([
      {
        status: 'pass',
        subject: { id: `${APPLICATION}/key-1` },
        message:
          'Secret “ci-2026” of application “Nightly Loader” expired on 2026-11-22, and nothing tried to sign in with it from 2026-11-21 03:00 to 2026-11-22 03:00 UTC.',
        evidence: { keyId: 'key-1', endedAt: EXPIRED.endsAt },
      },
      { status: 'pass', subject: { id: `${TENANT}/servicePrincipal` } },
    ]);
  });

  test('passes beside another that is used', () => {
    const other = { ...EXPIRED, keyId: 'key-2' };
    const verdicts = judgeSignIns(expiredCredentialInUse, [failed()], watching(EXPIRED, other));
    expect(verdicts.map(({ status, subject }) => [status, subject.id])).toEqual([
      ['fail', `${APPLICATION}/key-1`],
      ['pass', `${APPLICATION}/key-2`],
    ]);
  });

  test('is not told where none was', () => {
    expect(judgeSignIns(expiredCredentialInUse, [], watching(EXPIRED))).toEqual([]);
  });

  test('is not told while it has not expired, or might be the one that is used', () => {
    const valid = aWatchedCredential({ keyId: 'key-3', endsAt: '2026-11-22T03:00:00.001Z' });
    const rows = [failed({ credentialKeyId: '' })];
    const verdicts = judgeSignIns(
      expiredCredentialInUse,
      rows,
      watching(EXPIRED, { ...EXPIRED, keyId: 'key-2' }, valid),
    );
    expect(verdicts.map(({ status }) => status)).toEqual(['fail']);
  });

  test('is named by its application’s id where nobody knows more', () => {
    const stray = { ...EXPIRED, applicationId: 'other' };
    const [verdict] = judgeSignIns(expiredCredentialInUse, [someSignIns()], watching(stray));
    expect(verdict?.message).toContain('of application “other” expired');
  });
});

test('an option says what still fails', () => {
  const circumstances = { ...watching(EXPIRED), options: { recentHours: 0.5 } };
  expect(incidentIn(expiredCredentialInUse, [failed()], circumstances).severity).toBe('high');
  expect(expiredCredentialInUse.options.safeParse({ recentHours: 25 }).success).toBe(false);
});
