import { createHmac, timingSafeEqual } from 'node:crypto';

/** Why a bearer token was not accepted. */
export type TokenProblem = 'missing' | 'invalid' | 'expired' | 'wrongAudience';

interface Claims {
  readonly aud: string;
  /** Of the tenant. */
  readonly tid: string;
  /** Milliseconds, unlike Entra's, so that tests can let tokens end within a second. */
  readonly exp: number;
}

const HEADER = encode({ typ: 'JWT', alg: 'HS256' });

/** A token of a tenant for an audience, good until then; only who holds the key can make one. */
export function issueToken(key: Buffer, audience: string, tenantId: string, expiresAt: Date): string {
  const claims: Claims = { aud: audience, tid: tenantId, exp: expiresAt.getTime() };
  const signed = `${HEADER}.${encode(claims)}`;
  return `${signed}.${sign(key, signed)}`;
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
  const [header = '', claims = '', signature = ''] = token.split('.');
  const expected = sign(key, `${header}.${claims}`);
  if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) {
    return 'invalid';
  }
  const { aud, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Claims;
  if (!audiences.includes(aud)) return 'wrongAudience';
  return exp <= now.getTime() ? 'expired' : null;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function sign(key: Buffer, signed: string): string {
  return createHmac('sha256', key).update(signed).digest('base64url');
}
