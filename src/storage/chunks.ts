import type { Finding, Severity, Status } from '../audit/finding';
import { toAsciiJson } from './ascii-json';
import { ROW_UNITS } from './documents';

/** Consecutive items that are stored and read together. */
export interface Chunk<T> {
  readonly items: readonly T[];
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

/**
 * Cuts items into chunks whose JSON fits into one row; an item that alone is larger has a chunk of its own. Items come
 * sorted by status and severity, so that a chunk holds few kinds and a filter can skip most chunks.
 */
export function chunksOf<T>(
  items: readonly T[],
  findingOf: (item: T) => Finding,
  limit = ROW_UNITS,
): readonly Chunk<T>[] {
  const chunks: Chunk<T>[] = [];
  let start = 0;
  // The brackets; each item brings a comma.
  let length = 2;
  for (const [index, item] of items.entries()) {
    const itemLength = toAsciiJson(item).length + 1;
    if (index > start && length + itemLength > limit) {
      chunks.push(chunk(items.slice(start, index), findingOf));
      start = index;
      length = 2;
    }
    length += itemLength;
  }
  return start < items.length ? [...chunks, chunk(items.slice(start), findingOf)] : chunks;
}

/** Whether a chunk may hold findings of the kind, or a finding is of it. */
export function isOfKind(kind: FindingKind, { status = kind.status, severity = kind.severity }: KindHint): boolean {
  return kind.status === status && kind.severity === severity;
}

function chunk<T>(items: readonly T[], findingOf: (item: T) => Finding): Chunk<T> {
  const kinds = new Map(
    items.map(findingOf).map(({ status, severity }) => [`${status} ${severity}`, { status, severity }]),
  );
  return { items, contents: { count: items.length, kinds: [...kinds.values()] } };
}
