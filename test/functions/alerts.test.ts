/** Dead letters as the host serves them, over Azurite. */
import { HttpRequest, InvocationContext, type HttpResponseInit } from '@azure/functions';
import type { Azurite } from '../../sandbox/azurite';
import { appServices } from '../../src/app-services';
import { alertsEndpoint } from '../../src/functions/alerts';
import { retryAlertEndpoint } from '../../src/functions/retry-alert';
import { StorageError } from '../../src/storage/errors';
import { anAlert, at, publishNight } from '../storage/stored-things';
import { startAzurite } from '../setup/start-azurite';

let azurite: Azurite;
const dead = anAlert({ id: '00000000-0000-4000-8000-0000000000aa', subject: '<b>first</b>', plainText: 'a body' });
const sent = anAlert({ id: '00000000-0000-4000-8000-0000000000bb', subject: 'second' });

beforeAll(async () => {
  azurite = await startAzurite();
  Object.assign(process.env, {
    AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555',
    AzureWebJobsStorage: azurite.connectionString,
  });
  const { storage } = appServices();
  await publishNight(storage, 0, { alerts: [dead, sent] });
  const [first, second] = await storage.alerts.deliverable(at(0));
  const claimed = await storage.alerts.claim(first!, at(10));
  await storage.alerts.failed(claimed!, 'EmailDroppedAllRecipientsSuppressed: nobody', 'recipients', at(1));
  await storage.alerts.sent(second!, at(2));
});
afterAll(() => azurite.close());

type Handler = typeof alertsEndpoint;

async function call(handler: Handler, query: Record<string, string>, params: Record<string, string> = {}) {
  const request = new HttpRequest({ method: 'GET', url: 'http://localhost/api/alerts', query, params });
  const response: HttpResponseInit = await handler(request, new InvocationContext({ logHandler: () => undefined }));
  return { status: response.status, json: JSON.parse(response.body as string) as Record<string, unknown> };
}
const list = (query: Record<string, string> = {}) => call(alertsEndpoint, query);
const retry = (id: string) => call(retryAlertEndpoint, {}, { id });

describe('GET /api/alerts', () => {
  it('lists what was given up, without what it says', async () => {
    const { status, json } = await list({ state: 'failed' });
    expect(status).toBe(200);
    expect(json).toEqual({
      state: 'failed',
      count: 1,
      alerts: [
        expect.objectContaining({
          id: dead.id,
          to: dead.to,
          subject: dead.subject,
          createdAt: at(0).toISOString(),
          failedAt: at(1).toISOString(),
          attempts: 1,
          lastError: 'EmailDroppedAllRecipientsSuppressed: nobody',
        }),
      ],
    });
    expect(JSON.stringify(json)).not.toContain('a body');
    expect(await list()).toEqual({ status, json });
  });

  it('lists the other states too', async () => {
    expect((await list({ state: 'sent' })).json).toMatchObject({ count: 1, alerts: [{ id: sent.id }] });
    expect((await list({ state: 'pending' })).json).toMatchObject({ count: 0, alerts: [] });
  });

  it.each([
    [{ state: 'dead' }, 'state', /"dead" is not a valid state; allowed: pending, sending, sent, failed/],
    [{ status: 'failed' }, 'query', /"status" is not a valid query parameter; allowed: state, code/],
  ])('says what is wrong with %j', async (query, parameter, detail) => {
    expect(await list(query)).toMatchObject({
      status: 400,
      json: { parameter, detail: expect.stringMatching(detail) as unknown },
    });
  });
});

describe('POST /api/alerts/{id}/retry', () => {
  it('refuses what is no id, what does not exist and what has not failed', async () => {
    expect(await retry('../outbox')).toMatchObject({ status: 400, json: { parameter: 'id' } });
    expect(await retry('00000000-0000-4000-8000-0000000000cc')).toMatchObject({ status: 404 });
    expect(await retry(sent.id)).toMatchObject({ status: 409, json: { state: 'sent' } });
  });

  it('puts a dead letter back, once, and notes how alerts stand then', async () => {
    const { storage, now } = appServices();
    const asked = jest.spyOn(storage.alerts, 'standing');
    expect(await retry(dead.id.toUpperCase())).toMatchObject({ status: 202, json: { id: dead.id, state: 'pending' } });
    expect(await retry(dead.id)).toMatchObject({ status: 409, json: { state: 'pending' } });
    expect((await list()).json).toMatchObject({ count: 0 });
    expect(asked).toHaveBeenCalledTimes(1);
    const { alerts } = await storage.status.read({ now: now(), withAlerts: true });
    expect(alerts).toMatchObject({ counts: { pending: 1, failed: 0 }, failing: null });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('has put it back also where that could not be noted', async () => {
    const { storage, now } = appServices();
    const [alert] = await storage.alerts.deliverable(now());
    await storage.alerts.failed((await storage.alerts.claim(alert!, now()))!, 'again', 'recipients', now());
    jest.spyOn(storage.status, 'noteAlerts').mockRejectedValueOnce(new StorageError('Table Storage is down.'));
    expect(await retry(dead.id)).toMatchObject({ status: 202 });
    expect(await storage.alerts.list('pending')).toMatchObject([{ id: dead.id }]);
  });
});
