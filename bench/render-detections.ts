/** The figures of detections as text, and their goals. */
import { JUDGED_ROWS, type DetectionFigures, type JudgedRows } from './measure-detections';
import { median } from './median';
import { goal, sum, table, type Goal } from './render';

const GOAL_ROWS = JUDGED_ROWS[1];
const MOST_MILLISECONDS = 2000;
const MOST_MEGABYTES = 200;
/** What twice the rows may cost beyond twice the time, for the noise of a short measurement. */
const MOST_GROWTH = 3;

export function goalsOfDetections({ month: { scores }, judged }: DetectionFigures): readonly Goal[] {
  const missed = sum(scores.map(({ planted, found }) => planted - found));
  const alarms = sum(scores.map(({ falseAlarms }) => falseAlarms.length));
  const whole = (value: number) => String(value);
  const [half, one] = judged;
  const milliseconds = (figures: JudgedRows | undefined) => timeOf(figures?.checks ?? []);
  const memory = Math.max(...(one?.checks ?? []).map(({ peakMemoryBytes }) => peakMemoryBytes)) / 1e6;
  return [
    goal('attacks of the month that were missed', missed, 0, whole),
    goal('false alarms of the month', alarms, 0, whole),
    goal(`judging ${text(GOAL_ROWS)} rows`, milliseconds(one), MOST_MILLISECONDS, (value) => `${value.toFixed(0)} ms`),
    goal(`peak memory with ${text(GOAL_ROWS)} rows`, memory, MOST_MEGABYTES, (value) => `${value.toFixed(0)} MB`),
    goal('twice the rows', milliseconds(one) / milliseconds(half), MOST_GROWTH, (value) => `${value.toFixed(2)} x`),
  ];
}

export function renderDetections({ month, loggedRows, judged }: DetectionFigures): string {
  const { scores, audits, rows, readMilliseconds, judgeMilliseconds, lookAlikes, blindSpots } = month;
  return [
    `Detections in a month of ${text(loggedRows)} log rows, ${lookAlikes} look-alikes among them`,
    table(
      ['', 'planted', 'found', 'false alarms', 'precision', 'recall'],
      scores.map(({ checkId, planted, found, falseAlarms, precision, recall }) => [
        checkId,
        String(planted),
        String(found),
        String(falseAlarms.length),
        precision.toFixed(2),
        recall.toFixed(2),
      ]),
    ),
    ...scores.flatMap(({ checkId, missed, falseAlarms }) => [
      ...missed.map((name) => `  ${checkId} missed: ${name}`),
      ...falseAlarms.map(
        ({ message, lookAlike }) => `  ${checkId} fell for ${lookAlike ?? 'ordinary traffic'}: ${message}`,
      ),
    ]),
    `  blind spots: ${blindSpots.map(({ name, found }) => `${name} (${found ? 'found' : 'not found'})`).join('; ')}`,
    `${audits} audits judged ${text(rows)} rows: reading ${readMilliseconds.toFixed(0)} ms, judging ${judgeMilliseconds.toFixed(0)} ms`,
    '',
    'Judging aggregated rows with all of these checks, medians of fresh processes',
    table(
      ['rows', 'wall ms', 'floor ms', 'peak MB', 'floor MB', 'verdicts'],
      judged.map(({ rows: count, checks, floor }) => [
        text(count),
        timeOf(checks).toFixed(0),
        timeOf(floor).toFixed(1),
        memoryOf(checks),
        memoryOf(floor),
        text(checks[0]?.count),
      ]),
    ),
  ].join('\n');
}

function timeOf(samples: readonly { readonly milliseconds: number }[]): number {
  return median(samples.map(({ milliseconds }) => milliseconds));
}

function memoryOf(samples: readonly { readonly peakMemoryBytes: number }[]): string {
  return (median(samples.map(({ peakMemoryBytes }) => peakMemoryBytes)) / 1e6).toFixed(0);
}

function text(count: number | undefined): string {
  return (count ?? 0).toLocaleString('en');
}
