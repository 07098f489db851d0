/** Composition root of what reads a tenant: builds the real clients when they are first used. */
import type { TokenCredential } from '@azure/core-auth';
import type { ReadingServices } from './audit/reading-services';
import { loadChecks } from './load-checks';
import type { Own } from './inventory/own';
import type { ReadingSettings } from './settings';

/**
 * @param now the clock of everything but the requests themselves
 * @param own left out by whoever is not the app itself
 */
export function createReadingServices(
  settings: ReadingSettings,
  credential: TokenCredential,
  now: () => Date,
  own?: Own,
): ReadingServices {
  const { tenantId, subscriptions, cloud } = settings;
  return {
    chooseChecks: () => loadChecks(settings.checkOptions),
    tenantId,
    portal: cloud.portal,
    graph: cloud.graph,
    logWorkspaceIds: settings.logWorkspaceIds,
    trustedNetworks: settings.trustedNetworks,
    timeoutMilliseconds: settings.timeoutMilliseconds,
    now,
    // The SDKs below are imported when an audit runs: the HTTP functions answer without ever loading them.
    async collect(needed, period, signal, log) {
      const [{ azureConnector }, { collectInventory }] = await Promise.all([
        import('./inventory/azure/clients'),
        import('./inventory/collect-inventory'),
      ]);
      const to = now();
      const runsPeriod = { from: new Date(to.getTime() - settings.failedRunsMilliseconds), to };
      return collectInventory(azureConnector(cloud, credential), needed, {
        tenantId,
        subscriptions,
        period,
        runsPeriod,
        signal,
        log,
        ...(own && { own }),
      });
    },
    async collectLogs(needed, what, signal, log) {
      const [{ azureConnector }, { collectLogs }] = await Promise.all([
        import('./inventory/azure/clients'),
        import('./inventory/collect-logs'),
      ]);
      return collectLogs(azureConnector(cloud, credential), needed, { ...what, tenantId, signal, log });
    },
  };
}
