/** Audits whose windows overlap find together what one audit over everything finds: nothing falls between two of them. */
import * as fc from 'fast-check';
import type { Check } from '../../src/audit/check';
import { fingerprint } from '../../src/audit/finding';
import blockedByPolicy from '../../src/checks/blocked-by-policy';
import bruteForceSuccess from '../../src/checks/brute-force-success';
import disabledPrincipalSignIn from '../../src/checks/disabled-principal-sign-in';
import expiredCredentialInUse from '../../src/checks/expired-credential-in-use';
import failedLoginBurst from '../../src/checks/failed-login-burst';
import invalidCredentialUse from '../../src/checks/invalid-credential-use';
import managedIdentityFailure from '../../src/checks/managed-identity-failure';
import passwordSpray from '../../src/checks/password-spray';
import type { SignIns } from '../../src/inventory/sign-ins';
import { aFailedSqlLogin, aFailedUser, incidentsIn } from '../fixtures/failed-sign-ins';
import { aWatch, aWatchedCredential, aWatchedPrincipal, someSignIns } from '../fixtures/sign-ins';

const CHECKS: readonly Check[] = [
  blockedByPolicy,
  bruteForceSuccess,
  disabledPrincipalSignIn,
  expiredCredentialInUse,
  failedLoginBurst,
  invalidCredentialUse,
  managedIdentityFailure,
  passwordSpray,
];

const HOUR = 3_600_000;
const SLOT = 600_000;
/** A full hour, as windows begin with one. */
const BEGIN = Date.parse('2026-11-19T00:00:00.000Z');
const HOURS = 72;

const signIns = {
  watch: aWatch({
    takenAt: new Date(BEGIN + 20 * HOUR).toISOString(),
    principals: [aWatchedPrincipal({ enabled: false, id: 'p0' })],
    credentials: ['key-1', 'key-2'].map((keyId) =>
      aWatchedCredential({ keyId, applicationId: 'p1', endsAt: '2026-11-20T12:00:00.000Z' }),
    ),
  }),
};

const KINDS = [
  { make: aFailedUser, results: ['0', '50126', '50126', '50053', '50057', '53003', '987654'] },
  { make: aFailedSqlLogin, results: ['0', '18456', '40615', '18470'] },
  { make: someSignIns, results: ['0', '7000215', '7000222', '700027', '7000112', '700016', '53003'] },
  { make: (change: Partial<SignIns>) => someSignIns({ kind: 'managedIdentity', ...change }), results: ['0', '500011'] },
] as const;

/** A row that lies within its slot, in one or two Log Analytics workspaces; most of them close to some busy hour. */
const row = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    result: fc.nat(6),
    principal: fc.nat(4),
    address: fc.nat(1),
    busy: fc.constantFrom(11, 23, 47),
    within: fc.nat(2 * HOUR - 1),
    length: fc.nat(SLOT - 1),
    count: fc.constantFrom(1, 1, 2, 5, 10),
    interactive: fc.boolean(),
    workspaces: fc.constantFrom(['logs'], ['second'], ['logs', 'second']),
  })
  .map(({ kind, result, principal, address, busy, within, length, count, interactive, workspaces }) => {
    const code = kind.results[result % kind.results.length] ?? '0';
    const slot = code === '0' ? HOUR : SLOT;
    const first = BEGIN + busy * HOUR + within;
    const last = Math.min(first + length, Math.floor(first / slot) * slot + slot - 1);
    return workspaces.map((readFrom) =>
      kind.make({
        readFrom,
        principalId: `p${principal}`,
        principalName: `p${principal}`,
        applicationId: `p${principal}`,
        address: `203.0.113.${address}`,
        result: code,
        count,
        interactive,
        first: new Date(first),
        last: new Date(last),
      }),
    );
  });

const rows = fc.array(row, { minLength: 20, maxLength: 200 }).map((all) => all.flat());

/** Windows of a day or longer, each of which overlaps the one before by half a day or more. */
const windows = fc
  .array(fc.record({ overlap: fc.integer({ min: 12, max: 23 }), length: fc.integer({ min: 24, max: 40 }) }), {
    minLength: 8,
    maxLength: 8,
  })
  .map((all) => {
    const found: { from: number; to: number }[] = [];
    let end = 12;
    for (const { overlap, length } of all) {
      const from = Math.max(0, end - overlap);
      end = Math.min(HOURS, from + length);
      found.push({ from: BEGIN + from * HOUR, to: BEGIN + end * HOUR });
    }
    // The last ones reach the end, however short those before it were.
    for (let from = end - 12; end < HOURS; from = end - 12) {
      end = Math.min(HOURS, from + 24);
      found.push({ from: BEGIN + from * HOUR, to: BEGIN + end * HOUR });
    }
    return found;
  });

/** Few are many enough, so that random rows have each sort of incident. */
const OPTIONS: Readonly<Record<string, unknown>> = {
  'password-spray': { principals: 3, withinMinutes: 60 },
  'brute-force-success': { failures: 3, withinMinutes: 120 },
};

const fingerprintsOf = (check: Check, all: readonly SignIns[]): string[] =>
  incidentsIn(check, all, { signIns, options: OPTIONS[check.id] ?? {} }).map(({ subject }) =>
    fingerprint(check.id, subject.id),
  );

const sorted = (all: Iterable<string>): string[] => [...new Set(all)].sort();

test.each(CHECKS.map((check) => [check.id, check] as const))('%s', (_, check) => {
  fc.assert(
    fc.property(rows, windows, (all, parts) => {
      const together = parts.flatMap(({ from, to }) =>
        fingerprintsOf(
          check,
          all.filter(({ first }) => first.getTime() >= from && first.getTime() < to),
        ),
      );
      expect(sorted(together)).toEqual(sorted(fingerprintsOf(check, all)));
    }),
    { numRuns: 60 },
  );
});

test('such rows have incidents of every check', () => {
  const samples = fc.sample(rows, { numRuns: 60, seed: 7 });
  for (const check of CHECKS) {
    expect(samples.filter((all) => fingerprintsOf(check, all).length > 0).length).toBeGreaterThan(4);
  }
});
