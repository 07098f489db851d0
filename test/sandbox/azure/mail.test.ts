import { randomUUID } from 'node:crypto';
import { EmailClient, type EmailMessage } from '@azure/communication-email';
import { ManagedIdentityCredential } from '@azure/identity';
import type { Sandbox } from '../../../sandbox/azure/server';
import { loadScenario, parseScenario } from '../../../sandbox/scenarios/load-scenario';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask, type ErrorBody } from './ask';

const HEALTHY: EmailMessage = {
  senderAddress: 'auditor@fabrikam.example',
  content: { subject: 'A secret ends', plainText: 'In 7 days.', html: '<p>In 7 days.</p>' },
  recipients: { to: [{ address: 'operations@fabrikam.example', displayName: 'Operations' }] },
};

describe('Azure Communication Services Email', () => {
  const before = { ...process.env };
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startTestSandbox('healthy');
    Object.assign(process.env, sandbox.environment);
  });
  beforeEach(() => {
    sandbox.load(loadScenario('healthy'));
    sandbox.forget();
  });
  afterAll(async () => {
    process.env = before;
    await sandbox.close();
  });

  // The SDK takes no address with a path in it: a policy puts it there.
  const client = () =>
    new EmailClient(sandbox.url, new ManagedIdentityCredential(), {
      additionalPolicies: [
        {
          position: 'perCall',
          policy: {
            name: 'path',
            sendRequest(request, next) {
              request.url = request.url.replace(`${sandbox.url}/emails`, `${sandbox.url}/mail/emails`);
              return next(request);
            },
          },
        },
      ],
    });
  const send = (message: unknown, operationId: string = randomUUID()) =>
    ask<ErrorBody>(sandbox, 'mail', '/emails:send?api-version=2025-09-01', {
      body: message,
      headers: { 'operation-id': operationId },
    });
  const status = (id: string) => ask(sandbox, 'mail', `/emails/operations/${id}?api-version=2025-09-01`);
  const withMail = (mail: object): void => {
    sandbox.load(parseScenario({ extends: 'healthy', name: 'other mail', mail }, 'other mail'));
  };

  test('EmailClient sends under its own operation id and waits until the mail is handed over', async () => {
    const operationId = randomUUID();
    const poller = await client().beginSend(
      {
        ...HEALTHY,
        attachments: [
          { name: 'report.csv', contentType: 'text/csv', contentInBase64: Buffer.from('a,b').toString('base64') },
        ],
      },
      { operationId },
    );
    expect(await poller.pollUntilDone()).toMatchObject({ id: operationId, status: 'Succeeded' });
    expect(sandbox.outbox()).toMatchObject([
      {
        operationId,
        from: 'auditor@fabrikam.example',
        to: ['operations@fabrikam.example'],
        cc: [],
        bcc: [],
        subject: 'A secret ends',
        plainText: 'In 7 days.',
        html: '<p>In 7 days.</p>',
        attachments: [{ name: 'report.csv', contentType: 'text/csv', bytes: 3, text: 'a,b' }],
        status: 'Succeeded',
        repeated: 0,
      },
    ]);
  });

  test('an operation is read as Running once, then as Succeeded', async () => {
    const operationId = randomUUID();
    const reply = await send(HEALTHY, operationId);
    expect(reply).toMatchObject({ status: 202, body: { id: operationId, status: 'Running' } });
    expect(reply.headers.get('operation-location')).toBe(
      `${sandbox.url}/mail/emails/operations/${operationId}?api-version=2025-09-01`,
    );
    expect((await status(operationId)).body).toMatchObject({ status: 'Running' });
    expect((await status(operationId)).body).toMatchObject({ status: 'Succeeded' });
  });

  test('the same operation id again mails nothing, and the repetition is recorded', async () => {
    const operationId = randomUUID();
    await send(HEALTHY, operationId);
    expect((await send({ ...HEALTHY, content: { subject: 'Again', plainText: '…' } }, operationId)).status).toBe(202);
    expect(sandbox.outbox()).toMatchObject([{ operationId, subject: 'A secret ends', repeated: 1 }]);
  });

  test('EmailClient learns that all recipients were suppressed', async () => {
    withMail({ suppressed: ['operations@fabrikam.example'] });
    const poller = await client().beginSend(HEALTHY);
    await expect(poller.pollUntilDone()).rejects.toThrow('EmailDroppedAllRecipientsSuppressed');
    expect(sandbox.outbox()).toMatchObject([{ status: 'Failed' }]);
  });

  test('one recipient who is not suppressed is enough', async () => {
    withMail({ suppressed: ['gone@fabrikam.example'] });
    const operationId = randomUUID();
    const to = [{ address: 'gone@fabrikam.example' }, { address: 'operations@fabrikam.example' }];
    await send({ ...HEALTHY, recipients: { to } }, operationId);
    await status(operationId);
    expect((await status(operationId)).body).toMatchObject({ status: 'Succeeded' });
  });

  test('over the limit, 429 says when to come back and mails nothing', async () => {
    withMail({ sendsPerMinute: 1, statusReadsPerMinute: 1 });
    const operationId = randomUUID();
    await send(HEALTHY, operationId);
    const refused = await send(HEALTHY);
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'TooManyRequests' } } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(sandbox.outbox()).toHaveLength(1);
    expect((await status(operationId)).status).toBe(200);
    expect((await status(operationId)).status).toBe(429);
  });

  test.each([
    [
      'a sender whose domain is not linked',
      { ...HEALTHY, senderAddress: 'a@elsewhere.example' },
      404,
      'DomainNotLinked',
    ],
    ['a mail without recipients', { ...HEALTHY, recipients: { to: [] } }, 400, 'BadRequest'],
    [
      'a mail to 51 recipients',
      { ...HEALTHY, recipients: { bcc: Array.from({ length: 51 }, (_, i) => ({ address: `u${i}@x.example` })) } },
      400,
      'BadRequest',
    ],
    ['a mail without content', { ...HEALTHY, content: { subject: 'Empty' } }, 400, 'BadRequest'],
    [
      'a mail over 10 MB',
      {
        ...HEALTHY,
        attachments: [{ name: 'a', contentType: 'b', contentInBase64: 'A'.repeat(10 * 1024 * 1024) }],
      },
      413,
      'RequestBodyTooLarge',
    ],
  ])('refuses %s', async (_, message, status, code) => {
    const reply = await send(message);
    expect(reply).toMatchObject({ status, body: { error: { code } } });
    expect(reply.headers.get('x-ms-error-code')).toBe(code);
    expect(sandbox.outbox()).toEqual([]);
  });

  test('refuses an operation id that is no UUID, and does not know an operation it never accepted', async () => {
    expect((await send(HEALTHY, 'tuesday')).status).toBe(400);
    expect((await status(randomUUID())).status).toBe(404);
  });
});
