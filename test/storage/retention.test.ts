import { dyingAt, onAzurite, type OpenedStorage } from './on-azurite';
import { aLongFinding, beginNight, night, publishNight, reportOf, runIdOf } from './stored-things';

const azurite = onAzurite();

async function deliverAll({ alerts }: OpenedStorage): Promise<void> {
  for (const alert of await alerts.deliverable(night(1000))) {
    await alerts.sent(alert, night(1000));
  }
}

/** Nights 0 to `count - 1`, all published and their mails delivered. */
async function withNights(prefix: string, count: number): Promise<OpenedStorage> {
  const storage = azurite.open(prefix);
  for (let index = 0; index < count; index++) {
    await publishNight(storage, index, { findings: [aLongFinding('f1'), aLongFinding('f2')] });
  }
  await deliverAll(storage);
  return storage;
}

/** The nights of which anything at all is left, in any table. */
async function nightsLeft(prefix: string): Promise<readonly string[]> {
  const tables = await Promise.all(
    (['Runs', 'Findings', 'Alerts'] as const).map((table) => azurite.rows(prefix, table)),
  );
  const keys = tables.flat().map((row) => `${String(row['partitionKey'])} ${String(row['rowKey'])}`);
  return [...new Set(keys.flatMap((key) => /\d{8}T\d{6}Z/.exec(key) ?? []))].map((time) => time.slice(0, 8)).sort();
}

describe('what is older than the retention', () => {
  it('is removed from every table; what is younger stays', async () => {
    const storage = await withNights('Old', 4);
    expect(await storage.reports.removeOlderThan(night(2))).toBe(2);
    expect(await nightsLeft('Old')).toEqual(['20260103', '20260104']);
    expect(await storage.reports.find(runIdOf(1))).toBeUndefined();
    expect(await storage.reports.find(runIdOf(2))).toBeDefined();
    expect((await storage.alerts.standing()).counts).toMatchObject({ sent: 2 });
  });

  it('is nothing where nothing is old, or nothing is there', async () => {
    expect(await azurite.open('Empty').reports.removeOlderThan(night(9))).toBe(0);
    const storage = await withNights('Young', 2);
    expect(await storage.reports.removeOlderThan(night(0))).toBe(0);
    expect(await nightsLeft('Young')).toEqual(['20260101', '20260102']);
  });

  it('does not include the latest report', async () => {
    const storage = await withNights('Latest', 2);
    expect(await storage.reports.removeOlderThan(night(99))).toBe(1);
    expect(await (await reportOf(storage)).header()).toMatchObject({ runId: runIdOf(1) });
    expect((await (await reportOf(storage)).findings({ top: 9 })).findings).toHaveLength(2);
  });

  it('does not include the latest complete report', async () => {
    const storage = azurite.open('LatestComplete');
    await publishNight(storage, 0, { overall: 'clean' });
    await publishNight(storage, 1, { overall: 'incomplete' });
    await publishNight(storage, 2, { overall: 'incomplete' });
    await deliverAll(storage);
    expect(await storage.reports.removeOlderThan(night(99))).toBe(1);
    expect(await nightsLeft('LatestComplete')).toEqual(['20260101', '20260103']);
  });

  it('does not include a report with an alert that is not delivered', async () => {
    const storage = azurite.open('Owing');
    await publishNight(storage, 0);
    await publishNight(storage, 1, { alerts: [] });
    await publishNight(storage, 2);
    expect(await storage.reports.removeOlderThan(night(99))).toBe(1);
    expect(await nightsLeft('Owing')).toEqual(['20260101', '20260103']);
    expect(await storage.alerts.deliverable(night(100))).toHaveLength(2);
  });

  it('does include an alert that failed for good', async () => {
    const storage = azurite.open('Failed');
    await publishNight(storage, 0);
    const [alert] = await storage.alerts.deliverable(night(0));
    if (alert !== undefined) {
      await storage.alerts.failed(alert, 'no such recipient', 'recipients', night(0));
    }
    await publishNight(storage, 1);
    await storage.reports.removeOlderThan(night(1));
    expect(await nightsLeft('Failed')).toEqual(['20260102']);
  });

  it('does not include the run that goes on', async () => {
    const storage = await withNights('GoingOn', 1);
    await beginNight(storage, 1);
    await storage.reports.removeOlderThan(night(99));
    expect(await storage.runs.get(runIdOf(1))).toMatchObject({ state: 'running' });
  });

  it('includes runs that failed or never began, with what they left', async () => {
    const storage = azurite.open('Failures');
    await storage.runs.request(runIdOf(0, 7), night(0));
    const lease = await beginNight(storage, 0);
    await storage.runs.fail(lease, 'Graph is down', night(0));
    // A zombie wrote after its run was cleared up.
    await storage.tables.findings.put({ partitionKey: lease.run.partition, rowKey: 'findings.00000' });
    await storage.tables.alerts.put({
      partitionKey: 'outbox',
      rowKey: `${lease.run.partition}.00000`,
      state: 'pending',
    });
    await publishNight(storage, 2);
    expect(await storage.reports.removeOlderThan(night(1))).toBe(2);
    expect(await nightsLeft('Failures')).toEqual(['20260103']);
  });

  it('is removed by the next attempt where one died over it', async () => {
    await withNights('Dying', 3);
    for (let write = 0; ; write++) {
      const dying = azurite.open('Dying', dyingAt(1, 'before'));
      const done = await dying.reports.removeOlderThan(night(2)).then(
        () => true,
        () => false,
      );
      if (done) {
        break;
      }
      expect(write).toBeLessThan(20);
      expect(await (await reportOf(azurite.open('Dying'))).header()).toMatchObject({ runId: runIdOf(2) });
    }
    expect(await nightsLeft('Dying')).toEqual(['20260103']);
  });
});
