import * as z from 'zod';
import type { describeException } from '../../functions/exceptions';
import { describes } from './agreement';
import { count, instant } from './fields';
import { named } from './named';

const match = z
  .object({
    fingerprint: z.exactOptional(z.string()),
    checkId: z.exactOptional(z.string()),
    subject: z.exactOptional(z.string()).describe("The subject's name, `*` for any characters."),
  })
  .describe('A finding is meant where all that is given holds of it.');

export const exception = named(
  'Exception',
  describes<ReturnType<typeof describeException>>()(
    z.object({
      id: z.string(),
      match,
      reason: z.string(),
      author: z.string(),
      createdAt: instant,
      until: instant.describe('From then on it holds no more.'),
      state: z.enum(['active', 'ended']),
      openFindings: count.describe('Findings of the latest report that it is about.'),
    }),
  ),
);

export const exceptions = named(
  'Exceptions',
  z.object({
    count,
    exceptions: z.array(exception).describe('Those in force first.'),
    toAdd: z
      .object({
        method: z.literal('POST'),
        url: z.string(),
        body: z.object({
          match: z.object({ fingerprint: z.string() }),
          reason: z.string(),
          author: z.string(),
          days: z.int(),
        }),
      })
      .describe('How to add one.'),
  }),
);
