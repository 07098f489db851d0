import type { TokenCredential } from '@azure/core-auth';
import { chooseTenant, signIn } from '../../src/cli/sign-in';

const TENANT = '0ee0ee0e-0000-4000-8000-000000000001';
const OTHER = '0ee0ee0e-0000-4000-8000-000000000002';
const SCOPE = 'https://management.azure.com/.default';
const ADVICE = 'Run az login; in a pipeline sign in first, as docs/command-line.md shows.';

const encoded = (part: string) => Buffer.from(part).toString('base64url');
const tokenOf = (claims: string) => `${encoded('{"typ":"JWT"}')}.${encoded(claims)}.signature`;
const issuing = (token: string): TokenCredential => ({
  getToken: () => Promise.resolve({ token, expiresOnTimestamp: 0 }),
});
const failing = (error: Error): TokenCredential => ({ getToken: () => Promise.reject(error) });

function named(name: string, message: string, errors?: readonly Error[]): Error {
  return Object.assign(new Error(message), { name, errors });
}

describe('a sign-in', () => {
  it('asks for Azure Resource Manager, and tells its tenant', async () => {
    const asked: unknown[] = [];
    const credential: TokenCredential = {
      getToken: (scopes) => {
        asked.push(scopes);
        return issuing(tokenOf(JSON.stringify({ tid: TENANT.toUpperCase() }))).getToken(scopes);
      },
    };
    expect(await signIn(credential, SCOPE)).toBe(TENANT);
    expect(asked).toEqual([SCOPE]);
  });

  it.each([
    ['says nothing of it', tokenOf('{}')],
    ['says something else', tokenOf('{"tid":7}')],
    ['holds no object', tokenOf('null')],
    ['holds no JSON', tokenOf('tid')],
    ['is opaque', 'abc'],
  ])('tells no tenant where the token %s', async (_, token) => {
    expect(await signIn(issuing(token), SCOPE)).toBeUndefined();
  });

  it('tells no tenant where there is no token', async () => {
    expect(await signIn({ getToken: () => Promise.resolve(null) }, SCOPE)).toBeUndefined();
  });

  const unavailable = named('CredentialUnavailableError', "Please run 'az login' from a command prompt.");
  it.each([
    [
      'nobody is signed in',
      named('AggregateAuthenticationError', 'a\nb', [unavailable]),
      `Nobody is signed in to Azure. ${ADVICE}`,
    ],
    [
      'one of the ways was there and refused',
      named('AggregateAuthenticationError', 'a\nb', [
        unavailable,
        named('CredentialUnavailableError', 'ERROR: AADSTS50076: you must use\nmulti-factor authentication'),
        unavailable,
      ]),
      `The sign-in to Azure failed: ERROR: AADSTS50076: you must use multi-factor authentication. ${ADVICE}`,
    ],
    [
      'the sign-in is refused',
      named('AuthenticationError', 'invalid_client\n Trace ID: x.'),
      `The sign-in to Azure failed: invalid_client Trace ID: x. ${ADVICE}`,
    ],
  ])('is one line where %s', async (_, error, message) => {
    await expect(signIn(failing(error), SCOPE)).rejects.toMatchObject({ name: 'CannotRunError', message });
  });
});

describe('the tenant', () => {
  it.each([
    ['of the setting', TENANT, undefined],
    ['of the sign-in', undefined, TENANT],
    ['of both', TENANT, TENANT],
  ])('is that %s', (_, set, signedIn) => {
    expect(chooseTenant(set, signedIn)).toBe(TENANT);
  });

  it.each([
    [undefined, undefined, 'AZURE_TENANT_ID is missing, and the sign-in does not say which tenant it is one to.'],
    [
      TENANT,
      OTHER,
      `The sign-in is one to the tenant ${OTHER}, and AZURE_TENANT_ID is ${TENANT}: run az login --tenant ${TENANT}, or change the setting.`,
    ],
  ])('is none where the setting is %s and the sign-in’s %s', (set, signedIn, message) => {
    expect(() => chooseTenant(set, signedIn)).toThrow(expect.objectContaining({ name: 'CannotRunError', message }));
  });
});
