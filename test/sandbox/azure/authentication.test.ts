import { parseScenario } from '../../../sandbox/scenarios/load-scenario';
import type { Sandbox } from '../../../sandbox/azure/server';
import { startTestSandbox } from '../../setup/start-test-sandbox';
import { tokenFor } from './ask';

/** One route of each service that asks for a token, the audience of another one, and the code of its 401s. */
const SERVICES = [
  {
    service: 'graph',
    path: '/v1.0/applications',
    own: 'https://graph.microsoft.com',
    codes: {
      missing: 'InvalidAuthenticationToken',
      invalid: 'InvalidAuthenticationToken',
      wrong: 'InvalidAuthenticationToken',
      expired: 'InvalidAuthenticationToken',
    },
  },
  {
    service: 'arm',
    path: '/subscriptions?api-version=2022-12-01',
    own: 'https://management.azure.com',
    codes: {
      missing: 'AuthenticationFailed',
      invalid: 'InvalidAuthenticationToken',
      wrong: 'InvalidAuthenticationTokenAudience',
      expired: 'ExpiredAuthenticationToken',
    },
  },
  {
    service: 'synapse',
    path: '/fabrikam-orders/roleAssignments?api-version=2020-12-01',
    own: 'https://dev.azuresynapse.net',
    codes: {
      missing: 'AuthenticationFailed',
      invalid: 'AuthenticationFailed',
      wrong: 'InvalidTokenAuthenticationAudience',
      expired: 'AuthenticationFailed',
    },
  },
  {
    service: 'mail',
    path: '/emails/operations/x?api-version=2025-09-01',
    own: 'https://communication.azure.com/',
    codes: { missing: 'Denied', invalid: 'Denied', wrong: 'Denied', expired: 'Denied' },
  },
  {
    service: 'logs',
    path: '/v1/workspaces/x/query',
    own: 'https://api.loganalytics.io',
    codes: {
      missing: 'AuthorizationRequiredError',
      invalid: 'InvalidTokenError',
      wrong: 'InvalidTokenError',
      expired: 'InvalidTokenError',
    },
  },
] as const;

describe.each(SERVICES)('$service', ({ service, path, own, codes }) => {
  let sandbox: Sandbox;
  beforeEach(async () => (sandbox = await startTestSandbox('healthy')));
  afterEach(() => sandbox.close());

  const codeWith = async (authorization: string | undefined): Promise<unknown> => {
    const response = await fetch(`${sandbox.url}/${service}${path}`, {
      headers: authorization ? { authorization } : {},
    });
    expect(response.status).toBe(401);
    const body = (await response.json()) as { code?: string; error?: { code: string } };
    return body.error?.code ?? body.code;
  };

  test('refuses a request without token', async () => {
    expect(await codeWith(undefined)).toBe(codes.missing);
  });

  test('refuses a token that was tampered with', async () => {
    const [claims, signature] = (await tokenFor(sandbox, own)).split('.');
    const forged = Buffer.from(
      Buffer.from(claims ?? '', 'base64url')
        .toString()
        .replace('{', '{ '),
    ).toString('base64url');
    expect(await codeWith(`Bearer ${forged}.${signature}`)).toBe(codes.invalid);
  });

  test('refuses a token for another audience', async () => {
    expect(await codeWith(`Bearer ${await tokenFor(sandbox, 'https://storage.azure.com')}`)).toBe(codes.wrong);
  });

  test('refuses an expired token', async () => {
    sandbox.load(parseScenario({ extends: 'healthy', name: 'expired', tokenLifetimeSeconds: 0 }, 'expired'));
    expect(await codeWith(`Bearer ${await tokenFor(sandbox, own)}`)).toBe(codes.expired);
  });

  test('lets its own audience in', async () => {
    const authorization = `Bearer ${await tokenFor(sandbox, own)}`;
    const response = await fetch(`${sandbox.url}/${service}${path}`, { headers: { authorization } });
    await response.arrayBuffer();
    expect(response.status).not.toBe(401);
  });
});

test('the Synapse data plane refuses its audience with a trailing slash, as the real one does', async () => {
  const sandbox = await startTestSandbox('healthy');
  const authorization = `Bearer ${await tokenFor(sandbox, 'https://dev.azuresynapse.net/')}`;
  const url = `${sandbox.url}/synapse/fabrikam-orders/roleAssignments?api-version=2020-12-01`;
  const response = await fetch(url, { headers: { authorization } });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ code: 'InvalidTokenAuthenticationAudience' });
  await sandbox.close();
});
