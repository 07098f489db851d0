import { randomBytes } from 'node:crypto';
import { readDocument, toRows, writeDocument } from '../../src/storage/documents';
import { StorageError } from '../../src/storage/errors';
import type { Row } from '../../src/storage/table';
import { onAzurite } from './on-azurite';

const key = { partitionKey: 'p', rowKey: 'r' };

/**
 * Bytes of a row as the service counts them, which Azurite does not.
 * https://learn.microsoft.com/archive/blogs/avkashchauhan/how-the-size-of-an-entity-is-caclulated-in-windows-azure-table-storage
 */
function sizeOf(row: Row): number {
  const { partitionKey, rowKey, ...properties } = row;
  const sizes = Object.entries(properties).map(
    ([name, value]) => 8 + name.length * 2 + (value instanceof Uint8Array ? value.length + 4 : 8),
  );
  return 4 + (partitionKey.length + rowKey.length) * 2 + sizes.reduce((sum, size) => sum + size, 0);
}

/** As base64 a quarter can be saved, and no more. */
const incompressible = randomBytes(1_500_000).toString('base64');

const hostile = {
  emoji: '😀'.repeat(100_000),
  'lone surrogates': `\ud83d${'\ude00'.repeat(40_000)}\ud83d`,
  'control characters and line ends': '\u0000\u0001\r\n\r\t\u007f\u2028\u2029\ufeff\ufffe\uffff',
  'quotes and backslashes': `"\\'`.repeat(50_000),
  'markup and formulas': `<script>alert(1)</script>\n=HYPERLINK("x")`,
  'a message of 100 kB': 'm'.repeat(100_000),
  'what cannot be compressed, and is more than a row holds': incompressible,
  nothing: '',
};

describe('a document', () => {
  const azurite = onAzurite();

  it.each(Object.entries(hostile))('keeps %s', async (_, text) => {
    const { findings } = azurite.open('Hostile').tables;
    await writeDocument(findings, key, JSON.stringify({ text }));
    const read = await readDocument<{ text: string }>(findings, key);
    // Not toEqual: nobody wants to read that difference.
    expect(read?.text === text).toBe(true);
  });

  it('that was replaced by a shorter one has nothing left of the longer', async () => {
    const { findings } = azurite.open('Shorter').tables;
    await writeDocument(findings, key, JSON.stringify(incompressible));
    await writeDocument(findings, key, '"short"');
    expect(await readDocument(findings, key)).toBe('short');
  });

  it('that is not there is undefined', async () => {
    const { findings } = azurite.open('Absent').tables;
    expect(await readDocument(findings, key)).toBeUndefined();
  });

  it('of which a part is missing is an error, never a shorter document', async () => {
    const { findings } = azurite.open('Damaged').tables;
    await writeDocument(findings, key, JSON.stringify(incompressible));
    await findings.remove({ partitionKey: 'p', rowKey: 'r.1' });
    await expect(readDocument(findings, key)).rejects.toThrow(StorageError);
  });

  it('that was damaged is an error of storage that names it', async () => {
    const { findings } = azurite.open('Garbled').tables;
    await findings.put({ ...key, rows: 1, gzip00: randomBytes(100) });
    await expect(readDocument(findings, key)).rejects.toMatchObject({
      name: 'StorageError',
      message: 'The value of p/r is damaged.',
    });
  });
});

describe('the rows of a document', () => {
  const bytes = (length: number) => new Uint8Array(length);

  it.each([0, 1, 64_000, 64_001, 704_000, 704_001, 5_000_000])(
    'of %d bytes stay within the limits of the service',
    (length) => {
      for (const row of toRows(key, bytes(length))) {
        const values = Object.values(row).filter((value) => value instanceof Uint8Array);
        expect(Math.max(0, ...values.map((value) => value.length))).toBeLessThanOrEqual(65_536);
        expect(Object.keys(row).length).toBeLessThanOrEqual(252);
        expect(sizeOf(row)).toBeLessThanOrEqual(1_048_576);
      }
    },
  );

  it('are one where the bytes just fit, and two where there is one more', () => {
    expect([704_000, 704_001].map((length) => toRows(key, bytes(length)).length)).toEqual([1, 2]);
  });
});
