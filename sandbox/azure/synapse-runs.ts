/**
 * What ran in a workspace, asked for by POST; where the list goes on stands in the body, both ways.
 * https://learn.microsoft.com/rest/api/synapse/data-plane/pipeline-run/query-pipeline-runs-by-workspace
 */
import { momentOf } from '../scenarios/moment';
import type { Scenario } from '../scenarios/schema';
import { fillSymbols, guidOf } from '../scenarios/symbolic-id';
import { pageOf } from './paging';
import type { Answer, Call, Tenant } from './service';

type Workspace = Scenario['workspaces'][number];
type PipelineRun = Workspace['pipelineRuns'][number];

/** A run took so long. */
const MINUTES = 4;

/** What a path asks for; `undefined`: it is no query of runs. The path is that after the workspace's own. */
export function runQueryOf(path: string): RunQuery | undefined {
  const [, pipeline, runId] = /^\/pipelines\/([^/]+)\/pipelineruns\/([^/]+)\/queryActivityruns$/i.exec(path) ?? [];
  if (pipeline !== undefined && runId !== undefined) {
    return { kind: 'activities', pipeline, runId };
  }
  switch (path.toLowerCase()) {
    case '/querypipelineruns':
      return { kind: 'pipelines' };
    case '/querytriggerruns':
      return { kind: 'triggers' };
    default:
      return undefined;
  }
}

export type RunQuery =
  | { readonly kind: 'pipelines' | 'triggers' }
  | { readonly kind: 'activities'; readonly pipeline: string; readonly runId: string };

interface Asked {
  readonly lastUpdatedAfter?: string;
  readonly lastUpdatedBefore?: string;
  readonly continuationToken?: string;
  readonly filters?: readonly {
    readonly operand: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** @param error the service's error body */
export function answerRunQuery(
  query: RunQuery,
  workspace: Workspace,
  { body, emptyPage }: Call,
  { scenario, now }: Pick<Tenant, 'scenario' | 'now'>,
  error: (code: string, message: string) => unknown,
): Answer {
  const asked = (body ?? {}) as Asked;
  const [after, before] = [Date.parse(asked.lastUpdatedAfter ?? ''), Date.parse(asked.lastUpdatedBefore ?? '')];
  if (Number.isNaN(after) || Number.isNaN(before)) {
    const message = 'Both lastUpdatedAfter and lastUpdatedBefore are needed, as date-times.';
    return { status: 400, body: error('BadRequest', message) };
  }
  const rows = rowsOf(query, workspace, now);
  if (rows === undefined) {
    return { status: 404, body: error('PipelineRunNotFound', `There is no such pipeline run.`) };
  }
  const statuses = (asked.filters ?? []).filter(
    ({ operand, operator }) => operand === 'Status' && operator === 'Equals',
  );
  const found = rows
    .filter(({ at, status }) => at >= after && at <= before && statuses.every(({ values }) => values.includes(status)))
    .sort((a, b) => b.at - a.at)
    .map(({ row }) => row);
  const token = asked.continuationToken ?? null;
  const page = pageOf(found, {
    size: scenario.paging.synapse,
    token,
    empty: emptyPage || (scenario.paging.emptyFirstPage && token === null),
  });
  return page === undefined
    ? { status: 400, body: error('InvalidContinuationToken', 'The continuation token is not valid.') }
    : { status: 200, body: { value: page.items, ...(page.next !== null && { continuationToken: page.next }) } };
}

interface Row {
  readonly at: number;
  readonly status: string;
  readonly row: unknown;
}

/** `undefined`: it is asked what ran in a run that is not there. */
function rowsOf(query: RunQuery, workspace: Workspace, now: Date): readonly Row[] | undefined {
  const runs = workspace.pipelineRuns.map((run, index) => ({ run, id: runIdOf(workspace, run, index) }));
  switch (query.kind) {
    case 'pipelines':
      return runs.map(({ run, id }) => pipelineRow(run, id, now));
    case 'triggers':
      return workspace.triggerRuns.map((run, index) => triggerRow(run, `${workspace.name}/${index}`, now));
    case 'activities': {
      const found = runs.find(({ run, id }) => id === query.runId && run.pipeline === query.pipeline);
      return found?.run.activities?.map((activity) => activityRow(activity, found, now));
    }
  }
}

/** The same in every start, whenever that is. */
export function runIdOf(workspace: Pick<Workspace, 'name'>, { pipeline }: PipelineRun, index: number): string {
  return guidOf(`run:${workspace.name}/${pipeline}/${index}`);
}

function pipelineRow(run: PipelineRun, runId: string, now: Date): Row {
  const ended = momentOf(run.ended, now);
  const failed = run.activities?.find(({ status }) => status === 'Failed');
  const told = failed === undefined ? '' : `Operation on target ${failed.name} failed: ${failed.message}`;
  return {
    at: ended.getTime(),
    status: run.status,
    row: {
      runId,
      pipelineName: run.pipeline,
      parameters: {},
      invokedBy: { id: guidOf(`invoker:${runId}`), name: run.invokedBy },
      lastUpdated: ended.toISOString(),
      runStart: started(ended),
      runEnd: ended.toISOString(),
      durationInMs: MINUTES * 60_000,
      status: run.status,
      message: fillSymbols(run.message ?? told),
      annotations: [],
      runDimension: {},
    },
  };
}

function activityRow(
  { name, type, status, errorCode, failureType, message }: NonNullable<PipelineRun['activities']>[number],
  { run, id }: { readonly run: PipelineRun; readonly id: string },
  now: Date,
): Row {
  const ended = momentOf(run.ended, now);
  const failed = status === 'Failed';
  return {
    at: ended.getTime(),
    status,
    row: {
      activityRunId: guidOf(`activity:${id}/${name}`),
      activityName: name,
      activityType: type,
      activityRunStart: started(ended),
      activityRunEnd: ended.toISOString(),
      durationInMs: MINUTES * 60_000,
      retryAttempt: null,
      pipelineName: run.pipeline,
      pipelineRunId: id,
      // Azure leaves it empty.
      linkedServiceName: '',
      status,
      input: {},
      output: {},
      userProperties: {},
      error: {
        errorCode: failed ? errorCode : '',
        message: failed ? fillSymbols(message) : '',
        failureType: failed ? failureType : '',
        target: name,
      },
    },
  };
}

function triggerRow({ trigger, at, status, message }: Workspace['triggerRuns'][number], key: string, now: Date): Row {
  const time = momentOf(at, now);
  return {
    at: time.getTime(),
    status,
    row: {
      triggerName: trigger,
      triggerRunId: guidOf(`trigger-run:${key}`),
      triggerType: 'ScheduleTrigger',
      triggerRunTimestamp: time.toISOString(),
      status,
      message: fillSymbols(message),
      properties: { TriggerTime: time.toISOString() },
      triggeredPipelines: {},
    },
  };
}

function started(ended: Date): string {
  return new Date(ended.getTime() - MINUTES * 60_000).toISOString();
}
