import type { Sandbox } from '../azure/server';
import type { Azurite } from '../azurite';

/** What the app sees of the simulated tenant: what any program needs, and settings. */
export function appEnvironment(sandbox: Sandbox, azurite: Azurite): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return {
    PATH,
    HOME,
    ...sandbox.environment,
    NODE_EXTRA_CA_CERTS: sandbox.caFile,
    AzureWebJobsStorage: azurite.connectionString,
  };
}
