import * as z from 'zod';
import type { RestClient } from '../azure/rest-client';
import { listOfWorkspace } from '../azure/workspace-list';
import type { Trigger, Workspace } from '../model';

const started = z.object({ pipelineReference: z.object({ referenceName: z.string() }).nullish() });
const numbers = z.array(z.number()).nullish();

const trigger = z.object({
  name: z.string(),
  properties: z.object({
    type: z.string(),
    runtimeState: z.string().nullish(),
    pipelines: z.array(started).nullish(),
    // A tumbling window starts one pipeline only.
    pipeline: started.nullish(),
    typeProperties: z
      .object({
        recurrence: z
          .object({
            frequency: z.string().nullish(),
            interval: z.number().nullish(),
            startTime: z.string().nullish(),
            endTime: z.string().nullish(),
            timeZone: z.string().nullish(),
            schedule: z.object({ hours: numbers, minutes: numbers }).nullish(),
          })
          .nullish(),
      })
      .nullish(),
  }),
});
type Properties = z.infer<typeof trigger>['properties'];

/** https://learn.microsoft.com/rest/api/synapse/data-plane/trigger/get-triggers-by-workspace */
export async function listTriggers(client: RestClient, workspace: Workspace): Promise<Trigger[]> {
  const found = await listOfWorkspace(client, workspace, 'triggers', trigger);
  return found.map(({ name, properties }) => ({
    readFrom: workspace.id,
    name,
    started: properties.runtimeState === 'Started',
    pipelines: [...(properties.pipelines ?? []), ...(properties.pipeline ? [properties.pipeline] : [])].flatMap(
      ({ pipelineReference }) => (pipelineReference ? [pipelineReference.referenceName] : []),
    ),
    daily: dailyOf(properties),
  }));
}

/**
 * Without hours and minutes a schedule takes them from the start time, as do the minutes where only hours are given.
 * https://learn.microsoft.com/azure/data-factory/concepts-pipeline-execution-triggers#trigger-recurrence
 */
function dailyOf({ type, typeProperties }: Properties): Trigger['daily'] {
  const recurrence = typeProperties?.recurrence;
  // One that ends some day is no longer the same every day.
  if (type !== 'ScheduleTrigger' || !recurrence || recurrence.endTime) {
    return null;
  }
  const { frequency, interval, startTime, timeZone, schedule } = recurrence;
  const [, hour, minute] = /T(\d\d):(\d\d)/.exec(startTime ?? '') ?? [];
  const hours = schedule?.hours ?? (hour === undefined ? [] : [Number(hour)]);
  const minutes = schedule?.minutes ?? (minute === undefined ? [] : [Number(minute)]);
  const times = hours.flatMap((h) => minutes.map((m) => `${twoDigits(h)}:${twoDigits(m)}`));
  const isDaily = frequency === 'Day' && (interval ?? 1) === 1 && times.length > 0;
  return isDaily ? { times: [...new Set(times)].sort(), timeZone: timeZone || 'UTC' } : null;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
