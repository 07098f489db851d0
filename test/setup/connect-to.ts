import type { TokenCredential } from '@azure/core-auth';
import type { Sandbox } from '../../sandbox/azure/server';
import { createCredential } from '../../src/credential';
import { azureConnector, type ConnectAzure } from '../../src/inventory/azure/clients';
import { readSettings, type Settings } from '../../src/settings';

/** The real clients, signed in to a sandbox with the app's settings. */
export function connectTo(sandbox: Sandbox): {
  readonly connect: ConnectAzure;
  readonly credential: TokenCredential;
  readonly settings: Settings;
} {
  const settings = readSettings({ ...sandbox.environment, AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
  // @azure/identity reads the endpoint of the managed identity from the environment of the process itself.
  process.env['IDENTITY_ENDPOINT'] = sandbox.environment['IDENTITY_ENDPOINT'];
  process.env['IDENTITY_HEADER'] = sandbox.environment['IDENTITY_HEADER'];
  const credential = createCredential(settings.identityClientId, sandbox.environment);
  return { connect: azureConnector(settings.cloud, credential), credential, settings };
}
