/** Runs that have no report (yet), and the request for one. */
import * as z from 'zod';
import type { RunRecord } from '../../storage/runs';
import { describes } from './agreement';
import { instant, runId } from './fields';
import { named } from './named';

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
    }),
  ),
);

export const acceptedRun = named(
  'AcceptedRun',
  z.object({ runId, state: z.literal('requested'), location: z.string().describe('Where its report will be.') }),
);
