/**
 * How a linked service signs in, read off the names of its properties. Where several tell, the more explicit one counts.
 * https://learn.microsoft.com/azure/data-factory/connector-overview
 */
import type { LinkedService, SignInMethod } from '../model';
import { connectionStringIn } from './connection-string';
import { isExpression, isFields, type Fields } from './references';

type SignIn = LinkedService['signIn'];

const KEYS = [
  'authHeaders',
  'accountKey',
  'accessKey',
  'functionKey',
  'apiKey',
  'key',
  'accessToken',
  'secretAccessKey',
  'apiToken',
];
const SAS = ['sasUri', 'sasToken'];
const PASSWORDS = ['password', 'pwd', 'clientSecret', 'passphrase', 'privateKeyContent', 'pfx', 'securityToken'];
const SERVICE_PRINCIPAL = ['servicePrincipalKey', 'servicePrincipalCredential', 'servicePrincipalEmbeddedCert'];
const ENCRYPTED = 'encryptedCredential';
const SECRET_NAMES = new Set([...KEYS, ...SAS.slice(1), ...PASSWORDS, ...SERVICE_PRINCIPAL, ENCRYPTED]);

/** Values of `authenticationType` and `authentication`, in lower case. */
const METHODS: Readonly<Record<string, SignInMethod>> = {
  managedserviceidentity: 'managedIdentity',
  managedidentity: 'managedIdentity',
  msi: 'managedIdentity',
  systemassignedmanagedidentity: 'managedIdentity',
  userassignedmanagedidentity: 'managedIdentity',
  anonymous: 'anonymous',
  accountkey: 'key',
  key: 'key',
  accesskey: 'key',
  sasuri: 'sas',
  basic: 'password',
  digest: 'password',
  windows: 'password',
  sql: 'password',
  sqlauthentication: 'password',
  password: 'password',
  usernamepassword: 'password',
  office365: 'password',
  ifd: 'password',
  oauth2clientcredential: 'password',
  clientcertificate: 'password',
  sshpublickey: 'password',
  multifactor: 'password',
  keypair: 'password',
};

/** Whether a property of this name holds nothing but a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.has(name);
}

export function signInOf(fields: Fields): SignIn {
  return (
    byCredential(fields) ??
    byAuthenticationType(fields) ??
    byServicePrincipal(fields) ??
    bySecret(fields) ??
    (connectionStringIn(fields).isExpression
      ? { method: 'expression', evidence: ['connectionString'] }
      : { method: 'unstated', evidence: [] })
  );
}

function byCredential({ credential }: Fields): SignIn | undefined {
  if (!isFields(credential)) {
    return undefined;
  }
  const named = typeof credential['referenceName'] === 'string' && !isExpression(credential['referenceName']);
  return { method: named ? 'credential' : 'expression', evidence: ['credential'] };
}

function byAuthenticationType(fields: Fields): SignIn | undefined {
  for (const name of ['authenticationType', 'authentication']) {
    const value = fields[name];
    if (isExpression(value)) {
      return { method: 'expression', evidence: [name] };
    }
    if (typeof value === 'string' && value !== '') {
      const method = METHODS[value.toLowerCase()];
      // A function app is called without a token and still with its key.
      const key = method === 'anonymous' ? bySecret(fields) : undefined;
      if (method !== undefined) {
        return key ?? { method, evidence: [`${name}: ${value}`] };
      }
      const isPrincipal = /serviceprincipal$/i.test(value);
      const told = isPrincipal ? byServicePrincipal(fields) : (byServicePrincipal(fields) ?? bySecret(fields));
      return told ?? { method: 'unknown', evidence: [`${name}: ${value}`] };
    }
  }
  return undefined;
}

function byServicePrincipal(fields: Fields): SignIn | undefined {
  if (!present(fields['servicePrincipalId'])) {
    return undefined;
  }
  const type = fields['servicePrincipalCredentialType'];
  if (isExpression(type)) {
    return { method: 'expression', evidence: ['servicePrincipalCredentialType'] };
  }
  const withCertificate = type === 'ServicePrincipalCert' || present(fields['servicePrincipalEmbeddedCert']);
  return {
    method: withCertificate ? 'servicePrincipalCertificate' : 'servicePrincipalSecret',
    evidence: ['servicePrincipalId', ...SERVICE_PRINCIPAL.filter((name) => present(fields[name]))],
  };
}

function bySecret(fields: Fields): SignIn | undefined {
  const connection = connectionStringIn(fields);
  const has = (kind: 'key' | 'sas' | 'password'): boolean => connection.secrets.some((secret) => secret.kind === kind);
  const named = (names: readonly string[]): string[] => names.filter((name) => present(fields[name]));
  const sas = named(SAS);
  if (sas.length > 0 || has('sas')) {
    return { method: 'sas', evidence: sas.length > 0 ? sas : ['connectionString'] };
  }
  const keys = named(KEYS);
  if (keys.length > 0 || has('key')) {
    return { method: 'key', evidence: keys.length > 0 ? keys : ['connectionString'] };
  }
  const passwords = named([...PASSWORDS, 'userName', 'username', 'userId']);
  if (passwords.length > 0 || has('password') || connection.user) {
    return { method: 'password', evidence: passwords.length > 0 ? passwords : ['connectionString'] };
  }
  const hidden = isHidden(fields['connectionString']) ? ['connectionString'] : named([ENCRYPTED]);
  return hidden.length > 0 ? { method: 'connectionString', evidence: hidden } : undefined;
}

/** A connection string that stands in a vault, or that Azure masks. */
function isHidden(value: unknown): boolean {
  return isFields(value) && (value['type'] === 'SecureString' || value['type'] === 'AzureKeyVaultSecret');
}

function present(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}
