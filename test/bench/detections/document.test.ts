import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SIGN_IN_CHECKS } from '../../../bench/detections/audit-traffic';
import { BLIND_SPOTS } from '../../../sandbox/traffic/blind-spots';

const lines = readFileSync(join(__dirname, '../../../docs/detections.md'), 'utf8').split('\n');

describe('docs/detections.md', () => {
  test.each(SIGN_IN_CHECKS.map((check) => [check.id, check] as const))(
    'has figures of %s, and its rule with its techniques',
    (id, { techniques = [] }) => {
      const [figures, rule, ...more] = lines.filter((line) => line.startsWith(`| ${id} `));
      expect(figures).toMatch(/\| +\d+ \| +\d+ \| +\d+ \| +\d\.\d\d \| +\d\.\d\d \|$/);
      expect([...(rule ?? '').matchAll(/\[(T[\d.]+)\]/g)].map(([, technique]) => technique)).toEqual([...techniques]);
      expect(more).toEqual([]);
    },
  );

  test('names every blind spot that is planted', () => {
    const listed = lines.slice(lines.indexOf('## Blind spots')).filter((line) => line.startsWith('- **'));
    expect(listed.length).toBeGreaterThanOrEqual(Object.keys(BLIND_SPOTS).length);
  });
});
