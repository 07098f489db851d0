import * as z from 'zod';
import { AzureRequestError } from '../azure/azure-request-error';
import { parseAnswer } from '../azure/parse-answer';
import type { RestClient } from '../azure/rest-client';
import type { FailedActivity, FailedRun, Period, PipelineFailures, Workspace } from '../model';

const API = 'api-version=2020-12-01';

/** Of runs, about a hundred each. A workspace with more fails all the time, and more of the same says nothing new. */
const PAGES = 5;
const RUNS_KEPT = 100;
/** Runs of a workspace that are looked into, at one request each. */
export const RUNS_WITH_ACTIVITIES = 20;
/** What people can still use of a message; what comes after is a chain of inner exceptions that repeats it. */
const MESSAGE_UNITS = 8_000;

const text = z
  .string()
  .nullish()
  .transform((value) => value || null);
const message = z
  .string()
  .nullish()
  .transform((value) => (value ?? '').slice(0, MESSAGE_UNITS));

/** Made once: to make the schema of a page takes longer than to read one. */
const pageOf = <T extends z.ZodType>(item: T) => z.object({ value: z.array(item), continuationToken: text });

const pipelineRun = z.object({
  runId: z.string(),
  pipelineName: z.string(),
  runStart: text,
  runEnd: text,
  invokedBy: z.object({ name: text }).nullish(),
  message,
});
const triggerRun = z.object({
  triggerRunId: z.string(),
  triggerName: z.string(),
  triggerRunTimestamp: text,
  message,
});
const activityRun = z.object({
  activityName: z.string(),
  activityType: z.string(),
  activityRunEnd: text,
  status: text,
  error: z.object({ errorCode: text, message, failureType: text }).nullish(),
});
const pipelineRuns = pageOf(pipelineRun);
const triggerRuns = pageOf(triggerRun);
const activityRuns = pageOf(activityRun);

interface Page<T> {
  readonly value: readonly T[];
  readonly continuationToken: string | null;
}

/**
 * Runs that failed in a period: all that Azure tells of pipelines and triggers, up to a limit, and what failed in the last
 * run of each pipeline, then in others, up to another.
 * https://learn.microsoft.com/rest/api/synapse/data-plane/pipeline-run/query-pipeline-runs-by-workspace
 */
export async function listPipelineFailures(
  client: RestClient,
  workspace: Workspace,
  period: Period,
): Promise<PipelineFailures> {
  const { devEndpoint } = workspace;
  if (devEndpoint === null) {
    throw new Error(`Azure gives no development endpoint for workspace ${workspace.name}.`);
  }
  const query = { client, endpoint: devEndpoint, period };
  const pipelines = await failedOnes(query, 'queryPipelineRuns', pipelineRuns, 'RunEnd');
  const triggers = await failedOnes(query, 'queryTriggerRuns', triggerRuns, 'TriggerRunTimestamp');
  const all: FailedRun[] = [...pipelines.items.map(ofPipeline), ...triggers.items.map(ofTrigger)];
  const runs = worstFirst(all).slice(0, RUNS_KEPT);
  const asked = new Set(runs.filter(({ kind }) => kind === 'pipeline').slice(0, RUNS_WITH_ACTIVITIES));
  const read: FailedRun[] = [];
  for (const run of runs) {
    read.push(asked.has(run) ? { ...run, activities: await failedActivities(query, run) } : run);
  }
  return { readFrom: workspace.id, runs: read, total: all.length, hasMore: pipelines.hasMore || triggers.hasMore };
}

interface Query {
  readonly client: RestClient;
  readonly endpoint: string;
  readonly period: Period;
}

/**
 * All pages up to the limit; the continuation stands in the body, both ways.
 * @param latest operand to sort by, the latest first; left out: as they come
 */
async function failedOnes<T>(
  { client, endpoint, period }: Query,
  route: string,
  page: z.ZodType<Page<T>>,
  latest?: string,
): Promise<{ readonly items: readonly T[]; readonly hasMore: boolean }> {
  const items: T[] = [];
  let continuationToken: string | null = null;
  for (let pages = 0; pages < PAGES; pages += 1) {
    const { body } = await client.post(`${endpoint}/${route}?${API}`, {
      ...failedIn(period),
      ...(latest !== undefined && { orderBy: [{ orderBy: latest, order: 'DESC' }] }),
      ...(continuationToken !== null && { continuationToken }),
    });
    const answer: Page<T> = parseAnswer(page, body, `The answer to ${route}`);
    items.push(...answer.value);
    continuationToken = answer.continuationToken;
    if (continuationToken === null) {
      break;
    }
  }
  return { items, hasMore: continuationToken !== null };
}

/** `null`: the run is not there any more, as runs are kept for 45 days. */
async function failedActivities(query: Query, { name, runId }: FailedRun): Promise<readonly FailedActivity[] | null> {
  const place = `pipelines/${encodeURIComponent(name)}/pipelineruns/${encodeURIComponent(runId)}`;
  try {
    const { items } = await failedOnes(query, `${place}/queryActivityruns`, activityRuns);
    return items.filter(({ status }) => status === 'Failed').map(ofActivity);
  } catch (error) {
    if (error instanceof AzureRequestError && error.statusCode === 404) {
      return null;
    }
    throw error;
  }
}

function failedIn({ from, to }: Period) {
  return {
    lastUpdatedAfter: from.toISOString(),
    lastUpdatedBefore: to.toISOString(),
    filters: [{ operand: 'Status', operator: 'Equals', values: ['Failed'] }],
  };
}

function ofPipeline({
  runId,
  pipelineName,
  runStart,
  runEnd,
  invokedBy,
  message,
}: z.infer<typeof pipelineRun>): FailedRun {
  return {
    kind: 'pipeline',
    runId,
    name: pipelineName,
    startedAt: runStart,
    endedAt: runEnd,
    invokedBy: invokedBy?.name ?? null,
    message,
    activities: null,
  };
}

function ofTrigger({ triggerRunId, triggerName, triggerRunTimestamp, message }: z.infer<typeof triggerRun>): FailedRun {
  return {
    kind: 'trigger',
    runId: triggerRunId,
    name: triggerName,
    startedAt: triggerRunTimestamp,
    endedAt: triggerRunTimestamp,
    invokedBy: null,
    message,
    activities: [],
  };
}

function ofActivity({
  activityName,
  activityType,
  activityRunEnd,
  error,
}: z.infer<typeof activityRun>): FailedActivity {
  return {
    name: activityName,
    type: activityType,
    errorCode: error?.errorCode ?? null,
    failureType: error?.failureType ?? null,
    message: error?.message ?? '',
    endedAt: activityRunEnd,
  };
}

/** The last run of each pipeline and trigger, then the others: what failed once stands beside what fails each minute. */
function worstFirst(runs: readonly FailedRun[]): readonly FailedRun[] {
  const latestFirst = [...runs].sort((a, b) => ((a.endedAt ?? '') < (b.endedAt ?? '') ? 1 : -1));
  const seen = new Set<string>();
  const last: FailedRun[] = [];
  const others: FailedRun[] = [];
  for (const run of latestFirst) {
    const key = `${run.kind} ${run.name.toLowerCase()}`;
    (seen.has(key) ? others : last).push(run);
    seen.add(key);
  }
  return [...last, ...others];
}
