/** What a scenario says of the runs of a workspace's pipelines and triggers. `${symbol}`s in messages become GUIDs. */
import * as z from 'zod';

type Moment = z.ZodType<string, string>;

const status = z.enum(['Succeeded', 'Failed', 'Cancelled', 'InProgress']).default('Failed');

/** Members of a workspace. */
export const runs = (moment: Moment) => ({
  pipelineRuns: z
    .array(
      z.strictObject({
        pipeline: z.string(),
        ended: moment,
        status,
        /** A trigger's name, or `Manual`. */
        invokedBy: z.string().default('Manual'),
        /** Of the run. Default: made from what its failed activity says. */
        message: z.string().optional(),
        /** `null`: Azure remembers the run, and not what ran in it. */
        activities: z
          .array(
            z.strictObject({
              name: z.string(),
              type: z.string().default('Copy'),
              status,
              errorCode: z.string().default('2200'),
              failureType: z.enum(['UserError', 'SystemError', '']).default('UserError'),
              message: z.string().default(''),
            }),
          )
          .nullable()
          .default([]),
      }),
    )
    .default([]),
  triggerRuns: z
    .array(z.strictObject({ trigger: z.string(), at: moment, status, message: z.string().default('') }))
    .default([]),
});
