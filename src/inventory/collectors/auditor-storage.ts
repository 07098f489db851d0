import type { ResourceGraphClient } from '@azure/arm-resourcegraph';
import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import { parseAnswer } from '../azure/parse-answer';
import type { RestClient } from '../azure/rest-client';
import type { AuditorStorage } from '../model';
import { findStorageAccounts } from './storage-accounts';

const API = 'api-version=2023-05-01';

const account = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({
    allowSharedKeyAccess: z.boolean().nullish(),
    allowBlobPublicAccess: z.boolean().nullish(),
    minimumTlsVersion: z.string().nullish(),
    supportsHttpsTrafficOnly: z.boolean().nullish(),
  }),
});

/**
 * How the account that keeps the auditor's state may be reached. What Azure leaves out of the switches counts as open: shared
 * keys are allowed where nothing is said of them.
 * https://learn.microsoft.com/rest/api/storagerp/storage-accounts/get-properties
 *
 * @param name `undefined`: no setting says which one it is
 * @throws IncompleteAnswerError where the identity cannot see it
 */
export async function readAuditorStorage(
  { resourceGraph, resourceManager, resourceManagerEndpoint: endpoint }: AzureReading,
  name: string | undefined,
): Promise<AuditorStorage[]> {
  if (name === undefined) {
    return [];
  }
  const [found] = await findStorageAccounts(resourceGraph, [name]);
  if (found === undefined) {
    throw new IncompleteAnswerError('forbidden', `${name}, which keeps the auditor’s state, is not visible to it.`);
  }
  const { body } = await resourceManager.get(`${endpoint}${found.id}?${API}`);
  const answer = parseAnswer(account, body, 'A storage account');
  const { allowSharedKeyAccess, allowBlobPublicAccess, minimumTlsVersion, supportsHttpsTrafficOnly } =
    answer.properties;
  return [
    {
      id: answer.id.toLowerCase(),
      name: answer.name,
      sharedKeys: allowSharedKeyAccess ?? true,
      publicBlobs: allowBlobPublicAccess ?? true,
      leastTls: minimumTlsVersion ?? 'TLS1_0',
      httpsOnly: supportsHttpsTrafficOnly ?? false,
    },
  ];
}

interface AzureReading {
  readonly resourceGraph: ResourceGraphClient;
  readonly resourceManager: RestClient;
  readonly resourceManagerEndpoint: string;
}
