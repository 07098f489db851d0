/** Rows of logs as a scenario describes them, one by one or as many of a kind. */
import * as z from 'zod';
import { isMoment, momentAfter } from './moment';

/**
 * Members are columns: a moment such as "-2h" in a column of dates, anything JSON elsewhere. What a row leaves out is
 * empty, but `TimeGenerated` is a minute ago and a sign-in has an id.
 */
const cells = z.record(z.string(), z.unknown());

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** The same row so often, at equal distances of time: `TimeGenerated` is that of the first. */
const repeated = z
  .strictObject({
    repeat: z.number().int().min(1).max(100_000),
    every: z.string().regex(/^\d+[smh]$/, { error: 'a distance in time such as "40s", "10m" or "1h"' }),
    row: cells.refine(({ TimeGenerated: first }) => typeof first === 'string' && isMoment(first), {
      error: 'a row with the TimeGenerated of the first',
    }),
  })
  .transform(({ repeat, every, row }) => {
    const distance = Number(every.slice(0, -1)) * UNITS[every.slice(-1) as keyof typeof UNITS];
    const first = String(row['TimeGenerated']);
    return Array.from({ length: repeat }, (_, index) => ({
      ...row,
      TimeGenerated: momentAfter(first, index * distance),
    }));
  });

/** A row with a member `repeat` is one of many: no table has a column of that name. */
const described = z.record(z.string(), z.unknown()).transform((row, context): z.output<typeof cells>[] => {
  if (!('repeat' in row)) return [row];
  const parsed = repeated.safeParse(row);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.addIssue({ ...issue, code: 'custom', message: issue.message });
  return z.NEVER;
});

export const logRows = z.array(described).transform((rows) => rows.flat());
