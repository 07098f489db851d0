import type { Finding } from '../../src/audit/finding';
import { diffReports, type DiffQuery } from '../../src/storage/diff-reports';
import { ReportNotFoundError } from '../../src/storage/errors';
import { countingRequests, onAzurite, type OpenedStorage } from './on-azurite';
import { aFinding, aLongFinding, aReport, beginNight, night, reportOf, runIdOf } from './stored-things';

const azurite = onAzurite();
const ALL: DiffQuery = { kinds: [], start: 0, top: 100 };

/** Each long finding ends a chunk. */
const failing = (name: string, changes: Partial<Finding> = {}): Finding => ({ ...aLongFinding(name), ...changes });

async function publish(storage: OpenedStorage, index: number, findings: readonly Finding[], fullAt = index) {
  const report = { ...aReport(runIdOf(index), findings), startedAt: night(index).toISOString() };
  await storage.reports.publish(await beginNight(storage, index), {
    report: { ...report, fullAuditAt: night(fullAt).toISOString(), checks: [{ id: 'secret-expiry' } as never] },
    unconfirmed: [],
    alerts: [],
  });
}

async function difference(storage: OpenedStorage, from: number, to: number, query = ALL) {
  const [before, after] = await Promise.all([from, to].map((index) => storage.reports.find(runIdOf(index))));
  return diffReports(before!, after!, query);
}

describe('the differences of two reports', () => {
  it('show each finding as the later report has it, or the one that has it open', async () => {
    const storage = azurite.open('Diff');
    await publish(storage, 0, [failing('a'), failing('b', { severity: 'low' }), aFinding({ fingerprint: 'c' })]);
    await publish(storage, 1, [failing('b', { message: 'now' }), aFinding({ fingerprint: 'd' })]);
    const { counts, changes, ...rest } = await difference(storage, 0, 1);
    expect(changes.map(({ kind, finding }) => [kind, finding.fingerprint])).toEqual([
      ['opened', 'd'],
      ['worsened', 'b'],
      ['resolved', 'a'],
      ['resolved', 'c'],
    ]);
    expect(changes[1]).toMatchObject({ severityBefore: 'low', severityAfter: 'high', finding: { message: 'now' } });
    expect(counts).toMatchObject({ opened: 1, worsened: 1, resolved: 2, unconfirmed: 0 });
    expect(rest).toEqual({});
    const second = await difference(storage, 0, 1, { kinds: ['resolved'], start: 1, top: 1 });
    expect(second.changes.map(({ finding }) => finding.fingerprint)).toEqual(['c']);
    expect((await difference(storage, 0, 1, { ...ALL, top: 3 })).next).toBe(3);
  });

  it('cost no read of what is not open, unless a report is blind to it', async () => {
    const requests = countingRequests();
    const storage = azurite.open('DiffReads', requests.policy);
    const passing = ['x', 'y'].map((name) => failing(name, { status: 'pass' }));
    await publish(storage, 0, [failing('a'), failing('y'), ...passing.slice(0, 1)]);
    await publish(storage, 1, [failing('b'), ...passing]);
    const blind = aFinding({ fingerprint: 'blind', status: 'notEvaluated' });
    await publish(storage, 2, [failing('b'), blind, ...passing]);
    const chunksRead = () => requests.takeReads('Findings').filter((path) => path.includes('findings.')).length;
    chunksRead();
    expect((await difference(storage, 0, 1)).counts).toMatchObject({ opened: 1, resolved: 2, unconfirmed: 0 });
    // Two of the first and one of the second, and those of the page once more.
    expect(chunksRead()).toBe(6);
    // Of what failed, the last report judged "y", and could not look for "a".
    expect((await difference(storage, 0, 2)).counts).toMatchObject({ resolved: 1, unconfirmed: 1, blinded: 1 });
    expect((await difference(storage, 2, 0)).counts).toMatchObject({ opened: 1, revealed: 1, regained: 1 });
  });

  it('are not to be had where a report is gone', async () => {
    const storage = azurite.open('DiffGone');
    await publish(storage, 0, [failing('a')]);
    const found = await reportOf(storage, runIdOf(0));
    await storage.tables.findings.remove({
      partitionKey: (await storage.tables.findings.listKeys("RowKey eq 'header'"))[0]!.partitionKey,
      rowKey: 'header',
    });
    await expect(diffReports(found, found, ALL)).rejects.toThrow(ReportNotFoundError);
  });
});

describe('a report that is found', () => {
  it('costs one pointer, one header and the chunks of its page, in one partition', async () => {
    const requests = countingRequests();
    const storage = azurite.open('FoundReads', requests.policy);
    await publish(storage, 0, [failing('a'), failing('b')]);
    const before = requests.all.length;
    const report = await storage.reports.find();
    expect(requests.all.length - before).toBe(1);
    expect(report).toMatchObject({ runId: runIdOf(0), latestComplete: { runId: runIdOf(0) } });
    await report?.header();
    await report?.findings({ top: 1 });
    const read = requests.all.slice(before).map(({ url }) => decodeURIComponent(new URL(url).pathname));
    expect(read.map((path) => /RowKey='([^']*)'/.exec(path)?.[1])).toEqual(['state', 'header', 'findings.00000']);
  });

  it('is none where there is none, or none of that run', async () => {
    const storage = azurite.open('FoundNone');
    expect(await storage.reports.find()).toBeUndefined();
    await beginNight(storage, 0);
    expect(await storage.reports.find(runIdOf(0))).toBeUndefined();
  });

  it('is compared with the full audit before it, whatever came between', async () => {
    const storage = azurite.open('FullBefore');
    await publish(storage, 0, [failing('a')]);
    await publish(storage, 1, [failing('a')]);
    await publish(storage, 2, [failing('a')], 1);
    const lease = await beginNight(storage, 3);
    await storage.runs.fail(lease, 'no power', night(3));
    await publish(storage, 4, [failing('a')], 1);
    const { reports } = storage;
    expect(await reports.fullBefore(runIdOf(4))).toBe(runIdOf(1));
    expect(await reports.fullBefore(runIdOf(1))).toBe(runIdOf(0));
    expect(await reports.fullBefore(runIdOf(0))).toBeUndefined();
  });
});
