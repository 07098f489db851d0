import * as z from 'zod';
import type { Workspace } from '../model';
import { IncompleteAnswerError } from './azure-request-error';
import { parseAnswer } from './parse-answer';
import type { RestClient } from './rest-client';

const page = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

/**
 * Every item of a list of a workspace's data plane, as it came: the SDK drops what its types don't know.
 * https://learn.microsoft.com/rest/api/synapse/data-plane/linked-service/get-linked-services-by-workspace
 * @param route such as `linkedservices`
 */
export async function listOfWorkspace<T extends z.ZodType>(
  client: RestClient,
  workspace: Workspace,
  route: string,
  item: T,
): Promise<z.infer<T>[]> {
  if (workspace.devEndpoint === null) {
    throw new Error(`Azure gives no development endpoint for workspace ${workspace.name}.`);
  }
  const base = `${workspace.devEndpoint}/`;
  const items: z.infer<T>[] = [];
  let url: string | undefined = `${base}${route}?api-version=2020-12-01`;
  while (url !== undefined) {
    const answer: z.infer<typeof page> = parseAnswer(page, (await client.get(url)).body, `The list of ${route}`);
    items.push(...answer.value.map((value) => parseAnswer(item, value, `An item of the list of ${route}`)));
    url = successor(answer.nextLink, base);
  }
  return items;
}

/** A token must not follow a link to a foreign host, nor into another workspace behind the same one. */
function successor(next: string | null | undefined, base: string): string | undefined {
  if (next === null || next === undefined || next === '') {
    return undefined;
  }
  const normal = new URL(next).href;
  if (!normal.toLowerCase().startsWith(new URL(base).href.toLowerCase())) {
    throw new IncompleteAnswerError('truncated', `The next page is not below ${base}, but at ${new URL(next).host}.`);
  }
  return normal;
}
