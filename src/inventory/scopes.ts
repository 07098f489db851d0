import type { Workspace } from './model';
import type { CollectedScope, Scope } from './sources';

export function scopeOfWorkspace({ id, name }: Workspace): Scope {
  return { kind: 'workspace', id, name };
}

/**
 * What was read, over all scopes. The same array for the same single scope, so that a check can keep an index of it from
 * workspace to workspace.
 */
export function dataOf<T>(scopes: readonly CollectedScope<T>[] | undefined): readonly T[] {
  const read = (scopes ?? []).flatMap(({ result }) => (result.ok ? [result.data] : []));
  return read.length === 1 && read[0] !== undefined ? read[0] : read.flat();
}
