import { createHmac, timingSafeEqual } from 'node:crypto';

/** Why a bearer token was not accepted. */
export type TokenProblem = 'missing' | 'invalid' | 'expired' | 'wrongAudience';

/** An opaque token for an audience, good until then; only who holds the key can make one. */
export function issueToken(key: Buffer, audience: string, expiresAt: Date): string {
  const claims = Buffer.from(JSON.stringify({ audience, expiresAt: expiresAt.getTime() })).toString('base64url');
  return `${claims}.${sign(key, claims)}`;
}

/**
 * @param authorization the header's value
 * @returns what is wrong with the token in it, or `null` where it is good for one of the audiences
 */
export function checkToken(
  key: Buffer,
  authorization: string | undefined,
  audiences: readonly string[],
  now: Date,
): TokenProblem | null {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return 'missing';
  const [claims = '', signature = ''] = token.split('.');
  const expected = sign(key, claims);
  if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) {
    return 'invalid';
  }
  const { audience, expiresAt } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
    audience: string;
    expiresAt: number;
  };
  if (!audiences.includes(audience)) return 'wrongAudience';
  return expiresAt <= now.getTime() ? 'expired' : null;
}

function sign(key: Buffer, claims: string): string {
  return createHmac('sha256', key).update(claims).digest('base64url');
}
