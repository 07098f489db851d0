import { ManagedIdentityCredential } from '@azure/identity';
import type { Sandbox } from '../../../sandbox/azure/server';
import { parseScenario } from '../../../sandbox/scenarios/load-scenario';
import { startTestSandbox } from '../../setup/start-test-sandbox';

describe('the token endpoint of the managed identity', () => {
  let sandbox: Sandbox;
  const before = { ...process.env };

  beforeAll(async () => {
    sandbox = await startTestSandbox('healthy');
    Object.assign(process.env, sandbox.environment);
  });
  afterAll(async () => {
    process.env = before;
    await sandbox.close();
  });

  const get = (query: string, header = sandbox.environment['IDENTITY_HEADER'] ?? '') =>
    fetch(`${sandbox.environment['IDENTITY_ENDPOINT']}?${query}`, { headers: { 'X-IDENTITY-HEADER': header } });

  test('gives ManagedIdentityCredential a token that lives as long as the scenario says', async () => {
    const token = await new ManagedIdentityCredential().getToken('https://management.azure.com/.default');
    const lifetimeSeconds = (token.expiresOnTimestamp - Date.now()) / 1000;
    expect(lifetimeSeconds).toBeGreaterThan(86_000);
    expect(lifetimeSeconds).toBeLessThanOrEqual(86_400);
  });

  test('gives a token to the user-assigned identity that asks by client id', async () => {
    const clientId = '11111111-2222-4333-8444-555555555555';
    await new ManagedIdentityCredential({ clientId }).getToken('https://graph.microsoft.com/.default');
    expect(sandbox.requests().at(-1)).toMatchObject({ service: 'identity', status: 200 });
    expect(sandbox.requests().at(-1)?.path).toContain(`client_id=${clientId}`);
  });

  test('refuses a wrong X-IDENTITY-HEADER, an unknown resource and an unknown api-version', async () => {
    const resource = encodeURIComponent('https://graph.microsoft.com');
    expect((await get(`api-version=2019-08-01&resource=${resource}`, 'guess')).status).toBe(401);
    expect((await get(`api-version=2017-09-01&resource=${resource}`)).status).toBe(400);
    const unknown = await get('api-version=2019-08-01&resource=https%3A%2F%2Fexample.com');
    expect(unknown.status).toBe(400);
    expect(await unknown.json()).toMatchObject({ message: expect.stringContaining('AADSTS500011') as string });
  });

  test('hands out tokens that are born expired where the scenario says so', async () => {
    sandbox.load(
      parseScenario({ extends: 'healthy', name: 'expired tokens', tokenLifetimeSeconds: -60 }, 'expired tokens'),
    );
    const reply = await get(`api-version=2019-08-01&resource=${encodeURIComponent('https://graph.microsoft.com')}`);
    const { expires_on: expiresOn } = (await reply.json()) as { expires_on: string };
    expect(Number(expiresOn)).toBeLessThan(Date.now() / 1000);
  });
});
