import type { TokenCredential } from '@azure/core-auth';
import { TableClient, type TableServiceClientOptions } from '@azure/data-tables';
import { StorageError } from './errors';
import { isLoopback } from './loopback';
import { openTable, type Table } from './table';

/** The connection string brings its own key or signature; the endpoint is signed in to with an identity. */
export type StorageSettings = ({ readonly endpoint: string } | { readonly connectionString: string }) & {
  /** First part of the table names. */
  readonly tablePrefix: string;
};

export interface Tables {
  /** What runs and what is published: one partition, so that both change together. */
  readonly runs: Table;
  /** What runs found, a partition each. */
  readonly findings: Table;
  /** The outbox, and the mails in a partition a run. */
  readonly alerts: Table;
  /** What silences alerts, a row each. */
  readonly exceptions: Table;
}

/**
 * Connects on first use, and asks for a credential only where there is no connection string.
 * @throws StorageError from the first call on where the address is not usable
 */
export function openTables(settings: StorageSettings, credential: () => TokenCredential): Tables {
  const open = (name: string) => openTable(() => connect(settings, `${settings.tablePrefix}${name}`, credential));
  return {
    runs: open('Runs'),
    findings: open('Findings'),
    alerts: open('Alerts'),
    exceptions: open('Exceptions'),
  };
}

const OPTIONS: TableServiceClientOptions = {
  retryOptions: { maxRetries: 3, retryDelayInMs: 400, maxRetryDelayInMs: 10_000 },
};

function connect(settings: StorageSettings, tableName: string, credential: () => TokenCredential): TableClient {
  if ('endpoint' in settings) {
    if (new URL(settings.endpoint).protocol !== 'https:') {
      throw new StorageError(
        `Tokens are sent over https only, and AUDIT_STORAGE_TABLE_ENDPOINT is ${settings.endpoint}. ` +
          'For Azurite put a connection string into AzureWebJobsStorage instead.',
      );
    }
    return new TableClient(settings.endpoint, tableName, credential(), OPTIONS);
  }
  const { url } = fromConnectionString(settings.connectionString, tableName, OPTIONS);
  const overHttp = new URL(url).protocol === 'http:';
  if (overHttp && !isLoopback(url)) {
    throw new StorageError(
      `AzureWebJobsStorage names ${new URL(url).origin}: only storage on this machine may be used without https.`,
    );
  }
  return fromConnectionString(settings.connectionString, tableName, { ...OPTIONS, allowInsecureConnection: overHttp });
}

function fromConnectionString(text: string, tableName: string, options: TableServiceClientOptions): TableClient {
  try {
    // A copy: the SDK writes into its options.
    return TableClient.fromConnectionString(text, tableName, { ...options });
  } catch (cause) {
    throw new StorageError(
      'AzureWebJobsStorage is no connection string of a storage account. Copy it from the portal (Access keys), or set ' +
        'AUDIT_STORAGE_TABLE_ENDPOINT to use an identity.',
      { cause },
    );
  }
}
