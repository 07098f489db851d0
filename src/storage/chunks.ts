import type { Finding, Severity, Status } from '../audit/finding';

/** Consecutive items that are stored and read together. */
export interface Chunk {
  /** Of an array with the items, in UTF-8. */
  readonly json: Uint8Array;
  readonly contents: ChunkContents;
  /** Says that `json` is not read any more: its memory takes a later chunk. Not to say so costs memory, nothing else. */
  readonly release: () => void;
}

/** What is known of a chunk without reading it. */
export interface ChunkContents {
  readonly count: number;
  /** Every combination that occurs in it. */
  readonly kinds: readonly FindingKind[];
}

type FindingKind = Readonly<Pick<Finding, 'status' | 'severity'>>;

/** What findings must be, one of each; a part that is absent or empty leaves it open. */
export interface KindHint {
  readonly status?: readonly Status[];
  readonly severity?: readonly Severity[];
}

/** Chunks read or written at a time: 400 kB each before they are compressed. */
export const CHUNKS_IN_PARALLEL = 4;

/** Of a chunk’s JSON; compressed it fits into one row. Half as long ones take half as long again to write. */
export const CHUNK_BYTES = 400_000;

/** A UTF-16 unit takes at most so many in UTF-8. */
const UNIT_BYTES = 3;

const [OPEN, COMMA, CLOSE] = ['[', ',', ']'].map((character) => character.charCodeAt(0)) as [number, number, number];

/**
 * Cuts items into chunks, one when it is asked for; an item that alone is longer has a chunk of its own. Items come sorted
 * by status and severity, so that a chunk holds few kinds and a filter can skip most chunks.
 */
export function* chunksOf<T>(
  items: readonly T[],
  findingOf: (item: T) => Finding,
  limit = CHUNK_BYTES,
): Generator<Chunk, void, void> {
  // Texts go into bytes at once: joined ones would be the most that a run leaves to be collected, and next to them fresh
  // memory for each chunk.
  const free: Buffer<ArrayBuffer>[] = [];
  let bytes = Buffer.alloc(0);
  let used = 0;
  let count = 0;
  let kinds = new Map<string, FindingKind>();
  const chunk = (): Chunk => {
    const own = bytes;
    own[used] = CLOSE;
    return {
      json: own.subarray(0, used + 1),
      contents: { count, kinds: [...kinds.values()] },
      release: () => {
        free.push(own);
      },
    };
  };
  const room = (): number => limit - used - 2;
  for (const { text, own } of textsOf(items, room)) {
    if (count > 0 && !fits(text, room())) {
      yield chunk();
      count = 0;
      used = 0;
    }
    if (count === 0) {
      const wanted = Math.max(limit, text.length * UNIT_BYTES + 2);
      const last = free.pop();
      bytes = last !== undefined && last.length >= wanted ? last : Buffer.allocUnsafeSlow(wanted);
      kinds = new Map();
    }
    bytes[used] = count === 0 ? OPEN : COMMA;
    used += 1 + bytes.write(text, used + 1);
    count += own.length;
    for (const item of own) {
      const { status, severity } = findingOf(item);
      kinds.set(`${status} ${severity}`, { status, severity });
    }
  }
  if (count > 0) {
    yield chunk();
  }
}

/** Items that are turned into text together, which takes a third less than one by one. */
const BATCH = 16;

/** JSON of the items without brackets: of many together where they fit into the room that is left then, else of each. */
function* textsOf<T>(items: readonly T[], room: () => number) {
  for (let from = 0; from < items.length; from += BATCH) {
    const some = items.slice(from, from + BATCH);
    const text = JSON.stringify(some).slice(1, -1);
    if (fits(text, room())) {
      yield { text, own: some };
    } else {
      yield* some.map((item) => ({ text: JSON.stringify(item), own: [item] }));
    }
  }
}

/** Counting takes as long as writing, and only the last item of a chunk is in doubt. */
function fits(text: string, room: number): boolean {
  return text.length * UNIT_BYTES <= room || Buffer.byteLength(text) <= room;
}

/** Whether a chunk may hold findings of the kind, or a finding is of it. */
export function isOfKind(kind: FindingKind, { status = [], severity = [] }: KindHint): boolean {
  return isIn(status, kind.status) && isIn(severity, kind.severity);
}

function isIn<T>(wanted: readonly T[], value: T): boolean {
  return wanted.length === 0 || wanted.includes(value);
}
