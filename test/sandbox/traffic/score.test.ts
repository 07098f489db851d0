import type { Plant } from '../../../sandbox/traffic/plant';
import { blindSpotsFound, scoreFindings } from '../../../sandbox/traffic/score';
import type { Finding } from '../../../src/audit/finding';

const plant = (name: string, change: Partial<Plant> = {}): Plant => ({
  name,
  kind: 'attack',
  checkIds: ['burst'],
  mayAlsoFind: [],
  keys: [`key-of-${name}`],
  from: new Date(0),
  to: new Date(0),
  ...change,
});
const finding = (key: string, change: Partial<Finding> = {}) =>
  ({ status: 'fail', checkId: 'burst', fingerprint: key, subject: { id: key }, evidence: {}, ...change }) as Finding;
const scoreOf = (plants: readonly Plant[], findings: readonly Finding[]) =>
  scoreFindings(['burst'], plants, findings)[0]!;

test('an attack is found where a finding of its check names one of its keys, in whatever case', () => {
  expect(scoreOf([plant('a')], [finding('x', { evidence: { who: 'KEY-of-a' } })])).toMatchObject({
    planted: 1,
    found: 1,
    missed: [],
    falseAlarms: [],
    precision: 1,
    recall: 1,
  });
});

test('one that nobody names is missed', () => {
  const score = scoreOf([plant('a'), plant('b')], [finding('key-of-a')]);
  expect(score).toMatchObject({ planted: 2, found: 1, recall: 0.5, precision: 1 });
  expect(score.missed.map(({ name }) => name)).toEqual(['b']);
});

test('passes, and findings of other checks, find nothing', () => {
  const others = [finding('key-of-a', { status: 'pass' }), finding('key-of-a', { checkId: 'spray' })];
  expect(scoreOf([plant('a')], others)).toMatchObject({ found: 0, falseAlarms: [], precision: 1, recall: 0 });
});

test('what nothing explains is a false alarm, once however often it is told, with the look-alike it is about', () => {
  const lookAlike = plant('office', { kind: 'lookAlike' });
  const score = scoreOf(
    [plant('a'), lookAlike],
    [finding('key-of-a'), finding('key-of-office'), finding('key-of-office'), finding('z')],
  );
  expect(score.falseAlarms.map((alarm) => alarm.lookAlike?.name)).toEqual(['office', undefined]);
  expect(score.precision).toBeCloseTo(1 / 3);
});

test.each(['attack', 'lookAlike'] as const)('what a check may also find of an %s is no false alarm', (kind) => {
  const other = plant('b', { kind, checkIds: ['spray'], mayAlsoFind: ['burst'] });
  expect(scoreOf([other], [finding('key-of-b')])).toMatchObject({
    planted: 0,
    falseAlarms: [],
    precision: 1,
    recall: 1,
  });
});

test('an attack that nobody expects to be found counts for nothing, and is told where it is found', () => {
  const spots = [plant('a', { kind: 'blindSpot' }), plant('b', { kind: 'blindSpot' })];
  expect(scoreOf(spots, [finding('key-of-a')])).toMatchObject({ planted: 0, falseAlarms: [], recall: 1 });
  const told = [finding('key-of-a'), finding('key-of-b', { status: 'pass' })];
  expect(blindSpotsFound(spots, told).map(({ name }) => name)).toEqual(['a']);
});
