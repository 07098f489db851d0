/** Signs in before anything is read: without that every source would say so for itself. */
import type { TokenCredential } from '@azure/core-auth';
import { CannotRunError } from './cannot-run';
import { messageOf, oneLine } from './one-line';

/**
 * The tenant that whoever is signed in belongs to; `undefined` where the token does not say.
 * @param scope of Azure Resource Manager
 * @throws CannotRunError where nobody is signed in, or the sign-in is refused
 */
export async function signIn(credential: TokenCredential, scope: string): Promise<string | undefined> {
  let token: string | undefined;
  try {
    token = (await credential.getToken(scope))?.token;
  } catch (cause) {
    throw new CannotRunError(describe(cause), { cause });
  }
  return token === undefined ? undefined : tenantOf(token);
}

/**
 * The tenant to audit.
 * @param set the setting `AZURE_TENANT_ID`
 * @param signedIn of the sign-in
 * @throws CannotRunError where neither says, or they contradict each other
 */
export function chooseTenant(set: string | undefined, signedIn: string | undefined): string {
  if (set !== undefined && signedIn !== undefined && set !== signedIn) {
    throw new CannotRunError(
      `The sign-in is one to the tenant ${signedIn}, and AZURE_TENANT_ID is ${set}: run az login --tenant ${set}, or change the setting.`,
    );
  }
  const tenantId = set ?? signedIn;
  if (tenantId === undefined) {
    throw new CannotRunError('AZURE_TENANT_ID is missing, and the sign-in does not say which tenant it is one to.');
  }
  return tenantId;
}

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference#payload-claims (`tid`) */
function tenantOf(token: string): string | undefined {
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  } catch {
    // A token is what its issuer makes it; only that its holder can read it was ever a habit.
    return undefined;
  }
  const { tid } = (claims ?? {}) as { readonly tid?: unknown };
  return typeof tid === 'string' ? tid.toLowerCase() : undefined;
}

function describe(cause: unknown): string {
  const reason = reasonOf(cause);
  const advice = 'Run az login; in a pipeline sign in first, as docs/command-line.md shows.';
  return reason === undefined
    ? `Nobody is signed in to Azure. ${advice}`
    : `The sign-in to Azure failed: ${reason} ${advice}`;
}

/** `undefined`: no way to sign in was there at all. One that was there says more than all the others together. */
function reasonOf(cause: unknown): string | undefined {
  const { name, errors } = cause as { readonly name?: unknown; readonly errors?: readonly unknown[] };
  if (name === 'AggregateAuthenticationError' && errors !== undefined) {
    const telling = errors.map(messageOf).find((message) => /AADSTS\d|^ERROR:/m.test(message));
    return telling === undefined ? undefined : sentence(telling);
  }
  return sentence(messageOf(cause));
}

function sentence(text: string): string {
  const line = oneLine(text);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
