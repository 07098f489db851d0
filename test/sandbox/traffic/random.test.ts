import { createChance } from '../../../sandbox/traffic/random';

const drawn = (seed: number, name: string) => {
  const chance = createChance(seed, name);
  return Array.from({ length: 50 }, () => chance.below(1000));
};

test('chance is the same for the same seed and name, and another for others', () => {
  expect(drawn(1, 'a')).toEqual(drawn(1, 'a'));
  expect(drawn(1, 'a')).not.toEqual(drawn(1, 'b'));
  expect(drawn(1, 'a')).not.toEqual(drawn(2, 'a'));
});

test('both ends are reached and nothing beyond them', () => {
  const chance = createChance(1, 'ends');
  const some = Array.from({ length: 300 }, () => chance.between(3, 5));
  expect([...new Set(some)].sort()).toEqual([3, 4, 5]);
  expect(new Set(Array.from({ length: 300 }, () => chance.below(2)))).toEqual(new Set([0, 1]));
});

test('a share of 0 never happens and one of 1 always', () => {
  const chance = createChance(1, 'shares');
  const times = Array.from({ length: 100 });
  expect(times.filter(() => chance.happens(0))).toHaveLength(0);
  expect(times.filter(() => chance.happens(1))).toHaveLength(100);
});

test('ids are GUIDs, and all different', () => {
  const chance = createChance(1, 'ids');
  const ids = Array.from({ length: 1000 }, () => chance.guid());
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('nothing cannot be picked from', () => {
  expect(() => createChance(1, 'nobody').pick([])).toThrow('There is nothing to pick from for nobody.');
});
