import { createHash } from 'node:crypto';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The GUID behind a symbolic id such as `user:ada`, the same in every run. What is a GUID already stays as it is, in
 * lower case.
 */
export function guidOf(symbol: string): string {
  if (GUID.test(symbol)) return symbol.toLowerCase();
  const hash = createHash('sha256').update(symbol).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** Client id (`appId`) of an application, service principal or managed identity, given its symbolic id. */
export function clientIdOf(symbol: string): string {
  return guidOf(`client:${symbol.replace(/^(app|sp):/, '')}`);
}

/** `keyId` of a credential: its owner's symbolic id, what it is, and its name (or its position where it has none). */
export function keyIdOf(owner: string, kind: 'secret' | 'certificate', name: string | number): string {
  return guidOf(`${owner}/${kind}/${name}`);
}

/** Object id of the service principal of an application: `app:loader` -> the GUID of `sp:loader`. */
export function servicePrincipalIdOf(application: string): string {
  return guidOf(application.replace(/^app:/, 'sp:'));
}

/** Object id of the system-assigned identity of a workspace, given the workspace's name. */
export function systemIdentityOf(workspace: string): string {
  return guidOf(`system:${workspace}`);
}

/**
 * Replaces `${app:loader}` by the client id, `${key:app:loader/secret/its name}` by the id of a credential, and any other
 * `${symbol}` (`${sp:loader}`, `${user:ada}`) by its GUID.
 */
export function fillSymbols(text: string): string {
  return text.replace(/\$\{([^}]+)\}/g, (_, symbol: string) =>
    symbol.startsWith('app:') ? clientIdOf(symbol) : guidOf(symbol.replace(/^key:/, '')),
  );
}

/** The symbols a text names as `${symbol}`. */
export function symbolsIn(text: string): string[] {
  return [...text.matchAll(/\$\{([^}]+)\}/g)].flatMap((match) => match[1] ?? []);
}
