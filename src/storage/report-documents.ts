/** What is stored of a report before its header. */
import type { Baseline } from '../audit/baseline';
import type { Finding } from '../audit/finding';
import { chunksOf, type Chunk } from './chunks';
import type { Json } from './documents';
import { stretchesOf, type Drafted } from './draft';
import type { Publication } from './reports';
import { chunkKey, keepsakeKey, type ChunkedList, type StoredContents } from './stored-report';
import type { Key } from './table';

interface ToStore extends Omit<Publication, 'report' | 'alerts'> {
  readonly all: readonly Finding[];
  /** What is stored already. */
  readonly drafted: Drafted;
}

/**
 * All that is still to be stored before the header, each when it is its turn; the longest to write first.
 * @param contents filled with those of all chunks
 */
export function* documentsOf(
  partition: string,
  { all, drafted, unconfirmed, baseline, ...kept }: ToStore,
  contents: Record<ChunkedList, StoredContents[]>,
): Generator<{ readonly key: Key; readonly json: Json; readonly release?: () => void }, void, void> {
  if (baseline !== undefined) {
    yield { key: keepsakeKey(partition, 'baseline'), json: jsonOf(baseline) };
  }
  for (const keepsake of ['signIns', 'alertMemory', 'contacts', 'overview'] as const) {
    if (kept[keepsake] !== undefined) {
      yield { key: keepsakeKey(partition, keepsake), json: JSON.stringify(kept[keepsake]) };
    }
  }
  let row = drafted.nextRow;
  for (const { contents: stored, findings } of stretchesOf(all, drafted.chunks)) {
    if (stored !== null) {
      contents.findings.push(stored);
      continue;
    }
    for (const chunk of chunksOf(findings, (finding) => finding)) {
      yield toDocument('findings', chunk, row++);
    }
  }
  row = 0;
  for (const chunk of chunksOf(unconfirmed, ({ finding }) => finding)) {
    yield toDocument('unconfirmed', chunk, row++);
  }

  function toDocument(list: ChunkedList, { json, contents: own, release }: Chunk, row: number) {
    contents[list].push({ ...own, row });
    return { key: chunkKey(partition, list, row), json, release };
  }
}

/** UTF-16 units: shorter pieces take longer to hand over than to compress. */
const PIECE_UNITS = 100_000;

/** Some scopes at a time: the whole text would be the largest thing in memory. */
function* jsonOf({ scopes, ...rest }: Baseline): Generator<string, void, void> {
  let piece = `${JSON.stringify(rest).slice(0, -1)},"scopes":[`;
  for (const [index, scope] of scopes.entries()) {
    piece += `${index === 0 ? '' : ','}${JSON.stringify(scope)}`;
    if (piece.length >= PIECE_UNITS) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}]}`;
}
