/** RFC 9457, and what is added to it. */
import * as z from 'zod';
import { named } from './named';
import { run } from './runs';

export const problem = named(
  'Problem',
  z.object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    parameter: z.string().optional().describe('The query parameter, header or field at fault.'),
    allowed: z.array(z.string()).optional().describe('What it takes.'),
    limitBytes: z.int().optional().describe('Of a body.'),
    run: run.optional().describe('The run that left no report.'),
    runId: z.string().optional().describe('The run that is under way.'),
    id: z.string().optional(),
    state: z.string().optional(),
  }),
);
