import fc from 'fast-check';
import { SEVERITIES, STATUSES, type Finding } from '../../src/audit/finding';
import { chunksOf, isOfKind } from '../../src/storage/chunks';
import { aFinding } from './stored-things';

const itself = (finding: Finding): Finding => finding;
const findings = fc.array(
  fc
    .record({
      status: fc.constantFrom(...STATUSES),
      severity: fc.constantFrom(...SEVERITIES),
      message: fc.string({ unit: 'binary', maxLength: 150 }),
    })
    .map(aFinding),
  { maxLength: 80, size: 'max' },
);
const cut = (all: readonly Finding[], limit?: number) =>
  [...chunksOf(all, itself, limit)].map(({ json, contents }) => ({
    json,
    contents,
    items: JSON.parse(Buffer.from(json).toString()) as Finding[],
  }));
/** For one finding and for many. */
const limits = fc.oneof(fc.integer({ min: 500, max: 3000 }), fc.integer({ min: 3000, max: 40_000 }));

describe('chunks', () => {
  it('hold all items in their order', () => {
    fc.assert(
      fc.property(findings, limits, (all, limit) => {
        const chunks = cut(all, limit);
        expect(chunks.flatMap(({ items }) => items)).toEqual(all);
        expect(chunks.map(({ contents }) => contents.count)).toEqual(chunks.map(({ items }) => items.length));
      }),
    );
  });

  it('stay within the limit, but for an item that alone is larger', () => {
    fc.assert(
      fc.property(findings, limits, (all, limit) => {
        for (const { items, json } of cut(all, limit)) {
          expect(items.length === 1 || json.length <= limit).toBe(true);
        }
      }),
    );
  });

  it('are filled: two neighbours would not fit into one', () => {
    fc.assert(
      fc.property(findings, limits, (all, limit) => {
        const chunks = cut(all, limit);
        for (const [index, { items }] of chunks.slice(1).entries()) {
          const withFirstOfNext = [...(chunks[index]?.items ?? []), ...items.slice(0, 1)];
          expect(Buffer.byteLength(JSON.stringify(withFirstOfNext))).toBeGreaterThan(limit);
        }
      }),
    );
  });

  it('name every kind of finding in them, and no other', () => {
    fc.assert(
      fc.property(findings, limits, (all, limit) => {
        for (const { items, contents } of cut(all, limit)) {
          for (const status of STATUSES) {
            for (const severity of SEVERITIES) {
              const hint = { status: [status], severity: [severity] };
              expect(contents.kinds.some((kind) => isOfKind(kind, hint))).toBe(
                items.some((item) => isOfKind(item, hint)),
              );
            }
          }
        }
      }),
    );
  });

  it('take the memory of one that was released, and of no other', () => {
    const all = Array.from({ length: 4 }, (_, index) => aFinding({ fingerprint: `f${index}` }));
    const chunks = chunksOf(all, itself, 10);
    const [first, second] = [chunks.next().value, chunks.next().value];
    first?.release();
    const [third, fourth] = [chunks.next().value, chunks.next().value];
    expect(third?.json.buffer).toBe(first?.json.buffer);
    expect(fourth?.json.buffer).not.toBe(third?.json.buffer);
    expect([second, third, fourth].map((chunk) => Buffer.from(chunk?.json ?? []).toString())).toEqual(
      [1, 2, 3].map((index) => JSON.stringify([all[index]])),
    );
  });

  it('are made one when it is asked for', () => {
    const all = [1, 2, 3].map((index) => aFinding({ fingerprint: `f${index}` }));
    let looked = 0;
    const chunks = chunksOf(all, (finding) => (looked++, finding), 10);
    chunks.next();
    expect(looked).toBe(1);
  });

  it('are none where there are no items', () => {
    expect(cut([])).toEqual([]);
  });
});

describe('a kind', () => {
  const kind = { status: 'fail', severity: 'high' } as const;
  it.each([
    [{}, true],
    [{ status: [], severity: [] }, true],
    [{ status: ['fail'] }, true],
    [{ status: ['pass', 'fail'] }, true],
    [{ severity: ['high'] }, true],
    [{ status: ['fail'], severity: ['high'] }, true],
    [{ status: ['pass'], severity: ['high'] }, false],
    [{ status: ['fail'], severity: ['low', 'info'] }, false],
  ] as const)('asked for as %j fits a failing, urgent finding: %s', (hint, fits) => {
    expect(isOfKind(kind, hint)).toBe(fits);
  });
});
