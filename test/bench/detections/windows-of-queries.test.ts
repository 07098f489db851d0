/** As `windows.test.ts`, through the shipped queries: audits at any times find together what one audit finds. */
import fc from 'fast-check';
import { auditorOf } from '../../../bench/detections/audit-traffic';
import { auditSettingsOf } from '../../../sandbox/traffic/audit-settings';
import { storeLogs } from '../../../sandbox/traffic/log-store';
import { createTraffic } from '../../../sandbox/traffic/traffic';
import { watchOf } from '../../../sandbox/traffic/watch';
import { customerIdOf } from '../../../sandbox/azure/log-rows';
import { LOGS, MORE_LOGS } from '../../../sandbox/traffic/cast';
import type { ReadUntil } from '../../../src/audit/sign-in-window';
import { SIGN_IN_SOURCES } from '../../../src/inventory/sources';
import type { AzureClients } from '../../../src/inventory/azure/clients';

const HOUR = 3_600_000;

const traffic = createTraffic({
  seed: 11,
  until: new Date('2026-03-01T00:00:00Z'),
  days: 10,
  historyDays: 7,
  sizes: { people: 45, outsiders: 0, applications: 8, managedIdentities: 3, sqlLogins: 3 },
  attacksOfAKind: 1,
});

/** Everything about those of whom something is planted, and of everybody else nothing. */
function* entriesOfPlants() {
  const keys = traffic.plants.flatMap((plant) => plant.keys);
  for (const entry of traffic.entries()) {
    const text = JSON.stringify(entry.cells).toLowerCase();
    if (keys.some((key) => text.includes(key))) yield entry;
  }
}

const logsAt = storeLogs(entriesOfPlants());
const auditor = auditorOf(watchOf(traffic), auditSettingsOf(traffic));
const START = traffic.judgedFrom.getTime();
const END = traffic.until.getTime() + 6 * HOUR;

/** As though audits had run until then: so the first one reads from the start on. */
const logIds = [LOGS, MORE_LOGS].map(customerIdOf);
const BEFORE: ReadUntil = Object.fromEntries(
  SIGN_IN_SOURCES.map((source) => [
    source,
    Object.fromEntries(logIds.map((id) => [id, new Date(START + 18 * HOUR).toISOString()])),
  ]),
);

async function failing(times: readonly number[]): Promise<readonly string[]> {
  const found = new Set<string>();
  let readUntil = BEFORE;
  for (const at of times) {
    const now = new Date(at);
    const audit = await auditor.audit(() => ({ logs: logsAt(now) }) as unknown as AzureClients, now, readUntil);
    for (const { status, checkId, subject, fingerprint } of audit.findings) {
      if (status === 'fail') found.add(`${checkId} ${subject.name} ${fingerprint}`);
    }
    readUntil = audit.readUntil;
  }
  return [...found].sort();
}

test('audits at any times find together what one finds', async () => {
  const once = await failing([END]);
  expect(once.length).toBeGreaterThan(15);
  // The first day is read by every first audit.
  const times = fc.uniqueArray(fc.integer({ min: START + 24 * HOUR, max: END - 1 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(times, async (some) => {
      expect(await failing([...some.sort((a, b) => a - b), END])).toEqual(once);
    }),
    { seed: 20_260, numRuns: 2 },
  );
});
