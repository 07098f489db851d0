import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';

/**
 * The managed identity where the platform offers one, the developer's own sign-in elsewhere. The auditor owns no secret.
 * @param environment where the Functions host announces its identity endpoint
 * @param tenantId where a developer's sign-in may be good for several tenants, the one that is meant
 */
export function createCredential(
  clientId: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  tenantId?: string,
): TokenCredential {
  const credential = environment['IDENTITY_ENDPOINT']
    ? new ManagedIdentityCredential(clientId === undefined ? {} : { clientId })
    : new DefaultAzureCredential(tenantId === undefined ? {} : { tenantId });
  return rememberTokens(credential);
}

const EARLY_MILLISECONDS = 5 * 60_000;

/**
 * Every SDK client keeps tokens for itself, and `az login` starts a process for each: with a client a subscription that
 * would be slow. One token an audience, asked for once, renewed five minutes before its end.
 */
export function rememberTokens(credential: TokenCredential, now: () => number = Date.now): TokenCredential {
  const tokens = new Map<string, Promise<AccessToken | null>>();

  async function getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken | null> {
    // A claims challenge asks for a fresh token by design.
    if (options.claims !== undefined) {
      return credential.getToken(scopes, options);
    }
    // Some clients ask for a scope, and some for a list of one.
    const key = JSON.stringify([[scopes].flat(), options.tenantId]);
    const known = tokens.get(key);
    if (known === undefined) {
      return ask(key, scopes, options);
    }
    const token = await known;
    if (token !== null && token.expiresOnTimestamp - now() > EARLY_MILLISECONDS) {
      return token;
    }
    return tokens.get(key) === known ? ask(key, scopes, options) : getToken(scopes, options);
  }

  function ask(key: string, scopes: string | string[], options: GetTokenOptions): Promise<AccessToken | null> {
    // The abort signal of whoever came first must not end the look-up for the others.
    const { abortSignal: _own, ...shared } = options;
    const pending = credential.getToken(scopes, shared);
    tokens.set(key, pending);
    pending.catch(() => tokens.delete(key));
    return pending;
  }

  return { getToken };
}
