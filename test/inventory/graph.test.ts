import { createHttpHeaders } from '@azure/core-rest-pipeline';
import * as z from 'zod';
import { createGraph } from '../../src/inventory/azure/graph';
import type { RestClient } from '../../src/inventory/azure/rest-client';
import { aRequestContext } from '../fixtures/request-context';

const endpoint = 'https://graph.example';
const item = z.object({ id: z.string() });

/** Answers from a table, by method and address; what is not in it is a wrong request. */
function graphOf(answers: Record<string, unknown>) {
  const asked: string[] = [];
  const answer = (key: string) => {
    asked.push(key);
    if (!(key in answers)) {
      throw new Error(`unexpected request ${key}`);
    }
    return Promise.resolve({ body: answers[key], headers: createHttpHeaders() });
  };
  const client: RestClient = {
    get: (url) => answer(`GET ${url}`),
    post: (url, body) => answer(`POST ${url} ${JSON.stringify(body)}`),
  };
  return { graph: createGraph(client, endpoint, aRequestContext()), asked };
}

async function listed(answers: Record<string, unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const one of graphOf(answers).graph.list('/things', item)) {
    all.push(one);
  }
  return all;
}
const first = `GET ${endpoint}/v1.0/things`;

it('reads a single object, and refuses one of another shape', async () => {
  const { graph } = graphOf({ [first]: { id: 'a', name: 'x' } });
  await expect(graph.get('/things', item)).resolves.toEqual({ id: 'a' });
  await expect(graphOf({ [first]: {} }).graph.get('/things', item)).rejects.toThrow(/Graph \/things .*: id/);
});

it('follows the link of each page, also of an empty one', async () => {
  const second = `${endpoint}/v1.0/things?$skiptoken=2`;
  const third = `${endpoint}/v1.0/things?$skiptoken=3`;
  const answers = {
    [first]: { value: [{ id: 'a' }], '@odata.nextLink': second },
    [`GET ${second}`]: { value: [], '@odata.nextLink': third },
    [`GET ${third}`]: { value: [{ id: 'b' }] },
  };
  await expect(listed(answers)).resolves.toEqual([{ id: 'a' }, { id: 'b' }]);
});

it('waits before each page but the first, where it is told to', async () => {
  const second = `${endpoint}/v1.0/things?$skiptoken=2`;
  const third = `${endpoint}/v1.0/things?$skiptoken=3`;
  const { graph, asked } = graphOf({
    [first]: { value: [{ id: 'a' }], '@odata.nextLink': second },
    [`GET ${second}`]: { value: [{ id: 'b' }], '@odata.nextLink': third },
    [`GET ${third}`]: { value: [{ id: 'c' }] },
  });
  const askedBefore: number[] = [];
  const wait = () => Promise.resolve(void askedBefore.push(asked.length));
  for await (const one of graph.list('/things', item, wait)) {
    expect(one).toEqual({ id: expect.any(String) as string });
  }
  expect(askedBefore).toEqual([1, 2]);
});

it.each([
  [
    'a link to another host',
    { value: [], '@odata.nextLink': 'https://evil.example/v1.0/things' },
    /another host: evil\.example/,
  ],
  [
    'a link to a host that only begins alike',
    { value: [], '@odata.nextLink': `${endpoint}.evil/v1.0/x` },
    /another host/,
  ],
  ['no list', { error: 'x' }, /Graph \/things came in an unexpected shape: value/],
  ['an item without its id', { value: [{ name: 'x' }] }, /An item of Graph \/things came in an unexpected shape: id/],
])('%s is refused', async (_case, body, message) => {
  await expect(listed({ [first]: body })).rejects.toThrow(message);
});

describe('many lists at once', () => {
  const request = (...urls: string[]) => ({
    requests: urls.map((url, id) => ({ id: String(id), method: 'GET', url })),
  });
  const post = (...urls: string[]) => `POST ${endpoint}/v1.0/$batch ${JSON.stringify(request(...urls))}`;

  it('come back in order, whatever the order of the answer; a missing object is null', async () => {
    const responses = [
      { id: '1', status: 404, body: { error: { code: 'Request_ResourceNotFound' } } },
      { id: '0', status: 200, body: { value: [{ id: 'a' }] } },
    ];
    const { graph } = graphOf({ [post('/a', '/b')]: { responses } });
    await expect(graph.listMany(['/a', '/b'], item)).resolves.toEqual([[{ id: 'a' }], null]);
  });

  it('are asked for twenty a request', async () => {
    const paths = Array.from({ length: 45 }, (_, index) => `/${index}`);
    const chunks = [paths.slice(0, 20), paths.slice(20, 40), paths.slice(40)];
    const answers = Object.fromEntries(
      chunks.map((chunk) => [
        post(...chunk),
        { responses: chunk.map((_, id) => ({ id: String(id), status: 200, body: { value: [] } })) },
      ]),
    );
    const { graph, asked } = graphOf(answers);
    await expect(graph.listMany(paths, item)).resolves.toHaveLength(45);
    expect(asked).toHaveLength(3);
  });

  it('of which one is refused fail as a whole', async () => {
    const responses = [
      { id: '0', status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'no' } } },
    ];
    const { graph } = graphOf({ [post('/a?$x')]: { responses } });
    await expect(graph.listMany(['/a?$x'], item)).rejects.toMatchObject({
      statusCode: 403,
      code: 'Authorization_RequestDenied',
      request: 'GET /a',
    });
  });

  it('go on with the pages of each', async () => {
    const next = `${endpoint}/v1.0/a?$skiptoken=2`;
    const { graph } = graphOf({
      [post('/a')]: { responses: [{ id: '0', status: 200, body: { value: [{ id: '1' }], '@odata.nextLink': next } }] },
      [`GET ${next}`]: { value: [{ id: '2' }] },
    });
    await expect(graph.listMany(['/a'], item)).resolves.toEqual([[{ id: '1' }, { id: '2' }]]);
  });
});
