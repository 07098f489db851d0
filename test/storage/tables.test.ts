import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import type { TokenCredential } from '@azure/core-auth';
import { StorageError } from '../../src/storage/errors';
import { openTables, type StorageSettings } from '../../src/storage/tables';
import { onAzurite } from './on-azurite';

const tablePrefix = 'Opening';
const secret = Buffer.from('a secret of nobody').toString('base64');
const noCredential = (): TokenCredential => {
  throw new Error('no credential was to be asked for');
};

const failureOf = async (settings: StorageSettings, credential = noCredential): Promise<StorageError> => {
  const { runs } = openTables(settings, credential);
  const error: unknown = await runs.get({ partitionKey: 'p', rowKey: 'r' }).catch((failure: unknown) => failure);
  if (!(error instanceof StorageError)) {
    throw new Error('expected a StorageError', { cause: error });
  }
  return error;
};

const accountOn = (endpoint: string, key = secret): string =>
  `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${key};TableEndpoint=${endpoint}`;

/** All that a log could show of an error, its causes included. */
const everythingIn = (error: Error): string =>
  [inspect(error, { depth: 10, showHidden: true }), error.stack, JSON.stringify(error), String(error.cause)].join('\n');

describe('storage by connection string', () => {
  const azurite = onAzurite();

  it('is opened without a credential', async () => {
    const { runs } = openTables({ connectionString: azurite.connectionString, tablePrefix }, noCredential);
    await runs.put({ partitionKey: 'p', rowKey: 'r', value: 'v' });
    expect(await azurite.rows(tablePrefix, 'Runs')).toMatchObject([{ value: 'v' }]);
  });

  it('with a wrong key says where, and to check the key; and shows neither key nor signature', async () => {
    const right = /AccountKey=([^;]+)/.exec(azurite.connectionString)?.[1] ?? '';
    const error = await failureOf({ connectionString: azurite.connectionString.replace(right, secret), tablePrefix });
    expect(error.message).toMatch(
      /^Could not read table OpeningRuns at http:\/\/127\.0\.0\.1:\d+\/devstoreaccount1: refused \(403/,
    );
    expect(error.message).toContain('Check the key or signature in AzureWebJobsStorage');
    expect(error.message).toContain('Storage Table Data Contributor');
    expect(everythingIn(error)).not.toContain(secret);
    expect(everythingIn(error)).not.toMatch(/SharedKeyLite/);
  });

  it('where nobody listens says where, and asks for Azurite', async () => {
    const server = createServer();
    const port = await listen(server);
    await close(server);
    const endpoint = `http://127.0.0.1:${port}/devstoreaccount1`;
    const error = await failureOf({ connectionString: accountOn(endpoint), tablePrefix });
    expect(error.message).toBe(
      `Could not read table OpeningRuns at ${endpoint}: not reachable (ECONNREFUSED). ` +
        'Check AUDIT_STORAGE_TABLE_ENDPOINT or AzureWebJobsStorage, and the network. Is Azurite running?',
    );
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
    expect(everythingIn(error)).not.toContain(secret);
  });

  it('with a shared access signature keeps that to itself', async () => {
    const signature = 'sv=2026-01-01&sig=signature-of-nobody';
    const { origin } = new URL(/TableEndpoint=([^;]+)/.exec(azurite.connectionString)?.[1] ?? '');
    const connectionString = `TableEndpoint=${origin}/devstoreaccount1;SharedAccessSignature=${signature}`;
    const error = await failureOf({ connectionString, tablePrefix });
    expect(error.message).toContain(`${origin}/devstoreaccount1:`);
    expect(everythingIn(error)).not.toContain('signature-of-nobody');
  });

  it.each([
    ['text', 'something else'],
    ['a key that is missing', 'DefaultEndpointsProtocol=https;AccountName=a;EndpointSuffix=core.windows.net'],
    ['nothing', ''],
  ])('that is %s says what to do', async (_, connectionString) => {
    const error = await failureOf({ connectionString, tablePrefix });
    expect(error.message).toMatch(/^AzureWebJobsStorage is no connection string of a storage account\. Copy it/);
  });

  it('is not opened over http beyond this machine', async () => {
    const error = await failureOf({ connectionString: accountOn('http://storage.example.com/account'), tablePrefix });
    expect(error.message).toContain('AzureWebJobsStorage names http://storage.example.com');
  });
});

describe('storage by endpoint', () => {
  const credentialOf = (getToken: TokenCredential['getToken']) => (): TokenCredential => ({ getToken });

  it('does not send a token over http', async () => {
    const error = await failureOf({ endpoint: 'http://127.0.0.1:10002/devstoreaccount1', tablePrefix });
    expect(error.message).toContain('Tokens are sent over https only');
    expect(error.message).toContain('AzureWebJobsStorage');
  });

  it('asks for a credential when it is first used, and for a token for storage', async () => {
    const scopes: unknown[] = [];
    const credential = credentialOf((scope) => {
      scopes.push(scope);
      return Promise.reject(Object.assign(new Error('not signed in'), { name: 'CredentialUnavailableError' }));
    });
    const error = await failureOf({ endpoint: 'https://account.example.com', tablePrefix }, credential);
    expect(scopes.flat()).toEqual(['https://storage.azure.com/.default']);
    expect(error.message).toBe(
      'Could not read table OpeningRuns at https://account.example.com: no token could be had ' +
        '(CredentialUnavailableError). Sign in with "az login", or give the app an identity.',
    );
  });

  it('that is unused needs no credential', () => {
    expect(() => openTables({ endpoint: 'https://account.example.com', tablePrefix }, noCredential)).not.toThrow();
  });
});

/** What Azure answers and Azurite never does. */
describe('an answer of the service', () => {
  let server: Server;
  let endpoint: string;
  let answer: { readonly status: number; readonly code: string };

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(answer.status, { 'x-ms-error-code': answer.code, 'content-type': 'application/json' });
      response.end(JSON.stringify({ 'odata.error': { code: answer.code, message: { lang: 'en-US', value: 'told' } } }));
    });
    endpoint = `http://127.0.0.1:${await listen(server)}/devstoreaccount1`;
  });
  afterAll(() => close(server));

  it.each([
    [403, 'AuthorizationPermissionMismatch', /the role "Storage Table Data Contributor"/, /AzureWebJobsStorage/],
    [403, 'AuthenticationFailed', /Check the key or signature/, /Contributor/],
    [403, 'KeyBasedAuthenticationNotPermitted', /set AUDIT_STORAGE_TABLE_ENDPOINT/, /Contributor/],
    [403, 'AuthorizationFailure', /firewall.*/, /busy/],
    [501, 'NotImplemented', /answered 501 NotImplemented/, /Contributor/],
    [409, 'TableBeingDeleted', /answered 409 TableBeingDeleted/, /busy/],
  ])('%d %s is told with what to do', async (status, code, advice, otherAdvice) => {
    answer = { status, code };
    const { message } = await failureOf({ connectionString: accountOn(endpoint), tablePrefix });
    expect(message).toContain(`${status} ${code}`);
    expect(message).toMatch(advice);
    expect(message).not.toMatch(otherAdvice);
  });
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
