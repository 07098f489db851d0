import fc from 'fast-check';
import { SEVERITIES, STATUSES, type Finding } from '../../src/audit/finding';
import { InvalidContinuationTokenError } from '../../src/storage/errors';
import { countingRequests, onAzurite, type OpenedStorage } from './on-azurite';
import {
  aFinding,
  aLongFinding,
  allFindings,
  beginNight,
  findingsOf,
  publishNight,
  reportOf,
  runIdOf,
} from './stored-things';

const azurite = onAzurite();

const fingerprints = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ fingerprint }) => fingerprint);

describe('the findings of a report', () => {
  it('are read page by page, in their order', async () => {
    const storage = azurite.open('Pages');
    const all = findingsOf(7);
    await publishNight(storage, 0, { findings: all });
    const first = await (await reportOf(storage)).findings({ top: 3 });
    expect(first.findings).toEqual(all.slice(0, 3));
    expect(first.continuationToken).toEqual(expect.any(String));
    expect(await allFindings(await reportOf(storage), { top: 3 })).toEqual(all);
  });

  it('end without a token, even where the last page is full', async () => {
    const storage = azurite.open('FullPage');
    await publishNight(storage, 0, { findings: findingsOf(6) });
    const { continuationToken = '' } = await (await reportOf(storage)).findings({ top: 3 });
    const last = await (await reportOf(storage)).findings({ top: 3, continuationToken });
    expect(last.findings).toHaveLength(3);
    expect(last).not.toHaveProperty('continuationToken');
  });

  it('that fill a page with the last of a chunk cost no read of the next', async () => {
    const requests = countingRequests();
    const storage = azurite.open('Border', requests.policy);
    await publishNight(storage, 0, { findings: [aLongFinding('f1'), aLongFinding('f2')] });
    requests.takeReads('Findings');
    const { continuationToken } = await (await reportOf(storage)).findings({ top: 1 });
    expect(continuationToken).toEqual(expect.any(String));
    expect(requests.takeReads('Findings').filter((path) => path.includes('findings.'))).toHaveLength(1);
  });

  it('are none where the report has none', async () => {
    const storage = azurite.open('None');
    await publishNight(storage, 0, { findings: [] });
    expect(await (await reportOf(storage)).findings({ top: 3 })).toEqual({ findings: [] });
  });

  it('may each be larger than a chunk', async () => {
    const storage = azurite.open('Huge');
    const all = ['f1', 'f2'].map((fingerprint) => aFinding({ fingerprint, message: '😀\ud83d\r\n'.repeat(60_000) }));
    await publishNight(storage, 0, { findings: all });
    const read = await allFindings(await reportOf(storage), { top: 1 });
    expect(read.every((finding, index) => finding.message === all[index]?.message)).toBe(true);
    expect(fingerprints(read)).toEqual(['f1', 'f2']);
  });

  it('keep hostile text as it was', async () => {
    const storage = azurite.open('Hostile');
    const texts = ['\ud83d', '\ude00\ud83d', '\r\n\u0000\u0007', `=1+1';--"`, '</script>', '__proto__', '\u202e', '😀'];
    const all = texts.map((text, index) =>
      aFinding({ fingerprint: `f${index}`, message: text, evidence: { [text]: text, list: texts } }),
    );
    await publishNight(storage, 0, { findings: all });
    expect(await allFindings(await reportOf(storage), { top: 3 })).toEqual(all);
  });

  it('are not to be had of a run that is not published', async () => {
    const storage = azurite.open('Unpublished');
    await beginNight(storage, 0);
    expect(await storage.reports.find(runIdOf(0))).toBeUndefined();
    expect(await storage.reports.find('../x')).toBeUndefined();
  });

  it('are not to be had by the token of another report', async () => {
    const storage = azurite.open('OtherToken');
    await publishNight(storage, 0, { findings: findingsOf(9) });
    await publishNight(storage, 1, { findings: findingsOf(9) });
    const { continuationToken = '' } = await (await reportOf(storage, runIdOf(0))).findings({ top: 3 });
    const other = await reportOf(storage, runIdOf(1));
    for (const token of [continuationToken, `${continuationToken}x`, 'x', '%']) {
      await expect(other.findings({ top: 3, continuationToken: token })).rejects.toThrow(InvalidContinuationTokenError);
    }
  });
});

describe('findings asked for by a filter', () => {
  const prefix = 'Filtered';
  // Long ones between short ones: several chunks, some of several kinds.
  const all = STATUSES.flatMap((status, s) =>
    SEVERITIES.flatMap((severity, v) => [
      ...Array.from({ length: 3 }, (_, index) => aFinding({ status, severity, fingerprint: `s${s}v${v}i${index}` })),
      ...(v % 2 === 0 ? [{ ...aLongFinding(`s${s}v${v}`), status, severity }] : []),
    ]),
  );
  let storage: OpenedStorage;
  const requests = countingRequests();

  beforeAll(async () => {
    await publishNight(azurite.open(prefix), 0, { findings: all });
    storage = azurite.open(prefix, requests.policy);
  });

  const hints = fc.record(
    {
      status: fc.subarray([...STATUSES], { maxLength: 2 }),
      severity: fc.subarray([...SEVERITIES], { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  const isIn = <T>(wanted: readonly T[] = [], value: T) => wanted.length === 0 || wanted.includes(value);
  const filters = fc.oneof(
    fc.constant(() => true),
    fc.constantFrom('i0', 'i1', 's0', 'v3', 'nothing').map((part) => (f: Finding) => f.fingerprint.includes(part)),
    fc.func(fc.boolean()).map((judge) => (finding: Finding) => judge(finding.fingerprint)),
  );

  it('are those that match filter and hint, whatever the size of the page', async () => {
    await fc.assert(
      fc.asyncProperty(hints, filters, fc.integer({ min: 2, max: 40 }), async (hint, filter, top) => {
        const wanted = all.filter(
          (finding) => filter(finding) && isIn(hint.status, finding.status) && isIn(hint.severity, finding.severity),
        );
        const read = await allFindings(await reportOf(storage), { filter, hint, top });
        expect(fingerprints(read)).toEqual(fingerprints(wanted));
      }),
      { numRuns: 25 },
    );
  });

  it('cost no read of a chunk that cannot hold any', async () => {
    requests.takeReads('Findings');
    const hint = { status: ['notApplicable'], severity: ['info'] } as const;
    await (await reportOf(storage)).findings({ hint, top: 50 });
    const chunks = requests.takeReads('Findings').filter((path) => path.includes('findings.'));
    // Those of the last kind, of twelve: each long finding ends a chunk.
    expect(chunks.map((path) => /findings\.\d+/.exec(path)?.[0])).toEqual(['findings.00010', 'findings.00011']);
  });
});

describe('a report of 100,000 findings', () => {
  const requests = countingRequests();
  const all = findingsOf(100_000);
  let storage: OpenedStorage;
  const chunkReads = () => requests.takeReads('Findings').filter((path) => path.includes('findings.')).length;

  beforeAll(async () => {
    storage = azurite.open('Large', requests.policy);
    await publishNight(storage, 0, { findings: all });
  }, 60_000);

  it('is read completely, page by page', async () => {
    const seen: string[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await (
        await reportOf(storage)
      ).findings({
        top: 5000,
        ...(continuationToken !== undefined && { continuationToken }),
      });
      seen.push(...fingerprints(page.findings));
      continuationToken = page.continuationToken;
    } while (continuationToken !== undefined);
    expect(seen.length).toBe(all.length);
    expect(seen.every((fingerprint, index) => fingerprint === `f${index}`)).toBe(true);
  }, 60_000);

  it('shows its first page by reading one chunk', async () => {
    requests.takeReads('Findings');
    expect((await (await reportOf(storage)).findings({ top: 50 })).findings).toHaveLength(50);
    expect(chunkReads()).toBe(1);
  });

  it('shows the first of a late kind by reading one chunk', async () => {
    requests.takeReads('Findings');
    const { findings } = await (await reportOf(storage)).findings({ hint: { status: ['notApplicable'] }, top: 1 });
    expect(findings).toMatchObject([{ status: 'notApplicable', severity: 'critical' }]);
    expect(chunkReads()).toBe(1);
  });

  it('gives all of its open findings to the next run', async () => {
    const open = await (await reportOf(storage)).open();
    const expected = all.filter(({ status }) => status === 'fail' || status === 'notEvaluated');
    expect(open.length).toBe(expected.length);
    expect(open.every(({ finding }, index) => finding.fingerprint === expected[index]?.fingerprint)).toBe(true);
  }, 60_000);
});
