type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces each `%NAME%` in a binding's property by the app setting of that name.
 * @throws Error naming a setting that is not set.
 */
export function resolveSettings(text: string, environment: Environment): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = environment[name];
    if (value === undefined || value === '') {
      throw new Error(`The setting ${name} is not set.`);
    }
    return value;
  });
}

/**
 * The connection string that a binding's `connection` names: the setting itself or the one prefixed `AzureWebJobs`.
 * @throws Error where there is none.
 */
export function resolveConnection(name: unknown, environment: Environment): string {
  const setting = typeof name === 'string' && name !== '' ? name : 'AzureWebJobsStorage';
  const value = environment[`AzureWebJobs${setting}`] ?? environment[setting];
  if (value === undefined || value === '') {
    throw new Error(`The setting ${setting} is not set: the local host needs a connection string there.`);
  }
  return value;
}
