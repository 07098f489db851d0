import pLimit from 'p-limit';
import * as z from 'zod';
import type { Graph } from '../azure/graph';
import type { Application, Owner } from '../model';
import { credentialFields, toCredentials } from './credentials';
import { guid } from './guid';
import { instant } from './instant';

const OWNER_FIELDS = 'id,displayName,userPrincipalName,mail,accountEnabled';
const FIELDS =
  'id,appId,displayName,createdDateTime,disabledByMicrosoftStatus,notes,passwordCredentials,keyCredentials';

/** An expanded relation is cut here without a sign; whoever has so many owners is asked for separately. */
const EXPANDED_OWNERS_LIMIT = 20;

const owner = z.object({
  id: guid,
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  mail: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
});

const application = z.object({
  id: guid,
  appId: guid,
  displayName: z.string().nullish(),
  createdDateTime: instant,
  disabledByMicrosoftStatus: z.string().nullish(),
  notes: z.string().nullish(),
  ...credentialFields,
  owners: z.array(owner),
});

/** https://learn.microsoft.com/graph/api/application-list: one request for 999 applications, owners included. */
export async function listApplications(graph: Graph): Promise<Application[]> {
  const applications: Application[] = [];
  const manyOwners: number[] = [];
  const path = `/applications?$top=999&$select=${FIELDS}&$expand=owners($select=${OWNER_FIELDS})`;
  for await (const item of graph.list(path, application)) {
    if (item.owners.length >= EXPANDED_OWNERS_LIMIT) {
      manyOwners.push(applications.length);
    }
    applications.push(toApplication(item));
  }
  const limit = pLimit(4);
  await Promise.all(
    manyOwners.map((index) =>
      limit(async () => {
        const known = applications[index];
        if (known !== undefined) {
          applications[index] = { ...known, owners: await listOwners(graph, known.id) };
        }
      }),
    ),
  );
  return applications;
}

async function listOwners(graph: Graph, applicationId: string): Promise<Owner[]> {
  const owners: Owner[] = [];
  const path = `/applications/${encodeURIComponent(applicationId)}/owners?$top=999&$select=${OWNER_FIELDS}`;
  for await (const item of graph.list(path, owner)) {
    owners.push(toOwner(item));
  }
  return owners;
}

function toApplication(item: z.infer<typeof application>): Application {
  return {
    id: item.id,
    appId: item.appId,
    displayName: item.displayName ?? item.appId,
    createdAt: item.createdDateTime,
    credentials: toCredentials(item),
    owners: item.owners.map(toOwner),
    disabledByMicrosoft: item.disabledByMicrosoftStatus?.startsWith('Disabled') ?? false,
    notes: item.notes ?? null,
  };
}

function toOwner(item: z.infer<typeof owner>): Owner {
  return {
    id: item.id,
    name: item.displayName ?? item.userPrincipalName ?? item.id,
    mail: item.mail ?? null,
    enabled: item.accountEnabled ?? null,
  };
}
