import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { startAzurite, type Azurite } from '../../sandbox/azurite';

describe('Azurite in process', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'azurite-test-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const tableOf = ({ connectionString }: Azurite) =>
    TableClient.fromConnectionString(connectionString, 'Things', { allowInsecureConnection: true });

  it('stores entities and messages under its connection string', async () => {
    const azurite = await startAzurite();
    const queue = new QueueClient(azurite.connectionString, 'things');
    await queue.create();
    await queue.sendMessage('hello');
    const { receivedMessageItems } = await queue.receiveMessages();
    await tableOf(azurite).createTable();
    await tableOf(azurite).createEntity({ partitionKey: 'a', rowKey: 'b', value: 1 });
    const entity = await tableOf(azurite).getEntity('a', 'b');
    await azurite.close();
    expect(receivedMessageItems.map(({ messageText }) => messageText)).toEqual(['hello']);
    expect(entity['value']).toBe(1);
  });

  it('keeps its state in a directory, which it makes, from one start to the next', async () => {
    const first = await startAzurite({ directory: join(directory, 'state') });
    await tableOf(first).createTable();
    await tableOf(first).createEntity({ partitionKey: 'a', rowKey: 'b', value: 2 });
    await first.close();
    const second = await startAzurite({ directory: join(directory, 'state') });
    const entity = await tableOf(second).getEntity('a', 'b');
    await second.close();
    expect(entity['value']).toBe(2);
  });

  it('gives a second one its own ports and its own state', async () => {
    const [first, second] = await Promise.all([startAzurite(), startAzurite()]);
    await tableOf(first).createTable();
    await expect(tableOf(second).getEntity('a', 'b')).rejects.toMatchObject({ statusCode: 404 });
    await Promise.all([first.close(), second.close()]);
    expect(first.tableEndpoint).not.toBe(second.tableEndpoint);
  });
});
