/** What holds of every check on sign-ins, with incidents of each sort that it tells. */
import type { Check } from '../../src/audit/check';
import { evaluate } from '../../src/audit/evaluate';
import { isSignInCheck } from '../../src/audit/sign-in-checks';
import checks from '../../src/checks';
import type { SignIns } from '../../src/inventory/sign-ins';
import { DAY, NOW, GRAPH, PORTAL, TENANT } from '../fixtures/facts';
import {
  aFailedSqlLogin,
  aFailedUser,
  factsOf,
  judgeSignIns,
  ofDifferent,
  stepsIn,
  type Circumstances,
} from '../fixtures/failed-sign-ins';
import { anInventory, NO_DRIFT, NO_SIGN_INS, type FlatVerdict } from '../fixtures/judge';
import {
  aWatch,
  aWatchedCredential,
  aWatchedPrincipal,
  minutesAgo,
  somePlace,
  someSignIns,
} from '../fixtures/sign-ins';

interface Case extends Circumstances {
  /** Of several incidents; no two of the same moment. */
  readonly rows: readonly SignIns[];
  /** What a pass says that there was none of. */
  readonly nothing: string;
}

const ago = (minutes: number) => ({ first: minutesAgo(minutes), last: minutesAgo(minutes) });
const aUser = (change: Partial<SignIns>) => aFailedUser({ result: '0', ...change });
const RUSSIA = {
  country: 'RU',
  city: 'Moscow',
  address: '198.51.100.9',
  position: { latitude: 55.75, longitude: 37.62 },
};
const application = (index: number, change: Partial<SignIns> = {}) =>
  someSignIns({
    principalId: `principal-${index}`,
    applicationId: `application-${index}`,
    result: '7000215',
    ...ago(50 - index),
    ...change,
  });

const CASES: Readonly<Record<string, Case>> = {
  'failed-login-burst': {
    nothing: 'no burst of failures',
    rows: [
      ...ofDifferent(3, aFailedSqlLogin),
      aFailedSqlLogin({ address: '198.51.100.9', count: 5, ...ago(40) }),
      ...[60, 55, 58].map((minutes) => aFailedUser({ count: 4, ...ago(minutes) })),
      ...[70, 10, 40, 55].map((minutes) => someSignIns({ result: '7000215', count: 5, ...ago(minutes) })),
    ],
  },
  'password-spray': {
    nothing: 'no address tried the passwords of many',
    rows: [
      ...ofDifferent(5, aFailedUser),
      ...[20, 30].map((minutes) => aUser({ principalId: 'principal-3', principalName: 'p', ...ago(minutes) })),
      ...ofDifferent(6, aFailedSqlLogin, 30),
    ],
  },
  'brute-force-success': {
    nothing: 'nobody got in after many failures',
    rows: [
      ...[100, 98, 60, 58].map((minutes) => aFailedUser({ count: 3, ...ago(minutes) })),
      ...[90, 30, 40].map((minutes) => aUser(ago(minutes))),
      ...[55, 52].map((minutes) => aFailedSqlLogin({ count: 3, ...ago(minutes) })),
      aFailedSqlLogin({ result: '0', reason: '', ...ago(45) }),
    ],
  },
  'expired-credential-in-use': {
    nothing: 'none with an expired credential',
    signIns: { watch: aWatch({ credentials: [aWatchedCredential({ endsAt: '2026-11-20T00:00:00.000Z' })] }) },
    rows: [
      ...[60, 50].map((minutes) => someSignIns({ result: '7000222', credentialKeyId: 'key-1', ...ago(minutes) })),
      ...[70, 20, 30].map((minutes) => someSignIns(ago(minutes))),
      someSignIns({ result: '7000222', credentialKeyId: 'key-2', ...ago(150) }),
    ],
  },
  'invalid-credential-use': {
    nothing: 'none was refused for its credentials',
    rows: [
      ...[60, 50, 55].map((minutes) => someSignIns({ result: '700016', ...ago(minutes) })),
      ...[20, 30].map((minutes) => someSignIns(ago(minutes))),
      ...[1, 2, 3].map((index) => application(index)),
      application(1, { result: '0', ...ago(10) }),
    ],
  },
  'disabled-principal-sign-in': {
    nothing: 'none of a disabled principal',
    signIns: {
      watch: aWatch({
        takenAt: minutesAgo(60).toISOString(),
        principals: [aWatchedPrincipal({ enabled: false }), aWatchedPrincipal({ id: 'principal-1' })],
      }),
    },
    rows: [
      ...[30, 70, 20].map((minutes) => someSignIns(ago(minutes))),
      ...[50, 40].map((minutes) => application(1, { result: '7000112', ...ago(minutes) })),
      ...[50, 40].map((minutes) => aFailedUser({ result: '50057', ...ago(minutes) })),
    ],
  },
  'disallowed-country': {
    nothing: 'none from a country that is not allowed',
    options: { allowed: ['DE'] },
    rows: [
      ...[60, 20, 40].map((minutes) => someSignIns({ ...RUSSIA, ...ago(minutes) })),
      ...[50, 10].map((minutes) => aFailedUser({ ...RUSSIA, ...ago(minutes) })),
    ],
  },
  'new-country': {
    nothing: 'none from a country that was new to a principal with a history',
    places: [12, 11, 10, 9].map((days) => somePlace({ last: new Date(NOW.getTime() - days * DAY) })),
    rows: [20, 200, 1500, 1600].map((minutes) => someSignIns({ ...RUSSIA, ...ago(minutes) })),
  },
  'impossible-travel': {
    nothing: 'none at two places with no time to travel',
    rows: [60, 1500, 200].flatMap((minutes) => [
      someSignIns(ago(minutes)),
      someSignIns({ ...RUSSIA, ...ago(minutes - minutes / 10) }),
    ]),
  },
  'untrusted-network': {
    nothing: 'none of those who may use Synapse came from outside the trusted networks',
    signIns: { trustedNetworks: ['192.0.2.0/24'] },
    rows: [60, 20, 40].map((minutes) => someSignIns({ address: `198.51.100.${minutes}`, ...ago(minutes) })),
  },
  'blocked-by-policy': {
    nothing: 'none was stopped by a policy or a firewall again and again',
    rows: [
      ...[60, 20, 40].map((minutes) => aFailedUser({ result: '53003', ...ago(minutes) })),
      ...[60, 20].map((minutes) => someSignIns({ result: '53003', ...ago(minutes) })),
      ...[60, 20, 40].map((minutes) => aFailedSqlLogin({ result: '40615', reason: '', ...ago(minutes) })),
    ],
  },
  'managed-identity-failure': {
    nothing: 'none was refused',
    rows: [
      ...[60, 40].map((minutes) => someSignIns({ kind: 'managedIdentity', result: '500011', ...ago(minutes) })),
      ...[20, 30].map((minutes) => someSignIns({ kind: 'managedIdentity', ...ago(minutes) })),
      ...[20, 30].map((minutes) => someSignIns({ kind: 'managedIdentity', principalId: 'healthy', ...ago(minutes) })),
    ],
  },
};

const signInChecks = checks.filter(isSignInCheck).map((check) => ({ id: check.id, check }));

test('each has a case here', () => {
  expect(Object.keys(CASES).sort()).toEqual(signInChecks.map(({ id }) => id).sort());
});

describe.each(signInChecks)('$id', ({ id, check }) => {
  const { rows, nothing, ...circumstances } = CASES[id] ?? { rows: [], nothing: '' };

  test.each<[string, (ofRows: readonly SignIns[]) => readonly SignIns[]]>([
    ['backwards', (all) => [...all].reverse()],
    ['by time', (all) => [...all].sort((a, b) => a.first.getTime() - b.first.getTime())],
    [
      'every other one first',
      (all) => [...all.filter((_, at) => at % 2 === 1), ...all.filter((_, at) => at % 2 === 0)],
    ],
  ])('says the same of rows in another order: %s', (_, reorder) => {
    expect(whatIsSaid(check, reorder(rows), circumstances)).toEqual(whatIsSaid(check, rows, circumstances));
  });

  test('tells of the techniques that it names, and of no other', () => {
    const incidents = judgeSignIns(check, rows, circumstances).filter(({ status }) => status === 'fail');
    const told = incidents.flatMap(({ evidence }) => [evidence['technique'], evidence['techniqueAfter'] ?? []].flat());
    // An expired credential is an outage, no attack.
    const named = check.techniques ?? ['T1078.004'];
    expect([...new Set(told)].sort()).toEqual([...named].sort());
  });

  test('tells of incidents in what was read although the rest of the tenant could not be', () => {
    const read = anInventory(factsOf(rows, circumstances.places), []);
    const [source = 'userSignIns'] = check.requires;
    const scope = { kind: 'tenant', id: TENANT, name: 'tenant' } as const;
    const unread = { scope, result: { ok: false, because: 'forbidden', message: 'Access was refused.' } } as const;
    const findings = evaluate(
      [check],
      { ...read, [source]: [...(read[source] ?? []), unread] },
      {
        now: NOW,
        tenantId: TENANT,
        portal: PORTAL,
        graph: GRAPH,
        options: { [id]: check.options.parse(circumstances.options ?? {}) },
        drift: NO_DRIFT,
        signIns: { ...NO_SIGN_INS, watch: aWatch(), ...circumstances.signIns },
      },
    );
    expect(findings.map(({ status }) => status)).toEqual(expect.arrayContaining(['fail', 'notEvaluated']));
  });

  test('says in a pass what there was none of', () => {
    const one = someSignIns({
      kind: id === 'managed-identity-failure' ? 'managedIdentity' : 'servicePrincipal',
      address: '192.0.2.7',
    });
    const kinds = check.requires.includes('servicePrincipalSignIns') || id === 'managed-identity-failure';
    const seen = kinds ? one : aUser({});
    const passes = judgeSignIns(check, [seen], { ...circumstances, signIns: { trustedNetworks: ['192.0.2.0/24'] } });
    expect(passes.at(-1)).toMatchObject({ status: 'pass', subject: { kind: 'tenant' } });
    expect(passes.at(-1)?.message).toMatch(/^Sign-ins of [a-z ]+ from 2026-11-21 03:00 to 2026-11-22 03:00 UTC: /);
    expect(passes.at(-1)?.message.split(' UTC: ')[1]).toBe(`${nothing}.`);
  });
});

/** All but the order of verdicts and of what they list, and queries, which list it too. */
function whatIsSaid(check: Check, rows: readonly SignIns[], circumstances: Circumstances): unknown {
  return judgeSignIns(check, rows, circumstances)
    .map((verdict) => ({ ...verdict, evidence: unordered(verdict), remediation: stepsIn(verdict) }))
    .sort((a, b) => (a.subject.id < b.subject.id ? -1 : 1));
}

function unordered({ evidence }: FlatVerdict): unknown {
  return Object.fromEntries(
    Object.entries(evidence).map(([key, value]) => [key, Array.isArray(value) ? [...value].sort() : value]),
  );
}
