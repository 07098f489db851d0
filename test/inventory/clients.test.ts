/** What the clients of the sources have in common, and what not. */
import tls from 'node:tls';
import type { Sandbox } from '../../sandbox/azure/server';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { AzureClients, ConnectAzure } from '../../src/inventory/azure/clients';
import { aRequestContext } from '../fixtures/request-context';
import { connectTo } from '../setup/connect-to';
import { startTestSandbox } from '../setup/start-test-sandbox';

let sandbox: Sandbox;
let connect: ConnectAzure;

beforeAll(async () => {
  sandbox = await startTestSandbox(loadScenario('healthy'));
  ({ connect } = connectTo(sandbox));
});
afterAll(() => sandbox.close());
afterEach(() => jest.restoreAllMocks());

const list = ({ resourceManager, resourceManagerEndpoint: endpoint }: AzureClients) =>
  resourceManager.get(`${endpoint}/subscriptions?api-version=2022-12-01`);

async function listBySdk({ workspacesOf }: AzureClients, subscriptionId: string) {
  const found: unknown[] = [];
  for await (const workspace of workspacesOf(subscriptionId).workspaces.list()) {
    found.push(workspace);
  }
  return found;
}

it('count requests for their own source', async () => {
  const [one, other] = [aRequestContext(), aRequestContext()];
  const [first, second] = [connect(one), connect(other)];
  await Promise.all([list(first), list(second), list(second)]);
  expect([one.meter.requests, other.meter.requests]).toEqual([1, 2]);
});

it('end with the signal of their own source', async () => {
  await expect(list(connect(aRequestContext(AbortSignal.abort())))).rejects.toMatchObject({ name: 'AbortError' });
  await expect(list(connect(aRequestContext()))).resolves.toMatchObject({ body: { value: expect.any(Array) as [] } });
});

it('share connections: one after the other they need only one', async () => {
  const { body } = await list(connect(aRequestContext()));
  const [{ subscriptionId }] = (body as { readonly value: [{ readonly subscriptionId: string }] }).value;
  const opened = jest.spyOn(tls, 'connect');
  await list(connect(aRequestContext()));
  expect(await listBySdk(connect(aRequestContext()), subscriptionId)).not.toEqual([]);
  expect(opened).not.toHaveBeenCalled();
});
