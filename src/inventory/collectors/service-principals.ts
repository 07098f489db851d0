import * as z from 'zod';
import type { Graph } from '../azure/graph';
import type { DeletedServicePrincipal, ServicePrincipal } from '../model';
import { credentialFields, toCredentials } from './credentials';
import { guid } from './guid';

const FIELDS =
  'id,appId,displayName,accountEnabled,servicePrincipalType,alternativeNames,passwordCredentials,keyCredentials';

const servicePrincipal = z.object({
  id: guid,
  appId: guid,
  displayName: z.string().nullish(),
  accountEnabled: z.boolean(),
  servicePrincipalType: z.string().nullish(),
  alternativeNames: z.array(z.string()).nullish(),
  ...credentialFields,
});

const deleted = z.object({
  id: guid,
  appId: guid,
  displayName: z.string().nullish(),
  deletedDateTime: z.iso.datetime({ offset: true }).nullish(),
});

/** https://learn.microsoft.com/graph/api/serviceprincipal-list */
export async function listServicePrincipals(graph: Graph): Promise<ServicePrincipal[]> {
  const principals: ServicePrincipal[] = [];
  for await (const item of graph.list(`/servicePrincipals?$top=999&$select=${FIELDS}`, servicePrincipal)) {
    principals.push(toServicePrincipal(item));
  }
  return principals;
}

/** https://learn.microsoft.com/graph/api/directory-deleteditems-list */
export async function listDeletedServicePrincipals(graph: Graph): Promise<DeletedServicePrincipal[]> {
  const principals: DeletedServicePrincipal[] = [];
  const path =
    '/directory/deletedItems/microsoft.graph.servicePrincipal?$top=999&$select=id,appId,displayName,deletedDateTime';
  for await (const item of graph.list(path, deleted)) {
    principals.push({
      id: item.id,
      appId: item.appId,
      displayName: item.displayName ?? item.appId,
      deletedAt: item.deletedDateTime ? new Date(item.deletedDateTime) : null,
    });
  }
  return principals;
}

function toServicePrincipal(item: z.infer<typeof servicePrincipal>): ServicePrincipal {
  const kind = kindOf(item.servicePrincipalType);
  const resource = item.alternativeNames?.find((name) => name.toLowerCase().startsWith('/subscriptions/'));
  return {
    id: item.id,
    appId: item.appId,
    displayName: item.displayName ?? item.appId,
    enabled: item.accountEnabled,
    kind,
    // The platform rotates a managed identity's certificates by itself; nobody could act on their dates.
    credentials: kind === 'managedIdentity' ? [] : toCredentials(item),
    managedBy: resource?.toLowerCase() ?? null,
  };
}

function kindOf(type: string | null | undefined): ServicePrincipal['kind'] {
  switch (type) {
    case 'ManagedIdentity':
      return 'managedIdentity';
    case 'Application':
      return 'application';
    default:
      return 'other';
  }
}
