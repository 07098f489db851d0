import type { ResourceGraphClient } from '@azure/arm-resourcegraph';
import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import { parseAnswer } from '../azure/parse-answer';

const rows = z.array(z.object({ id: z.string(), name: z.string() }));

/** Names a query: long lists make long query texts. */
const NAMES_PER_QUERY = 500;

/** A type whose names are unique in all of Azure. */
export interface FoundType {
  /** Lower-cased, such as `microsoft.storage/storageaccounts`. */
  readonly type: string;
  /** Azure's own rule for names; anything else could not be one, and would not belong into a query text. */
  readonly name: RegExp;
  /** For messages. */
  readonly title: string;
}

/**
 * Finds resources by name in everything the identity can see. Resource Graph lags by minutes, which is enough to find out
 * where something is; what is granted on it is asked of Azure Resource Manager.
 * https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources
 */
export async function findResources(
  client: ResourceGraphClient,
  { type, name: rule, title }: FoundType,
  names: readonly string[],
): Promise<{ readonly id: string; readonly name: string }[]> {
  const found: { id: string; name: string }[] = [];
  const valid = [...new Set(names)].filter((name) => rule.test(name)).sort();
  for (let from = 0; from < valid.length; from += NAMES_PER_QUERY) {
    const list = valid.slice(from, from + NAMES_PER_QUERY).map((name) => `'${name}'`);
    const query = `resources | where type =~ '${type}' | where name in~ (${list.join(', ')}) | project id, name`;
    let skipToken: string | undefined;
    do {
      const answer = await client.resources({
        query,
        options: { resultFormat: 'objectArray', top: 1000, ...(skipToken === undefined ? {} : { skipToken }) },
      });
      for (const { id, name } of parseAnswer(rows, answer.data, title)) {
        found.push({ id: id.toLowerCase(), name });
      }
      skipToken = answer.skipToken || undefined;
      if (skipToken === undefined && answer.resultTruncated === 'true') {
        throw new IncompleteAnswerError('truncated', 'Resource Graph cut its answer and gave no way to go on.');
      }
    } while (skipToken !== undefined);
  }
  return found;
}
