/** The figures of the HTTP functions as text, and their goals. */
import { STATUS_REQUESTS, TARGETS, type Asked, type HttpFigures } from './measure-http';
import { median } from './median';
import { goal, table, type Goal } from './render';

const MOST_STATUS_RATIO = 1.3;
const MOST_GROWTH_MEGABYTES = 5;

export function goalsOfHttp(figures: HttpFigures): readonly Goal[] {
  return [
    goal('status, of one row read', ratioOf(figures, 'status'), MOST_STATUS_RATIO, (value) => `${value.toFixed(2)} x`),
    goal(
      `memory that the second half of ${STATUS_REQUESTS.toLocaleString('en')} requests added`,
      growthOf(figures),
      MOST_GROWTH_MEGABYTES,
      (value) => `${value.toFixed(1)} MB`,
    ),
  ];
}

export function renderHttp(figures: HttpFigures): string {
  const { rounds, p99, bytes, memory, concurrency } = figures;
  const megabytes = (value: number) => (value / 1e6).toFixed(0);
  const steps = memory.filter((_, index) => index % 5 === 0);
  return [
    `HTTP functions in one host, ${concurrency} requests at a time, medians of ${rounds.length} rounds`,
    table(
      ['', 'ms a request', 'of the floor', 'requests a second', 'p99 ms', 'bytes'],
      (Object.keys(TARGETS) as readonly Asked[]).map((asked) => {
        const milliseconds = median(rounds.map(({ perRequest }) => perRequest[asked]));
        return [
          TARGETS[asked],
          milliseconds.toFixed(2),
          ratioOf(figures, asked).toFixed(2),
          (1000 / milliseconds).toFixed(0),
          p99[asked].toFixed(1),
          String(bytes[asked]),
        ];
      }),
    ),
    '',
    `Memory of the host while the status is asked for, garbage collected`,
    table(
      ['requests', ...steps.map((_, index) => String((index * STATUS_REQUESTS) / (steps.length - 1)))],
      [
        ['resident MB', ...steps.map(({ residentBytes }) => megabytes(residentBytes))],
        ['heap MB', ...steps.map(({ heapBytes }) => (heapBytes / 1e6).toFixed(1))],
      ],
    ),
  ].join('\n');
}

/** The median of the rounds' own ratios, as the machine differs from round to round. */
function ratioOf({ rounds }: HttpFigures, asked: Asked): number {
  return median(rounds.map(({ perRequest }) => perRequest[asked] / perRequest.floor));
}

/**
 * In megabytes resident. The slope is the median of those between any two measurements (Theil and Sen's), as a single one
 * may be off by some megabytes whatever was collected before.
 */
function growthOf({ memory }: HttpFigures): number {
  const half = memory.slice(Math.floor(memory.length / 2)).map(({ residentBytes }) => residentBytes / 1e6);
  const slopes = half.flatMap((from, index) => half.slice(index + 1).map((to, steps) => (to - from) / (steps + 1)));
  return median(slopes) * (half.length - 1);
}
