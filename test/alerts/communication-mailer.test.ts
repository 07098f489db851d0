import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ManagedIdentityCredential } from '@azure/identity';
import { createCertificates } from '../../sandbox/azure/certificates';
import type { Sandbox } from '../../sandbox/azure/server';
import type { Azurite } from '../../sandbox/azurite';
import { parseScenario } from '../../sandbox/scenarios/load-scenario';
import { createMailer } from '../../src/alerts/communication-mailer';
import { ChannelError, type Channel } from '../../src/alerts/channel';
import { deliverAlerts, WEBHOOK_LIMITS, type Delivery } from '../../src/alerts/deliver-alerts';
import type { Log } from '../../src/log';
import { openStorage, type Storage } from '../../src/storage/open-storage';
import { startAzurite } from '../setup/start-azurite';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { anAlert, night, publishNight } from '../storage/stored-things';

const SENDER = 'auditor@fabrikam.example';
const ID = anAlert().id;
const RUNNING_ON = new AbortController().signal;

let sandbox: Sandbox;

/** The healthy scenario with a mail service of this kind, and with this happening to requests. */
function aScenario(mail: object = {}, ...faults: readonly object[]) {
  const ofMail = faults.map((fault) => ({ service: 'mail', ...fault }));
  return parseScenario({ extends: 'healthy', name: 'mail', mail, faults: ofMail }, 'test');
}

beforeAll(async () => {
  sandbox = await startTestSandbox(aScenario());
  Object.assign(process.env, sandbox.environment);
});
afterAll(() => sandbox.close());
beforeEach(() => {
  sandbox.forget();
  sandbox.load(aScenario());
});

const SENDING = { method: 'POST', path: '^/emails:send' };
const READING = { method: 'GET', path: '^/emails/operations/' };

/** Watching for no time means one status read, right after sending. */
function aMailer({ sender = SENDER, watchMilliseconds = 0 } = {}): Channel {
  const endpoint = sandbox.environment['COMMUNICATION_SERVICES_ENDPOINT'] ?? '';
  return createMailer({ endpoint, credential: new ManagedIdentityCredential() }, sender, { watchMilliseconds });
}

function requests(method: 'POST' | 'GET'): readonly string[] {
  const ofMail = sandbox.requests().filter((request) => request.service === 'mail' && request.method === method);
  return ofMail.map(({ path }) => path.split('?')[0] ?? '');
}

async function problemOf(promise: Promise<unknown>): Promise<ChannelError> {
  const error: unknown = await promise.then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ChannelError);
  return error as ChannelError;
}

describe('sending', () => {
  it('hands over the whole mail under the alert’s id, without tracking', async () => {
    const alert = anAlert({ to: ['a@example.com', 'b@example.com'] });
    expect(await aMailer().send(alert, RUNNING_ON)).toEqual({ status: 'running' });
    expect(sandbox.outbox()).toMatchObject([
      {
        operationId: alert.id,
        from: SENDER,
        to: ['a@example.com', 'b@example.com'],
        subject: alert.subject,
        plainText: alert.plainText,
        html: alert.html,
      },
    ]);
    const [sent] = sandbox.requests().filter(({ method }) => method === 'POST');
    expect(sent?.body).toMatchObject({ userEngagementTrackingDisabled: true });
  });

  it('hands over attached tables whole, byte order mark included', async () => {
    const text = '\uFEFF"Name"\r\n"Zoë “x”"\r\n';
    await aMailer().send(anAlert({ attachments: [{ name: 'a.csv', contentType: 'text/csv', text }] }), RUNNING_ON);
    expect(sandbox.outbox()).toMatchObject([
      { attachments: [{ name: 'a.csv', contentType: 'text/csv', bytes: Buffer.byteLength(text), text }] },
    ]);
  });

  it('reads the status once where there is no time to watch', async () => {
    await aMailer().send(anAlert(), RUNNING_ON);
    expect(requests('GET')).toEqual([`/emails/operations/${ID}`]);
  });

  it('watches until the mail is handed on', async () => {
    expect(await aMailer({ watchMilliseconds: 5_000 }).send(anAlert(), RUNNING_ON)).toEqual({ status: 'succeeded' });
    expect(requests('GET')).toHaveLength(2);
  });

  it('learns that all recipients are suppressed', async () => {
    sandbox.load(aScenario({ suppressed: ['team@example.com'] }));
    expect(await aMailer({ watchMilliseconds: 5_000 }).send(anAlert(), RUNNING_ON)).toEqual({
      status: 'failed',
      reason: expect.stringMatching(/^EmailDroppedAllRecipientsSuppressed: .+/) as string,
      problem: 'recipients',
    });
  });

  it.each([
    ['refused', { ...READING, status: 429 }],
    ['failing', { ...READING, status: 503 }],
    ['cut off', { ...READING, cut: true }],
  ])('counts as accepted although the status read is %s', async (_, fault) => {
    sandbox.load(aScenario({}, fault));
    expect(await aMailer().send(anAlert(), RUNNING_ON)).toEqual({ status: 'running' });
    expect(sandbox.outbox()).toHaveLength(1);
  });

  it('counts as accepted although the host stops meanwhile', async () => {
    const host = new AbortController();
    const sending = aMailer({ watchMilliseconds: 60_000 }).send(anAlert(), host.signal);
    const stopOnceAccepted = setInterval(() => {
      if (requests('GET').length > 0) {
        host.abort();
      }
    }, 5);
    expect(
      await sending.finally(() => {
        clearInterval(stopOnceAccepted);
      }),
    ).toEqual({ status: 'running' });
  });
});

describe('a mail that is not accepted', () => {
  it('is not repeated by the SDK, and tells how long the service wants to be left alone', async () => {
    sandbox.load(aScenario({}, { ...SENDING, status: 429, retryAfterSeconds: 1_800 }));
    const problem = await problemOf(aMailer().send(anAlert(), RUNNING_ON));
    expect(problem).toMatchObject({ kind: 'throttled', retryAfterMilliseconds: 1_800_000 });
    expect(requests('POST')).toHaveLength(1);
  });

  it('was throttled even where the service does not say for how long', async () => {
    sandbox.load(aScenario({}, { ...SENDING, status: 429 }));
    const problem = await problemOf(aMailer().send(anAlert(), RUNNING_ON));
    expect(problem).toMatchObject({ kind: 'throttled', retryAfterMilliseconds: undefined });
  });

  it.each([
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['a cut connection', { cut: true }],
  ])('has an unknown outcome after %s', async (_, fault) => {
    sandbox.load(aScenario({}, { ...SENDING, ...fault }));
    expect((await problemOf(aMailer().send(anAlert(), RUNNING_ON))).kind).toBe('unavailable');
    expect(requests('POST')).toHaveLength(1);
  });

  it('waits for a setting to be mended where the domain is not linked', async () => {
    const problem = await problemOf(aMailer({ sender: 'auditor@elsewhere.example' }).send(anAlert(), RUNNING_ON));
    expect(problem.kind).toBe('configuration');
    expect(problem.message).toMatch(/404 DomainNotLinked.*MAIL_SENDER/);
  });

  it.each([
    [401, 'Denied', 'configuration'],
    [403, 'Unauthorized', 'configuration'],
    [400, 'InvalidSenderUserName', 'configuration'],
    [400, 'InvalidRecipients', 'recipients'],
    [400, 'BadRequest', 'refused'],
    [413, 'RequestBodyTooLarge', 'refused'],
    [409, 'Conflict', 'unavailable'],
  ])('after %d %s is %s', async (status, code, kind) => {
    sandbox.load(aScenario({}, { ...SENDING, status, code }));
    expect((await problemOf(aMailer().send(anAlert(), RUNNING_ON))).kind).toBe(kind);
  });

  it('was not sent where no token could be had', async () => {
    const endpoint = sandbox.environment['COMMUNICATION_SERVICES_ENDPOINT'] ?? '';
    const credential = {
      getToken: () => Promise.reject(new Error('no identity')),
    };
    const problem = await problemOf(createMailer({ endpoint, credential }, SENDER).send(anAlert(), RUNNING_ON));
    expect(problem).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('no identity') as string });
    expect(requests('POST')).toEqual([]);
  });
});

describe('the state of an alert', () => {
  it('is unknown where it never arrived, and nothing is sent by asking', async () => {
    expect(await aMailer().stateOf(ID, RUNNING_ON)).toEqual({ status: 'unknown' });
    expect(requests('GET')).toEqual([`/emails/operations/${ID}`]);
    expect(requests('POST')).toEqual([]);
  });

  it('is known to another process than the one that sent it', async () => {
    sandbox.load(aScenario({ suppressed: ['gone@example.com'] }));
    const dropped = anAlert({ id: ID.replace(/1$/, '2'), to: ['gone@example.com'] });
    await aMailer().send(anAlert(), RUNNING_ON);
    await aMailer().send(dropped, RUNNING_ON);
    expect(await aMailer().stateOf(ID, RUNNING_ON)).toEqual({ status: 'succeeded' });
    expect(await aMailer().stateOf(dropped.id, RUNNING_ON)).toMatchObject({ status: 'failed' });
  });

  it('is still running at first', async () => {
    sandbox.load(aScenario({}, { ...READING, status: 503 }));
    await aMailer().send(anAlert(), RUNNING_ON);
    expect(await aMailer().stateOf(ID, RUNNING_ON)).toEqual({ status: 'running' });
  });

  it.each([
    ['a rationed read', { status: 429, retryAfterSeconds: 60 }, 'throttled'],
    ['a failing service', { status: 500 }, 'unavailable'],
    ['a missing role', { status: 403 }, 'configuration'],
    ['a refusal that is none of the mail', { status: 400 }, 'unavailable'],
  ])('cannot be told after %s', async (_, fault, kind) => {
    sandbox.load(aScenario({}, { ...READING, ...fault }));
    expect((await problemOf(aMailer().stateOf(ID, RUNNING_ON))).kind).toBe(kind);
  });
});

describe('something between us and the service', () => {
  let answer: { status: number; contentType: string; body: string };
  let signed: boolean[];
  let server: Server;
  let endpoint: string;
  const key = Buffer.from('not a real key').toString('base64');

  beforeAll(async () => {
    const { key: tlsKey, cert } = await createCertificates(process.env['SANDBOX_CERTIFICATES'] ?? '');
    server = createServer({ key: tlsKey, cert }, (request, response) => {
      void text(request).then((body) => {
        signed.push(request.headers.authorization?.endsWith(signatureOf(request, body, key)) ?? false);
        response.writeHead(answer.status, { 'content-type': answer.contentType });
        response.end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    signed = [];
    answer = { status: 200, contentType: 'text/html', body: '<html>Please sign in to this network</html>' };
  });

  const mailer = (connectionString = `endpoint=${endpoint}/mail;accesskey=${key}`) =>
    createMailer({ connectionString }, SENDER, { watchMilliseconds: 0 });

  it('that answers 200 with a page of its own has accepted nothing', async () => {
    expect((await problemOf(mailer().send(anAlert(), RUNNING_ON))).kind).toBe('unavailable');
  });

  it.each([
    ['a page of its own', 'text/html', '<html>Welcome</html>'],
    ['JSON of something else', 'application/json', '{"hello":"world"}'],
  ])('that answers %s knows no state', async (_, contentType, body) => {
    answer = { status: 200, contentType, body };
    expect((await problemOf(mailer().stateOf(ID, RUNNING_ON))).kind).toBe('unavailable');
  });

  it('does not make an accepted mail less accepted by spoiling the answer', async () => {
    answer = { status: 202, contentType: 'text/html', body: '<html>' };
    expect(await mailer().send(anAlert(), RUNNING_ON)).toEqual({ status: 'running' });
  });

  it.each([
    ['in the usual form', () => `endpoint=${endpoint}/;accesskey=${key}`],
    ['with a path', () => `endpoint=${endpoint}/some/mail;accesskey=${key}`],
    ['in another order and case, with blanks', () => `AccessKey=${key} ; Endpoint=${endpoint}`],
    ['with a semicolon at its end', () => `endpoint=${endpoint};accesskey=${key};`],
  ])('gets requests signed with the key of a connection string %s', async (_, connectionString) => {
    answer = { status: 500, contentType: 'application/json', body: '{}' };
    await problemOf(mailer(connectionString()).send(anAlert(), RUNNING_ON));
    await problemOf(mailer(connectionString()).stateOf(ID, RUNNING_ON));
    expect(signed).toEqual([true, true]);
  });

  it.each([`endpoint=nowhere;accesskey=${key}`, `accesskey=${key}`, 'endpoint=https://mail.example;accesskey='])(
    'is not even asked where the connection string is malformed; the error does not show it: %s',
    (connectionString) => {
      const create = () => mailer(connectionString);
      expect(create).toThrow(/endpoint=https:\/\/…;accesskey=…/);
      expect(create).not.toThrow(key);
    },
  );
});

/** https://learn.microsoft.com/rest/api/communication/authentication */
function signatureOf({ method, url, headers }: IncomingMessage, body: string, key: string): string {
  const contentHash = createHash('sha256').update(body).digest('base64');
  const toSign = `${method}\n${url}\n${String(headers['x-ms-date'])};${headers.host};${contentHash}`;
  return `Signature=${createHmac('sha256', Buffer.from(key, 'base64')).update(toSign).digest('base64')}`;
}

describe('delivery from the stored outbox', () => {
  let azurite: Azurite;
  let prefix = 0;
  beforeAll(async () => {
    azurite = await startAzurite();
  });
  afterAll(() => azurite.close());

  async function outboxWith(...alerts: readonly ReturnType<typeof anAlert>[]): Promise<Storage> {
    prefix += 1;
    const { connectionString } = azurite;
    const storage = openStorage({ connectionString, tablePrefix: `Mail${prefix}` }, () => {
      throw new Error('a connection string needs no credential');
    });
    await publishNight(storage, 0, { alerts });
    return storage;
  }

  function deliverAt(now: Date, { alerts: outbox }: Storage, mailer = aMailer()): Promise<Delivery> {
    const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const limits = { mail: { perMinute: 30, perHour: 100 }, webhook: WEBHOOK_LIMITS };
    const channels = { mail: mailer };
    return deliverAlerts({ outbox, channels, limits, now: () => now, log: silent, signal: RUNNING_ON });
  }

  const now = night(1);
  const later = new Date(now.getTime() + 3_600_000);

  it('mails once, however often it is asked to', async () => {
    const storage = await outboxWith(anAlert());
    expect(await deliverAt(now, storage)).toEqual({ sent: 1, deferred: 0, failed: 0 });
    expect(await deliverAt(later, storage)).toEqual({ sent: 0, deferred: 0, failed: 0 });
    expect(sandbox.outbox()).toMatchObject([{ operationId: ID, repeated: 0 }]);
    expect((await storage.alerts.standing()).counts).toMatchObject({ sent: 1 });
  });

  it('mails once although the answer to the first try was cut off', async () => {
    sandbox.load(aScenario({}, { ...SENDING, cut: true }));
    const storage = await outboxWith(anAlert());
    expect(await deliverAt(now, storage)).toEqual({ sent: 0, deferred: 1, failed: 0 });
    expect(await deliverAt(now, storage)).toEqual({ sent: 0, deferred: 0, failed: 0 });
    expect(await deliverAt(later, storage)).toEqual({ sent: 1, deferred: 0, failed: 0 });
    expect(sandbox.outbox()).toMatchObject([{ operationId: ID, repeated: 0 }]);
    expect(requests('POST')).toHaveLength(1);
  });

  it('mails once although the process died between sending and storing that', async () => {
    const storage = await outboxWith(anAlert());
    const [alert] = await storage.alerts.deliverable(now);
    const claimed = await storage.alerts.claim(alert!, later);
    await aMailer().send(claimed!, RUNNING_ON);
    expect(await deliverAt(now, storage)).toEqual({ sent: 0, deferred: 0, failed: 0 });
    expect(await deliverAt(later, storage)).toEqual({ sent: 1, deferred: 0, failed: 0 });
    expect(requests('POST')).toHaveLength(1);
  });

  it('mails once although two processes deliver at the same time', async () => {
    const storage = await outboxWith(anAlert());
    const deliveries = await Promise.all([deliverAt(now, storage), deliverAt(now, storage)]);
    expect(deliveries.reduce((sum, { sent }) => sum + sent, 0)).toBe(1);
    expect(requests('POST')).toHaveLength(1);
  });

  it('mails after a 429, not before the time the service asked for', async () => {
    sandbox.load(aScenario({}, { ...SENDING, status: 429, retryAfterSeconds: 3_600 }));
    const storage = await outboxWith(anAlert());
    expect(await deliverAt(now, storage)).toEqual({ sent: 0, deferred: 1, failed: 0 });
    expect(await deliverAt(new Date(later.getTime() - 1), storage)).toEqual({ sent: 0, deferred: 0, failed: 0 });
    expect(await deliverAt(later, storage)).toEqual({ sent: 1, deferred: 0, failed: 0 });
  });

  it('gives up a mail that nobody can get, and delivers the others', async () => {
    sandbox.load(aScenario({ suppressed: ['gone@example.com'] }));
    const other = anAlert({ id: ID.replace(/1$/, '2') });
    const storage = await outboxWith(anAlert({ to: ['gone@example.com'] }), other);
    const mailer = aMailer({ watchMilliseconds: 5_000 });
    expect(await deliverAt(now, storage, mailer)).toEqual({ sent: 1, deferred: 0, failed: 1 });
    expect((await storage.alerts.standing()).counts).toMatchObject({ sent: 1, failed: 1 });
  });
});
