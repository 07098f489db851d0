import * as z from 'zod';
import { DIFF_KINDS } from '../../audit/diff';
import type { describeDiff } from '../../functions/report-diff';
import { describes } from './agreement';
import { count, runOutline, severity } from './fields';
import { named } from './named';
import { storedFinding } from './report';

const side = z.object(runOutline);

const kind = z
  .enum(DIFF_KINDS)
  .describe(
    '`unconfirmed`: failed before and could not be looked at after; `revealed`: the other way round; `blinded`, `regained`: did not fail, and can (not) be looked at any more.',
  );

export const diff = named(
  'Diff',
  describes<Awaited<ReturnType<typeof describeDiff>>>()(
    z.object({
      schemaVersion: z.literal(1),
      from: side,
      to: side,
      counts: z.record(kind, count).describe('Of all changes, whichever are asked for.'),
      changes: z
        .array(
          z.object({
            kind,
            severityBefore: severity.nullable().describe('null: it did not fail.'),
            severityAfter: severity.nullable().describe('null: it does not fail.'),
            finding: storedFinding,
          }),
        )
        .describe('A page of them, by kind, then the most urgent first; with the finding as the later report has it.'),
      continuationToken: z.exactOptional(z.string()).describe('For the next page; absent on the last one.'),
    }),
  ),
);
