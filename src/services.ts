/** Composition root: builds the real clients from the settings, each when it is first used. */
import type { TokenCredential } from '@azure/core-auth';
import type { DeliveryContext } from './alerts/deliver-alerts';
import type { AuditServices } from './audit/run-audit';
import { loadChecks } from './load-checks';
import { readSettings, type Settings } from './settings';
import { openStorage } from './storage/open-storage';

export interface Services extends AuditServices {
  readonly settings: Settings;
}

/**
 * @param now the clock of everything but the requests themselves
 * @throws SettingsError
 */
export function createServices(
  environment: Readonly<Record<string, string | undefined>>,
  now: () => Date = () => new Date(),
): Services {
  const settings = readSettings(environment);
  const credential = lazyCredential(settings.identityClientId, environment);
  const storage = openStorage({ ...settings.storage, tablePrefix: settings.tablePrefix }, () => credential);
  return {
    settings,
    chooseChecks: () => loadChecks(settings.checkOptions),
    tenantId: settings.tenantId,
    portal: settings.cloud.portal,
    storage,
    recipients: settings.mail?.recipients ?? [],
    alerting: settings.alerts,
    hasWebhook: settings.webhook !== undefined,
    baseUrl: settings.baseUrl,
    mailTimeZone: settings.mailTimeZone,
    retentionDays: settings.retentionDays,
    logWorkspaceIds: settings.logWorkspaceIds,
    trustedNetworks: settings.trustedNetworks,
    timeoutMilliseconds: settings.timeoutMilliseconds,
    now,
    // The SDKs below are imported when an audit runs: the HTTP functions answer without ever loading them.
    async collect(needed, period, signal, log) {
      const [{ createAzureClients }, { collectInventory }] = await Promise.all([
        import('./inventory/azure/clients'),
        import('./inventory/collect-inventory'),
      ]);
      const { tenantId, subscriptions } = settings;
      const azure = createAzureClients(settings.cloud, credential);
      const to = now();
      const runsPeriod = { from: new Date(to.getTime() - settings.failedRunsMilliseconds), to };
      return collectInventory(azure, needed, { tenantId, subscriptions, period, runsPeriod, signal, log });
    },
    async collectLogs(needed, what, signal, log) {
      const [{ createAzureClients }, { collectLogs }] = await Promise.all([
        import('./inventory/azure/clients'),
        import('./inventory/collect-logs'),
      ]);
      const azure = createAzureClients(settings.cloud, credential);
      return collectLogs(azure, needed, { ...what, tenantId: settings.tenantId, signal, log });
    },
    async deliver(signal, log) {
      const { mail, webhook } = settings;
      if (mail === undefined) {
        log.warn('mails are off', { missing: 'COMMUNICATION_SERVICES_ENDPOINT, MAIL_SENDER and MAIL_RECIPIENTS' });
      }
      if (mail === undefined && webhook === undefined) {
        return;
      }
      const [{ deliverAlerts, WEBHOOK_LIMITS }, channels] = await Promise.all([
        import('./alerts/deliver-alerts'),
        createChannels(settings, credential, now),
      ]);
      const limits = { mail: settings.mailLimits, webhook: WEBHOOK_LIMITS };
      await deliverAlerts({ outbox: storage.alerts, channels, limits, now, log, signal });
    },
  };
}

async function createChannels(
  { mail, webhook }: Settings,
  credential: TokenCredential,
  now: () => Date,
): Promise<DeliveryContext['channels']> {
  const mailing = mail && (await import('./alerts/communication-mailer'));
  const posting = webhook && (await import('./alerts/webhook'));
  return {
    ...(mail &&
      mailing && {
        mail: mailing.createMailer(
          'endpoint' in mail.service ? { ...mail.service, credential } : mail.service,
          mail.sender,
        ),
      }),
    ...(webhook && posting && { webhook: posting.createWebhook(webhook, now) }),
  };
}

function lazyCredential(
  clientId: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): TokenCredential {
  let credential: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      credential ??= import('./credential').then(({ createCredential }) => createCredential(clientId, environment));
      return (await credential).getToken(scopes, options);
    },
  };
}
