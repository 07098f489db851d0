/** The lists of a workspace's data plane, in the shapes Azure publishes. */
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AzureRequestError } from '../../src/inventory/azure/azure-request-error';
import type { RestClient } from '../../src/inventory/azure/rest-client';
import { listDatasets } from '../../src/inventory/collectors/datasets';
import { listLinkedServices } from '../../src/inventory/collectors/linked-services';
import { listPipelines } from '../../src/inventory/collectors/pipelines';
import { listTriggers } from '../../src/inventory/collectors/triggers';
import { listWorkspaceCredentials } from '../../src/inventory/collectors/workspace-credentials';
import type { Trigger } from '../../src/inventory/model';
import { aWorkspace, guid } from '../fixtures/facts';

const workspace = aWorkspace({ devEndpoint: 'https://gateway.example/synapse/contoso' });
const readFrom = workspace.id;

/** Answers page after page, and remembers what it was asked. */
function answering(...pages: readonly unknown[]): RestClient & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    get(url) {
      asked.push(url);
      const body = pages[asked.length - 1];
      return body instanceof Error ? Promise.reject(body) : Promise.resolve({ body, headers: createHttpHeaders() });
    },
    post: () => Promise.reject(new Error('nothing here is posted')),
  };
}

function sampleOf(file: string): unknown {
  const sample: unknown = JSON.parse(readFileSync(join(__dirname, '../contract', file), 'utf8'));
  return (sample as { responses: Record<string, { body: unknown }> }).responses['200']?.body;
}

describe('what Azure publishes as an example is read', () => {
  test('linked services', async () => {
    expect(await listLinkedServices(answering(sampleOf('LinkedServices_ListByWorkspace.json')), workspace)).toEqual([
      {
        readFrom,
        name: 'exampleLinkedService',
        type: 'AzureStorage',
        signIn: { method: 'connectionString', evidence: ['connectionString'] },
        servicePrincipalId: null,
        credential: null,
        keyVaultReferences: [],
        inlineSecrets: ['connectionString', 'encryptedCredential'],
        target: null,
        dependsOn: [],
      },
    ]);
  });
  test('credentials', async () => {
    expect(await listWorkspaceCredentials(answering(sampleOf('Credentials_ListByWorkspace.json')), workspace)).toEqual([
      {
        readFrom,
        name: 'exampleCredential',
        kind: 'managedIdentity',
        identityId:
          '/subscriptions/12345678-1234-1234-1234-12345678abc/resourcegroups/exampleresourcegroup/providers/microsoft.managedidentity/userassignedidentities/exampleuami',
        servicePrincipalId: null,
        keyVaultReferences: [],
      },
    ]);
  });
  test('pipelines, with activities within activities', async () => {
    expect(await listPipelines(answering(sampleOf('Pipelines_ListByWorkspace.json')), workspace)).toEqual([
      {
        readFrom,
        name: 'examplePipeline',
        linkedServices: [],
        datasets: ['exampleDataset'],
        pipelines: [],
        runsUnread: false,
      },
    ]);
  });
  test('datasets', async () => {
    expect(await listDatasets(answering(sampleOf('Datasets_ListByWorkspace.json')), workspace)).toEqual([
      { readFrom, name: 'exampleDataset', linkedService: 'exampleLinkedService' },
    ]);
  });
  test('triggers', async () => {
    expect(await listTriggers(answering(sampleOf('Triggers_ListByWorkspace.json')), workspace)).toEqual([
      { readFrom, name: 'exampleTrigger', started: true, pipelines: ['examplePipeline'], daily: null },
    ]);
  });
});

describe('the pages of a list', () => {
  const dataset = (name: string) => ({ name, properties: { linkedServiceName: { referenceName: 'lake' } } });
  const base = 'https://gateway.example/synapse/contoso';
  const list = (client: RestClient) => listDatasets(client, workspace);

  test('are joined, an empty one included', async () => {
    const client = answering(
      { value: [], nextLink: `${base}/datasets?page=2` },
      { value: [dataset('a')], nextLink: `${base}/datasets?page=3` },
      { value: [dataset('b')], nextLink: '' },
    );
    expect((await list(client)).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(client.asked).toEqual([
      `${base}/datasets?api-version=2020-12-01`,
      `${base}/datasets?page=2`,
      `${base}/datasets?page=3`,
    ]);
  });

  test.each([
    'https://evil.example/synapse/contoso/datasets?page=2',
    'https://gateway.example/synapse/fabrikam/datasets?page=2',
    'https://gateway.example/synapse/contoso-2/datasets?page=2',
    'https://gateway.example/synapse/contoso/../fabrikam/datasets?page=2',
    'http://gateway.example/synapse/contoso/datasets?page=2',
    'https://gateway.example@evil.example/synapse/contoso/datasets?page=2',
  ])('are not followed to %s', async (nextLink) => {
    const client = answering({ value: [dataset('a')], nextLink });
    await expect(list(client)).rejects.toMatchObject({ name: 'IncompleteAnswerError', because: 'truncated' });
    expect(client.asked).toHaveLength(1);
  });

  test('lose the whole list where one item is not as documented', async () => {
    await expect(list(answering({ value: [dataset('a'), { name: 'b' }] }))).rejects.toThrow(
      'An item of the list of datasets came in an unexpected shape: properties',
    );
  });

  test('can’t be asked of a workspace without an endpoint', async () => {
    await expect(listDatasets(answering(), { ...workspace, devEndpoint: null })).rejects.toThrow(
      'Azure gives no development endpoint for workspace contoso.',
    );
  });
});

describe('credentials', () => {
  const refusal = (status: number, code: string) => new AzureRequestError('GET /credentials', status, code, 'no');

  test('of a service principal keep its client id and its secret’s name', async () => {
    const servicePrincipalKey = {
      type: 'AzureKeyVaultSecret',
      store: { referenceName: 'vault', type: 'LinkedServiceReference' },
      secretName: 's',
    };
    const typeProperties = { servicePrincipalId: guid(102).toUpperCase(), servicePrincipalKey };
    const client = answering({ value: [{ name: 'c', properties: { type: 'ServicePrincipal', typeProperties } }] });
    expect(await listWorkspaceCredentials(client, workspace)).toMatchObject([
      {
        kind: 'servicePrincipal',
        identityId: null,
        servicePrincipalId: guid(102),
        keyVaultReferences: [{ linkedService: 'vault', secretName: 's', secretVersion: null }],
      },
    ]);
  });
  test('of the workspace itself, and of a kind nobody knows', async () => {
    const value = ['ManagedIdentity', 'Basic'].map((type) => ({ name: type, properties: { type } }));
    const found = await listWorkspaceCredentials(answering({ value }), workspace);
    expect(found.map(({ kind, identityId }) => [kind, identityId])).toEqual([
      ['managedIdentity', null],
      ['other', null],
    ]);
  });
  test('are none where an old workspace answers 404', async () => {
    expect(await listWorkspaceCredentials(answering(refusal(404, 'NotFound')), workspace)).toEqual([]);
  });
  test.each([
    [404, 'WorkspaceNotFound'],
    [403, 'Unauthorized'],
    [500, 'NotFound'],
  ])('are unknown after %d %s', async (status, code) => {
    await expect(listWorkspaceCredentials(answering(refusal(status, code)), workspace)).rejects.toMatchObject({ code });
  });
});

describe('pipelines', () => {
  const pipelineWith = async (...activities: unknown[]) => {
    const [found] = await listPipelines(answering({ value: [{ name: 'p', properties: { activities } }] }), workspace);
    return found!;
  };
  const reference = (referenceName: string, type: string) => ({ referenceName, type });
  const uses = { type: 'Script', linkedServiceName: reference('sql', 'LinkedServiceReference') };

  test.each([
    ['ForEach', { activities: [uses] }],
    ['Until', { activities: [uses] }],
    ['IfCondition', { ifTrueActivities: [], ifFalseActivities: [uses] }],
    ['Switch', { cases: [{ value: 'a', activities: [uses] }], defaultActivities: [] }],
    ['ForEach in IfCondition', { ifTrueActivities: [{ type: 'ForEach', typeProperties: { activities: [uses] } }] }],
  ])('use what activities in %s use', async (type, typeProperties) => {
    expect((await pipelineWith({ type, typeProperties })).linkedServices).toEqual(['sql']);
  });

  test('use a staging store, datasets and other pipelines, each once', async () => {
    const dataset = reference('d', 'DatasetReference');
    const copy = {
      inputs: [dataset],
      outputs: [dataset],
      typeProperties: { stagingSettings: { linkedServiceName: reference('blob', 'LinkedServiceReference') } },
    };
    const call = { type: 'ExecutePipeline', typeProperties: { pipeline: reference('q', 'PipelineReference') } };
    expect(await pipelineWith(copy, call, call)).toMatchObject({
      linkedServices: ['blob'],
      datasets: ['d'],
      pipelines: ['q'],
      runsUnread: false,
    });
  });

  test.each(['DataFlowReference', 'NotebookReference', 'SparkJobDefinitionReference'])(
    'run what is not read by a %s',
    async (type) => {
      expect((await pipelineWith({ typeProperties: { x: reference('n', type) } })).runsUnread).toBe(true);
    },
  );

  test('run what is not read also where an expression names it', async () => {
    const notebook = { referenceName: { value: '@item()', type: 'Expression' }, type: 'NotebookReference' };
    expect((await pipelineWith({ typeProperties: { notebook } })).runsUnread).toBe(true);
  });

  test('without activities use nothing', async () => {
    const [found] = await listPipelines(answering({ value: [{ name: 'p', properties: {} }] }), workspace);
    expect(found).toMatchObject({ linkedServices: [], datasets: [], pipelines: [] });
  });
});

describe('triggers', () => {
  const triggerWith = async (properties: object): Promise<Trigger> => {
    const value = [{ name: 't', properties: { type: 'ScheduleTrigger', ...properties } }];
    const [found] = await listTriggers(answering({ value }), workspace);
    return found!;
  };
  const dailyAt = async (recurrence: object, type = 'ScheduleTrigger') =>
    (await triggerWith({ type, typeProperties: { recurrence } })).daily;
  const day = { frequency: 'Day', interval: 1, startTime: '2024-01-01T02:30:00Z', timeZone: 'UTC' };

  test('are started or not', async () => {
    expect((await triggerWith({ runtimeState: 'Started' })).started).toBe(true);
    expect((await triggerWith({ runtimeState: 'Stopped' })).started).toBe(false);
    expect((await triggerWith({})).started).toBe(false);
  });

  test('start several pipelines, or the one of a tumbling window, and not those they wait for', async () => {
    const starting = (referenceName: string) => ({ pipelineReference: { referenceName, type: 'PipelineReference' } });
    expect((await triggerWith({ pipelines: [starting('a'), starting('b')] })).pipelines).toEqual(['a', 'b']);
    const typeProperties = { dependsOn: [{ referenceTrigger: { referenceName: 'x', type: 'TriggerReference' } }] };
    const window = { type: 'TumblingWindowTrigger', pipeline: starting('c'), typeProperties };
    expect(await triggerWith(window)).toMatchObject({ pipelines: ['c'], daily: null });
  });

  test.each([
    ['the time it began', {}, ['02:30']],
    [
      'given hours and minutes',
      { schedule: { hours: [22, 6], minutes: [0, 15] } },
      ['06:00', '06:15', '22:00', '22:15'],
    ],
    ['given hours, at the minute it began', { schedule: { hours: [5] } }, ['05:30']],
    ['given minutes, at the hour it began', { schedule: { minutes: [5] } }, ['02:05']],
  ])('run daily at %s', async (_, changes, times) => {
    expect(await dailyAt({ ...day, ...changes })).toEqual({ times, timeZone: 'UTC' });
  });

  test('run daily in their time zone', async () => {
    expect(await dailyAt({ ...day, timeZone: 'W. Europe Standard Time' })).toMatchObject({
      timeZone: 'W. Europe Standard Time',
    });
    expect(await dailyAt({ ...day, timeZone: null })).toMatchObject({ timeZone: 'UTC' });
  });

  test.each([
    ['every other day', { interval: 2 }],
    ['every hour', { frequency: 'Hour' }],
    ['until some day', { endTime: '2024-05-01T00:00:00Z' }],
    ['at no known time', { startTime: null }],
  ])('do not run daily: %s', async (_, changes) => {
    expect(await dailyAt({ ...day, ...changes })).toBeNull();
  });

  test('of another type do not run daily', async () => {
    expect(await dailyAt(day, 'CustomEventsTrigger')).toBeNull();
    expect((await triggerWith({ type: 'BlobEventsTrigger' })).daily).toBeNull();
  });
});
