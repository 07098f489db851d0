import * as z from 'zod';
import { CLOUDS, type Cloud } from '../clouds';
import { describeProblem, SETTINGS } from '../settings';
import { CannotRunError } from '../cli/cannot-run';
import { guid } from './options';

/** The auditor's settings that say whose permissions and where; the others need not be there. */
const USED = z.object({
  AZURE_TENANT_ID: SETTINGS.AZURE_TENANT_ID,
  AZURE_CLIENT_ID: SETTINGS.AZURE_CLIENT_ID,
  AZURE_CLOUD: SETTINGS.AZURE_CLOUD,
  AUDIT_SUBSCRIPTIONS: SETTINGS.AUDIT_SUBSCRIPTIONS,
  AZURE_RESOURCE_MANAGER_ENDPOINT: SETTINGS.AZURE_RESOURCE_MANAGER_ENDPOINT,
  MICROSOFT_GRAPH_ENDPOINT: SETTINGS.MICROSOFT_GRAPH_ENDPOINT,
  LOG_ANALYTICS_WORKSPACE_IDS: SETTINGS.LOG_ANALYTICS_WORKSPACE_IDS,
});

export interface PermissionSettings {
  readonly tenantId: string;
  /** Of a managed identity to sign in with, where the command runs in Azure. */
  readonly clientId: string | undefined;
  readonly cloud: Cloud;
  /** `undefined`: not said. */
  readonly subscriptions: readonly string[] | undefined;
  readonly logWorkspaceIds: readonly string[];
  /** Object id of the auditor's identity, as the templates in infra/ leave it in the azd environment. */
  readonly principalId: string | undefined;
}

/** @throws CannotRunError naming every wrong or missing setting */
export function readPermissionSettings(environment: Readonly<Record<string, string | undefined>>): PermissionSettings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = USED.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path: [name = ''], message }) => {
      const value = given[String(name)];
      return value === undefined
        ? `${String(name)} is missing: expected ${descriptionOf(String(name))}`
        : describeProblem(String(name), value, message);
    });
    throw new CannotRunError(problems.join('\n'));
  }
  const values = parsed.data;
  const cloud = CLOUDS[values.AZURE_CLOUD];
  const principal = given['AUDITOR_PRINCIPAL_ID'];
  return {
    tenantId: values.AZURE_TENANT_ID.toLowerCase(),
    clientId: values.AZURE_CLIENT_ID,
    cloud: {
      ...cloud,
      resourceManager: values.AZURE_RESOURCE_MANAGER_ENDPOINT ?? cloud.resourceManager,
      graph: values.MICROSOFT_GRAPH_ENDPOINT ?? cloud.graph,
    },
    subscriptions: values.AUDIT_SUBSCRIPTIONS?.map((id) => id.toLowerCase()),
    logWorkspaceIds: values.LOG_ANALYTICS_WORKSPACE_IDS ?? [],
    principalId: principal === undefined ? undefined : guid('AUDITOR_PRINCIPAL_ID', principal),
  };
}

function descriptionOf(name: string): string {
  return SETTINGS[name as keyof typeof SETTINGS].description ?? 'a value';
}
