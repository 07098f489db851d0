/** How a period is asked for: whole, or in halves where it has too many rows. */
import type { LogAnalytics } from '../../src/inventory/azure/logs';
import { MOST_ROWS, readLogRows } from '../../src/inventory/collectors/read-log-rows';
import type { Period } from '../../src/inventory/model';

const HOUR = 3_600_000;
const QUERY = 'let From = now();\nlet To = now();\nlet MostRows = 1;\nlet Names = dynamic([]);\nT';

/** Answers with so many rows an hour, and keeps what it was asked for. */
function service(rowsAt: (hour: Date) => number) {
  const asked: string[] = [];
  const texts: string[] = [];
  const query: LogAnalytics['query'] = (_, text, within) => {
    const { from, to } = within as Period;
    asked.push(`${from.toISOString().slice(5, 16)}..${to.toISOString().slice(5, 23)}`);
    texts.push(text);
    const hours: Date[] = [];
    for (let time = from.getTime(); time < to.getTime(); time += HOUR) hours.push(new Date(time));
    const rows = hours.flatMap((hour) => Array.from({ length: rowsAt(hour) }, () => ({ hour: hour.toISOString() })));
    return Promise.resolve(rows.slice(0, MOST_ROWS + 1));
  };
  return { logs: { query }, asked, texts };
}

const period = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-01T03:59:59.999Z') };
const read = ({ logs }: { logs: LogAnalytics }, change: Partial<Parameters<typeof readLogRows>[2]> = {}) =>
  readLogRows(logs, 'guid', { query: QUERY, filters: [{}], period, stepMs: HOUR, ...change });

it('asks once where there are not too many', async () => {
  const logs = service(() => MOST_ROWS / 4);
  expect(await read(logs)).toHaveLength(MOST_ROWS);
  expect(logs.asked).toEqual(['03-01T00:00..03-01T04:00:00.000']);
});

it('asks for halves where there is one row more, at full hours, and misses none', async () => {
  const logs = service((hour) => (hour.getUTCHours() === 0 ? MOST_ROWS : 1));
  expect(await read(logs)).toHaveLength(MOST_ROWS + 3);
  expect(logs.asked).toEqual([
    '03-01T00:00..03-01T04:00:00.000',
    '03-01T00:00..03-01T02:00:00.000',
    '03-01T00:00..03-01T01:00:00.000',
    '03-01T01:00..03-01T02:00:00.000',
    '03-01T02:00..03-01T04:00:00.000',
  ]);
});

it('goes down to an hour, however the period lies', async () => {
  const logs = service(() => MOST_ROWS);
  const odd = { from: new Date('2026-03-01T00:20:00Z'), to: new Date('2026-03-01T02:10:00Z') };
  expect(await read(logs, { period: odd })).toHaveLength(3 * MOST_ROWS);
  expect(logs.asked).toEqual([
    '03-01T00:00..03-01T02:10:00.001',
    '03-01T00:00..03-01T01:00:00.000',
    '03-01T01:00..03-01T02:10:00.001',
    '03-01T01:00..03-01T02:00:00.000',
    '03-01T02:00..03-01T02:10:00.001',
  ]);
});

it('says where an hour has too many', async () => {
  const logs = service((hour) => (hour.getUTCHours() === 2 ? MOST_ROWS + 1 : 0));
  await expect(read(logs)).rejects.toMatchObject({
    because: 'truncated',
    message: expect.stringContaining(
      'more than 50000 rows from 2026-03-01T02:00:00.000Z to 2026-03-01T03:00:00.000Z',
    ) as string,
  });
});

it('halves days where rows stand for days', async () => {
  const logs = service(() => MOST_ROWS / 40);
  const days = { from: new Date('2026-02-27T05:00:00Z'), to: new Date('2026-03-01T02:00:00Z') };
  await read(logs, { period: days, stepMs: 24 * HOUR });
  expect(logs.asked).toEqual([
    '02-27T00:00..03-01T02:00:00.001',
    '02-27T00:00..02-28T00:00:00.000',
    '02-28T00:00..03-01T02:00:00.001',
  ]);
});

it('asks with each filter, and tells the query its period and how many rows to bring', async () => {
  const logs = service(() => 1);
  expect(await read(logs, { filters: [{ Names: ['a'] }, { Names: ['b'] }] })).toHaveLength(8);
  expect(logs.texts).toEqual(
    ['a', 'b'].map(
      (name) =>
        `let From = datetime(2026-03-01T00:00:00.000Z);\nlet To = datetime(2026-03-01T04:00:00.000Z);\nlet MostRows = 50000;\nlet Names = dynamic(["${name}"]);\nT`,
    ),
  );
});

it('asks nothing without a filter', async () => {
  const logs = service(() => 1);
  expect(await read(logs, { filters: [] })).toEqual([]);
  expect(logs.asked).toEqual([]);
});
