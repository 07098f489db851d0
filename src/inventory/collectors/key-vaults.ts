import type { ResourceGraphClient } from '@azure/arm-resourcegraph';
import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import { parseAnswer } from '../azure/parse-answer';
import type { RestClient } from '../azure/rest-client';
import type { KeyVault } from '../model';
import { findResources } from './find-resources';
import { guid } from './guid';

const API = 'api-version=2023-07-01';

/** Names of permissions, which Azure compares without case. */
const permissions = z
  .array(z.string().transform((name) => name.toLowerCase()))
  .nullish()
  .transform((names) => names ?? []);

const vault = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({
    vaultUri: z.string(),
    enableRbacAuthorization: z.boolean().nullish(),
    enablePurgeProtection: z.boolean().nullish(),
    accessPolicies: z
      .array(
        z.object({
          objectId: guid,
          applicationId: guid.nullish(),
          permissions: z.object({ keys: permissions, secrets: permissions }),
        }),
      )
      .nullish(),
    networkAcls: z.object({ bypass: z.string().nullish(), defaultAction: z.string().nullish() }).nullish(),
    publicNetworkAccess: z.string().nullish(),
    privateEndpointConnections: z
      .array(
        z.object({
          properties: z.object({
            privateLinkServiceConnectionState: z.object({ status: z.string().nullish() }).nullish(),
          }),
        }),
      )
      .nullish(),
  }),
});

/** ARM ids (lower-cased) of vaults, by name (lower-cased); those the identity cannot see are not among them. */
export async function findKeyVaults(
  client: ResourceGraphClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const name = /^[a-z0-9-]{3,24}$/;
  const found = await findResources(client, { type: 'microsoft.keyvault/vaults', name, title: 'Key vaults' }, names);
  return new Map(found.map((one) => [one.name.toLowerCase(), one.id]));
}

/**
 * What Azure leaves out of the rules for networks is open, and what it leaves out of the switches is off.
 * https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get
 *
 * @param host of the address that the vault must have
 * @throws IncompleteAnswerError where a vault of that name has another address, as one in another cloud
 */
export async function readKeyVault(
  resourceManager: RestClient,
  endpoint: string,
  id: string,
  host: string,
): Promise<KeyVault> {
  const answer = parseAnswer(vault, (await resourceManager.get(`${endpoint}${id}?${API}`)).body, 'A key vault');
  const { vaultUri, accessPolicies, networkAcls, publicNetworkAccess, ...rest } = answer.properties;
  if (new URL(vaultUri).hostname !== host) {
    throw new IncompleteAnswerError('forbidden', `${answer.name} is at ${new URL(vaultUri).hostname}, not at ${host}.`);
  }
  return {
    host,
    id: answer.id.toLowerCase(),
    name: answer.name,
    rbac: rest.enableRbacAuthorization ?? false,
    accessPolicies: (accessPolicies ?? []).map(({ objectId, applicationId, permissions: { keys, secrets } }) => ({
      principalId: objectId,
      applicationId: applicationId ?? null,
      keys,
      secrets,
    })),
    purgeProtection: rest.enablePurgeProtection ?? false,
    openToAllNetworks: !isWord(publicNetworkAccess, 'Disabled') && !isWord(networkAcls?.defaultAction, 'Deny'),
    trustsMicrosoftServices:
      networkAcls === null || networkAcls === undefined || isWord(networkAcls.bypass, 'AzureServices'),
    approvedPrivateEndpoints: (rest.privateEndpointConnections ?? []).filter(({ properties }) =>
      isWord(properties.privateLinkServiceConnectionState?.status, 'Approved'),
    ).length,
  };
}

function isWord(text: string | null | undefined, word: string): boolean {
  return text?.toLowerCase() === word.toLowerCase();
}
