import { StorageError } from '../../src/storage/errors';
import { rowsStarting } from '../../src/storage/filters';
import type { Row } from '../../src/storage/table';
import { countingRequests, onAzurite } from './on-azurite';

const row = (rowKey: string, value = 'v'): Row => ({ partitionKey: 'p', rowKey, value });
const key = { partitionKey: 'p', rowKey: 'r' };

describe('a table that is missing', () => {
  const azurite = onAzurite();

  it('reads as empty, and is not created by reading', async () => {
    const requests = countingRequests();
    const { findings } = azurite.open('Reading', requests.policy).tables;
    expect(await findings.get(key)).toBeUndefined();
    expect(await findings.list(rowsStarting('p', 'r'))).toEqual([]);
    expect(await findings.listKeys(rowsStarting('p', 'r'))).toEqual([]);
    await findings.remove(key);
    expect(requests.all.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('is created once, by the first of many writes', async () => {
    const requests = countingRequests();
    const { findings } = azurite.open('Writing', requests.policy).tables;
    await Promise.all(['a', 'b', 'c', 'd'].map((rowKey) => findings.put(row(rowKey))));
    await findings.put(row('e'));
    expect(requests.all.filter(({ url }) => new URL(url).pathname.endsWith('/Tables'))).toHaveLength(1);
    expect(await azurite.rows('Writing', 'Findings')).toHaveLength(5);
  });

  it('is created by a transaction, too', async () => {
    const { findings } = azurite.open('Committing').tables;
    expect(await findings.commit([{ kind: 'insert', row: row('r') }])).toEqual(expect.any(String));
    expect(await findings.get(key)).toMatchObject({ value: 'v' });
  });

  it('may be created by several processes at the same time', async () => {
    const processes = [1, 2, 3].map(() => azurite.open('Racing').tables.findings);
    await Promise.all(processes.map((findings, index) => findings.put(row(`r${index}`))));
    expect(await azurite.rows('Racing', 'Findings')).toHaveLength(3);
  });
});

describe('a list', () => {
  const azurite = onAzurite();

  it('ends at its limit, and takes no more requests than that', async () => {
    const requests = countingRequests();
    const { runs } = azurite.open('Limited', requests.policy).tables;
    for (const part of [0, 1, 2]) {
      const [first, ...others] = Array.from({ length: 99 }, (_, index) =>
        row(`r${part}${String(index).padStart(2, '0')}`),
      );
      await runs.commit([{ kind: 'put', row: first! }, ...others.map((each) => ({ kind: 'put', row: each }) as const)]);
    }
    const before = requests.all.length;
    const keys = (await runs.list(rowsStarting('p', 'r'), undefined, 100)).map(({ rowKey }) => rowKey);
    expect([keys.length, keys[0], keys.at(-1)]).toEqual([100, 'r000', 'r100']);
    expect(requests.all.length - before).toBe(1);
    expect(await runs.list(rowsStarting('p', 'r'))).toHaveLength(297);
  });
});

describe('a transaction', () => {
  const azurite = onAzurite();

  it('tells the ETag that the next one needs', async () => {
    const { runs } = azurite.open('Chain').tables;
    const first = (await runs.commit([{ kind: 'insert', row: row('r', '1') }])) ?? '';
    const second = (await runs.commit([{ kind: 'replace', row: row('r', '2'), etag: first }])) ?? '';
    expect(await runs.commit([{ kind: 'replace', row: row('r', '3'), etag: second }])).toEqual(expect.any(String));
    expect(await runs.get(key)).toMatchObject({ value: '3' });
  });

  it.each([
    ['inserts what is there', { kind: 'insert', row: row('r', 'mine') }],
    [
      'replaces what has changed',
      { kind: 'replace', row: row('r', 'mine'), etag: `W/"datetime'2020-01-01T00%3A00%3A00Z'"` },
    ],
    [
      'replaces what is gone',
      { kind: 'replace', row: row('gone', 'mine'), etag: `W/"datetime'2020-01-01T00%3A00%3A00Z'"` },
    ],
  ] as const)('that %s changes nothing at all', async (_, change) => {
    const { runs } = azurite.open('Conflict').tables;
    await runs.put(row('r', 'theirs'));
    await runs.put(row('other', 'theirs'));
    expect(await runs.commit([change, { kind: 'put', row: row('other', 'mine') }])).toBeUndefined();
    expect(await azurite.rows('Conflict', 'Runs')).toMatchObject([{ value: 'theirs' }, { value: 'theirs' }]);
  });
});

describe('a call', () => {
  const azurite = onAzurite();

  it('that the caller aborts fails as aborted, not as a failure of the storage', async () => {
    const { findings } = azurite.open('Aborting').tables;
    await expect(findings.put(row('r'), AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    await expect(findings.get(key, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that the service refuses names the table, the endpoint and the reason', async () => {
    const { findings } = azurite.open('Refusing').tables;
    const refused = findings.put({ partitionKey: 'p', rowKey: 'r', value: 'x'.repeat(40_000) });
    await expect(refused).rejects.toThrow(StorageError);
    await expect(refused).rejects.toThrow(
      /^Could not write table RefusingFindings at http:\/\/127\.0\.0\.1:\d+\/devstoreaccount1: answered 400 PropertyValueTooLarge\.$/,
    );
  });

  it('lists more rows than a page has, and only those asked for', async () => {
    const { findings } = azurite.open('Paging').tables;
    const batches = Array.from({ length: 11 }, (_, batch) =>
      Array.from({ length: 100 }, (__, index) => ({ kind: 'put', row: row(`r.${batch * 100 + index}`) }) as const),
    );
    for (const [first, ...others] of batches) {
      await findings.commit([first ?? { kind: 'put', row: row('r.') }, ...others]);
    }
    await findings.put(row('r0'));
    expect(await findings.listKeys(rowsStarting('p', 'r.'))).toHaveLength(1100);
  });
});
