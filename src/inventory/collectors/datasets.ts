import * as z from 'zod';
import type { RestClient } from '../azure/rest-client';
import { listOfWorkspace } from '../azure/workspace-list';
import type { Dataset, Workspace } from '../model';

const dataset = z.object({
  name: z.string(),
  properties: z.object({ linkedServiceName: z.object({ referenceName: z.string() }) }),
});

/** https://learn.microsoft.com/rest/api/synapse/data-plane/dataset/get-datasets-by-workspace */
export async function listDatasets(client: RestClient, workspace: Workspace): Promise<Dataset[]> {
  const found = await listOfWorkspace(client, workspace, 'datasets', dataset);
  return found.map(({ name, properties }) => ({
    readFrom: workspace.id,
    name,
    linkedService: properties.linkedServiceName.referenceName,
  }));
}
