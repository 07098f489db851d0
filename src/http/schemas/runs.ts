/** Runs that have no report (yet), and the request for one. */
import * as z from 'zod';
import type { RunSummary } from '../../audit/overview';
import type { describeHistory } from '../../functions/reports';
import type { RunRecord } from '../../storage/runs';
import { describes } from './agreement';
import { changes, instant, nextExpiry, runId, runOutline, severities } from './fields';
import { named } from './named';

const summary = named(
  'RunSummary',
  describes<RunSummary>()(
    z.object({
      ...runOutline,
      severities,
      changes,
      nextExpiry,
    }),
  ),
);

export const run = named(
  'Run',
  describes<RunRecord>()(
    z.object({
      runId,
      trigger: z.enum(['schedule', 'request']),
      audit: z.exactOptional(z.enum(['full', 'signIns'])).describe('What it set out to audit.'),
      state: z.enum(['requested', 'running', 'finished', 'failed']),
      requestedAt: z.exactOptional(instant),
      startedAt: z.exactOptional(instant),
      expiresAt: z.exactOptional(instant).describe('From then on one that is running counts as stopped.'),
      finishedAt: z.exactOptional(instant),
      message: z.exactOptional(z.string()).describe('Why it failed.'),
      sequence: z.exactOptional(z.int()),
      summary: z.exactOptional(summary),
    }),
  ),
);

export const acceptedRun = named(
  'AcceptedRun',
  z.object({ runId, state: z.literal('requested'), location: z.string().describe('Where its report will be.') }),
);

export const history = named(
  'History',
  describes<ReturnType<typeof describeHistory>>()(
    z.object({
      reports: z
        .array(
          z.object({
            runId,
            state: z.enum(['running', 'finished', 'failed']),
            audit: z.enum(['full', 'signIns']).nullable().describe('What it set out to audit.'),
            trigger: z.enum(['schedule', 'request']),
            startedAt: instant,
            finishedAt: instant.nullable(),
            message: z.string().nullable().describe('Why it failed.'),
            summary: summary.nullable().describe('Of its report; null where it left none.'),
            location: z.string(),
          }),
        )
        .describe('Runs that started, the newest first; may be fewer than were asked for although there are more.'),
      continuationToken: z.exactOptional(z.string()).describe('For the next page; absent on the last one.'),
    }),
  ),
);
