import { existsSync } from 'node:fs';
import { request } from 'node:https';
import { createCertificates } from '../../../sandbox/azure/certificates';
import { startSandbox, type Sandbox } from '../../../sandbox/azure/server';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario';
import { clientIdOf, guidOf } from '../../../sandbox/scenarios/symbolic-id';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { ask } from './ask';

const MAIL = {
  senderAddress: 'auditor@fabrikam.example',
  content: { subject: 'Look', plainText: 'plain', html: '<b>rich</b>' },
  recipients: { to: [{ address: 'operations@fabrikam.example' }] },
};

describe('the sandbox', () => {
  let sandbox: Sandbox;
  beforeEach(async () => (sandbox = await startTestSandbox('healthy')));
  afterEach(() => sandbox.close());

  const control = (path: string, init?: RequestInit) => fetch(`${sandbox.url}/__sandbox${path}`, init);

  test('gives the app every setting it needs, those of the scenario with their symbols filled in', () => {
    expect(sandbox.environment).toMatchObject({
      AZURE_TENANT_ID: guidOf('tenant:fabrikam'),
      AZURE_RESOURCE_MANAGER_ENDPOINT: `${sandbox.url}/arm`,
      MICROSOFT_GRAPH_ENDPOINT: `${sandbox.url}/graph`,
      LOG_ANALYTICS_ENDPOINT: `${sandbox.url}/logs`,
      IDENTITY_ENDPOINT: `${sandbox.url}/msi/token`,
      COMMUNICATION_SERVICES_ENDPOINT: `${sandbox.url}/mail`,
      MAIL_SENDER: 'auditor@fabrikam.example',
      MAIL_RECIPIENTS: 'operations@fabrikam.example',
    });
    expect(JSON.parse(sandbox.environment['CHECK_OPTIONS'] ?? '')).toMatchObject({
      'synapse-pipeline-permission': {
        expectedPrincipals: [clientIdOf('app:orders-loader'), guidOf('sp:release-pipeline')],
      },
    });
  });

  test('records what each service was asked and answered', async () => {
    await ask(sandbox, 'graph', '/v1.0/applications?$top=1');
    await ask(sandbox, 'mail', '/emails:send?api-version=2025-09-01', { body: MAIL });
    expect(sandbox.requests()).toMatchObject([
      { service: 'identity', method: 'GET', status: 200 },
      { service: 'graph', method: 'GET', path: '/v1.0/applications?$top=1', status: 200 },
      { service: 'identity', method: 'GET', status: 200 },
      { service: 'mail', method: 'POST', path: '/emails:send?api-version=2025-09-01', status: 202, body: MAIL },
    ]);
    expect(await (await control('/requests')).json()).toEqual(sandbox.requests());
    sandbox.forget();
    expect([sandbox.requests(), sandbox.outbox()]).toEqual([[], []]);
  });

  test('shows the mails of its outbox to a browser, and lets them do nothing there', async () => {
    const reply = await ask<{ id: string }>(sandbox, 'mail', '/emails:send?api-version=2025-09-01', { body: MAIL });
    expect(await (await control('/outbox')).json()).toEqual(sandbox.outbox());
    const html = await control(`/outbox/${reply.body.id}.html`);
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(await html.text()).toBe('<b>rich</b>');
    expect(await (await control(`/outbox/${reply.body.id}.txt`)).text()).toBe('plain');
    expect((await control('/outbox/none.html')).status).toBe(404);
  });

  test('plays another scenario by name, keeping log and outbox', async () => {
    await ask(sandbox, 'mail', '/emails:send?api-version=2025-09-01', { body: MAIL });
    const requests = sandbox.requests().length;
    const put = (body: unknown) => control('/scenario', { method: 'PUT', body: JSON.stringify(body) });
    expect(await (await put({ name: 'contoso' })).json()).toEqual({ name: 'contoso' });
    expect(sandbox.environment['AZURE_TENANT_ID']).toBe(guidOf('tenant:contoso'));
    expect(sandbox.requests()).toHaveLength(requests);
    expect(sandbox.outbox()).toHaveLength(1);
    const unknown = await put({ name: 'atlantis' });
    expect(unknown.status).toBe(400);
    expect(await unknown.json()).toMatchObject({
      message: expect.stringContaining('no scenario "atlantis"') as string,
    });
    expect((await put({})).status).toBe(400);
  });

  test('says which address it does not have', async () => {
    expect((await fetch(`${sandbox.url}/nowhere`)).status).toBe(404);
    expect((await control('/nowhere')).status).toBe(404);
  });

  test('survives a path that is not well encoded and a body that is not JSON', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${sandbox.url}/arm/%ZZ`, { agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(400);
    expect((await fetch(`${sandbox.url}/graph/v1.0/$batch`, { method: 'POST', body: '{' })).status).toBe(400);
  });
});

test('a sandbox without given certificates makes its own and removes them when it is closed', async () => {
  const sandbox = await startSandbox({ scenario: loadScenario('healthy') });
  expect(existsSync(sandbox.caFile)).toBe(true);
  await sandbox.close();
  expect(existsSync(sandbox.caFile)).toBe(false);
});

test('closing ends answers that are held back', async () => {
  const sandbox = await startTestSandbox({
    ...loadScenario('healthy'),
    faults: [
      {
        service: 'identity',
        path: '',
        every: 1,
        retryAfterSeconds: null,
        cut: false,
        delayMilliseconds: 600_000,
        emptyPage: false,
      },
    ],
  });
  const held = expect(ask(sandbox, 'graph', '/v1.0/applications')).rejects.toThrow();
  while (sandbox.requests().length === 0) await new Promise((resolve) => setImmediate(resolve));
  await sandbox.close();
  await held;
});

test('a port that is taken is an error', async () => {
  const first = await startTestSandbox('healthy');
  const certificates = await createCertificates(process.env['SANDBOX_CERTIFICATES'] ?? '');
  const port = Number(new URL(first.url).port);
  await expect(startSandbox({ scenario: loadScenario('healthy'), certificates, port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await first.close();
});
