import * as z from 'zod';
import type { RestClient } from '../azure/rest-client';
import { listOfWorkspace } from '../azure/workspace-list';
import type { Pipeline, Workspace } from '../model';
import { referencesIn, visit } from './references';

const pipeline = z.object({
  name: z.string(),
  properties: z.object({ activities: z.array(z.unknown()).nullish() }),
});

/** What these use stands in definitions of their own, or in code. */
const UNREAD = ['DataFlowReference', 'NotebookReference', 'SparkJobDefinitionReference'];

/** https://learn.microsoft.com/rest/api/synapse/data-plane/pipeline/get-pipelines-by-workspace */
export async function listPipelines(client: RestClient, workspace: Workspace): Promise<Pipeline[]> {
  const found = await listOfWorkspace(client, workspace, 'pipelines', pipeline);
  return found.map(({ name, properties: { activities } }) => ({
    readFrom: workspace.id,
    name,
    linkedServices: referencesIn(activities, 'LinkedServiceReference'),
    datasets: referencesIn(activities, 'DatasetReference'),
    pipelines: referencesIn(activities, 'PipelineReference'),
    runsUnread: runsUnread(activities),
  }));
}

/** By type alone: which notebook it is may be an expression. */
function runsUnread(activities: unknown): boolean {
  let found = false;
  visit(activities, ({ type }) => {
    found ||= UNREAD.some((one) => one === type);
  });
  return found;
}
