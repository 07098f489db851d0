import { PublicationConflictError, ReportNotFoundError } from '../../src/storage/errors';
import type { Publication } from '../../src/storage/reports';
import { countingRequests, dyingAt, justBefore, losingAnswerTo, onAzurite, type OpenedStorage } from './on-azurite';
import {
  aBaseline,
  aFinding,
  aLongFinding,
  allFindings,
  anAlert,
  anAlertMemory,
  aReport,
  aSignInState,
  beginNight,
  INCOMPRESSIBLE,
  night,
  publishNight,
  reportOf,
  runIdOf,
} from './stored-things';

const azurite = onAzurite();

/** Some tests publish twice for every write of a publication; a busy machine takes more than the usual time for that. */
jest.setTimeout(120_000);

/** Several chunks and alerts, so that there are many writes to fail. */
const full = {
  findings: [aLongFinding('f1'), aLongFinding('f2'), aFinding({ fingerprint: 'f3' })],
  unconfirmed: [{ finding: aFinding({ fingerprint: 'f4' }), firstSeen: night(0).toISOString() }],
  alerts: [anAlert({ subject: 'first' }), anAlert({ subject: 'second' })],
};
const publication = (index: number, variant = 0) => ({
  report: aReport(runIdOf(index, variant), full.findings),
  unconfirmed: full.unconfirmed,
  alerts: full.alerts,
  baseline: aBaseline(index),
  signIns: aSignInState(index, INCOMPRESSIBLE),
  alertMemory: anAlertMemory(index),
});

const none = { total: 0, items: [] };
/** What may be published with a report; some take several rows. */
const keepsakes = {
  baseline: aBaseline(0),
  signIns: aSignInState(0, INCOMPRESSIBLE),
  alertMemory: anAlertMemory(0),
  contacts: { applications: [], workspaces: [{ id: '/w', name: 'w', notify: [] }] },
  overview: { expiries: none, ended: none, failingNow: none, workspaces: none, principals: none, owners: none },
};

/** Writes of such a publication; the last one makes it visible. */
let writes: number;
beforeAll(async () => {
  const requests = countingRequests();
  await publishNight(azurite.open('Count'), 0);
  const lease = await beginNight(azurite.open('Count'), 1);
  await azurite.open('Count', requests.policy).reports.publish(lease, publication(1));
  writes = requests.writes();
});

/** What anybody can see. */
async function visible(storage: OpenedStorage) {
  const latest = await storage.reports.find();
  const deliverable = await storage.alerts.deliverable(night(1000));
  return {
    latest: (await latest?.header())?.runId,
    open: (await latest?.open())?.length,
    baseline: (await latest?.baseline())?.takenAt,
    signIns: (await latest?.signIns())?.watch.takenAt,
    told: (await latest?.alertMemory())?.exceptionsNamedUntil,
    findings: latest && (await allFindings(latest, { top: 10 })).length,
    alerts: deliverable.map((alert) => `${alert.runId.slice(0, 8)} ${alert.subject}`),
  };
}

const afterFirstNight = {
  latest: runIdOf(0),
  open: 1,
  baseline: night(0).toISOString(),
  signIns: night(0).toISOString(),
  told: night(0).toISOString(),
  findings: 1,
  alerts: ['20260101 1 credential expires within 7 days'],
};
const afterSecondNight = (runId = runIdOf(1)) => ({
  latest: runId,
  open: 4,
  baseline: night(runId === runIdOf(1) ? 1 : 2).toISOString(),
  signIns: night(runId === runIdOf(1) ? 1 : 2).toISOString(),
  told: night(runId === runIdOf(1) ? 1 : 2).toISOString(),
  findings: 3,
  alerts: [...afterFirstNight.alerts, '20260102 first', '20260102 second'],
});

describe('a published report', () => {
  it('is the latest, with all that belongs to it', async () => {
    const storage = azurite.open('Published');
    expect(await visible(storage)).toEqual({
      latest: undefined,
      open: undefined,
      baseline: undefined,
      signIns: undefined,
      told: undefined,
      findings: undefined,
      alerts: [],
    });
    await publishNight(storage, 0);
    expect(await visible(storage)).toEqual(afterFirstNight);
    await publishNight(storage, 1, full);
    expect(await visible(storage)).toEqual(afterSecondNight());
    expect(await storage.runs.last()).toMatchObject({ runId: runIdOf(1), state: 'finished', sequence: 2 });
  });

  it('is the header as it was made, without findings', async () => {
    const storage = azurite.open('Header');
    await publishNight(storage, 0);
    const { findings: _findings, ...header } = aReport(runIdOf(0));
    expect(await (await reportOf(storage)).header()).toEqual(header);
    expect(await (await reportOf(storage, runIdOf(0))).header()).toEqual(header);
  });

  it('is found by its run, as earlier ones are', async () => {
    const storage = azurite.open('ByRun');
    await publishNight(storage, 0);
    await publishNight(storage, 1, { overall: 'clean', findings: [] });
    expect(await (await reportOf(storage, runIdOf(0))).header()).toMatchObject({ overall: 'attention' });
    expect(await (await reportOf(storage, runIdOf(1))).header()).toMatchObject({ overall: 'clean' });
    expect(await storage.reports.find(runIdOf(2))).toBeUndefined();
    expect(await storage.reports.find('../x')).toBeUndefined();
  });

  it('that is incomplete leaves the latest complete one named', async () => {
    const storage = azurite.open('Complete');
    await publishNight(storage, 0, { overall: 'incomplete' });
    expect(await storage.reports.find()).toMatchObject({ runId: runIdOf(0), latestComplete: undefined });
    await publishNight(storage, 1, { overall: 'clean' });
    await publishNight(storage, 2, { overall: 'incomplete' });
    expect(await storage.reports.find()).toMatchObject({
      runId: runIdOf(2),
      latestComplete: { runId: runIdOf(1), finishedAt: night(1).toISOString() },
    });
  });

  it('may have a header larger than a row', async () => {
    const storage = azurite.open('LargeHeader');
    const scopes = Array.from({ length: 8000 }, (_, index) => ({
      kind: 'workspace' as const,
      name: `workspace-${index}-😀\ud83d\r\n`,
      because: 'forbidden' as const,
    }));
    const gap = { because: 'forbidden' as const, message: 'm', permission: 'p', scopes };
    const report = { ...aReport(runIdOf(0)), coverage: { workspaces: gap } };
    await storage.reports.publish(await beginNight(storage, 0), { report, unconfirmed: [], alerts: [] });
    expect((await (await reportOf(storage)).header()).coverage).toEqual({ workspaces: gap });
  });

  it.each(Object.entries(keepsakes))('has the %s that was published with it, or none', async (name, kept) => {
    const read = async (runId?: string) => (await reportOf(storage, runId))[name as keyof typeof keepsakes]();
    const storage = azurite.open(`Kept${name}`);
    const publish = async (index: number, more: Partial<Publication>) => {
      const bare = { report: aReport(runIdOf(index)), unconfirmed: [], alerts: [] };
      await storage.reports.publish(await beginNight(storage, index), { ...bare, ...more });
    };
    await publish(0, { [name]: kept });
    expect(await read()).toEqual(kept);
    await publish(1, {});
    await storage.runs.fail(await beginNight(storage, 2), 'Graph is down', night(2));
    expect(await read()).toBeNull();
    expect(await read(runIdOf(0))).toEqual(kept);
  });

  it.each([
    ['baseline', 'The baseline'],
    ['signIns', 'The state of sign-ins'],
    ['alertMemory', 'What was told'],
    ['contacts', 'Whom it concerns'],
    ['overview', 'The overview'],
  ] as const)('whose %s is missing says so, and is not taken for one without', async (rowKey, name) => {
    const storage = azurite.open(`No${rowKey}`);
    const lease = await beginNight(storage, 0);
    const report = aReport(runIdOf(0));
    await storage.reports.publish(lease, { report, unconfirmed: [], alerts: [], ...keepsakes });
    await storage.tables.findings.remove({ partitionKey: lease.run.partition, rowKey });
    const reading = (await reportOf(storage))[rowKey]();
    await expect(reading).rejects.toThrow(`${name} of the report of run ${runIdOf(0)} is missing`);
  });

  it.each([0, 2000])('has the baseline of %i scopes that was published with it', async (count) => {
    const storage = azurite.open(`Scopes${count}`);
    const scopes = Array.from({ length: count }, (_, index) => aBaseline(index).scopes).flat();
    const baseline = { ...aBaseline(0), scopes };
    const report = aReport(runIdOf(0));
    await storage.reports.publish(await beginNight(storage, 0), { report, unconfirmed: [], alerts: [], baseline });
    expect(await (await reportOf(storage)).baseline()).toEqual(baseline);
  });

  it('whose header is missing is not taken for none, as nothing removes the latest', async () => {
    const storage = azurite.open('NoHeader');
    for (const index of [0, 1]) {
      await publishNight(storage, index);
    }
    for (const { partitionKey } of await storage.tables.findings.listKeys("RowKey eq 'header'")) {
      await storage.tables.findings.remove({ partitionKey, rowKey: 'header' });
    }
    const latest = await reportOf(storage);
    for (const read of ['header', 'open', 'whole', 'baseline', 'signIns', 'alertMemory', 'contacts'] as const) {
      await expect(latest[read]()).rejects.toThrow(`The header of the latest report (run ${runIdOf(1)}) is missing.`);
    }
    await expect((await reportOf(storage, runIdOf(0))).header()).rejects.toThrow(ReportNotFoundError);
  });

  it('can be read as a whole, in its order, with what is open beside its findings', async () => {
    const storage = azurite.open('Whole');
    await publishNight(storage, 0);
    await storage.reports.publish(await beginNight(storage, 1), publication(1));
    const { report, unconfirmed } = publication(1);
    expect(await (await reportOf(storage)).whole()).toEqual({ report, unconfirmed });
  });

  it('costs one read of the pointer and one of the header, whatever is asked of it', async () => {
    const requests = countingRequests();
    await publishNight(azurite.open('Cheap'), 0);
    const storage = azurite.open('Cheap', requests.policy);
    const latest = await reportOf(storage);
    await Promise.all([latest.header(), latest.contacts()]);
    await latest.overview();
    expect(requests.all).toHaveLength(2);
    await storage.runs.last();
    expect(requests.all).toHaveLength(3);
  });

  it('of another run than the one that holds the lease is refused', async () => {
    const storage = azurite.open('OtherRun');
    const lease = await beginNight(storage, 1);
    await expect(storage.reports.publish(lease, publication(0))).rejects.toThrow(RangeError);
  });
});

describe('a process that dies while it publishes', () => {
  /** Lets the second night die at a write; returns what is seen afterwards, and after the third night. */
  async function secondNightDies(prefix: string, write: number, death: 'before' | 'after') {
    const healthy = azurite.open(prefix);
    await publishNight(healthy, 0);
    const lease = await beginNight(healthy, 1);
    await expect(azurite.open(prefix, dyingAt(write, death)).reports.publish(lease, publication(1))).rejects.toThrow(
      'the process died',
    );
    const itself = await healthy.reports.find(runIdOf(1));
    const status = (await healthy.runs.last())?.state;
    return { healthy, seen: { ...(await visible(healthy)), itself: itself?.runId, status } };
  }

  it.each(['before', 'after'] as const)(
    'just %s any write but the last leaves the report, the alerts and the open findings as they were',
    async (death) => {
      expect(writes).toBeGreaterThan(8);
      for (let write = 0; write < writes - (death === 'after' ? 1 : 0); write++) {
        const { seen } = await secondNightDies(`Dies${death}${write}`, write, death);
        expect({ write, ...seen }).toEqual({ write, ...afterFirstNight, itself: undefined, status: 'running' });
      }
    },
  );

  it('just after the last write has published all of it', async () => {
    const { seen } = await secondNightDies('DiesPublished', writes - 1, 'after');
    expect(seen).toEqual({ ...afterSecondNight(), itself: runIdOf(1), status: 'finished' });
  });

  it('at any write does not keep the next run from publishing, which leaves nothing of the dead one', async () => {
    for (let write = 0; write < writes; write++) {
      const { healthy } = await secondNightDies(`Recovers${write}`, write, 'before');
      const later = await beginNight(healthy, 2);
      const remains = [
        ...(await azurite.rows(`Recovers${write}`, 'Findings')),
        ...(await azurite.rows(`Recovers${write}`, 'Alerts')),
      ];
      expect(remains.filter((row) => JSON.stringify(row).includes(runIdOf(1)))).toEqual([]);
      await healthy.reports.publish(later, publication(2));
      expect(await visible(healthy)).toEqual({
        ...afterSecondNight(runIdOf(2)),
        alerts: [...afterFirstNight.alerts, '20260103 first', '20260103 second'],
      });
    }
  });
});

describe('a write whose answer gets lost', () => {
  it('changes nothing: the report is published once, its alerts stand there once', async () => {
    for (let write = 0; write < writes; write++) {
      const storage = azurite.open(`Lost${write}`);
      await publishNight(storage, 0);
      const lease = await beginNight(storage, 1);
      await azurite.open(`Lost${write}`, losingAnswerTo(write)).reports.publish(lease, publication(1));
      expect(await visible(storage)).toEqual(afterSecondNight());
    }
  });

  it('has published even where the next run began before it was repeated', async () => {
    const storage = azurite.open('LostAndNext');
    await publishNight(storage, 0);
    const lease = await beginNight(storage, 1);
    const repeated = justBefore(writes, () => beginNight(storage, 2));
    const process = azurite.open('LostAndNext', repeated, losingAnswerTo(writes - 1));
    await process.reports.publish(lease, publication(1));
    await storage.runs.fail(lease, 'something after it', night(2));
    expect(await visible(storage)).toEqual(afterSecondNight());
  });

  it('lets a run publish again what it does not know to be published, without a second mail', async () => {
    const storage = azurite.open('PublishTwice');
    await publishNight(storage, 0);
    const lease = await beginNight(storage, 1);
    await storage.reports.publish(lease, publication(1));
    for (const alert of await storage.alerts.deliverable(night(2))) {
      await storage.alerts.sent(alert, night(2));
    }
    await storage.reports.publish(lease, publication(1));
    expect(await visible(storage)).toEqual({ ...afterSecondNight(), alerts: [] });
  });
});

describe('a run that lost its lease', () => {
  it('at any write cannot publish, nor spoil what the next run published', async () => {
    for (let write = 0; write < writes; write++) {
      const prefix = `Overtaken${write}`;
      const storage = azurite.open(prefix);
      await publishNight(storage, 0);
      const lease = await beginNight(storage, 1);
      const overtaken = azurite.open(
        prefix,
        justBefore(write, () => publishNight(storage, 2, full)),
      );
      await expect(overtaken.reports.publish(lease, publication(1))).rejects.toThrow(PublicationConflictError);
      await overtaken.runs.fail(lease, 'too slow', night(3));
      expect(await visible(storage)).toEqual({
        ...afterSecondNight(runIdOf(2)),
        alerts: [...afterFirstNight.alerts, '20260103 first', '20260103 second'],
      });
      expect(await storage.reports.find(runIdOf(1))).toBeUndefined();
    }
  });

  it('to itself, begun again, cannot spoil what it published then', async () => {
    const again = async (storage: OpenedStorage) => {
      const lease = await storage.runs.begin({
        runId: runIdOf(1),
        trigger: 'request',
        now: night(2),
        expiresAt: night(3),
      });
      await storage.reports.publish(lease, publication(1));
      for (const alert of await storage.alerts.deliverable(night(3))) {
        await storage.alerts.sent(alert, night(3));
      }
    };
    for (let write = 0; write < writes; write++) {
      const prefix = `BegunAgain${write}`;
      const storage = azurite.open(prefix);
      await publishNight(storage, 0);
      const lease = await beginNight(storage, 1);
      const zombie = azurite.open(
        prefix,
        justBefore(write, () => again(storage)),
      );
      const stale = {
        ...publication(1),
        report: aReport(
          runIdOf(1),
          full.findings.map((finding) => ({ ...finding, remediation: 'stale' })),
        ),
      };
      await expect(zombie.reports.publish(lease, stale)).rejects.toThrow(PublicationConflictError);
      await zombie.runs.fail(lease, 'too slow', night(3));
      expect(await visible(storage)).toEqual({ ...afterSecondNight(), alerts: [] });
      expect(await allFindings(await reportOf(storage, runIdOf(1)), { top: 9 })).toEqual(full.findings);
      expect(await storage.runs.get(runIdOf(1))).toMatchObject({ state: 'finished' });
    }
  });
});

describe('a run that fails after it wrote', () => {
  it('removes what it wrote', async () => {
    const storage = azurite.open('FailsLate');
    await publishNight(storage, 0);
    const before = [...(await azurite.rows('FailsLate', 'Findings')), ...(await azurite.rows('FailsLate', 'Alerts'))];
    const lease = await beginNight(storage, 1);
    await expect(
      azurite.open('FailsLate', dyingAt(writes - 1, 'before')).reports.publish(lease, publication(1)),
    ).rejects.toThrow('the process died');
    await storage.runs.fail(lease, 'Table Storage refused', night(1));
    expect([...(await azurite.rows('FailsLate', 'Findings')), ...(await azurite.rows('FailsLate', 'Alerts'))]).toEqual(
      before,
    );
    expect(await visible(storage)).toEqual(afterFirstNight);
  });
});
