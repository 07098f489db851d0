/** What must hold of the compiled template, whatever its parameters are: no key is read, and no secret can be read where it is not kept. */

/** A compiled Bicep file; modules are deployments with a template of their own. */
export interface ArmTemplate {
  readonly parameters?: Readonly<Record<string, { readonly type?: string; readonly defaultValue?: unknown }>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** By symbolic name where the template uses language version 2. */
  readonly resources: readonly ArmResource[] | Readonly<Record<string, ArmResource>>;
}

interface ArmResource {
  readonly type: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Parameters that hold a secret, by their name. */
const SECRET_NAME = /(secret|password|token|webhookUrl|signingKey|accountKey|sharedKey|connectionString)$/i;

/** The connection string of Application Insights is none: its ingestion takes tokens only. */
const NO_SECRETS = ['applicationInsightsConnectionString'];

/** @returns one sentence a problem; none where nothing can leak */
export function findLeaks(template: ArmTemplate): string[] {
  const keys = /\blist(Keys|Secrets|Credentials|AccountSas|ServiceSas|ConnectionStrings)\s*\(/i.exec(
    JSON.stringify(template),
  );
  return [...(keys === null ? [] : [`The template reads a key: ${keys[0]}…).`]), ...leaksIn(template, 'main')];
}

function leaksIn(template: ArmTemplate, where: string): string[] {
  const parameters = Object.entries(template.parameters ?? {});
  const secure = parameters.filter(([, { type }]) => /^secure/i.test(type ?? '')).map(([name]) => name);
  const mentioned = (value: unknown): string[] =>
    secure.filter((name) => JSON.stringify(value ?? null).includes(`parameters('${name}')`));
  const problems = [
    ...parameters
      .filter(([name]) => SECRET_NAME.test(name) && !secure.includes(name) && !NO_SECRETS.includes(name))
      .map(([name]) => `Parameter ${name} of ${where} is not secure.`),
    ...parameters
      .filter(([name, { defaultValue }]) => secure.includes(name) && (defaultValue ?? '') !== '')
      .map(([name]) => `Parameter ${name} of ${where} has a secret as its default.`),
    ...Object.entries(template.outputs ?? {}).flatMap(([output, value]) =>
      mentioned(value).map((name) => `Output ${output} of ${where} tells parameter ${name}.`),
    ),
  ];
  for (const [key, { type, properties }] of Object.entries(template.resources)) {
    if (type !== 'Microsoft.Resources/deployments') {
      const isVault = type === 'Microsoft.KeyVault/vaults/secrets';
      problems.push(
        ...(isVault ? [] : mentioned(properties).map((name) => `${type} of ${where} holds parameter ${name}.`)),
      );
      continue;
    }
    const inner = properties?.['template'] as ArmTemplate;
    const handed = (properties?.['parameters'] ?? {}) as Readonly<Record<string, unknown>>;
    problems.push(
      ...Object.entries(handed).flatMap(([name, value]) =>
        mentioned(value)
          .filter(() => !/^secure/i.test(inner.parameters?.[name]?.type ?? ''))
          .map((secret) => `Parameter ${name} of ${key} is not secure, but gets ${secret}.`),
      ),
      ...leaksIn(inner, key),
    );
  }
  return problems;
}
