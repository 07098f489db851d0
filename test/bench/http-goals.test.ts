import type { HttpFigures } from '../../bench/measure-http';
import { renderGoals } from '../../bench/render';
import { goalsOfHttp, renderHttp } from '../../bench/render-http';

const round = (status: number, floor = 1) => ({
  perRequest: { floor, status, metrics: 1, notModified: 1, report: 20 },
});
const every = { floor: 1, status: 1, metrics: 1, notModified: 1, report: 1 };
/** Resident megabytes at each step. */
const memoryOf = (...megabytes: readonly number[]) =>
  megabytes.map((value) => ({ residentBytes: value * 1e6, heapBytes: value * 5e5 }));

const figures: HttpFigures = {
  concurrency: 16,
  rounds: [round(1.3)],
  p99: every,
  bytes: every,
  memory: memoryOf(100, 150, 190, 195, 200),
};

function missed(changes: Partial<HttpFigures>): readonly string[] {
  return goalsOfHttp({ ...figures, ...changes })
    .filter(({ met }) => !met)
    .map(({ title, found }) => `${title}: ${found}`);
}

it('are met by what is at its limit, and by memory that grew before', () => {
  expect(missed({ memory: memoryOf(10, 20, 195, 197.5, 200) })).toEqual([]);
});

it('are missed by a status that is dearer, by the median of the rounds’ own ratios', () => {
  expect(missed({ rounds: [round(1.31)] })).toEqual(['status, of one row read: 1.31 x', expect.any(String)]);
  // Dearer on the whole, as the machine was busy: not beside its own floor.
  expect(missed({ rounds: [round(1.2), round(13, 10), round(1.2)], memory: memoryOf(9, 9, 9) })).toEqual([]);
});

it('are missed by memory that goes on growing, not by one measurement that is off', () => {
  expect(missed({})).toEqual(['memory that the second half of 100,000 requests added: 10.0 MB']);
  expect(missed({ memory: memoryOf(200, 200, 200, 200, 200, 209, 200, 200, 200) })).toEqual([]);
});

it('stand in the text with what was found', () => {
  const text = renderHttp(figures);
  expect(text).toContain('GET /api/status');
  expect(text).toMatch(/floor: .* 1\.00 /);
  expect(renderGoals(goalsOfHttp(figures))).toContain('MISSED');
});
