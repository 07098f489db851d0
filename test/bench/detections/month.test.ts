/** The shipped queries and checks over generated traffic: what was planted is found, and nothing else. */
import { auditMonth } from '../../../bench/detections/audit-month';
import { auditorOf, SIGN_IN_CHECKS } from '../../../bench/detections/audit-traffic';
import { auditSettingsOf } from '../../../sandbox/traffic/audit-settings';
import { storeLogs } from '../../../sandbox/traffic/log-store';
import { scoreFindings, type Score } from '../../../sandbox/traffic/score';
import { createTraffic } from '../../../sandbox/traffic/traffic';
import { watchOf } from '../../../sandbox/traffic/watch';
import type { AzureClients } from '../../../src/inventory/azure/clients';
import type { Finding } from '../../../src/audit/finding';

/** Another seed than the benchmark's. */
const traffic = createTraffic({
  seed: 7,
  until: new Date('2026-03-01T00:00:00Z'),
  days: 11,
  historyDays: 8,
  sizes: { people: 45, outsiders: 5, applications: 8, managedIdentities: 3, sqlLogins: 3 },
  attacksOfAKind: 1,
});

describe('a small month', () => {
  let findings: readonly Finding[];
  let scores: readonly Score[];
  beforeAll(async () => {
    const logsAt = storeLogs(traffic.entries());
    const auditor = auditorOf(watchOf(traffic), auditSettingsOf(traffic));
    const azureAt = (now: Date) => () => ({ logs: logsAt(now) }) as unknown as AzureClients;
    ({ findings } = await auditMonth(auditor, traffic, 24, azureAt));
    scores = scoreFindings(
      SIGN_IN_CHECKS.map(({ id }) => id),
      traffic.plants,
      findings,
    );
  });

  test.each(SIGN_IN_CHECKS.map(({ id }) => id))('%s finds every attack, and raises no false alarm', (id) => {
    const { planted, missed, falseAlarms } = scores.find(({ checkId }) => checkId === id)!;
    expect(planted).toBeGreaterThan(0);
    expect(missed.map(({ name }) => name)).toEqual([]);
    expect(falseAlarms.map(({ finding, lookAlike }) => [lookAlike?.name, finding.message])).toEqual([]);
  });

  test('an expired secret that is tried every few seconds is nothing but that', () => {
    const { keys } = traffic.plants.find(({ name }) => name.startsWith('retry storm'))!;
    const about = findings.filter(({ status, subject, evidence }) => {
      const text = JSON.stringify([subject.id, evidence]).toLowerCase();
      return status === 'fail' && keys.some((key) => text.includes(key));
    });
    expect([...new Set(about.map(({ checkId }) => checkId))]).toEqual(['expired-credential-in-use']);
  });
});
