import { readDocument, ROW_UNITS, toRow, toRows, writeDocument } from '../../src/storage/documents';
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
    ([name, value]) => 8 + name.length * 2 + (typeof value === 'string' ? value.length * 2 + 4 : 8),
  );
  return 4 + (partitionKey.length + rowKey.length) * 2 + sizes.reduce((sum, size) => sum + size, 0);
}

const hostile = {
  'an emoji on the border of two properties': 'x'.repeat(31_980) + '😀'.repeat(20),
  'emoji on every border': 'x' + '😀'.repeat(100_000),
  'lone surrogates': `\ud83d${'\ude00'.repeat(40_000)}\ud83d`,
  'control characters and line ends': '\u0000\u0001\r\n\r\t\u007f\u2028\u2029\ufeff\ufffe\uffff',
  'quotes and backslashes': `"\\'`.repeat(50_000),
  'markup and formulas': `<script>alert(1)</script>\n=HYPERLINK("x")`,
  'a message of 100 kB': 'm'.repeat(100_000),
  'more than a row holds': 'é'.repeat(1_700_000),
  nothing: '',
};

describe('a document', () => {
  const azurite = onAzurite();

  it.each(Object.entries(hostile))('keeps %s', async (_, text) => {
    const { findings } = azurite.open('Hostile').tables;
    await writeDocument(findings, key, { text });
    const read = await readDocument<{ text: string }>(findings, key);
    // Not toEqual: nobody wants to read that difference.
    expect(read?.text === text).toBe(true);
  });

  it('that was replaced by a shorter one has nothing left of the longer', async () => {
    const { findings } = azurite.open('Shorter').tables;
    await writeDocument(findings, key, 'x'.repeat(1_500_000));
    await writeDocument(findings, key, 'short');
    expect(await readDocument(findings, key)).toBe('short');
  });

  it('that is not there is undefined', async () => {
    const { findings } = azurite.open('Absent').tables;
    expect(await readDocument(findings, key)).toBeUndefined();
  });

  it('of which a part is missing is an error, never a shorter document', async () => {
    const { findings } = azurite.open('Damaged').tables;
    await writeDocument(findings, key, 'x'.repeat(1_500_000));
    await findings.remove({ partitionKey: 'p', rowKey: 'r.1' });
    await expect(readDocument(findings, key)).rejects.toThrow(StorageError);
  });
});

describe('the rows of a document', () => {
  const texts = [...Object.values(hostile), 'x'.repeat(5_000_000), '\u0000'.repeat(300_000)];

  it('stay within the limits of the service', () => {
    for (const row of texts.flatMap((text) => toRows(key, text))) {
      const units = Object.values(row).map((value) => String(value).length);
      expect(Math.max(...units)).toBeLessThanOrEqual(32_768);
      expect(Object.keys(row).length).toBeLessThanOrEqual(252);
      expect(sizeOf(row)).toBeLessThanOrEqual(1_048_576);
    }
  });

  it('are one where the JSON is just as long as a row, and two where it is longer', () => {
    const fitting = 'x'.repeat(ROW_UNITS - 2);
    expect([fitting, `${fitting}x`].map((text) => toRows(key, text).length)).toEqual([1, 2]);
  });

  it('are refused where one is needed and one does not do', () => {
    expect(() => toRow(key, 'x'.repeat(600_000))).toThrow(RangeError);
  });
});
