import * as z from 'zod';
import { IncompleteAnswerError } from '../azure/azure-request-error';
import { parseAnswer } from '../azure/parse-answer';
import type { RestClient } from '../azure/rest-client';
import type { DiagnosticSetting } from '../model';

/** The SDK asks for version 2017-05-01-preview, which knows no category groups. */
const API = 'api-version=2021-05-01-preview';

/** Made once: to make the schema of a page takes longer than to read one. */
const pageOf = <T extends z.ZodType>(item: T) => z.object({ value: z.array(item), nextLink: z.string().nullish() });

const settingsPage = pageOf(
  z.object({
    id: z.string(),
    name: z.string(),
    properties: z.object({
      workspaceId: z.string().nullish(),
      logs: z
        .array(z.object({ category: z.string().nullish(), categoryGroup: z.string().nullish(), enabled: z.boolean() }))
        .nullish()
        .transform((list) => list ?? []),
    }),
  }),
);

const categoriesPage = pageOf(
  z.object({
    name: z.string(),
    properties: z.object({ categoryGroups: z.array(z.string()).nullish() }),
  }),
);

interface Page<T> {
  readonly value: T[];
  readonly nextLink?: string | null | undefined;
}

/**
 * The diagnostic settings of a resource, category groups resolved: which categories belong to `audit` is for the service
 * to say, and only asked where a setting names such a group.
 * https://learn.microsoft.com/rest/api/monitor/diagnostic-settings/list
 *
 * @param resourceId ARM id of the workspace or pool
 * @param readFrom ARM id (lower-cased) of the workspace
 */
export async function listDiagnosticSettings(
  resourceManager: RestClient,
  endpoint: string,
  resourceId: string,
  readFrom: string,
): Promise<DiagnosticSetting[]> {
  const list = async <T>(name: string, page: z.ZodType<Page<T>>): Promise<T[]> => {
    const url = `${endpoint}${resourceId}/providers/Microsoft.Insights/${name}?${API}`;
    const answer = parseAnswer(page, (await resourceManager.get(url)).body, `The ${name} of ${resourceId}`);
    if (answer.nextLink) {
      // Documented to come whole (five settings at most); going on in silence would lose some.
      throw new IncompleteAnswerError('truncated', `The ${name} of ${resourceId} came in pages.`);
    }
    return answer.value;
  };

  const settings = await list('diagnosticSettings', settingsPage);
  const enabled = settings.flatMap(({ properties }) => properties.logs.filter((log) => log.enabled));
  const groups = enabled.flatMap(({ categoryGroup }) => categoryGroup ?? []);
  const categories = groups.every(isAllLogs) ? [] : await list('diagnosticSettingsCategories', categoriesPage);
  const membersOf = (group: string): string[] =>
    categories
      .filter(({ properties }) => properties.categoryGroups?.some((one) => sameName(one, group)))
      .map(({ name }) => name);

  return settings.map(({ id, name, properties }) => {
    const logs = properties.logs.filter((log) => log.enabled);
    return {
      readFrom,
      id: id.toLowerCase(),
      name,
      logAnalyticsId: properties.workspaceId?.toLowerCase() || null,
      allLogs: logs.some(({ categoryGroup }) => categoryGroup && isAllLogs(categoryGroup)),
      categories: [
        ...new Set(
          logs.flatMap(({ category: one, categoryGroup }) => [
            ...(one ? [one] : []),
            ...(categoryGroup ? membersOf(categoryGroup) : []),
          ]),
        ),
      ],
    };
  });
}

function isAllLogs(group: string): boolean {
  return sameName(group, 'allLogs');
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
