import { isRunId, newRunId } from '../../src/audit/run-id';

const now = new Date('2026-03-01T02:03:04.567Z');

test('a run id begins with the time, to the second', () => {
  expect(newRunId(now)).toMatch(/^20260301T020304Z-[0-9a-f]{8}$/);
});

test('two runs of one moment have two ids', () => {
  expect(newRunId(now)).not.toBe(newRunId(now));
});

test('a run id is known as one', () => {
  expect(isRunId(newRunId(now))).toBe(true);
  expect(isRunId('20260301T020304Z-0a1b2c3d')).toBe(true);
});

test.each([
  '',
  'x20260301T020304Z-0a1b2c3d',
  '20260301T020304Z-0a1b2c3dx',
  '20260301T020304Z-0a1b2c3',
  '20260301T020304Z-0A1B2C3D',
  '2026031T020304Z-0a1b2c3d',
  '20260301T02034Z-0a1b2c3d',
  '20260301T020304Z-0a1b2c3d\n',
  "20260301T020304Z-0a1b2c3d' or '1",
])('%j is none', (text) => {
  expect(isRunId(text)).toBe(false);
});
