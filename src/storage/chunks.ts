import type { Finding, Severity, Status } from '../audit/finding';

/** Consecutive items that are stored and read together. */
export interface Chunk {
  /** Of an array with the items. */
  readonly json: string;
  readonly contents: ChunkContents;
}

/** What is known of a chunk without reading it. */
export interface ChunkContents {
  readonly count: number;
  /** Every combination that occurs in it. */
  readonly kinds: readonly FindingKind[];
}

type FindingKind = Readonly<Pick<Finding, 'status' | 'severity'>>;

/** What findings must be; an absent part leaves it open. */
export interface KindHint {
  readonly status?: Status;
  readonly severity?: Severity;
}

/** Of a chunk's JSON, in UTF-16 units; compressed it fits into one row. Twice as long ones take a tenth more memory while they are written. */
const CHUNK_UNITS = 200_000;

/**
 * Cuts items into chunks, one when it is asked for; an item that alone is longer has a chunk of its own. Items come sorted
 * by status and severity, so that a chunk holds few kinds and a filter can skip most chunks.
 */
export function* chunksOf<T>(
  items: readonly T[],
  findingOf: (item: T) => Finding,
  limit = CHUNK_UNITS,
): Generator<Chunk, void, void> {
  let texts: string[] = [];
  let kinds = new Map<string, FindingKind>();
  // The brackets; each item brings a comma.
  let length = 2;
  const chunk = (): Chunk => ({
    json: `[${texts.join(',')}]`,
    contents: { count: texts.length, kinds: [...kinds.values()] },
  });
  for (const item of items) {
    const text = JSON.stringify(item);
    if (texts.length > 0 && length + text.length + 1 > limit) {
      yield chunk();
      texts = [];
      kinds = new Map();
      length = 2;
    }
    const { status, severity } = findingOf(item);
    texts.push(text);
    kinds.set(`${status} ${severity}`, { status, severity });
    length += text.length + 1;
  }
  if (texts.length > 0) {
    yield chunk();
  }
}

/** Whether a chunk may hold findings of the kind, or a finding is of it. */
export function isOfKind(kind: FindingKind, { status = kind.status, severity = kind.severity }: KindHint): boolean {
  return kind.status === status && kind.severity === severity;
}
