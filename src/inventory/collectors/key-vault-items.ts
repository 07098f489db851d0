import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import { parseAnswer } from '../azure/parse-answer';
import type { RestClient } from '../azure/rest-client';
import type { KeyVault, KeyVaultItem, KeyVaultItems } from '../model';

/** Azure writes these in seconds. */
const instant = z
  .number()
  .nullish()
  .transform((seconds) => (seconds === null || seconds === undefined ? null : new Date(seconds * 1000)));

const page = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      properties: z.object({
        attributes: z.object({ enabled: z.boolean(), nbf: instant, exp: instant }),
        contentType: z.string().nullish(),
      }),
    }),
  ),
  nextLink: z.string().nullish(),
});

/**
 * The newest version of each secret or key. Azure Resource Manager tells neither the values nor older versions, and
 * answers whatever the vault's firewall says.
 * https://learn.microsoft.com/rest/api/keyvault/secrets/secrets/list
 */
export async function listKeyVaultItems(
  resourceManager: RestClient,
  endpoint: string,
  { host, id, name }: KeyVault,
  kind: 'secrets' | 'keys',
): Promise<KeyVaultItems> {
  const items: KeyVaultItem[] = [];
  let url: string | null | undefined = `${endpoint}${id}/${kind}?api-version=2023-07-01`;
  while (url) {
    const what = `The ${kind} of vault ${name}`;
    const answer: z.infer<typeof page> = parseAnswer(page, (await resourceManager.get(url)).body, what);
    for (const item of answer.value) {
      const { attributes, contentType } = item.properties;
      items.push({
        id: item.id.toLowerCase(),
        name: item.name,
        enabled: attributes.enabled,
        startsAt: attributes.nbf,
        endsAt: attributes.exp,
        contentType: contentType || null,
      });
    }
    url = answer.nextLink;
    if (url && !url.startsWith(`${endpoint}/`)) {
      throw new IncompleteAnswerError('truncated', `The next page of the ${kind} of vault ${name} is on another host.`);
    }
  }
  return { vault: { host, id, name }, items };
}
