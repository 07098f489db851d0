/** What failed in a workspace, as Azure tells it. */
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario, parseScenario } from '../../sandbox/scenarios/load-scenario';
import { AzureRequestError } from '../../src/inventory/azure/azure-request-error';
import type { RestClient } from '../../src/inventory/azure/rest-client';
import { listPipelineFailures } from '../../src/inventory/collectors/pipeline-failures';
import type { PipelineFailures } from '../../src/inventory/model';
import { dataOf } from '../../src/inventory/scopes';
import { aWorkspace } from '../fixtures/facts';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { collect } from './collect';

const BASE = 'https://gateway.example/synapse/contoso';
const workspace = aWorkspace({ devEndpoint: BASE });
const period = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };

interface Posted {
  readonly path: string;
  readonly body: {
    readonly continuationToken?: string;
    readonly filters?: unknown;
    readonly lastUpdatedAfter?: string;
  };
}

/** Answers by what a path ends in, page after page; what no answer is left for is empty. */
function answering(answers: Readonly<Record<string, readonly unknown[]>>): RestClient & { readonly posted: Posted[] } {
  const posted: Posted[] = [];
  const left = new Map(Object.entries(answers).map(([end, pages]) => [end, [...pages]]));
  return {
    posted,
    get: () => Promise.reject(new Error('nothing here is fetched')),
    post: (url, body) => {
      const path = decodeURIComponent(new URL(url).pathname);
      posted.push({ path, body: body as Posted['body'] });
      const [, pages] = [...left].find(([end]) => path.endsWith(end)) ?? [];
      const answer = pages?.shift() ?? { value: [] };
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve({ body: answer, headers: createHttpHeaders() });
    },
  };
}

const aRun = (id: string, pipelineName = id, more: object = {}) => ({
  runId: id,
  pipelineName,
  runStart: '2026-03-01T01:00:00Z',
  runEnd: '2026-03-01T01:10:00Z',
  invokedBy: { id: 'i', name: 'nightly' },
  status: 'Failed',
  message: 'Operation on target copy failed: no.',
  ...more,
});
const anActivity = (
  status = 'Failed',
  error: object = { errorCode: '2200', message: 'no.', failureType: 'UserError' },
) => ({
  activityName: 'copy',
  activityType: 'Copy',
  activityRunEnd: '2026-03-01T01:10:00Z',
  status,
  error,
});

function sampleOf(file: string): unknown {
  const sample: unknown = JSON.parse(readFileSync(join(__dirname, '../contract', file), 'utf8'));
  return (sample as { responses: Record<string, { body: unknown }> }).responses['200']?.body;
}

describe('what failed in a workspace', () => {
  it('is read with the activities that failed', async () => {
    const client = answering({
      queryPipelineRuns: [{ value: [aRun('r1', 'load tills')] }],
      queryActivityruns: [{ value: [anActivity('Succeeded', {}), anActivity()] }],
    });
    expect(await listPipelineFailures(client, workspace, period)).toEqual({
      readFrom: workspace.id,
      total: 1,
      hasMore: false,
      runs: [
        {
          kind: 'pipeline',
          runId: 'r1',
          name: 'load tills',
          startedAt: '2026-03-01T01:00:00Z',
          endedAt: '2026-03-01T01:10:00Z',
          invokedBy: 'nightly',
          message: 'Operation on target copy failed: no.',
          activities: [
            {
              name: 'copy',
              type: 'Copy',
              errorCode: '2200',
              failureType: 'UserError',
              message: 'no.',
              endedAt: '2026-03-01T01:10:00Z',
            },
          ],
        },
      ],
    });
    expect(client.posted.map(({ path }) => path)).toEqual([
      '/synapse/contoso/queryPipelineRuns',
      '/synapse/contoso/queryTriggerRuns',
      '/synapse/contoso/pipelines/load tills/pipelineruns/r1/queryActivityruns',
    ]);
    expect(client.posted[0]?.body).toMatchObject({
      lastUpdatedAfter: '2026-03-01T00:00:00.000Z',
      filters: [{ operand: 'Status', operator: 'Equals', values: ['Failed'] }],
    });
  });

  it('is read from the examples that Azure publishes', async () => {
    const client = answering({
      queryPipelineRuns: [sampleOf('PipelineRuns_QueryByWorkspace.json')],
      queryTriggerRuns: [sampleOf('TriggerRuns_QueryByWorkspace.json')],
      queryActivityruns: [sampleOf('ActivityRuns_QueryByPipelineRun.json')],
    });
    const { runs, total } = await listPipelineFailures(client, workspace, period);
    expect(total).toBe(3);
    expect(runs.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'trigger exampleTrigger',
      'pipeline examplePipeline',
      'pipeline examplePipeline',
    ]);
  });

  it('goes on where the answer says that there is more, an empty page included', async () => {
    const client = answering({
      queryPipelineRuns: [
        { value: [], continuationToken: 'a' },
        { value: [aRun('r1')], continuationToken: 'b' },
        { value: [aRun('r2')], continuationToken: '' },
      ],
    });
    expect(await listPipelineFailures(client, workspace, period)).toMatchObject({ total: 2, hasMore: false });
    const asked = client.posted.filter(({ path }) => path.endsWith('queryPipelineRuns'));
    expect(asked.map(({ body }) => body.continuationToken)).toEqual([undefined, 'a', 'b']);
  });

  it('says that there is more than was asked for', async () => {
    const page = (index: number) => ({ value: [aRun(`r${index}`)], continuationToken: `t${index}` });
    const client = answering({ queryPipelineRuns: [0, 1, 2, 3, 4, 5, 6].map(page) });
    expect(await listPipelineFailures(client, workspace, period)).toMatchObject({ total: 5, hasMore: true });
  });

  it('looks into the last run of each pipeline first, and into no more than twenty', async () => {
    const often = Array.from({ length: 200 }, (_, index) =>
      aRun(`often-${index}`, 'each minute', {
        runEnd: `2026-03-01T12:00:${String(59 - (index % 60)).padStart(2, '0')}Z`,
      }),
    );
    const client = answering({ queryPipelineRuns: [{ value: [...often, aRun('once', 'nightly')] }] });
    const { runs, total } = await listPipelineFailures(client, workspace, period);
    expect(total).toBe(201);
    expect(runs).toHaveLength(100);
    expect(runs.slice(0, 2).map(({ name }) => name)).toEqual(['each minute', 'nightly']);
    expect(client.posted.filter(({ path }) => path.endsWith('queryActivityruns'))).toHaveLength(20);
    expect(runs.filter(({ activities }) => activities !== null)).toHaveLength(20);
  });

  it('keeps the start of a long message', async () => {
    const client = answering({ queryPipelineRuns: [{ value: [aRun('r1', 'r1', { message: 'x'.repeat(100_000) })] }] });
    expect((await listPipelineFailures(client, workspace, period)).runs[0]?.message).toHaveLength(8_000);
  });

  it('does without activities of a run that is gone meanwhile', async () => {
    const gone = new AzureRequestError('POST', 404, 'PipelineRunNotFound', 'gone');
    const client = answering({ queryPipelineRuns: [{ value: [aRun('r1')] }], queryActivityruns: [gone] });
    expect((await listPipelineFailures(client, workspace, period)).runs[0]?.activities).toBeNull();
  });

  it.each([
    ['a refused query', { queryPipelineRuns: [new AzureRequestError('POST', 403, 'Unauthorized', 'no')] }, /403/],
    [
      'refused activities',
      {
        queryPipelineRuns: [{ value: [aRun('r1')] }],
        queryActivityruns: [new AzureRequestError('POST', 403, 'Unauthorized', 'no')],
      },
      /403/,
    ],
    ['an answer of another shape', { queryPipelineRuns: [{ items: [] }] }, /unexpected shape: value/],
    [
      'a run without an id',
      { queryPipelineRuns: [{ value: [{ pipelineName: 'p' }] }] },
      /unexpected shape: value.0.runId/,
    ],
  ])('fails on %s', async (_, answers, message) => {
    await expect(listPipelineFailures(answering(answers), workspace, period)).rejects.toThrow(message);
  });

  it('fails where Azure gives no address to ask', async () => {
    const unreachable = aWorkspace({ devEndpoint: null });
    await expect(listPipelineFailures(answering({}), unreachable, period)).rejects.toThrow('no development endpoint');
  });
});

describe('over the wire', () => {
  let sandbox: Sandbox;
  beforeAll(async () => (sandbox = await startTestSandbox('contoso')));
  afterAll(() => sandbox.close());
  const failuresOf = async (): Promise<readonly PipelineFailures[]> =>
    dataOf((await collect(sandbox, ['pipelineFailures'])).inventory.pipelineFailures);

  it('the failed runs of the last day of each workspace are read, and nothing that succeeded', async () => {
    const found = (await failuresOf()).flatMap(({ runs }) => runs.map(({ name }) => name));
    expect(found.toSorted()).toEqual([
      'import-statements',
      'nightly-load',
      'refresh-campaigns',
      'store-files',
      'store-files',
    ]);
  });

  it('are the same in pages that begin with an empty one', async () => {
    // Each start of the sandbox has times of its own.
    const told = async () =>
      (await failuresOf()).map(({ runs, ...rest }) => ({
        ...rest,
        runs: runs.map(({ runId, activities }) => [runId, activities?.map(({ message }) => message)]),
      }));
    const whole = await told();
    sandbox.load(
      parseScenario({ extends: 'contoso', name: 'gaps', paging: { synapse: 1, emptyFirstPage: true } }, 'gaps'),
    );
    expect(await told()).toEqual(whole);
    sandbox.load(loadScenario('contoso'));
  });

  it('one workspace that refuses leaves the others read', async () => {
    const refuse = [{ source: 'pipelineFailures', scope: 'workspace:finance-ledger' }];
    sandbox.load(parseScenario({ extends: 'contoso', name: 'refused', refuse }, 'refused'));
    const { inventory } = await collect(sandbox, ['pipelineFailures']);
    const states = (inventory.pipelineFailures ?? []).map(
      ({ scope, result }) => `${scope.name} ${result.ok ? 'read' : result.because}`,
    );
    expect(states.toSorted()).toEqual(['finance-ledger forbidden', 'marketing-insight read', 'retail-analytics read']);
  });
});
