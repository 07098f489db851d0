/** Findings that are stored while the tenant is still read, before the rest of their report is known. */
import type { Finding } from '../audit/finding';
import { CHUNK_BYTES, chunksOf } from './chunks';
import type { StoredContents } from './stored-report';

export interface Draft {
  /**
   * Stores findings when those that were added before are stored; returns at once. What does not fill half a
   * chunk is left to the report.
   * @param findings that stand next to each other in the report, in its order
   */
  add(findings: readonly Finding[]): void;
  /**
   * Stores nothing more: what was added and is not stored is left to the report, which says so where it cannot be.
   * @returns when nothing is under way any more
   */
  end(): Promise<Drafted>;
}

export interface Drafted {
  readonly chunks: readonly DraftedChunk[];
  /** This one and those after it were never written to. */
  readonly nextRow: number;
}

export interface DraftedChunk {
  readonly contents: StoredContents;
  readonly findings: readonly Finding[];
}

export const NOTHING_DRAFTED: Drafted = { chunks: [], nextRow: 0 };

/** @param write stores the JSON of a chunk in a row of that number, which no other has */
export function openDraft(write: (row: number, json: Uint8Array) => Promise<void>): Draft {
  const chunks: DraftedChunk[] = [];
  let nextRow = 0;
  let work = Promise.resolve();
  let isEnded = false;

  async function store(findings: readonly Finding[]): Promise<void> {
    let from = 0;
    for (const { json, contents, release } of chunksOf(findings, (finding) => finding)) {
      const to = from + contents.count;
      // Its neighbours in the report may fill it.
      const isRest = to === findings.length && json.length < CHUNK_BYTES / 2;
      if (isEnded || isRest) {
        return;
      }
      // One that seems to have failed may still arrive: nothing else may stand there by then.
      const row = nextRow++;
      await write(row, json);
      release();
      chunks.push({ contents: { ...contents, row }, findings: findings.slice(from, to) });
      from = to;
    }
  }

  return {
    add: (findings) => {
      work = work
        .then(() => store(findings))
        .catch(() => {
          // Storage may be back when the report is stored, and an audit that went well until then is not given up for this.
          isEnded = true;
        });
    },
    end: async () => {
      isEnded = true;
      await work;
      return { chunks, nextRow };
    },
  };
}

/** Consecutive findings of a report: those of a chunk that is stored, or some that are not. */
export type Stretch = DraftedChunk | { readonly contents: null; readonly findings: readonly Finding[] };

/** @returns all findings in their order; what the report does not have just as it was stored is not stored for it */
export function* stretchesOf(
  findings: readonly Finding[],
  drafted: readonly DraftedChunk[],
): Generator<Stretch, void, void> {
  const byFirst = new Map(drafted.map((chunk) => [chunk.findings[0], chunk]));
  let from = 0;
  for (let index = 0; index < findings.length;) {
    const chunk = byFirst.get(findings[index]);
    if (chunk?.findings.every((finding, offset) => finding === findings[index + offset]) !== true) {
      index += 1;
      continue;
    }
    if (index > from) {
      yield { contents: null, findings: findings.slice(from, index) };
    }
    yield chunk;
    index += chunk.findings.length;
    from = index;
  }
  if (from < findings.length) {
    yield { contents: null, findings: findings.slice(from) };
  }
}
