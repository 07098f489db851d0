import type { Sandbox } from '../../sandbox/azure/server';
import { createCredential } from '../../src/credential';
import { createAzureClients } from '../../src/inventory/azure/clients';
import { collectInventory } from '../../src/inventory/collect-inventory';
import { SOURCE_NAMES, type Inventory, type SourceName } from '../../src/inventory/sources';
import type { Period } from '../../src/inventory/model';
import type { Log } from '../../src/log';
import { readSettings } from '../../src/settings';

export interface Collection {
  readonly inventory: Inventory;
  /** The "source collected" lines, by source. */
  readonly lines: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** Reads a sandbox's tenant with the real clients, as the timer function does. */
export async function collect(
  sandbox: Sandbox,
  needed: readonly SourceName[] = SOURCE_NAMES,
  options: { readonly signal?: AbortSignal; readonly subscriptions?: readonly string[]; readonly period?: Period } = {},
): Promise<Collection> {
  const settings = readSettings({ ...sandbox.environment, AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
  // @azure/identity reads the endpoint of the managed identity from the environment of the process itself.
  process.env['IDENTITY_ENDPOINT'] = sandbox.environment['IDENTITY_ENDPOINT'];
  process.env['IDENTITY_HEADER'] = sandbox.environment['IDENTITY_HEADER'];
  const lines = new Map<string, Readonly<Record<string, unknown>>>();
  const write: Log['info'] = (_event, fields) => lines.set(String(fields['source']), fields);
  const inventory = await collectInventory(
    createAzureClients(settings.cloud, createCredential(settings.identityClientId, sandbox.environment)),
    new Set(needed),
    {
      tenantId: settings.tenantId,
      subscriptions: options.subscriptions ?? settings.subscriptions,
      period: options.period ?? { from: new Date(Date.now() - 86_400_000), to: new Date() },
      logWorkspaceIds: settings.logWorkspaceIds,
      signal: options.signal ?? new AbortController().signal,
      log: { info: write, warn: write, error: write },
    },
  );
  return { inventory, lines };
}
