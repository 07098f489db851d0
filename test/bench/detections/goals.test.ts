import type { DetectionFigures } from '../../../bench/measure-detections';
import type { DetectionScore } from '../../../bench/processes/detect';
import { goalsOfDetections, renderDetections } from '../../../bench/render-detections';

const score = (change: Partial<DetectionScore> = {}): DetectionScore => ({
  checkId: 'password-spray',
  planted: 3,
  found: 3,
  missed: [],
  falseAlarms: [],
  precision: 1,
  recall: 1,
  ...change,
});
const judged = (rows: number, milliseconds: number, megabytes: number) => ({
  rows,
  checks: [{ milliseconds, peakMemoryBytes: megabytes * 1e6, count: 7 }],
  floor: [{ milliseconds: 1, peakMemoryBytes: 1e6, count: rows }],
});

function figures(scores: readonly DetectionScore[], half = 1000, one = 2000, megabytes = 200): DetectionFigures {
  return {
    month: {
      scores,
      lookAlikes: 13,
      blindSpots: [
        { name: 'slow password spray', found: false },
        { name: 'neighbour', found: true },
      ],
      audits: 16,
      rows: 1234,
      readMilliseconds: 5,
      judgeMilliseconds: 6,
    },
    loggedRows: 199_614,
    judged: [judged(50_000, half, 100), judged(100_000, one, megabytes)],
  };
}

const missed = (...given: Parameters<typeof figures>) =>
  goalsOfDetections(figures(...given))
    .filter(({ met }) => !met)
    .map(({ title, found }) => `${title}: ${found}`);

it('are met at their limits', () => {
  expect(missed([score()])).toEqual([]);
});

it('are missed by one attack that was not found, and by one false alarm', () => {
  const alarm = { message: 'Somebody tried.', lookAlike: 'interrupts' };
  expect(missed([score(), score({ found: 2 }), score({ falseAlarms: [alarm] })])).toEqual([
    'attacks of the month that were missed: 1',
    'false alarms of the month: 1',
  ]);
});

it('are missed past the limits of time, memory and growth', () => {
  expect(missed([score()], 1000, 3001, 201)).toEqual([
    'judging 100,000 rows: 3001 ms',
    'peak memory with 100,000 rows: 201 MB',
    'twice the rows: 3.00 x',
  ]);
});

it('are shown with what was missed, and with what fell for what', () => {
  const falseAlarms = [
    { message: 'Somebody tried.', lookAlike: 'interrupts' },
    { message: 'Somebody came.', lookAlike: undefined },
  ];
  const text = renderDetections(figures([score({ found: 2, missed: ['password spray 2'], falseAlarms })]));
  expect(text).toContain('Detections in a month of 199,614 log rows, 13 look-alikes among them');
  expect(text).toMatch(/password-spray +3 +2 +2 +1\.00 +1\.00/);
  expect(text).toContain('password-spray missed: password spray 2');
  expect(text).toContain('password-spray fell for interrupts: Somebody tried.');
  expect(text).toContain('password-spray fell for ordinary traffic: Somebody came.');
  expect(text).toContain('blind spots: slow password spray (not found); neighbour (found)');
  expect(text).toMatch(/100,000 +2000 +1\.0 +200 +1 +7$/m);
});
