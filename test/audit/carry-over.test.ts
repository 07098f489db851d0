import { carryOver } from '../../src/audit/carry-over';
import type { CheckSummary, Report } from '../../src/audit/report';
import { aFinding, aReport, night } from '../storage/stored-things';

const summary = (id: string) => ({ id, title: id }) as CheckSummary;
const other = aFinding({ fingerprint: 'o', checkId: 'secret-expiry' });
const passing = aFinding({ fingerprint: 'p', checkId: 'secret-expiry', status: 'pass' });
const burst = aFinding({ fingerprint: 'b', checkId: 'failed-login-burst' });
const openedAt = night(0).toISOString();
const report: Report = {
  ...aReport('20260101T020000Z-00000000', [other, burst, passing]),
  fullAuditAt: openedAt,
  coverage: { applications: 'collected', logTables: 'collected', userSignIns: 'collected', signInPlaces: 'collected' },
  checks: [summary('failed-login-burst'), summary('firewall-open'), summary('secret-expiry')],
  checksOff: ['credential-lifetime', 'password-spray'],
  alertsFailing: null,
};
const unconfirmed = [other, burst].map((finding) => ({ finding, firstSeen: openedAt }));
const carried = carryOver({ report, unconfirmed }, ['failed-login-burst', 'password-spray'], []);

test('what other checks found stays as it is, and what is open of it', () => {
  expect(carried.findings).toEqual([other, passing]);
  expect(carried.unconfirmed).toEqual([unconfirmed[0]]);
  expect(carried.fullAuditAt).toBe(openedAt);
});

test('other checks stay in the list, those that find nothing included', () => {
  expect(carried.checks.map(({ id }) => id)).toEqual(['firewall-open', 'secret-expiry']);
});

test('what was read for them stays; of sign-ins nothing', () => {
  expect(carried.coverage).toEqual({ applications: 'collected', logTables: 'collected' });
});

test('a check that was off and is not judged now stays off, whatever the settings say since', () => {
  expect(carried.checksOff).toEqual(['credential-lifetime']);
});

test('what a check once found that is off now is dropped', () => {
  const without = carryOver({ report, unconfirmed }, ['failed-login-burst'], ['secret-expiry', 'password-spray']);
  expect(without.findings).toEqual([]);
  expect(without.unconfirmed).toEqual([]);
  expect(without.checks.map(({ id }) => id)).toEqual(['firewall-open']);
  expect(without.checksOff).toEqual(['credential-lifetime']);
});
