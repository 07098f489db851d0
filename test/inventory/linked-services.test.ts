import { toLinkedService } from '../../src/inventory/collectors/linked-services';
import type { LinkedService } from '../../src/inventory/model';

type Properties = Readonly<Record<string, unknown>>;

const masked = { type: 'SecureString', value: '**********' };
const inVault = {
  type: 'AzureKeyVaultSecret',
  store: { referenceName: 'vault', type: 'LinkedServiceReference' },
  secretName: 'lake-key',
};
const parameter = { type: 'Expression', value: '@linkedService().x' };
const url = 'https://lake.dfs.core.windows.net';

function read(typeProperties: Properties, type = 'AzureBlobFS'): LinkedService {
  return toLinkedService('/subscriptions/s', 'lake', { type, typeProperties });
}

describe('how it signs in', () => {
  const cases: readonly (readonly [string, Properties, LinkedService['signIn']['method'], readonly string[]])[] = [
    ['only an address', { url }, 'unstated', []],
    [
      'a credential',
      { url, credential: { referenceName: 'c', type: 'CredentialReference' } },
      'credential',
      ['credential'],
    ],
    [
      'a credential that a parameter decides',
      { credential: { referenceName: parameter } },
      'expression',
      ['credential'],
    ],
    [
      'a credential besides a service principal',
      { credential: { referenceName: 'c' }, servicePrincipalId: 'x' },
      'credential',
      ['credential'],
    ],
    [
      'a service principal with a secret',
      { url, servicePrincipalId: 'x', servicePrincipalKey: masked },
      'servicePrincipalSecret',
      ['servicePrincipalId', 'servicePrincipalKey'],
    ],
    [
      'a service principal whose secret is encrypted',
      { servicePrincipalId: 'x', encryptedCredential: 'opaque' },
      'servicePrincipalSecret',
      ['servicePrincipalId'],
    ],
    [
      'a service principal with a certificate',
      {
        servicePrincipalId: 'x',
        servicePrincipalCredentialType: 'ServicePrincipalCert',
        servicePrincipalCredential: inVault,
      },
      'servicePrincipalCertificate',
      ['servicePrincipalId', 'servicePrincipalCredential'],
    ],
    [
      'a service principal with an embedded certificate',
      { servicePrincipalId: 'x', servicePrincipalEmbeddedCert: inVault },
      'servicePrincipalCertificate',
      ['servicePrincipalId', 'servicePrincipalEmbeddedCert'],
    ],
    [
      'a service principal whose kind of credential a parameter decides',
      { servicePrincipalId: 'x', servicePrincipalCredentialType: parameter },
      'expression',
      ['servicePrincipalCredentialType'],
    ],
    [
      'a stated service principal',
      { authenticationType: 'AadServicePrincipal', servicePrincipalId: 'x', servicePrincipalKey: inVault },
      'servicePrincipalSecret',
      ['servicePrincipalId', 'servicePrincipalKey'],
    ],
    [
      'a stated service principal that is not named',
      { authenticationType: 'ServicePrincipal', password: masked },
      'unknown',
      ['authenticationType: ServicePrincipal'],
    ],
    ...[
      'ManagedServiceIdentity',
      'SystemAssignedManagedIdentity',
      'UserAssignedManagedIdentity',
      'ManagedIdentity',
    ].map(
      (value) => [value, { authenticationType: value }, 'managedIdentity', [`authenticationType: ${value}`]] as const,
    ),
    ['MSI', { authentication: 'MSI', functionAppUrl: url }, 'managedIdentity', ['authentication: MSI']],
    [
      'a type of authentication that a parameter decides',
      { authenticationType: parameter },
      'expression',
      ['authenticationType'],
    ],
    ['the same as a text', { authenticationType: '@linkedService().x' }, 'expression', ['authenticationType']],
    ['no sign-in', { url, authenticationType: 'Anonymous' }, 'anonymous', ['authenticationType: Anonymous']],
    [
      'no sign-in, but a key of the function',
      { authentication: 'Anonymous', functionKey: inVault },
      'key',
      ['functionKey'],
    ],
    [
      'no sign-in, but a secret header',
      { authenticationType: 'Anonymous', authHeaders: { 'x-api-key': masked } },
      'key',
      ['authHeaders'],
    ],
    ['a stated password', { authenticationType: 'Basic', userName: 'u' }, 'password', ['authenticationType: Basic']],
    [
      'a type of authentication nobody knows, with a key',
      { authenticationType: 'New', accountKey: masked },
      'key',
      ['accountKey'],
    ],
    ['a type of authentication nobody knows', { authenticationType: 'New' }, 'unknown', ['authenticationType: New']],
    ['an account key', { accountKey: masked }, 'key', ['accountKey']],
    ['an access token', { domain: url, accessToken: inVault }, 'key', ['accessToken']],
    [
      'an account key in the connection string',
      { connectionString: 'AccountName=a;AccountKey=k==' },
      'key',
      ['connectionString'],
    ],
    ['a SAS address', { sasUri: masked }, 'sas', ['sasUri']],
    [
      'a SAS in the connection string',
      { connectionString: 'SharedAccessSignature=sv=1&sig=x' },
      'sas',
      ['connectionString'],
    ],
    [
      'a SAS address whose token is a key beside it',
      { sasUri: 'https://a', sasToken: inVault },
      'sas',
      ['sasUri', 'sasToken'],
    ],
    ['a password', { host: 'h', userName: 'u', password: inVault }, 'password', ['password', 'userName']],
    [
      'a password in the connection string',
      { connectionString: 'Server=s;UID=u;Pwd=p' },
      'password',
      ['connectionString'],
    ],
    [
      'a user in the connection string, its password encrypted',
      { connectionString: 'Data Source=s;User ID=u', encryptedCredential: 'opaque' },
      'password',
      ['connectionString'],
    ],
    [
      'a connection string of Azure SQL without a user',
      { connectionString: 'Data Source=s;Initial Catalog=d' },
      'unstated',
      [],
    ],
    [
      'one with a parameter in the middle',
      { connectionString: 'Data Source=s;Initial Catalog=@{linkedService().db}' },
      'unstated',
      [],
    ],
    [
      'a connection string that a parameter decides',
      { connectionString: parameter },
      'expression',
      ['connectionString'],
    ],
    ['a masked connection string', { connectionString: masked }, 'connectionString', ['connectionString']],
    ['a connection string in a vault', { connectionString: inVault }, 'connectionString', ['connectionString']],
    ['an encrypted credential', { url, encryptedCredential: 'opaque' }, 'connectionString', ['encryptedCredential']],
    ['empty fields', { url, accountKey: '', servicePrincipalId: null }, 'unstated', []],
  ];

  test.each(cases)('%s', (_, properties, method, evidence) => {
    expect(read(properties).signIn).toEqual({ method, evidence });
  });
});

describe('whom it names', () => {
  test('the client id, in lower case', () => {
    expect(read({ servicePrincipalId: 'ABC' }).servicePrincipalId).toBe('abc');
    expect(read({ url }).servicePrincipalId).toBeNull();
  });
  test('nobody, where a parameter decides', () => {
    expect(read({ servicePrincipalId: parameter }).servicePrincipalId).toBe('expression');
    expect(read({ servicePrincipalId: '@{linkedService().id}' }).servicePrincipalId).toBe('expression');
  });
  test('its credential', () => {
    expect(read({ credential: { referenceName: 'c' } }).credential).toBe('c');
    expect(read({ credential: { referenceName: parameter } }).credential).toBeNull();
  });
});

describe('where its secrets are', () => {
  test('in a vault, of the newest version or a pinned one', () => {
    const { keyVaultReferences, inlineSecrets, dependsOn } = read({
      accountKey: inVault,
      password: { ...inVault, secretVersion: 'abc' },
      connectionString: { ...inVault, secretVersion: 'latest' },
    });
    expect(keyVaultReferences).toEqual([
      { linkedService: 'vault', secretName: 'lake-key', secretVersion: null },
      { linkedService: 'vault', secretName: 'lake-key', secretVersion: 'abc' },
      { linkedService: 'vault', secretName: 'lake-key', secretVersion: null },
    ]);
    expect(inlineSecrets).toEqual([]);
    expect(dependsOn).toEqual(['vault']);
  });
  test('in a vault under a name that a parameter decides', () => {
    const [reference] = read({
      accountKey: { ...inVault, secretName: parameter, secretVersion: parameter },
    }).keyVaultReferences;
    expect(reference).toEqual({ linkedService: 'vault', secretName: null, secretVersion: null });
  });
  test.each<[string, Properties, string]>([
    ['masked', { accountKey: masked }, 'accountKey'],
    ['masked in a header', { authHeaders: { key: masked } }, 'authHeaders'],
    ['encrypted', { encryptedCredential: 'opaque' }, 'encryptedCredential'],
    ['readable', { apiKey: 'k' }, 'apiKey'],
    ['readable in the connection string', { connectionString: 'AccountKey=k' }, 'connectionString'],
    ['readable in an address', { connectionString: 'mongodb://u:p@host/' }, 'connectionString'],
    ['readable in a SAS address', { sasUri: 'https://a/?sv=1&sig=x' }, 'sasUri'],
  ])('in the linked service itself, %s', (_, properties, name) => {
    expect(read(properties).inlineSecrets).toEqual([name]);
  });
  test.each<[string, Properties]>([
    [
      'a parameter brings it',
      { accountKey: parameter, password: { type: 'SecureString', value: '@linkedService().p' } },
    ],
    [
      'a parameter brings it into the connection string',
      { connectionString: 'Server=s;Password=@{linkedService().p}' },
    ],
    ['there is none', { url, userName: 'u', sasUri: 'https://a/share' }],
  ])('nowhere, as %s', (_, properties) => {
    expect(read(properties).inlineSecrets).toEqual([]);
  });
});

describe('where it connects to', () => {
  test.each<[string, Properties, string | null]>([
    ['an address', { url: 'https://Lake.dfs.core.windows.net/a?sig=x' }, 'lake.dfs.core.windows.net'],
    ['a server', { server: 'tcp:s.database.windows.net,1433' }, 's.database.windows.net'],
    ['a connection string', { connectionString: 'Data Source=tcp:s.example,1433;Password=p' }, 's.example'],
    ['an account', { connectionString: 'AccountName=acc;AccountKey=k' }, 'acc'],
    ['a SAS address', { sasUri: 'https://a.file.core.windows.net/?sig=x' }, 'a.file.core.windows.net'],
    ['an address with a password in it', { connectionString: 'mongodb://u:p@host/', url: 'ftp://u:p@host' }, null],
    ['a parameter', { url: '@{linkedService().url}' }, null],
    ['nothing', {}, null],
  ])('%s', (_, properties, target) => {
    expect(read(properties).target).toBe(target);
  });
});

test('no secret stays, in whatever field it came', () => {
  const secret = 'S3cret-value';
  const kept = read({
    url: `https://lake.example/?sig=${secret}`,
    accountKey: { type: 'SecureString', value: secret },
    password: secret,
    connectionString: `Server=s;User ID=u;Password=${secret}`,
    sasUri: `https://a/?sig=${secret}`,
    encryptedCredential: secret,
    authHeaders: { key: { type: 'SecureString', value: secret } },
  });
  expect(JSON.stringify(kept)).not.toContain(secret);
});
