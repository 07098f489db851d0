import * as z from 'zod';
import type { describeStatus } from '../../functions/status';
import { describes } from './agreement';
import { count, instant, nextExpiry, overall, runId, severities, totals } from './fields';
import { named } from './named';

const age = z.number().nullable().describe('With one decimal; null: never.');

export const status = named(
  'Status',
  describes<ReturnType<typeof describeStatus>>()(
    z.object({
      healthy: z.boolean(),
      reasons: z.array(z.string()).describe('Why it is not; empty where it is.'),
      overall: overall.nullable().describe('Of the latest report; null: there is none.'),
      ageHours: age,
      stale: z.boolean().describe('The last full audit is too old.'),
      signIns: z.object({ readAt: instant.nullable(), ageHours: age, stale: z.boolean() }),
      totals: totals.nullable(),
      severities: severities.nullable(),
      nextExpiry,
      runId: z.string().nullable(),
      finishedAt: instant.nullable(),
      lastRun: z
        .object({ runId, state: z.enum(['requested', 'running', 'finished', 'failed']) })
        .nullable()
        .describe('The newest run that started.'),
      mails: z.union([
        z.literal('off'),
        z.object({
          pending: count,
          sending: count,
          sent: count,
          failed: count,
          failing: z
            .object({
              alerts: count,
              reason: z.string(),
              problem: z.enum(['throttled', 'unavailable', 'configuration', 'refused', 'recipients']).nullable(),
              next: z.string().describe('What becomes of them.'),
            })
            .nullable(),
        }),
      ]),
    }),
  ),
);
