import * as fc from 'fast-check';
import { InvalidContinuationTokenError } from '../../src/storage/errors';
import { toRow } from '../../src/storage/records';
import type { HistoryEntry, HistoryQuery } from '../../src/storage/run-history';
import { countingRequests, onAzurite, type OpenedStorage } from './on-azurite';
import { aReport, at, beginNight, night, publishNight, runIdOf } from './stored-things';

const azurite = onAzurite();
const HOURS = 60;

/** Pages, joined. */
async function all({ reports }: OpenedStorage, query: HistoryQuery): Promise<readonly HistoryEntry[]> {
  const runs: HistoryEntry[] = [];
  let before: string | undefined;
  do {
    const page = await reports.history({ ...query, ...(before !== undefined && { before }) });
    expect(page.runs.length).toBeLessThanOrEqual(query.top);
    runs.push(...page.runs);
    before = page.next;
  } while (before !== undefined);
  return runs;
}

/** A run's record as it is stored: started so many minutes after the first midnight, and finished if nothing else is said. */
function record(minutes: number, changes: Record<string, unknown> = {}, variant = 0) {
  const startedAt = at(minutes).toISOString();
  const runId = `${startedAt.replace(/[-:]|\.\d+/g, '')}-${variant.toString(16).padStart(8, '0')}`;
  return {
    runId,
    trigger: 'schedule',
    state: 'finished',
    startedAt,
    finishedAt: startedAt,
    partition: 'p',
    ...changes,
  };
}

/** Puts records there, as a long time would have, and the state that the newest of them left. */
async function store({ tables }: OpenedStorage, records: readonly ReturnType<typeof record>[]): Promise<void> {
  const rows = records.map((one) => toRow({ partitionKey: 'audit', rowKey: `run.${one.runId}` }, one));
  const state = toRow({ partitionKey: 'audit', rowKey: 'state' }, { run: records.at(-1) });
  for (let first = 0; first < rows.length; first += 99) {
    const [head = state, ...others] = rows.slice(first, first + 99);
    await tables.runs.commit([{ kind: 'put', row: head }, ...others.map((row) => ({ kind: 'put', row }) as const)]);
  }
  await tables.runs.put(state);
}

describe('the history', () => {
  it('is empty before the first run', async () => {
    expect(await azurite.open('Never').reports.history({ top: 10 })).toEqual({ runs: [] });
  });

  it('has every run that started, newest first: published with what its report says, failed with the reason', async () => {
    const storage = azurite.open('Every');
    const { findings: _findings, ...report } = aReport(runIdOf(0));
    await publishNight(storage, 0);
    await storage.runs.fail(await beginNight(storage, 1), 'Graph is down', at(1500));
    await storage.runs.request(runIdOf(2), night(2));
    await beginNight(storage, 3);
    await storage.runs.request(runIdOf(4), night(4));
    const { runs, next } = await storage.reports.history({ top: 10 });
    expect(next).toBeUndefined();
    expect(runs).toEqual([
      {
        runId: runIdOf(3),
        state: 'running',
        audit: null,
        trigger: 'schedule',
        startedAt: night(3).toISOString(),
        finishedAt: null,
        message: null,
        summary: null,
      },
      expect.objectContaining({
        runId: runIdOf(1),
        state: 'failed',
        finishedAt: at(1500).toISOString(),
        message: 'Graph is down',
        summary: null,
      }),
      expect.objectContaining({
        runId: runIdOf(0),
        state: 'finished',
        message: null,
        summary: {
          runId: runIdOf(0),
          startedAt: report.startedAt,
          finishedAt: report.finishedAt,
          fullAuditAt: report.fullAuditAt,
          signInsAt: null,
          overall: 'attention',
          totals: report.totals,
          severities: report.severities,
          changes: report.changes,
          nextExpiry: null,
        },
      }),
    ]);
  });

  it('keeps the summary of a report whose names are as long and hostile as can be, and the reason of the next failure', async () => {
    const storage = azurite.open('HostileHistory');
    const name = '\ud83d\u0000"😀'.repeat(10_000);
    const nextExpiry = { endsAt: '2026-01-06T00:00:00.000Z', fingerprint: 'f0', name };
    const lease = await beginNight(storage, 0);
    const report = { ...aReport(runIdOf(0)), nextExpiry };
    await storage.reports.publish(lease, { report, unconfirmed: [], alerts: [] });
    await storage.runs.fail(await beginNight(storage, 1), name, night(1));
    const [failed, published] = (await storage.reports.history({ top: 2 })).runs;
    expect(failed?.message).toBe(name.slice(0, 4000));
    expect(published?.summary?.nextExpiry?.name).toBe(`${name.slice(0, 197)}...`);
  });

  it('takes a run for one of everything where its version did not say', async () => {
    const storage = azurite.open('Kinds');
    await store(storage, [record(0), record(60, { audit: 'signIns' }), record(120, { audit: 'full' })]);
    const kinds = async (audit?: 'full' | 'signIns') =>
      (await all(storage, { top: 1, ...(audit !== undefined && { audit }) })).map((run) => run.audit);
    expect(await kinds()).toEqual(['full', 'signIns', null]);
    expect(await kinds('full')).toEqual(['full', null]);
    expect(await kinds('signIns')).toEqual(['signIns']);
  });

  it.each(['', 'x', 'MjAyNjAxMDFUMDAwMDAwWi0wMDAwMDAwMA==', Buffer.from('20261301T000000Z').toString('base64url')])(
    'refuses a token that it did not give out: %j',
    async (before) => {
      const { reports } = azurite.open('Tokens');
      await expect(reports.history({ top: 1, before })).rejects.toThrow(InvalidContinuationTokenError);
    },
  );

  it('is the same in pages of any size, whenever runs were, newest first', async () => {
    const gaps = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(HOURS), fc.integer({ min: 0, max: 300_000 }));
    const some = fc.array(fc.tuple(gaps, fc.constantFrom('full', 'signIns')), { minLength: 1, maxLength: 20 });
    const kinds = fc.constantFrom('full', 'signIns', undefined);
    let round = 0;
    await fc.assert(
      fc.asyncProperty(some, fc.integer({ min: 1, max: 8 }), kinds, async (runs, top, audit) => {
        const storage = azurite.open(`Pages${(round += 1)}`);
        let minutes = 0;
        const records = runs.map(([gap, kind], variant) => record((minutes += gap), { audit: kind }, variant));
        await store(storage, records);
        const wanted = records.filter((_run, index) => audit === undefined || runs[index]?.[1] === audit);
        const joined = await all(storage, { top, ...(audit !== undefined && { audit }) });
        expect(joined.map(({ runId }) => runId)).toEqual(wanted.map(({ runId }) => runId).toReversed());
      }),
      { numRuns: 10 },
    );
  });
});

describe('of a long time', () => {
  /** A first audit, a pause of four years, 3,500 hourly runs, and a second with 30 runs in it. */
  const hourly = Array.from({ length: 3_500 }, (_, index) =>
    record(2_000_000 + index * HOURS, { audit: index % 1_000 === 0 ? 'full' : 'signIns', message: 'x'.repeat(500) }),
  );
  const crowd = Array.from({ length: 30 }, (_, variant) => record(2_300_000, {}, variant));
  const records = [record(0), ...hourly, ...crowd];
  beforeAll(() => store(azurite.open('Long'), records), 120_000);

  it('a page takes a few requests and rows, wherever it begins', async () => {
    const requests = countingRequests();
    const storage = azurite.open('Long', requests.policy);
    const page = await storage.reports.history({ top: 100 });
    expect(page.runs).toHaveLength(100);
    expect(requests.all.length).toBeLessThan(8);
    const before = requests.all.length;
    const [last] = (await storage.reports.history({ top: 100, before: page.next ?? '' })).runs;
    expect(last?.runId).toBe(records.at(-101)?.runId);
    expect(requests.all.length - before).toBeLessThan(4);
  });

  it('a page that finds little of what it looks for ends all the same, and the next goes on', async () => {
    const requests = countingRequests();
    const { reports } = azurite.open('Long', requests.policy);
    const page = await reports.history({ top: 50, audit: 'full' });
    expect(page.next).toBeDefined();
    expect(page.runs.length).toBeLessThan(50);
    expect(requests.all.length).toBeLessThan(20);
    expect(await all(azurite.open('Long'), { top: 50, audit: 'full' })).toHaveLength(4 + 30 + 1);
  });

  it('all of it is there', async () => {
    const runIds = (await all(azurite.open('Long'), { top: 1_000 })).map(({ runId }) => runId);
    expect(runIds).toEqual(records.map(({ runId }) => runId).toReversed());
  });
});
