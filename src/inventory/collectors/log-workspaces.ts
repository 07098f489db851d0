import * as z from 'zod';
import { parseAnswer } from '../azure/parse-answer';
import type { RestClient } from '../azure/rest-client';

const answer = z.object({ properties: z.object({ customerId: z.guid() }) });

/**
 * The GUID under which a Log Analytics workspace is queried; diagnostic settings know its ARM id only.
 * https://learn.microsoft.com/rest/api/loganalytics/workspaces/get
 *
 * @param id ARM id
 */
export async function readCustomerId(resourceManager: RestClient, endpoint: string, id: string): Promise<string> {
  const { body } = await resourceManager.get(`${endpoint}${id}?api-version=2023-09-01`);
  return parseAnswer(answer, body, `The workspace ${id}`).properties.customerId.toLowerCase();
}
