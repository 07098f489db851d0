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

const application = z.object({ id: guid, federatedIdentityCredentials: z.array(federatedCredential) });

/**
 * Federated credentials of all applications: expanded, 999 applications come with theirs in one request, while a batch asks
 * for those of 20. An application has 20 credentials at most, which is as many as an expanded relation shows.
 * https://learn.microsoft.com/graph/api/resources/federatedidentitycredentials-overview
 */
export async function listFederatedCredentials(graph: Graph): Promise<FederatedCredential[]> {
  const credentials: FederatedCredential[] = [];
  const path = '/applications?$top=999&$select=id&$expand=federatedIdentityCredentials';
  for await (const { id, federatedIdentityCredentials } of graph.list(path, application)) {
    for (const item of federatedIdentityCredentials) {
      credentials.push({
        id: item.id,
        applicationId: id,
        name: item.name ?? item.id,
        issuer: item.issuer ?? '',
        subject: item.subject ?? null,
        audiences: item.audiences,
      });
    }
  }
  return credentials;
}
