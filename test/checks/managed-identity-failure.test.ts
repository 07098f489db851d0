import managedIdentityFailure from '../../src/checks/managed-identity-failure';
import { codeOf } from '../../src/audit/sign-in-codes';
import type { SignIns } from '../../src/inventory/sign-ins';
import { TENANT } from '../fixtures/facts';
import { exportedTwice, incidentIn, incidentsIn, judgeSignIns, queriesIn, stepsIn } from '../fixtures/failed-sign-ins';
import { aWatch, aWatchedPrincipal, minutesAgo, someSignIns } from '../fixtures/sign-ins';
import { rowsOf } from '../sandbox/kql/query';

const IDENTITY = 'aaaaaaaa-0000-4000-8000-000000000009';
const WATCH = aWatch({ principals: [aWatchedPrincipal({ kind: 'managedIdentity', id: IDENTITY, name: 'contoso' })] });
const circumstances = { signIns: { watch: WATCH } };

/** A token, an hour ago, from an address that the log does not tell. */
const token = (change: Partial<SignIns> = {}): SignIns =>
  someSignIns({
    kind: 'managedIdentity',
    table: 'AADManagedIdentitySignInLogs',
    principalId: IDENTITY,
    principalName: 'contoso',
    applicationId: '',
    resource: 'Azure Key Vault',
    address: '',
    country: '',
    city: '',
    ...change,
  });
const refused = (change: Partial<SignIns> = {}): SignIns => token({ result: '500011', ...change });
const found = (rows: readonly SignIns[]) => incidentsIn(managedIdentityFailure, rows, circumstances);
const judged = (rows: readonly SignIns[]) => incidentIn(managedIdentityFailure, rows, circumstances);

test('an identity that is refused is told with resource, result and times', () => {
  const verdict = judged([refused({ count: 4 })]);
  expect(verdict).toMatchObject({
    severity: 'high',
    subject: { id: IDENTITY, kind: 'identity', name: 'contoso' },
    evidence: { technique: 'T1078.004', count: 4, resources: ['Azure Key Vault'], workspaces: ['retail-analytics'] },
  });
  expect(verdict.message).toBe(
    `Managed identity “contoso” (${IDENTITY}) was refused 4 tokens for “Azure Key Vault”, at 2026-11-22 02:00 UTC: AADSTS500011 (the resource has no service principal in this tenant). It has got none for the same since. It concerns 1 workspace: “retail-analytics”.`,
  );
  expect(stepsIn(verdict)).toEqual([
    codeOf(refused()).advice,
    'See that the resource exists, that the identity may use it, and that no conditional access policy for workload identities stops it. Then run what failed again.',
  ]);
  expect(rowsOf(queriesIn(verdict)[0] ?? '')).toEqual([]);
});

test('its page is told where the watch knows its client id, which the log does not tell', () => {
  const { watch } = circumstances.signIns;
  const applicationId = 'aaaaaaaa-0000-4000-8000-000000000099';
  const known = { ...watch, principals: watch.principals.map((principal) => ({ ...principal, applicationId })) };
  const linked = incidentIn(managedIdentityFailure, [refused()], { signIns: { watch: known } });
  expect(linked.subject.link).toContain(`/objectId/${IDENTITY}/appId/${applicationId}`);
  const unknown = { ...watch, principals: [] };
  expect(incidentIn(managedIdentityFailure, [refused()], { signIns: { watch: unknown } }).subject.link).toBeUndefined();
});

test.each(['500011', '53003', '7000112', '700016', '987654'])('%s counts', (result) => {
  expect(judged([refused({ result })]).message).toContain(`AADSTS${result} (`);
});

test.each(['0', '90033', '90006', '50140'])('%s does not', (result) => {
  expect(found([refused({ result, count: 100 })])).toEqual([]);
});

test('a resource that the log does not tell is left out', () => {
  expect(judged([refused({ resource: '' })]).message).toContain('was refused 1 token, at 2026-11-22 02:00 UTC');
});

test('other kinds of sign-ins are told by other checks', () => {
  expect(found([someSignIns({ result: '500011' })])).toEqual([]);
});

test('an identity that nothing in Synapse is known to use ranks lower', () => {
  expect(judged([refused({ principalId: 'other' })]).severity).toBe('medium');
});

describe('an identity that got a token since', () => {
  test('for the same ranks lower', () => {
    const verdict = judged([refused(), token({ last: minutesAgo(30) })]);
    expect(verdict).toMatchObject({ severity: 'medium', evidence: { signedInSince: minutesAgo(30).toISOString() } });
    expect(verdict.message).toContain('It has got one for the same since, at 2026-11-22 02:30 UTC.');
  });

  test.each<[string, Partial<SignIns>]>([
    ['for something else', { resource: 'Azure Storage', last: minutesAgo(30) }],
    ['before', { last: minutesAgo(60) }],
    ['for which it failed in passing only', { result: '90033', last: minutesAgo(30) }],
    ['as another identity', { principalId: 'other', last: minutesAgo(30) }],
  ])('%s does not', (_, change) => {
    expect(judged([refused(), token(change)]).severity).toBe('high');
  });
});

test('an identity that got its tokens passes, and all of them together', () => {
  const rows = [token({ principalId: 'healthy', principalName: 'Healthy', last: minutesAgo(5) }), refused()];
  expect(
    judgeSignIns(managedIdentityFailure, rows, circumstances).map(({ status, message }) => [status, message]),
  ).toEqual([
    ['fail', expect.stringMatching(/^Managed identity “contoso”/)],
    ['pass', 'Managed identity “Healthy” got its tokens, last at 2026-11-22 02:55 UTC.'],
  ]);
  expect(judgeSignIns(managedIdentityFailure, [token()], circumstances).map(({ subject }) => subject.id)).toEqual([
    IDENTITY,
    `${TENANT}/managedIdentity`,
  ]);
});

test('an identity that is refused does not pass, though it gets some tokens', () => {
  const verdicts = judgeSignIns(managedIdentityFailure, [token(), refused()], circumstances);
  expect(verdicts.map(({ status }) => status)).toEqual(['fail']);
});

test('a pass tells when the last token was got', () => {
  const [pass] = judgeSignIns(managedIdentityFailure, [token({ last: minutesAgo(7) })], circumstances);
  expect(pass?.evidence).toEqual({ lastSeen: minutesAgo(7).toISOString() });
});

test('nothing is said where nothing was seen', () => {
  expect(judgeSignIns(managedIdentityFailure, [], circumstances)).toEqual([]);
});

test('the same in two Log Analytics workspaces counts once', () => {
  expect(judged(exportedTwice([refused({ count: 4 })])).evidence['count']).toBe(4);
});

test('options move the limits', () => {
  const options = { failures: 3, withinMinutes: 10 };
  const rows = [60, 55, 49].map((ago) => refused({ last: minutesAgo(ago) }));
  expect(incidentsIn(managedIdentityFailure, rows, { ...circumstances, options })).toEqual([]);
  expect(
    incidentsIn(managedIdentityFailure, rows, { ...circumstances, options: { ...options, withinMinutes: 11 } }),
  ).toHaveLength(1);
});
