/** What every benchmark runs against: the simulated Azure and Azurite, each in a process of its own. */
import { resolve } from 'node:path';
import type { RecordedRequest } from '../sandbox/azure/server';
import type { Session } from '../sandbox/cli/session';
import type { LargeTenantSizes } from '../sandbox/scenarios/large';
import { startChild, type Child } from './child';
import type { AzureQuestion, StartedAzure } from './processes/azure';

export interface Stage {
  /** Directory of the built app. */
  readonly app: string;
  readonly azureUrl: string;
  /** The settings of the app, with what a process needs to trust the simulated Azure. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the simulated Azure was asked since the last such question. */
  requests(): Promise<readonly RecordedRequest[]>;
}

/** This file is built into `build/bench/bench.js`. */
const PROJECT = resolve(__dirname, '../..');

export async function setStage(session: Session, sizes: Partial<LargeTenantSizes>): Promise<Stage> {
  const open = (name: string): Promise<Child> =>
    session.open(
      () => Promise.resolve(startChild(name, {})),
      (child) => child.stop(),
    );
  const [azure, storage] = [await open('azure'), await open('storage')];
  const [{ url, caFile, environment }, connectionString] = await Promise.all([
    azure.ask<AzureQuestion, StartedAzure>({ kind: 'start', sizes }),
    storage.ask<object, string>({}),
  ]);
  return {
    app: PROJECT,
    azureUrl: url,
    environment: { ...environment, NODE_EXTRA_CA_CERTS: caFile, AzureWebJobsStorage: connectionString },
    requests: () => azure.ask<AzureQuestion, readonly RecordedRequest[]>({ kind: 'requests' }),
  };
}
