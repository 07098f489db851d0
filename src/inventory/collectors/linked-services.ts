import * as z from 'zod';
import type { RestClient } from '../azure/rest-client';
import { listOfWorkspace } from '../azure/workspace-list';
import type { LinkedService, Workspace } from '../model';
import { connectionStringIn } from './connection-string';
import { isExpression, isFields, referencesIn, visit, type Fields } from './references';
import { isSecretName, signInOf } from './sign-in-method';

const linkedService = z.object({
  name: z.string(),
  properties: z.object({ type: z.string(), typeProperties: z.record(z.string(), z.unknown()).nullish() }),
});

/**
 * Read as they came: the SDK's types drop the credential of many linked services, and with it how they sign in.
 * https://learn.microsoft.com/rest/api/synapse/data-plane/linked-service/get-linked-services-by-workspace
 */
export async function listLinkedServices(client: RestClient, workspace: Workspace): Promise<LinkedService[]> {
  const found = await listOfWorkspace(client, workspace, 'linkedservices', linkedService);
  return found.map(({ name, properties }) => toLinkedService(workspace.id, name, properties));
}

/** Keeps what tells how it signs in and where to; no secret, not even an encrypted one. */
export function toLinkedService(
  readFrom: string,
  name: string,
  { type, typeProperties }: z.infer<typeof linkedService>['properties'],
): LinkedService {
  const fields = typeProperties ?? {};
  const { credential, servicePrincipalId } = fields;
  return {
    readFrom,
    name,
    type,
    signIn: signInOf(fields),
    servicePrincipalId: clientIdOf(servicePrincipalId),
    credential:
      isFields(credential) && typeof credential['referenceName'] === 'string' ? credential['referenceName'] : null,
    keyVaultReferences: keyVaultReferencesIn(fields),
    inlineSecrets: inlineSecretsIn(fields),
    target: targetOf(fields),
    dependsOn: referencesIn(fields, 'LinkedServiceReference'),
  };
}

/** A client id in lower case, `expression` where a parameter decides it. */
export function clientIdOf(value: unknown): string | null {
  if (isExpression(value)) {
    return 'expression';
  }
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : null;
}

/** https://learn.microsoft.com/azure/data-factory/store-credentials-in-key-vault */
export function keyVaultReferencesIn(value: unknown): LinkedService['keyVaultReferences'] {
  const found: LinkedService['keyVaultReferences'][number][] = [];
  visit(value, ({ type, store, secretName, secretVersion }) => {
    if (type === 'AzureKeyVaultSecret' && isFields(store) && typeof store['referenceName'] === 'string') {
      found.push({
        linkedService: store['referenceName'],
        secretName: typeof secretName === 'string' && !isExpression(secretName) ? secretName : null,
        secretVersion: pinned(secretVersion),
      });
    }
  });
  return found;
}

function pinned(version: unknown): string | null {
  const named = typeof version === 'string' && !isExpression(version) ? version : '';
  return named === '' || named.toLowerCase() === 'latest' ? null : named;
}

/** Whatever stands in the definition, readable, masked or encrypted, and is no parameter. */
function inlineSecretsIn(fields: Fields): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const isInline =
      typeof value === 'string'
        ? value !== '' && !isExpression(value) && holdsSecret(name, value)
        : holdsSecureString(value);
    return isInline ? [name] : [];
  });
}

/** At any depth: the headers of a REST service hold some. */
function holdsSecureString(value: unknown): boolean {
  let found = false;
  visit(value, (fields) => {
    found ||= fields['type'] === 'SecureString' && !isExpression(fields['value']);
  });
  return found;
}

function holdsSecret(name: string, text: string): boolean {
  return isSecretName(name) || connectionStringIn({ [name]: text }).secrets.some((part) => part.inline);
}

/** Where types keep the address, in the order of how telling it is. */
const ADDRESSES = [
  'url',
  'serviceEndpoint',
  'endpoint',
  'accountEndpoint',
  'baseUrl',
  'functionAppUrl',
  'dataLakeStoreUri',
  'domain',
  'batchUri',
  'mlEndpoint',
  'clusterUri',
  'serviceUri',
  'siteUrl',
  'server',
  'host',
  'sasUri',
] as const;

/** Host only: the rest of an address may carry a token. */
function targetOf(fields: Fields): string | null {
  const [address] = ADDRESSES.flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return hostOf(address ?? connectionStringIn(fields).server);
}

function hostOf(address: string | undefined): string | null {
  // Before an `@` there may be a password, and behind it an expression.
  if (address === undefined || address.includes('@')) {
    return null;
  }
  const [host] = address.replace(/^[a-z+]+:\/\/|^tcp:/i, '').split(/[/?#,:]/);
  return host === undefined || host === '' ? null : host.toLowerCase();
}
