import * as z from 'zod';
import type { Graph } from '../azure/graph';
import type { FederatedCredential } from '../model';
import { guid } from './guid';

const federatedCredential = z.object({
  id: guid,
  name: z.string().nullish(),
  issuer: z.string().nullish(),
  subject: z.string().nullish(),
  audiences: z.array(z.string()),
});

/**
 * Federated credentials of these applications (object ids), 20 applications a request; an application has 20 at most.
 * https://learn.microsoft.com/graph/api/application-list-federatedidentitycredentials
 */
export async function listFederatedCredentials(
  graph: Graph,
  applicationIds: readonly string[],
): Promise<FederatedCredential[]> {
  const paths = applicationIds.map((id) => `/applications/${encodeURIComponent(id)}/federatedIdentityCredentials`);
  const lists = await graph.listMany(paths, federatedCredential);
  return applicationIds.flatMap((applicationId, index) =>
    // 404: the application was deleted since it was listed.
    (lists[index] ?? []).map((item) => ({
      id: item.id,
      applicationId,
      name: item.name ?? item.id,
      issuer: item.issuer ?? '',
      subject: item.subject ?? null,
      audiences: item.audiences,
    })),
  );
}
