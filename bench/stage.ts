/** What every benchmark runs against: the simulated Azure and Azurite, each in a process of its own. */
import { resolve } from 'node:path';
import type { Session } from '../sandbox/cli/session';
import { startChild } from './child';
import type { Tenant } from './processes/azure';

/** This file is built into `build/bench/bench.js`. */
const PROJECT = resolve(__dirname, '../..');

export interface Stage {
  /** Directory of the built app. */
  readonly app: string;
  readonly azure: ReturnType<typeof startChild<'azure'>>;
  readonly azureUrl: string;
  /** The settings of the app, with what a process needs to trust the simulated Azure. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function setStage(session: Session, tenant: Tenant): Promise<Stage> {
  const azure = await session.open(
    () => Promise.resolve(startChild('azure', {})),
    (child) => child.stop(),
  );
  const storage = await session.open(
    () => Promise.resolve(startChild('storage', {})),
    (child) => child.stop(),
  );
  const [{ url, caFile, environment }, connectionString] = await Promise.all([
    azure.ask('start', tenant),
    storage.ask('start'),
  ]);
  return {
    app: PROJECT,
    azure,
    azureUrl: url,
    environment: { ...environment, NODE_EXTRA_CA_CERTS: caFile, AzureWebJobsStorage: connectionString },
  };
}
