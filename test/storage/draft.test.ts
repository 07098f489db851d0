import fc from 'fast-check';
import type { Finding } from '../../src/audit/finding';
import { openDraft, stretchesOf, type DraftedChunk } from '../../src/storage/draft';
import { readDocument, writeDocument } from '../../src/storage/documents';
import { chunkKey, headerKey } from '../../src/storage/stored-report';
import { afterChunk, onAzurite } from './on-azurite';
import { aFinding, aLongFinding, allFindings, aReport, beginNight, reportOf, runIdOf } from './stored-things';

const azurite = onAzurite();

const aPass = (fingerprint: string): Finding => ({ ...aLongFinding(fingerprint), status: 'pass', severity: 'info' });
const aShortPass = (fingerprint: string): Finding => aFinding({ fingerprint, status: 'pass', severity: 'info' });
const names = (findings: readonly Finding[]) => findings.map(({ fingerprint }) => fingerprint);

/** Lets everything happen that does not wait for anything. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A draft whose writes end when they are told to. */
function controlledDraft() {
  const writes: { readonly row: number; readonly found: readonly string[]; end(error?: Error): void }[] = [];
  const draft = openDraft((row, json) => {
    const found = names(JSON.parse(Buffer.from(json).toString()) as Finding[]);
    return new Promise<void>((resolve, reject) => {
      const end = (error?: Error) => {
        if (error === undefined) {
          resolve();
        } else {
          reject(error);
        }
      };
      writes.push({ row, found, end });
    });
  });
  return { draft, writes, written: () => writes.map(({ row, found }) => [row, ...found]) };
}

describe('a draft', () => {
  it('stores what was added, a chunk after the other', async () => {
    const { draft, writes, written } = controlledDraft();
    draft.add([aPass('f1'), aPass('f2')]);
    draft.add([aPass('f3')]);
    await settle();
    expect(written()).toEqual([[0, 'f1']]);
    writes[0]?.end();
    await settle();
    writes[1]?.end();
    await settle();
    writes[2]?.end();
    await settle();
    expect(written()).toEqual([
      [0, 'f1'],
      [1, 'f2'],
      [2, 'f3'],
    ]);
    const { chunks, nextRow } = await draft.end();
    expect(nextRow).toBe(3);
    expect(chunks.map(({ findings }) => names(findings))).toEqual([['f1'], ['f2'], ['f3']]);
    expect(chunks.map(({ contents }) => contents)).toEqual(
      [0, 1, 2].map((row) => ({ row, count: 1, kinds: [{ status: 'pass', severity: 'info' }] })),
    );
  });

  it('leaves to the report what does not fill half a chunk', async () => {
    const { draft, writes, written } = controlledDraft();
    draft.add([aShortPass('f1')]);
    draft.add([aPass('f2'), aPass('f3'), aShortPass('f4'), aShortPass('f5')]);
    draft.add([aPass('f6'), aShortPass('f7')]);
    for (let index = 0; index < 3; index++) {
      await settle();
      writes[index]?.end();
    }
    await settle();
    expect(written()).toEqual([
      [0, 'f2'],
      [1, 'f3', 'f4', 'f5'],
      [2, 'f6', 'f7'],
    ]);
    draft.add([aPass('f8'), { ...aPass('f9'), message: 'x'.repeat(170_000) }]);
    await settle();
    writes[3]?.end();
    await settle();
    expect(written().slice(3)).toEqual([[3, 'f8']]);
    expect((await draft.end()).chunks.map(({ findings }) => names(findings)).at(-1)).toEqual(['f8']);
  });

  it('that is ended waits for what is under way and starts nothing more', async () => {
    const { draft, writes, written } = controlledDraft();
    draft.add([aPass('f1'), aPass('f2')]);
    draft.add([aPass('f3')]);
    await settle();
    let ended = false;
    const ending = draft.end().finally(() => (ended = true));
    await settle();
    expect(ended).toBe(false);
    writes[0]?.end();
    const { chunks } = await ending;
    expect(chunks.map(({ findings }) => names(findings))).toEqual([['f1']]);
    await settle();
    expect(written()).toEqual([[0, 'f1']]);
  });

  it('that could not store leaves that to the report, tries no more, and uses no row again', async () => {
    const { draft, writes, written } = controlledDraft();
    draft.add([aPass('f1'), aPass('f2'), aPass('f3')]);
    draft.add([aPass('f4')]);
    await settle();
    writes[0]?.end();
    await settle();
    writes[1]?.end(new Error('Table Storage refused'));
    await settle();
    draft.add([aPass('f5')]);
    await settle();
    expect(written()).toEqual([
      [0, 'f1'],
      [1, 'f2'],
    ]);
    const { chunks, nextRow } = await draft.end();
    expect(chunks.map(({ findings }) => names(findings))).toEqual([['f1']]);
    expect(nextRow).toBe(2);
  });
});

describe('the stretches of a report', () => {
  const chunkOf = (row: number, findings: readonly Finding[]): DraftedChunk => ({
    findings,
    contents: { row, count: findings.length, kinds: [] },
  });

  it('are all of its findings in their order, those that are drafted by their chunks', () => {
    const lengths = fc.array(fc.record({ length: fc.integer({ min: 1, max: 5 }), drafted: fc.boolean() }));
    fc.assert(
      fc.property(lengths, (parts) => {
        const made = parts.map(({ length, drafted }, part) => ({
          drafted,
          findings: Array.from({ length }, (_, index) => aShortPass(`${part}.${index}`)),
        }));
        const drafted = made.flatMap((one, row) => (one.drafted ? [chunkOf(row, one.findings)] : []));
        const all = made.flatMap(({ findings }) => findings);
        const stretches = [...stretchesOf(all, drafted.toReversed())];
        expect(stretches.flatMap(({ findings }) => findings)).toEqual(all);
        expect(stretches.filter(({ contents }) => contents !== null)).toEqual(drafted);
      }),
    );
  });

  const [f1, f2, f3] = [aShortPass('f1'), aShortPass('f2'), aShortPass('f3')];
  it.each([
    ['one of a chunk is another by now', [f1, { ...f2 }, f3]],
    ['one of a chunk is missing', [f1, f3]],
    ['the last of a chunk is missing', [f3, f1]],
    ['something came in between', [f1, f3, f2]],
    ['none of a chunk is there', [f3]],
  ])('are not drafted where %s', (_how, all) => {
    expect([...stretchesOf(all, [chunkOf(0, [f1, f2])])]).toEqual([{ contents: null, findings: all }]);
  });
});

describe('a report with a draft', () => {
  const failing = aFinding({ fingerprint: 'fails' });
  const passes = [aPass('f1'), aPass('f2'), aShortPass('f3'), aPass('f4')];
  const all = [failing, ...passes];

  const chunkRows = async (prefix: string) =>
    (await azurite.rows(prefix, 'Findings')).map(({ rowKey }) => rowKey).filter((key) => String(key).includes('.'));

  /** Begins a night in which chunks are stored before its report. */
  async function draftNight(prefix: string, index: number, added: readonly (readonly Finding[])[], chunks: number) {
    let stored: () => void = () => undefined;
    const allStored = new Promise<void>((resolve) => (stored = resolve));
    const noting = afterChunk(() => {
      chunks -= 1;
      if (chunks === 0) {
        stored();
      }
    });
    const storage = azurite.open(prefix, noting);
    const lease = await beginNight(storage, index);
    const draft = storage.reports.draft(lease);
    added.forEach((findings) => {
      draft.add(findings);
    });
    await allStored;
    return { storage, lease, draft };
  }

  it('shows nothing of it before, and then all findings as they are, none stored twice', async () => {
    const { storage, lease, draft } = await draftNight('Drafted', 0, [passes.slice(2), passes.slice(0, 2)], 3);
    expect(await storage.reports.find()).toBeUndefined();
    expect(await storage.reports.find(runIdOf(0))).toBeUndefined();
    const report = aReport(runIdOf(0), all);
    await storage.reports.publish(lease, { report, unconfirmed: [], alerts: [] }, draft);
    expect(await chunkRows('Drafted')).toEqual([
      'findings.00000',
      'findings.00001',
      'findings.00002',
      'findings.00003',
    ]);
    const read = await reportOf(storage);
    expect(await allFindings(read, { top: 1 })).toEqual(all);
    expect(await allFindings(read, { top: 2, hint: { status: ['pass'] } })).toEqual(passes);
    expect((await read.whole()).report.findings).toEqual(all);
    expect(names((await read.open()).map(({ finding }) => finding))).toEqual(['fails']);
    const placed = [];
    for await (const { place, finding } of read.each({})) {
      placed.push({ place, finding });
    }
    expect(await read.at(placed.map(({ place }) => place))).toEqual(placed.map(({ finding }) => finding));
  });

  it('whose findings are others by now has those', async () => {
    const { storage, lease, draft } = await draftNight('Changed', 0, [passes], 3);
    const changed = passes.map((finding) => ({ ...finding, remediation: 'changed' }));
    await storage.reports.publish(lease, { report: aReport(runIdOf(0), changed), unconfirmed: [], alerts: [] }, draft);
    expect(await allFindings(await reportOf(storage), { top: 9 })).toEqual(changed);
  });

  it('of which a part could not be stored is stored whole all the same', async () => {
    let tried: () => void = () => undefined;
    const failed = new Promise<void>((resolve) => (tried = resolve));
    const storage = azurite.open('Outage');
    const lease = await beginNight(storage, 0);
    const write = (row: number, json: Uint8Array) =>
      writeDocument(storage.tables.findings, chunkKey(lease.run.partition, 'findings', row), json);
    const draft = openDraft(async (row, json) => {
      // The second one seems to fail and arrives nevertheless, with what is no report's.
      await write(row, row === 1 ? Buffer.from('["late"]') : json);
      if (row === 1) {
        tried();
        throw new Error('no answer');
      }
    });
    draft.add(passes);
    await failed;
    await storage.reports.publish(lease, { report: aReport(runIdOf(0), all), unconfirmed: [], alerts: [] }, draft);
    await write(1, Buffer.from('["late"]'));
    expect(await allFindings(await reportOf(storage), { top: 9 })).toEqual(all);
  });

  it('leaves nothing where the run fails, or died and the next one begins', async () => {
    const failed = await draftNight('Removed', 0, [passes], 3);
    const { storage } = failed;
    await failed.draft.end();
    await storage.runs.fail(failed.lease, 'Azure refused', new Date());
    expect(await azurite.rows('Removed', 'Findings')).toEqual([]);
    const died = await draftNight('Removed', 1, [passes], 3);
    await died.draft.end();
    await beginNight(storage, 2);
    expect(await azurite.rows('Removed', 'Findings')).toEqual([]);
  });

  it('is read as well where a version stored it that knew no drafts', async () => {
    const storage = azurite.open('Older');
    const lease = await beginNight(storage, 0);
    const unconfirmed = [{ finding: aFinding({ fingerprint: 'unseen' }), firstSeen: new Date().toISOString() }];
    await storage.reports.publish(lease, { report: aReport(runIdOf(0), all), unconfirmed, alerts: [] });
    const key = headerKey(lease.run.partition);
    const header = JSON.stringify(await readDocument(storage.tables.findings, key));
    expect(header).toContain(',"row":1}');
    await writeDocument(storage.tables.findings, key, header.replaceAll(/,"row":\d+/g, ''));
    const { report, unconfirmed: unseen } = await (await reportOf(storage)).whole();
    expect(report.findings).toEqual(all);
    expect(unseen).toEqual(unconfirmed);
  });
});
