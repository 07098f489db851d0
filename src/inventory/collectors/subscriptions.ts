import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import { parseAnswer } from '../azure/parse-answer';
import type { RestClient } from '../azure/rest-client';
import type { Subscription } from '../model';

const page = z.object({
  value: z.array(
    z.object({ subscriptionId: z.string(), displayName: z.string().nullish(), tenantId: z.string().nullish() }),
  ),
  nextLink: z.string().nullish(),
});

/**
 * Subscriptions to audit: those asked for, or every visible one of the tenant (delegated ones of other tenants are left
 * out, as their principals live in another directory).
 * @throws IncompleteAnswerError when nothing is visible: Azure answers an identity without a role by an empty list
 */
export async function listSubscriptions(
  resourceManager: RestClient,
  endpoint: string,
  tenantId: string,
  wanted: readonly string[] | undefined,
): Promise<Subscription[]> {
  const visible: Subscription[] = [];
  let url: string | null | undefined = `${endpoint}/subscriptions?api-version=2022-12-01`;
  while (url) {
    const answer: z.infer<typeof page> = parseAnswer(page, (await resourceManager.get(url)).body, 'Subscriptions');
    for (const item of answer.value) {
      if (!item.tenantId || item.tenantId.toLowerCase() === tenantId) {
        const id = item.subscriptionId.toLowerCase();
        visible.push({ id, name: item.displayName ?? id });
      }
    }
    url = answer.nextLink;
    if (url && !url.startsWith(`${endpoint}/`)) {
      throw new IncompleteAnswerError('truncated', 'The next page of subscriptions is on another host.');
    }
  }
  if (wanted !== undefined) {
    // One that is not visible stays in: reading it fails, and the report says so.
    return wanted.map((id) => visible.find((subscription) => subscription.id === id) ?? { id, name: id });
  }
  if (visible.length === 0) {
    throw new IncompleteAnswerError('forbidden', 'No subscription of the tenant is visible to the auditor.');
  }
  return visible;
}
