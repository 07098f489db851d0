import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox } from '../../sandbox/azure/server';
import { parseScenario } from '../../sandbox/scenarios/load-scenario';
import { ChannelError, type Channel } from '../../src/alerts/channel';
import { deliverAlerts, WEBHOOK_LIMITS } from '../../src/alerts/deliver-alerts';
import { webhookAlert } from '../../src/alerts/webhook-alert';
import { createWebhook, signatureOf, type WebhookSettings } from '../../src/alerts/webhook';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { anAlert } from '../storage/stored-things';
import { memoryOutbox } from './memory-outbox';

const NOW = new Date('2026-11-22T02:15:00.900Z');
const RUNNING_ON = new AbortController().signal;
const SECRET_PATH = 'workflows/0123456789abcdef';
const KEY = 'a key of sixteen characters';

let sandbox: Sandbox;

function aScenario(...faults: readonly object[]) {
  const ofWebhook = faults.map((fault) => ({ service: 'webhook', ...fault }));
  return parseScenario({ extends: 'healthy', name: 'webhook', faults: ofWebhook }, 'test');
}

beforeAll(async () => {
  sandbox = await startTestSandbox(aScenario());
});
afterAll(() => sandbox.close());
beforeEach(() => {
  sandbox.forget();
  sandbox.load(aScenario());
});

function aWebhook(changes: Partial<WebhookSettings> = {}): Channel {
  const url = `${sandbox.url}/webhook/${SECRET_PATH}`;
  return createWebhook({ url, format: 'json', secret: KEY, ...changes }, () => NOW);
}

async function problemOf(channel: Channel): Promise<ChannelError> {
  const error: unknown = await channel.send(webhookAlert(anAlert()), RUNNING_ON).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ChannelError);
  return error as ChannelError;
}

async function bodyIn(format: WebhookSettings['format'], changes: Parameters<typeof anAlert>[0] = {}) {
  await aWebhook({ format }).send(webhookAlert(anAlert(changes)), RUNNING_ON);
  return JSON.stringify(sandbox.webhooks()[0]?.body);
}

describe('what is posted', () => {
  it('is signed with its time, and bears the alert’s id', async () => {
    const alert = webhookAlert(anAlert());
    expect(await aWebhook().send(alert, RUNNING_ON)).toEqual({ status: 'succeeded' });
    const [received] = sandbox.webhooks();
    const body = { id: alert.id, urgency: alert.urgency, subject: alert.subject, text: alert.plainText };
    expect(received).toMatchObject({ id: alert.id, timestamp: '1795313700', body, repeated: 0 });
    expect(received?.signature).toBe(signatureOf(KEY, '1795313700', JSON.stringify(body)));
  });

  it('is not signed where there is no key', async () => {
    await aWebhook({ secret: undefined }).send(webhookAlert(anAlert()), RUNNING_ON);
    expect(sandbox.webhooks()[0]?.signature).toBeNull();
  });

  it('is told under another id than the mail, always the same, to nobody by name', () => {
    const alert = webhookAlert(anAlert());
    expect(alert).toEqual(webhookAlert(anAlert()));
    expect(alert).toMatchObject({ channel: 'webhook', to: [], attachments: [], html: '' });
    expect(alert.id).not.toBe(anAlert().id);
    expect(alert.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is an adaptive card for Teams, whose text is shown as it is', async () => {
    const body = await bodyIn('teams', { plainText: '[click](https://evil.example) **now**' });
    expect(JSON.parse(body)).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
    });
    expect(body).toContain('{"type":"TextRun","text":"[click](https://evil.example) **now**"}');
    expect(body).not.toContain('"TextBlock"');
  });

  it('mentions nobody and links nothing in Slack', async () => {
    const body = await bodyIn('slack', { subject: '<!channel> & co', plainText: '<https://evil.example|safe>' });
    expect(JSON.parse(body)).toEqual({
      text: expect.stringContaining('&lt;https://evil.example|safe&gt;') as unknown,
      mrkdwn: false,
    });
    expect(body).not.toMatch(/[<>]/);
    expect(body).toContain('&lt;!channel&gt; &amp; co');
  });

  it.each(['teams', 'slack', 'json'] as const)(
    'fits into a message of %s, however long and odd the text is',
    async (format) => {
      const body = await bodyIn(format, {
        subject: 'x\r\nBcc: y\u202e'.repeat(900),
        plainText: '\ud83d€\u0000\u202e'.repeat(50_000),
      });
      expect(Buffer.byteLength(body)).toBeLessThan(28_000);
      expect(body).not.toMatch(/\u202e|\\u0000|\\r/);
    },
  );
});

describe('what goes wrong', () => {
  it.each([
    [429, 'throttled'],
    [408, 'unavailable'],
    [503, 'unavailable'],
    [404, 'configuration'],
    [410, 'configuration'],
    [400, 'refused'],
  ])('after %d is %s, and the address is not told', async (status, kind) => {
    sandbox.load(aScenario({ status, retryAfterSeconds: 90 }));
    const problem = await problemOf(aWebhook());
    expect(problem).toMatchObject({ kind, retryAfterMilliseconds: 90_000, cause: undefined });
    expect(problem.message).toContain(String(status));
    expect(`${problem.message}${problem.stack ?? ''}`).not.toMatch(/0123456789abcdef/);
  });

  it('does not follow to another address', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(307, { location: `${sandbox.url}/webhook/elsewhere` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${SECRET_PATH}`;
    const problem = await problemOf(aWebhook({ url }));
    server.closeAllConnections();
    server.close();
    expect(problem.kind).toBe('configuration');
    expect(sandbox.webhooks()).toEqual([]);
  });

  it('where nobody answers, says why without the address', async () => {
    const problem = await problemOf(aWebhook({ url: `https://127.0.0.1:1/${SECRET_PATH}` }));
    expect(problem).toMatchObject({ kind: 'unavailable', cause: undefined });
    expect(problem.message).toMatch(/^No answer from the webhook \(\w+\)\.$/);
  });

  it('ends with the host', async () => {
    const stopping = aWebhook().send(webhookAlert(anAlert()), AbortSignal.abort());
    await expect(stopping).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

it('an alert whose outcome nobody knows is posted again under the same id', async () => {
  const alert = webhookAlert(anAlert());
  const outbox = memoryOutbox(alert);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const limits = { mail: { perMinute: 1, perHour: 1 }, webhook: WEBHOOK_LIMITS };
  const deliverAt = (now: Date) =>
    deliverAlerts({ outbox, channels: { webhook: aWebhook() }, limits, now: () => now, log, signal: RUNNING_ON });
  sandbox.load(aScenario({ status: 503 }));
  expect(await deliverAt(NOW)).toMatchObject({ deferred: 1 });
  expect(await deliverAt(new Date(NOW.getTime() + 60_000))).toMatchObject({ sent: 1 });
  expect(sandbox.webhooks()).toMatchObject([{ id: alert.id }]);
  const posts = sandbox.requests().filter(({ service }) => service === 'webhook');
  expect(posts.map(({ status }) => status)).toEqual([503, 202]);
});
