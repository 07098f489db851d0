import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire, Module } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A running Azurite: Table, Queue and Blob Storage on free ports of 127.0.0.1. */
export interface Azurite {
  readonly connectionString: string;
  readonly tableEndpoint: string;
  /** Saves the state where there is a directory, and stops. */
  close(): Promise<void>;
}

interface AzuriteServer {
  readonly httpServer: Server;
  start(): Promise<void>;
  close(): Promise<void>;
}

interface TableServer extends AzuriteServer {
  readonly metadataStore: { getEntityCollection(...table: unknown[]): Rows };
}

interface Rows {
  findOne(key: { readonly PartitionKey: string; readonly RowKey: string }): unknown;
}

const SERVICES = ['Table', 'Queue', 'Blob'] as const;
type Service = (typeof SERVICES)[number];

/**
 * Starts Azurite in this process, quietly: started this way it sends no telemetry. Its servers are no public API of the
 * package, which is why the version is pinned.
 * @param options.directory holds the state from one start to the next, and is made when it is missing; without it the
 *   state lives in memory.
 * @throws Error in one sentence where Azurite is not installed.
 */
export async function startAzurite({ directory }: { readonly directory?: string } = {}): Promise<Azurite> {
  if (directory !== undefined) {
    await mkdir(directory, { recursive: true });
  }
  const servers = Object.fromEntries(SERVICES.map((service) => [service, createServer(service, directory)])) as Record<
    Service,
    AzuriteServer
  >;
  findByRowKeyFirst(servers.Table as TableServer);
  await Promise.all(SERVICES.map((service) => servers[service].start()));

  const account = loadInternal('blob/utils/constants') as {
    readonly EMULATOR_ACCOUNT_NAME: string;
    readonly EMULATOR_ACCOUNT_KEY_STR: string;
  };
  const endpoint = (service: Service) => {
    const { port } = servers[service].httpServer.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${account.EMULATOR_ACCOUNT_NAME}`;
  };
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${account.EMULATOR_ACCOUNT_NAME}`,
      `AccountKey=${account.EMULATOR_ACCOUNT_KEY_STR}`,
      ...SERVICES.map((service) => `${service}Endpoint=${endpoint(service)}`),
    ].join(';'),
    tableEndpoint: endpoint('Table'),
    close: async () => {
      await Promise.all(SERVICES.map((service) => servers[service].close()));
    },
  };
}

function createServer(service: Service, directory: string | undefined): AzuriteServer {
  const folder = `${service.toLowerCase()}/${service}`;
  const { default: Server } = loadInternal(`${folder}Server`) as { default: new (settings: object) => AzuriteServer };
  const { default: Configuration } = loadInternal(`${folder}Configuration`) as { default: new () => object };
  const path = (suffix: string) => join(directory ?? '', `${service.toLowerCase()}${suffix}`);
  return new Server(
    Object.assign(new Configuration(), {
      host: '127.0.0.1',
      port: 0,
      enableAccessLog: false,
      enableDebugLog: false,
      skipApiVersionCheck: true,
      disableProductStyleUrl: true,
      isMemoryPersistence: directory === undefined,
      metadataDBPath: path('.json'),
      extentDBPath: path('-extents.json'),
      persistencePathArray: [{ locationId: 'Default', locationPath: path('-extents'), maxConcurrency: 1 }],
    }),
  );
}

/**
 * Azurite has an index of either key, uses that of the key it is asked for first, and goes through all it finds there. It
 * asks for the partition, in which may stand all rows of a table; few rows share a row key.
 */
function findByRowKeyFirst({ metadataStore }: TableServer): void {
  const rowsOf = metadataStore.getEntityCollection.bind(metadataStore);
  metadataStore.getEntityCollection = (...table) => {
    const rows = rowsOf(...table);
    const own = Object.getPrototypeOf(rows) as Rows;
    rows.findOne = ({ PartitionKey, RowKey }) => own.findOne.call(rows, { RowKey, PartitionKey });
    return rows;
  };
}

/** What would send the telemetry is a third of what Azurite loads, and makes the rest load slower. */
function leaveOutTelemetry(require: NodeJS.Require): void {
  const id = createRequire(require.resolve('azurite/package.json')).resolve('applicationinsights');
  require.cache[id] ??= Object.assign(new Module(id), { loaded: true });
}

function loadInternal(path: string): unknown {
  const require = createRequire(__filename);
  try {
    leaveOutTelemetry(require);
    return require(`azurite/dist/src/${path}`) as unknown;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') {
      throw cause;
    }
    throw new Error('Azurite is not installed: run npm ci with development dependencies.', { cause });
  }
}
