/** What a connection string tells without its secrets. */
import { isExpression, type Fields } from './references';

export interface ConnectionString {
  /** An expression decides all of it. */
  readonly isExpression: boolean;
  /** A secret of a kind, and whether it stands there itself or a parameter brings it. */
  readonly secrets: readonly { readonly kind: 'key' | 'sas' | 'password'; readonly inline: boolean }[];
  /** It names a user. */
  readonly user: boolean;
  readonly server: string | undefined;
}

const SECRETS: Readonly<Record<string, 'key' | 'sas' | 'password'>> = {
  accountkey: 'key',
  sharedaccesskey: 'key',
  sharedaccesssignature: 'sas',
  password: 'password',
  pwd: 'password',
};
const USERS = ['userid', 'uid', 'user', 'username'];
const SERVERS = ['datasource', 'server', 'addr', 'host', 'accountendpoint', 'blobendpoint', 'endpoint', 'accountname'];

/** Reads `connectionString` (and `sasUri`, which carries its secret in the query) of a linked service's properties. */
export function connectionStringIn({ connectionString, sasUri }: Fields): ConnectionString {
  const text = typeof connectionString === 'string' ? connectionString : '';
  // An interpolated one (`…;Initial Catalog=@{…}`) begins with its own text.
  const whole = isExpression(connectionString) && !text.startsWith('@{');
  const parts = (whole ? '' : text).split(';').flatMap((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [] : [[part.slice(0, at).toLowerCase().replace(/\s/g, ''), part.slice(at + 1).trim()] as const];
  });
  const values = new Map(parts);
  const secrets: ConnectionString['secrets'][number][] = parts.flatMap(([name, value]) => {
    const kind = SECRETS[name];
    return kind === undefined || value === '' ? [] : [{ kind, inline: !value.includes('@{') }];
  });
  if (typeof sasUri === 'string' && /[?&]sig=/i.test(sasUri)) {
    secrets.push({ kind: 'sas', inline: true });
  }
  if (/^[a-z+]+:\/\/[^/@]+:[^@]+@/i.test(text)) {
    secrets.push({ kind: 'password', inline: true });
  }
  const server = SERVERS.flatMap((name) => values.get(name) || []).find((value) => !value.includes('@{'));
  return { isExpression: whole, secrets, user: USERS.some((name) => values.get(name)), server };
}
