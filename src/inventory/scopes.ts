import type { Workspace } from './model';
import type { CollectedScope, Scope } from './sources';

export function scopeOfWorkspace({ id, name }: Workspace): Scope {
  return { kind: 'workspace', id, name };
}

/**
 * What was read, over all scopes. The same array for the same scopes, and for the same single scope, so that checks can
 * keep an index of it from one to the next, and from workspace to workspace.
 */
export function dataOf<T>(scopes: readonly CollectedScope<T>[] | undefined): readonly T[] {
  if (scopes === undefined) {
    return [];
  }
  const known = joined.get(scopes) as readonly T[] | undefined;
  if (known !== undefined) {
    return known;
  }
  const read = scopes.flatMap(({ result }) => (result.ok ? [result.data] : []));
  const all = read.length === 1 && read[0] !== undefined ? read[0] : read.flat();
  joined.set(scopes, all);
  return all;
}

const joined = new WeakMap<readonly CollectedScope<unknown>[], readonly unknown[]>();
