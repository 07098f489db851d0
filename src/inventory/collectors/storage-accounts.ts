import type { ResourceGraphClient } from '@azure/arm-resourcegraph';
import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import { parseAnswer } from '../azure/parse-answer';
import type { StorageAccount } from '../model';

const rows = z.array(z.object({ id: z.string(), name: z.string() }));

/** Account names a query: long lists make long query texts. */
const NAMES_PER_QUERY = 500;

/**
 * Finds accounts by name in everything the identity can see. Resource Graph lags by minutes, which is enough to find out
 * where an account is; what is granted on it is asked of Azure Resource Manager.
 * https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources
 */
export async function findStorageAccounts(
  client: ResourceGraphClient,
  names: readonly string[],
): Promise<StorageAccount[]> {
  const accounts: StorageAccount[] = [];
  // Azure's own rule for account names; anything else could not be one, and would not belong into a query text.
  const valid = [...new Set(names)].filter((name) => /^[a-z0-9]{3,24}$/.test(name)).sort();
  for (let from = 0; from < valid.length; from += NAMES_PER_QUERY) {
    const list = valid.slice(from, from + NAMES_PER_QUERY).map((name) => `'${name}'`);
    const query = `resources | where type =~ 'microsoft.storage/storageaccounts' | where name in~ (${list.join(', ')}) | project id, name`;
    let skipToken: string | undefined;
    do {
      const answer = await client.resources({
        query,
        options: { resultFormat: 'objectArray', top: 1000, ...(skipToken === undefined ? {} : { skipToken }) },
      });
      for (const row of parseAnswer(rows, answer.data, 'Storage accounts')) {
        accounts.push({ id: row.id.toLowerCase(), name: row.name });
      }
      skipToken = answer.skipToken || undefined;
      if (skipToken === undefined && answer.resultTruncated === 'true') {
        throw new IncompleteAnswerError('truncated', 'Resource Graph cut its answer and gave no way to go on.');
      }
    } while (skipToken !== undefined);
  }
  return accounts;
}
