import { scopeById } from '../../src/audit/lookup';
import type { CollectedScope } from '../../src/inventory/sources';

const read = (id: string, data: readonly number[]): CollectedScope<number> => ({
  scope: { kind: 'vault', id, name: id },
  result: { ok: true, data },
});

describe('a scope', () => {
  const scopes = [read('a', [1]), read('b', [2]), read('a', [3])];

  it('is found by its id, of two with the same the first', () => {
    expect(scopeById(scopes, 'b')).toBe(scopes[1]);
    expect(scopeById(scopes, 'a')).toBe(scopes[0]);
  });

  it('is not found where there is none of that id', () => {
    expect(scopeById(scopes, 'c')).toBeUndefined();
    expect(scopeById([], 'a')).toBeUndefined();
  });

  it('is not found in a source that was not read', () => {
    expect(scopeById(undefined, 'a')).toBeUndefined();
  });

  it('of one list is not mistaken for that of another', () => {
    const others = [read('a', [4])];
    expect(scopeById(scopes, 'a')).toBe(scopes[0]);
    expect(scopeById(others, 'a')).toBe(others[0]);
  });
});
