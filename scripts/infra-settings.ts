/** Which app settings the templates must give: all that the app knows, but for those that are named here with the reason. */
import { SETTINGS } from '../src/settings';

type SettingName = keyof typeof SETTINGS;

/** Settings that no deployment gives, and why. */
export const LEFT_OUT: Readonly<Partial<Record<SettingName, string>>> = {
  AzureWebJobsStorage: 'a connection string holds a key; the host and the app sign in with the identity',
  COMMUNICATION_SERVICES_CONNECTION_STRING:
    'it holds a key; COMMUNICATION_SERVICES_ENDPOINT is signed in to with the identity',
  AUDIT_TABLE_PREFIX: 'the storage account is the auditor’s own, so that no other table can be in the way',
  AZURE_RESOURCE_MANAGER_ENDPOINT: 'AZURE_CLOUD says it; another one is for simulations',
  MICROSOFT_GRAPH_ENDPOINT: 'AZURE_CLOUD says it; another one is for simulations',
  LOG_ANALYTICS_ENDPOINT: 'AZURE_CLOUD says it; another one is for simulations',
};

/** App settings that the Functions host reads. */
const HOST_SETTINGS = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
];

/** The names of the app settings of a deployment, in order. */
export const DEPLOYED_SETTINGS: readonly string[] = [
  ...Object.keys(SETTINGS).filter((name) => !(name in LEFT_OUT)),
  ...HOST_SETTINGS,
].sort();

/** @returns one sentence for each setting that is missing or must not be there */
export function findWrongSettings(names: readonly string[]): string[] {
  const reasons: Readonly<Record<string, string | undefined>> = LEFT_OUT;
  return [
    ...names
      .filter((name) => !DEPLOYED_SETTINGS.includes(name))
      .map((name) => {
        const reason = reasons[name];
        return reason === undefined
          ? `App setting ${name} is neither the auditor’s nor the host’s.`
          : `App setting ${name} is left out: ${reason}.`;
      }),
    ...DEPLOYED_SETTINGS.filter((name) => !names.includes(name)).map((name) => `App setting ${name} is missing.`),
  ];
}

/**
 * @param given the app settings of a deployment; what is known only while deploying stands in brackets and is believed
 * @param expected what was asked for, by the name of the setting
 * @returns one sentence for each value that the app would refuse, or that is another than was asked for
 */
export function findWrongValues(
  given: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, string>>,
): string[] {
  const schemas: Readonly<Record<string, { safeParse: (value: unknown) => { success: boolean } } | undefined>> =
    SETTINGS;
  const known = Object.entries(given).filter(([, value]) => value !== '' && !/^\[[a-z]\w+\(/i.test(String(value)));
  return [
    ...known
      .filter(([name, value]) => schemas[name]?.safeParse(value).success === false)
      .map(([name, value]) => `App setting ${name} would be refused: ${JSON.stringify(value)}.`),
    ...Object.entries(expected)
      .filter(([name, value]) => given[name] !== value)
      .map(([name, value]) => `App setting ${name} is ${JSON.stringify(given[name])}, not ${JSON.stringify(value)}.`),
  ];
}
