/** The watch over the audits, from stored runs to the outbox, over Azurite. */
import { InvocationContext, type Timer } from '@azure/functions';
import { appServices } from '../../src/app-services';
import type { Log } from '../../src/log';
import { watch, watchAudits } from '../../src/functions/watch-audits';
import { readSettings } from '../../src/settings';
import type { QueuedAlert } from '../../src/storage/alerts';
import { dyingAt, onAzurite, type OpenedStorage } from '../storage/on-azurite';
import { aReport, at, beginNight, night, publishNight, runIdOf } from '../storage/stored-things';

const azurite = onAzurite();
const { signal } = new AbortController();
const HOUR = 60;
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const settings = readSettings({
  AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555',
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  AUDIT_SCHEDULE: '0 0 0 * * *',
});

/** One look, that many minutes after the first midnight. Returns what was delivered. */
async function look(storage: OpenedStorage, minutes: number): Promise<readonly string[]> {
  const delivered: QueuedAlert[] = [];
  await watch(
    {
      storage,
      settings,
      tenantId: settings.tenantId,
      recipients: ['team@example.com'],
      hasWebhook: false,
      now: () => at(minutes),
      deliver: async () => {
        for (const alert of await storage.alerts.deliverable(at(minutes))) {
          delivered.push(alert);
          await storage.alerts.sent(alert, at(minutes));
        }
      },
    },
    signal,
    log,
  );
  return delivered.map(({ subject }) => subject);
}

async function fullAudit(storage: OpenedStorage, index: number): Promise<void> {
  const lease = await beginNight(storage, index);
  const time = night(index).toISOString();
  const report = { ...aReport(runIdOf(index)), startedAt: time, finishedAt: time, fullAuditAt: time };
  await storage.reports.publish(lease, { report, unconfirmed: [], alerts: [] });
}

it('tells a missed night once, daily, and that audits run again', async () => {
  const storage = azurite.open('Missed');
  await fullAudit(storage, 0);
  expect(await look(storage, 1 * HOUR)).toEqual([]);
  expect(await look(storage, 26 * HOUR)).toEqual([]);
  expect(await look(storage, 27 * HOUR)).toEqual(['Synapse audit does not run: last good audit 27 hours ago']);
  expect(await look(storage, 28 * HOUR)).toEqual([]);
  expect(await look(storage, 51 * HOUR)).toEqual(['Synapse audit does not run: last good audit 51 hours ago']);
  await fullAudit(storage, 3);
  expect(await look(storage, 73 * HOUR)).toEqual(['Synapse audit runs again']);
  expect(await look(storage, 74 * HOUR)).toEqual([]);
});

it('tells of a failed night within the hour, with what the run said', async () => {
  const storage = azurite.open('Failed');
  await fullAudit(storage, 0);
  const now = night(1);
  const run = { runId: runIdOf(1), trigger: 'schedule', audit: 'full', now, expiresAt: at(25 * HOUR) } as const;
  await storage.runs.fail(await storage.runs.begin(run), 'Graph answered 403', now);
  // A later audit of sign-ins hides the failed run from whoever asks for the last one only.
  const signIns = { ...run, runId: runIdOf(1, 7), audit: 'signIns' } as const;
  await storage.runs.fail(await storage.runs.begin(signIns), 'of sign-ins', now);
  expect(await look(storage, 24 * HOUR + 50)).toEqual(['Synapse audit fails: last good audit 24 hours ago']);
  const [sent] = await storage.alerts.list('sent');
  const { plainText } = await storage.alerts.read(sent!);
  expect(plainText).toContain('Graph answered 403');
  expect(plainText).not.toContain('of sign-ins');
});

it('gives a deployment where nothing ever ran 26 hours from when it was first seen', async () => {
  const storage = azurite.open('Never');
  expect(await look(storage, 0)).toEqual([]);
  expect(await look(storage, 26 * HOUR)).toEqual([]);
  expect(await look(storage, 27 * HOUR)).toEqual(['Synapse audit does not run: no audit has succeeded yet']);
  await publishNight(storage, 2, { alerts: [] });
});

it('delivers later what could not be delivered at once, and stores it once', async () => {
  const storage = azurite.open('Later');
  await fullAudit(storage, 0);
  const services = { storage, settings, tenantId: 't', recipients: ['a@example.com'], hasWebhook: false };
  const deliver = () => Promise.reject(new Error('the service is away'));
  await look(storage, 0);
  await expect(watch({ ...services, now: () => at(27 * HOUR), deliver }, signal, log)).rejects.toThrow('away');
  expect(await look(storage, 28 * HOUR)).toEqual([]);
  expect(await storage.alerts.deliverable(at(28 * HOUR))).toHaveLength(1);
});

it('tells it the next hour where it died before anything was stored', async () => {
  const storage = azurite.open('Died');
  await fullAudit(storage, 0);
  await look(storage, 0);
  await expect(look(azurite.open('Died', dyingAt(1, 'before')), 27 * HOUR)).rejects.toThrow();
  expect(await look(storage, 28 * HOUR)).toHaveLength(1);
});

it('fails where storage cannot be read, instead of taking that for no outage or for one', async () => {
  const storage = azurite.open('Unread');
  await fullAudit(storage, 0);
  const find = () => Promise.reject(new Error('no storage'));
  const broken = { ...storage, reports: { ...storage.reports, find } };
  await expect(look(broken, 99 * HOUR)).rejects.toThrow('no storage');
  expect(await storage.alerts.deliverable(at(99 * HOUR))).toEqual([]);
});

it('the function notes when it first watched', async () => {
  Object.assign(process.env, {
    AZURE_TENANT_ID: settings.tenantId,
    AzureWebJobsStorage: azurite.connectionString,
    AUDIT_TABLE_PREFIX: 'Function',
  });
  await watchAudits({} as Timer, new InvocationContext({ logHandler: () => undefined }));
  expect((await appServices().storage.watch.read()).state).toEqual({
    firstSeenAt: expect.any(String) as unknown,
    outage: null,
  });
});
