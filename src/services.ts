/** Composition root: builds the real clients from the settings, each when it is first used. */
import type { TokenCredential } from '@azure/core-auth';
import type { DeliveryContext } from './alerts/deliver-alerts';
import type { AuditServices } from './audit/run-audit';
import { ownOf } from './own';
import { createReadingServices } from './reading-services';
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
  const credential = lazyCredential(settings, environment);
  const storage = openStorage({ ...settings.storage, tablePrefix: settings.tablePrefix }, () => credential);
  return {
    settings,
    ...createReadingServices(settings, credential, now, ownOf(settings, environment)),
    storage,
    recipients: settings.mail?.recipients ?? [],
    alerting: settings.alerts,
    hasWebhook: settings.webhook !== undefined,
    baseUrl: settings.baseUrl,
    mailTimeZone: settings.mailTimeZone,
    retentionDays: settings.retentionDays,
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
      await storage.status.noteAlerts(now());
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
  { identityClientId, tenantId }: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): TokenCredential {
  let credential: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      credential ??= import('./credential').then(({ createCredential }) =>
        createCredential(identityClientId, environment, tenantId),
      );
      return (await credential).getToken(scopes, options);
    },
  };
}
