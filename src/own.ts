/** What the auditor is itself, as far as its settings say so. */
import type { Own } from './inventory/own';
import type { Settings } from './settings';

/** Of `https://account.table.core.windows.net`, and of the names with a zone in them: the account. */
const TABLE_HOST = /^([a-z0-9]{3,24})\.(?:[^/]*\.)?table\./;

/**
 * @param environment where the Functions host announces its identity endpoint: elsewhere somebody's own sign-in is used,
 *   whatever client id is set
 */
export function ownOf(
  { identityClientId, storage }: Pick<Settings, 'identityClientId' | 'storage'>,
  environment: Readonly<Record<string, string | undefined>>,
): Own {
  const host = 'endpoint' in storage ? new URL(storage.endpoint).hostname : '';
  return {
    clientId: environment['IDENTITY_ENDPOINT'] ? identityClientId?.toLowerCase() : undefined,
    storageAccount: TABLE_HOST.exec(host)?.[1],
  };
}
