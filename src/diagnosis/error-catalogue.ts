/**
 * The errors that pipelines fail with, as data: what to find in the text, what it says for certain, what it leaves open.
 * Services reword their messages, so that codes and fragments are looked for, never sentences; all without case.
 */
import { SIGN_IN_CODES, type ResultKind } from '../audit/sign-in-codes';
import type { CauseId } from './causes';

/** How sure an explanation is. `certain`: the error or the tenant leaves nothing else. */
export const CERTAINTIES = ['certain', 'likely', 'possible'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** What kind of place refused: it tells which linked services of a pipeline may be meant. */
export type Area = 'entra' | 'identity' | 'synapse' | 'storage' | 'vault' | 'sql' | 'web' | 'azure' | 'runtime' | 'any';

/** One way to know an error: all fragments of `text` are there, or one of the numbers. */
export type Sign =
  | { readonly text: readonly [string, ...string[]] }
  /** AADSTS numbers. */
  | { readonly entra: readonly string[] }
  /** SQL error numbers; `18456/8` only with that state. */
  | { readonly sql: readonly string[] }
  /** The code of a failed activity, or after `errorCode` in a text. */
  | { readonly code: readonly string[] };

/** `onlyIfSeen`: named only where the tenant’s state shows it. */
export type Suspicion = readonly [cause: CauseId, certainty: Certainty | 'onlyIfSeen'];

export interface ErrorKind {
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  /** Any of these tells. */
  readonly signs: readonly Sign[];
  readonly certain: string;
  readonly open: string;
  /** Of errors that are known by the text alone, the likeliest first. Empty: it is no failure of authentication. */
  readonly causes: readonly Suspicion[];
  /** A frame around another error: it counts only where nothing more precise was found. */
  readonly frame?: true;
  /** Kinds that say the same less precisely: they don’t count beside it. */
  readonly insteadOf?: readonly string[];
  readonly source: string;
}

const LEARN = 'https://learn.microsoft.com';
const AADSTS = `${LEARN}/entra/identity-platform/reference-error-codes`;
const SYNAPSE_RBAC = `${LEARN}/azure/synapse-analytics/security/synapse-workspace-understand-what-role-you-need`;
const STORAGE_403 = `${LEARN}/troubleshoot/azure/azure-storage/blobs/authentication/storage-troubleshoot-403-errors`;
const ADLS = `${LEARN}/azure/data-factory/connector-troubleshoot-azure-data-lake`;
const VAULT = `${LEARN}/azure/key-vault/general/rest-error-codes`;
const ADF = `${LEARN}/azure/data-factory/data-factory-troubleshoot-guide`;
const SQL = `${LEARN}/azure/data-factory/connector-troubleshoot-azure-synapse-sql`;
const SQL_18456 = `${LEARN}/sql/relational-databases/errors-events/mssqlserver-18456-database-engine-error`;
const RUNTIME = `${LEARN}/azure/data-factory/self-hosted-integration-runtime-troubleshoot-guide`;
const ARTICLE = `${LEARN}/azure/synapse-analytics/synapse-service-identity`;

/** AADSTS numbers of a sort, but for those that have an entry of their own. */
function entra(kind: ResultKind, ...except: readonly string[]): readonly string[] {
  return SIGN_IN_CODES.filter(
    (code) => code.log === 'entra' && code.kind === kind && !except.includes(code.number),
  ).map(({ number }) => number);
}

const CLOCK = ['500133', '700024'];
const TENANT = ['90002', '50020', '50059', '50128', '16000'];
const RESOURCE = ['500011', '50001', '650057', '650052', '65001', '65004', '90094'];

const ENTRA_KINDS: readonly ErrorKind[] = [
  {
    id: 'entra-secret-expired',
    title: 'Entra ID: the client secret has expired',
    area: 'entra',
    signs: [{ entra: entra('expiredCredential') }],
    certain: 'The secret that was sent has passed its end.',
    open: 'Whether a newer one exists that was not put where the linked service reads it.',
    causes: [
      ['secret-expired', 'certain'],
      ['rotated-secret-not-used', 'onlyIfSeen'],
    ],
    source: AADSTS,
  },
  {
    id: 'entra-wrong-secret',
    title: 'Entra ID: the client secret is wrong',
    area: 'entra',
    signs: [{ entra: entra('wrongCredential', '70002') }, { text: ['invalid client secret'] }],
    certain: 'What was sent is no secret that the application has now.',
    open: 'Whether it is the id of a secret, an old one that was removed, or one of another application.',
    causes: [
      ['wrong-secret', 'certain'],
      ['rotated-secret-not-used', 'onlyIfSeen'],
    ],
    source: AADSTS,
  },
  {
    id: 'entra-no-secret',
    title: 'Entra ID: no secret or certificate was sent',
    area: 'entra',
    signs: [{ entra: entra('missingCredential') }],
    certain: 'The request carried no secret, or one parameter less than it needs.',
    open: 'Whether the linked service has none, or the vault gave an empty one.',
    causes: [
      ['authentication-not-stated', 'likely'],
      ['wrong-secret', 'possible'],
    ],
    source: AADSTS,
  },
  {
    id: 'entra-clock',
    title: 'Entra ID: the assertion is out of its time',
    area: 'entra',
    signs: [{ entra: CLOCK }, { text: ['assertion is not within its valid time range'] }],
    certain: 'The assertion that was sent was not valid at Entra ID’s time.',
    open: 'Whether the clock is wrong, or an old assertion was kept and sent again.',
    causes: [['clock-skew', 'certain']],
    insteadOf: ['entra-certificate', 'entra-wrong-secret'],
    source: AADSTS,
  },
  {
    id: 'entra-certificate-key-not-found',
    title: 'Entra ID: the certificate is not registered',
    area: 'entra',
    signs: [{ text: ['client assertion', 'the key was not found'] }],
    certain: 'The application has no certificate with that thumbprint.',
    open: 'Whether it was never uploaded, or removed.',
    causes: [['certificate-not-registered', 'certain']],
    insteadOf: ['entra-certificate'],
    source: AADSTS,
  },
  {
    id: 'entra-certificate',
    title: 'Entra ID: the certificate or its signature is refused',
    area: 'entra',
    signs: [{ entra: entra('rejectedAssertion', ...CLOCK) }],
    certain: 'The certificate that signed the request was not accepted.',
    open: 'Whether it has expired or is not registered.',
    causes: [
      ['certificate-expired', 'possible'],
      ['certificate-not-registered', 'possible'],
    ],
    source: AADSTS,
  },
  {
    id: 'entra-federation',
    title: 'Entra ID: no federated credential fits',
    area: 'entra',
    signs: [{ entra: entra('noFederatedMatch') }],
    certain: 'Issuer, subject or audience of the token fits none of the application’s federated credentials.',
    open: 'Which of the three, where the number does not tell.',
    causes: [['federated-credential-mismatch', 'certain']],
    source: AADSTS,
  },
  {
    id: 'entra-disabled',
    title: 'Entra ID: the principal is disabled',
    area: 'entra',
    signs: [{ entra: entra('disabled') }],
    certain: 'The application or account is disabled.',
    open: 'Who disabled it, and why.',
    causes: [['principal-disabled', 'certain']],
    source: AADSTS,
  },
  {
    id: 'entra-unknown-application',
    title: 'Entra ID: no such application in the tenant',
    area: 'entra',
    signs: [{ entra: entra('unknownApplication') }],
    certain: 'The directory that was asked has no service principal of that client id.',
    open: 'Whether the client id or the tenant is wrong, or the application was deleted.',
    causes: [
      ['unknown-application', 'likely'],
      ['wrong-tenant', 'possible'],
      ['principal-deleted', 'onlyIfSeen'],
    ],
    source: AADSTS,
  },
  {
    id: 'entra-wrong-tenant',
    title: 'Entra ID: wrong tenant',
    area: 'entra',
    signs: [{ entra: TENANT }, { text: ['invalidauthenticationtokentenant'] }, { text: ['from the wrong issuer'] }],
    certain: 'The tenant that was asked, or that made the token, is not the one it has to be.',
    open: 'Which tenant is meant.',
    causes: [['wrong-tenant', 'certain']],
    source: AADSTS,
  },
  {
    id: 'entra-resource',
    title: 'Entra ID: the resource is unknown or not consented to',
    area: 'entra',
    signs: [{ entra: RESOURCE }],
    certain: 'No token is given for the resource that was asked for.',
    open: 'Whether its name is wrong, or it has no service principal or consent in the tenant.',
    causes: [['resource-not-in-tenant', 'certain']],
    source: AADSTS,
  },
  {
    id: 'entra-policy',
    title: 'Entra ID: stopped by a policy',
    area: 'entra',
    signs: [
      { entra: entra('policy') },
      { text: ['blocked by conditional access'] },
      { text: ['access has been blocked by conditional access'] },
    ],
    certain: 'A policy of the tenant stopped the sign-in.',
    open: 'Which one: the sign-in log names it.',
    causes: [['conditional-access', 'certain']],
    source: AADSTS,
  },
  {
    id: 'entra-second-factor',
    title: 'Entra ID: a second factor or the person is needed',
    area: 'entra',
    signs: [{ entra: [...entra('secondFactor'), ...entra('interrupt')] }, { text: ['interaction_required'] }],
    certain: 'Somebody would have to answer a question, and a pipeline cannot.',
    open: 'Which linked service signs in as a person.',
    causes: [['second-factor', 'likely']],
    source: AADSTS,
  },
  {
    id: 'entra-password',
    title: 'Entra ID: name or password refused',
    area: 'entra',
    signs: [{ entra: [...entra('badPassword'), ...entra('unknownAccount', ...TENANT), ...entra('expiredPassword')] }],
    certain: 'The name or password of an account was not accepted.',
    open: 'Where the old one is stored.',
    causes: [['password-refused', 'certain']],
    source: AADSTS,
  },
  {
    id: 'entra-locked',
    title: 'Entra ID: account locked',
    area: 'entra',
    signs: [{ entra: entra('locked') }],
    certain: 'The account is locked, or the address is blocked.',
    open: 'Who tries with the wrong password.',
    causes: [['account-locked', 'certain']],
    source: AADSTS,
  },
  {
    id: 'entra-no-access',
    title: 'Entra ID: not assigned to the application',
    area: 'entra',
    signs: [{ entra: entra('noAccess') }],
    certain: 'The application requires an assignment, and the principal has none.',
    open: 'Nothing.',
    causes: [['caller-refused-by-target', 'certain']],
    source: AADSTS,
  },
];

/** In the order of how precise they are. */
export const ERROR_KINDS: readonly ErrorKind[] = [
  {
    id: 'synapse-wrong-audience',
    title: 'Workspace endpoint: token for another audience',
    area: 'synapse',
    signs: [
      { text: ['invalidtokenauthenticationaudience'] },
      { text: ['idx10214'] },
      { text: ['audience validation failed'] },
      { text: ['invalidauthenticationtokenaudience'] },
      { text: ['invalidaudience'] },
      { text: ['token audience'] },
      { text: ['invalid_resource', 'audience'] },
      { text: ['audience has invalid characters'] },
    ],
    certain: 'The token is made out to another service than the one that was called.',
    open: 'Which resource the caller asked the token for.',
    causes: [['wrong-audience', 'certain']],
    source: `${LEARN}/rest/api/synapse/`,
  },
  {
    id: 'synapse-no-token',
    title: 'Workspace endpoint: no token',
    area: 'synapse',
    signs: [
      { text: ['bearertoken not found'] },
      { text: ['authenticationtokennotfound'] },
      { text: ["authentication failed. the 'authorization' header is missing"] },
    ],
    certain: 'The call reached the service without a token.',
    open: 'Which part of the caller leaves it out.',
    causes: [['token-missing', 'certain']],
    source: `${LEARN}/rest/api/synapse/`,
  },
  {
    id: 'synapse-use-secret',
    title: 'Workspace: credentials/useSecret/action is missing',
    area: 'synapse',
    signs: [{ text: ['credentials/usesecret/action'] }, { text: ['accesscontrolunauthorized', 'usesecret'] }],
    certain: 'The principal may not use a credential of the workspace, which running a pipeline takes.',
    open: 'Who it is, where the error does not name it.',
    causes: [
      ['use-secret-missing', 'certain'],
      ['principal-deleted', 'onlyIfSeen'],
      ['orphaned-assignment', 'onlyIfSeen'],
      ['role-propagation', 'onlyIfSeen'],
    ],
    insteadOf: ['synapse-rbac'],
    source: SYNAPSE_RBAC,
  },
  {
    id: 'synapse-rbac',
    title: 'Workspace: a Synapse role is missing',
    area: 'synapse',
    signs: [
      { text: ['required synapse rbac permission'] },
      { text: ['accesscontrolunauthorized'] },
      { text: ['microsoft.synapse/workspaces/', 'does not have the required'] },
    ],
    certain: 'The principal was known and lacks the Synapse permission that the error names.',
    open: 'Whether the role was assigned meanwhile, or to an earlier identity of that name.',
    causes: [
      ['synapse-role-missing', 'certain'],
      ['principal-deleted', 'onlyIfSeen'],
      ['orphaned-assignment', 'onlyIfSeen'],
      ['role-propagation', 'onlyIfSeen'],
    ],
    source: SYNAPSE_RBAC,
  },
  {
    id: 'synapse-firewall',
    title: 'Workspace: address not authorised',
    area: 'synapse',
    signs: [{ text: ['clientipaddressnotauthorized'] }],
    certain: 'The workspace’s firewall refused the caller’s address.',
    open: 'Whose address it is.',
    causes: [['workspace-firewall', 'certain']],
    source: `${LEARN}/azure/synapse-analytics/security/synapse-workspace-ip-firewall`,
  },
  {
    id: 'azure-authorization-failed',
    title: 'Azure Resource Manager: action not allowed',
    area: 'azure',
    signs: [
      { text: ['does not have authorization to perform action'] },
      { text: ['linkedauthorizationfailed'] },
      { text: ['does not have permission to perform action'] },
    ],
    certain: 'The principal lacks the Azure action that the error names, at the scope that it names.',
    open: 'Whether a role was assigned meanwhile.',
    causes: [
      ['azure-role-missing', 'certain'],
      ['principal-deleted', 'onlyIfSeen'],
      ['role-propagation', 'onlyIfSeen'],
    ],
    source: `${LEARN}/azure/role-based-access-control/troubleshooting`,
  },
  {
    id: 'vault-firewall',
    title: 'Key Vault: stopped by the firewall',
    area: 'vault',
    signs: [
      { text: ['forbiddenbyfirewall'] },
      { text: ['client address is not authorized'] },
      { text: ['forbiddenbyconnection'] },
      { text: ['public network access is disabled', 'vault'] },
    ],
    certain: 'The vault’s network rules refused the caller, before any right was looked at.',
    open: 'Whether the caller is meant to come by a private endpoint.',
    causes: [['vault-firewall', 'certain']],
    insteadOf: ['vault-forbidden'],
    source: VAULT,
  },
  {
    id: 'vault-secret-disabled',
    title: 'Key Vault: secret disabled or out of its dates',
    area: 'vault',
    signs: [
      { text: ['secretdisabled'] },
      { text: ['operation get is not allowed on a disabled secret'] },
      { text: ['secret', 'not allowed on an expired'] },
      { text: ['secretnotyetvalid'] },
    ],
    certain: 'The version of the secret that was asked for must not be read now.',
    open: 'Whether another version is meant.',
    causes: [
      ['vault-secret-unusable', 'certain'],
      ['rotated-secret-not-used', 'onlyIfSeen'],
    ],
    source: `${LEARN}/azure/key-vault/secrets/about-secrets#secret-attributes`,
  },
  {
    id: 'vault-secret-not-found',
    title: 'Key Vault: no such secret',
    area: 'vault',
    signs: [{ text: ['secretnotfound'] }, { text: ['a secret with (name/id)', 'was not found'] }],
    certain: 'The vault has no secret of that name and version.',
    open: 'Whether it was deleted, never there, or the name or version in the linked service is wrong.',
    causes: [
      ['vault-secret-missing', 'certain'],
      ['rotated-secret-not-used', 'onlyIfSeen'],
    ],
    source: VAULT,
  },
  {
    id: 'vault-forbidden',
    title: 'Key Vault: access denied',
    area: 'vault',
    signs: [
      { text: ['akvaccessdenied'] },
      { text: ['forbiddenbypolicy'] },
      { text: ['forbiddenbyrbac'] },
      { text: ['does not have secrets get permission'] },
      { text: ['vaults/secrets/getsecret/action'] },
    ],
    certain: 'The vault knew the identity, and it may not read the secret.',
    open: 'Whether it has the right in the way that this vault goes by, and since when.',
    causes: [
      ['vault-access-missing', 'likely'],
      ['vault-permission-model', 'onlyIfSeen'],
      ['vault-firewall', 'onlyIfSeen'],
      ['orphaned-assignment', 'onlyIfSeen'],
      ['role-propagation', 'onlyIfSeen'],
      ['role-conditional', 'onlyIfSeen'],
      ['identity-not-attached', 'onlyIfSeen'],
    ],
    source: VAULT,
  },
  ...ENTRA_KINDS,
  {
    id: 'storage-permission-mismatch',
    title: 'Storage: no right on the data',
    area: 'storage',
    signs: [
      { text: ['authorizationpermissionmismatch'] },
      { text: ['not authorized to perform this operation using this permission'] },
      { text: ['insufficientaccountpermissions'] },
    ],
    certain: 'The account knew the identity, and it may not do this with the data.',
    open: 'Whether a role was assigned too late, to an earlier identity, or on another scope.',
    causes: [
      ['storage-role-missing', 'likely'],
      ['orphaned-assignment', 'onlyIfSeen'],
      ['role-propagation', 'onlyIfSeen'],
      ['role-conditional', 'onlyIfSeen'],
    ],
    source: STORAGE_403,
  },
  {
    id: 'storage-key-refused',
    title: 'Storage: key or signature refused',
    area: 'storage',
    signs: [
      { text: ['keybasedauthenticationnotpermitted'] },
      { text: ['key based authentication is not permitted'] },
      { text: ['make sure the value of authorization header is formed correctly including the signature'] },
      { text: ['mac signature found in the http request'] },
      { text: ['signature not valid in the specified time frame'] },
      { text: ['signed expiry time'] },
      { text: ['authorizationprotocolmismatch'] },
    ],
    certain: 'The account did not take the key or shared access signature.',
    open: 'Whether it is wrong, has ended, or the account takes none.',
    causes: [['storage-key-refused', 'certain']],
    source: STORAGE_403,
  },
  {
    id: 'storage-authorization-failure',
    title: 'Storage: stopped by network rules',
    area: 'storage',
    signs: [
      { text: ['authorizationfailure'] },
      { text: ['not authorized to perform this operation.'] },
      { text: ['ipauthorizationerror'] },
      { text: ['publicaccessnotpermitted'] },
    ],
    certain: 'The account refused the request as such, which it does for network rules.',
    open: 'Which rule: trusted services, addresses, private endpoints only.',
    causes: [['storage-firewall', 'likely']],
    source: STORAGE_403,
  },
  {
    id: 'storage-forbidden',
    title: 'Data Lake Storage: forbidden',
    area: 'storage',
    signs: [
      { text: ['adlsgen2forbiddenerror'] },
      { text: ['adls gen2 operation failed', 'forbidden'] },
      { text: ['dfs.core.windows.net', 'statuscode=403'] },
      { text: ['core.windows.net', '(403)'] },
      { text: ['azureblob', 'forbidden'] },
      { text: ['userstoragefilenotaccessible'] },
    ],
    certain: 'The storage account refused the request (403).',
    open: 'Whether for want of a right on the data or for its firewall.',
    causes: [
      ['storage-role-missing', 'possible'],
      ['storage-firewall', 'possible'],
      ['orphaned-assignment', 'onlyIfSeen'],
      ['role-propagation', 'onlyIfSeen'],
      ['role-conditional', 'onlyIfSeen'],
    ],
    frame: true,
    source: ADLS,
  },
  {
    id: 'sql-firewall',
    title: 'SQL: stopped by the firewall',
    area: 'sql',
    signs: [
      { sql: ['40615', '40914', '42101', '47073'] },
      { text: ['is not allowed to access the server'] },
      { text: ['deny public network access'] },
    ],
    certain: 'The server’s network rules refused the address.',
    open: 'Whose address it is, where the error does not say.',
    causes: [['sql-firewall', 'certain']],
    source: SQL,
  },
  {
    id: 'sql-no-user-name',
    title: 'SQL: a login without a name',
    area: 'sql',
    signs: [{ text: ["login failed for user ''"] }],
    certain: 'The connection was made without a login’s name and without a token.',
    open: 'Whether a deployment changed how the linked service signs in.',
    causes: [
      ['authentication-not-stated', 'likely'],
      ['sql-password-refused', 'possible'],
    ],
    source: SQL_18456,
  },
  {
    id: 'sql-token-identified',
    title: 'SQL: the identity has no user in the database',
    area: 'sql',
    signs: [{ text: ['token-identified principal'] }],
    certain: 'The token was good, and the database let nobody in with it.',
    open: 'Whether there is no user, one of an earlier identity, or one in another database.',
    causes: [
      ['sql-user-missing', 'likely'],
      ['principal-disabled', 'onlyIfSeen'],
    ],
    source: SQL_18456,
  },
  {
    id: 'sql-entra-only',
    title: 'SQL: only sign-ins of Entra ID',
    area: 'sql',
    signs: [
      { text: ['azure active directory only authentication is enabled'] },
      { text: ['microsoft entra-only authentication is enabled'] },
    ],
    certain: 'The server takes no SQL logins.',
    open: 'Nothing.',
    causes: [['sql-entra-only', 'certain']],
    insteadOf: ['sql-login-failed'],
    source: `${LEARN}/azure/azure-sql/database/authentication-azure-ad-only-authentication`,
  },
  {
    id: 'sql-login-failed',
    title: 'SQL: login failed',
    area: 'sql',
    signs: [{ sql: ['18456', '18470', '18486', '18487', '18488'] }, { text: ['login failed for user'] }],
    certain: 'The server refused the login.',
    open: 'Whether name, password or the way of signing in is wrong: the server’s own log has the state.',
    causes: [
      ['sql-password-refused', 'likely'],
      ['sql-entra-only', 'onlyIfSeen'],
      ['vault-secret-unusable', 'onlyIfSeen'],
    ],
    frame: true,
    source: SQL_18456,
  },
  {
    id: 'sql-database-closed',
    title: 'SQL: database could not be opened',
    area: 'sql',
    signs: [{ sql: ['4060'] }, { text: ['cannot open database', 'requested by the login'] }],
    certain: 'The server was reached, and the database was not opened.',
    open: 'Whether it is paused, misspelt, or the login has no user in it.',
    causes: [
      ['sql-database-closed', 'likely'],
      ['sql-user-missing', 'possible'],
    ],
    source: SQL,
  },
  {
    id: 'runtime-credential',
    title: 'Self-hosted integration runtime: credential or node',
    area: 'runtime',
    signs: [
      { text: ['failed to get the decrypted credential'] },
      { text: ['failed to decrypt'] },
      { text: ['credential', 'self-hosted integration runtime', 'not in sync'] },
      { text: ['encryptedcredential', 'invalid'] },
      { text: ['integration runtime', 'offline'] },
      { text: ['no online instance'] },
      { text: ['credentialstore'] },
      { code: ['2213', '2103'] },
    ],
    certain: 'The self-hosted integration runtime could not work with the stored credential, or was not there.',
    open: 'Which node, and since when.',
    causes: [['self-hosted-runtime', 'likely']],
    source: RUNTIME,
  },
  {
    id: 'identity-authentication-unset',
    title: 'Linked service: test failed (9512)',
    area: 'any',
    signs: [{ code: ['9512'] }],
    certain: 'The linked service could not be used as it is defined.',
    open: 'Whether its authentication was dropped by a deployment.',
    causes: [
      ['authentication-not-stated', 'likely'],
      ['credential-missing', 'onlyIfSeen'],
      ['identity-not-attached', 'onlyIfSeen'],
      ['identity-deleted', 'onlyIfSeen'],
      ['identity-not-supported', 'onlyIfSeen'],
      ['identity-missing', 'onlyIfSeen'],
    ],
    source: ADF,
  },
  {
    id: 'identity-token',
    title: 'Managed identity: no token',
    area: 'identity',
    signs: [
      { text: ["authentication failed for 'microsoft.managedidentity'"] },
      { text: ['authentication failed for microsoft.managedidentity'] },
      { text: ['managedidentitycredential authentication'] },
      { text: ['failedtogetaccesstokenbymsi'] },
      { text: ['failed to get msi'] },
      { text: ['failed to get access token', 'managed'] },
      { text: ['failed to connect to msi'] },
      { text: ['managed identity', 'not found'] },
      { text: ['managed identity', 'not associated'] },
      { text: ['no managed identity endpoint'] },
      { text: ['failed to acquire token', 'msi'] },
      { text: ['msi', 'identity not found'] },
      { code: ['2403', '2401'] },
    ],
    certain: 'A managed identity got no token, or the token of one was refused.',
    open: 'Whether the identity is there, attached and enabled, and whether the target takes it.',
    causes: [
      ['identity-not-ready', 'possible'],
      ['identity-missing', 'onlyIfSeen'],
      ['identity-deleted', 'onlyIfSeen'],
      ['identity-not-attached', 'onlyIfSeen'],
      ['credential-missing', 'onlyIfSeen'],
      ['identity-not-supported', 'possible'],
      ['principal-disabled', 'onlyIfSeen'],
      ['storage-role-missing', 'onlyIfSeen'],
      ['vault-access-missing', 'onlyIfSeen'],
      ['vault-permission-model', 'onlyIfSeen'],
      ['changed-setting', 'onlyIfSeen'],
    ],
    source: ARTICLE,
  },
  {
    id: 'identity-type-unsupported',
    title: 'Linked service: this authentication is not supported',
    area: 'any',
    signs: [
      { text: ['managed identity', 'not supported'] },
      { text: ['authentication type', 'not supported'] },
      { text: ['authenticationtype', 'not supported'] },
    ],
    certain: 'The connector does not take this way of signing in.',
    open: 'Which ways it takes: its page lists them.',
    causes: [['identity-not-supported', 'likely']],
    source: `${LEARN}/entra/identity/managed-identities-azure-resources/managed-identities-status`,
  },
  {
    id: 'credential-reference',
    title: 'Linked service: unknown credential',
    area: 'any',
    signs: [
      { text: ['invalidcredentialreference'] },
      { text: ['credential', 'referenced by linked service', 'not found'] },
      { text: ['credentialreference', 'not found'] },
    ],
    certain: 'The credential that the linked service names was not found.',
    open: 'Nothing.',
    causes: [['credential-missing', 'certain']],
    source: `${LEARN}/azure/data-factory/credentials?tabs=synapse-analytics`,
  },
  {
    id: 'entra-other',
    title: 'Entra ID: another refusal',
    area: 'entra',
    signs: [{ text: ['aadsts'] }],
    certain: 'Entra ID refused the sign-in with a number that is not known here.',
    open: 'What the number means.',
    causes: [
      ['entra-refusal', 'possible'],
      ['secret-expired', 'onlyIfSeen'],
      ['principal-disabled', 'onlyIfSeen'],
    ],
    frame: true,
    source: AADSTS,
  },
  {
    id: 'principal-token',
    title: 'Service principal: no token',
    area: 'entra',
    signs: [
      { text: ['failedtogetaccesstokenbyserviceprincipal'] },
      { text: ['failed to get access token by using service principal'] },
      { text: ['clientsecretcredential authentication failed'] },
      { text: ['clientcertificatecredential authentication failed'] },
      { text: ['invalid_client'] },
      { text: ['unauthorized_client'] },
    ],
    certain: 'A service principal got no token.',
    open: 'Why: the text has no number of Entra ID.',
    causes: [
      ['secret-expired', 'possible'],
      ['certificate-expired', 'onlyIfSeen'],
      ['rotated-secret-not-used', 'onlyIfSeen'],
      ['principal-disabled', 'onlyIfSeen'],
      ['principal-deleted', 'onlyIfSeen'],
      ['wrong-secret', 'possible'],
      ['conditional-access', 'possible'],
      ['changed-setting', 'onlyIfSeen'],
    ],
    frame: true,
    source: ADF,
  },
  {
    id: 'token-refused',
    title: 'Workspace endpoint: token authentication failed (401)',
    area: 'synapse',
    signs: [
      { text: ['token authentication failed'] },
      { text: ['mise12034'] },
      { text: ['does not indicate success: 401'] },
      { text: ['"code":"authenticationfailed"'] },
      { text: ['authentication_failed'] },
      { text: ['401 (unauthorized)'] },
      { text: ['(401) unauthorized'] },
      { text: ['401 unauthorized'] },
      { text: ['statuscode: 401'] },
      { text: ['statuscode=401'] },
    ],
    certain: 'A token was refused (401): that is before any role is looked at.',
    open: 'Why: it may have ended, be of another tenant, or belong to a principal whose credential is gone.',
    causes: [
      ['token-rejected', 'possible'],
      ['secret-expired', 'possible'],
      ['certificate-expired', 'onlyIfSeen'],
      ['principal-disabled', 'onlyIfSeen'],
      ['use-secret-missing', 'possible'],
      ['changed-setting', 'possible'],
      ['outdated-azure-powershell', 'possible'],
    ],
    frame: true,
    source: ARTICLE,
  },
  {
    id: 'web-activity',
    title: 'Web activity: the called service refused',
    area: 'web',
    signs: [
      { code: ['2108', '2105'] },
      { text: ['authenticationfailed'] },
      { text: ['unauthorized'] },
      { text: ['forbidden'] },
      { text: ['access denied'] },
      { text: ['permission denied'] },
    ],
    certain: 'A service answered 401 or 403, or the like.',
    open: 'Which right or token it misses.',
    causes: [
      ['caller-refused-by-target', 'possible'],
      ['wrong-audience', 'possible'],
      ['changed-setting', 'onlyIfSeen'],
    ],
    frame: true,
    source: `${LEARN}/azure/data-factory/control-flow-web-activity#authentication`,
  },
  {
    id: 'transient',
    title: 'A passing fault or throttling: no failure of authentication',
    area: 'any',
    signs: [
      { entra: entra('transient') },
      { sql: ['615', '40197', '40501', '40613', '49918', '49919', '49920'] },
      { text: ['too many requests'] },
      { text: ['(429)'] },
      { text: ['status code: 429'] },
      { text: ['statuscode=429'] },
      { text: ['serverbusy'] },
      { text: ['503 (service unavailable)'] },
      { text: ['throttl'] },
      { text: ['timed out'] },
      { text: ['timeout expired'] },
      { text: ['operationtimedout'] },
      { text: ['temporarily unavailable'] },
    ],
    certain: 'The service was busy or away for a moment.',
    open: 'Whether it lasts.',
    causes: [],
    source: ADF,
  },
  {
    id: 'data-or-code',
    title: 'Data or code: no failure of authentication',
    area: 'any',
    signs: [
      { text: ['pathnotfound'] },
      { text: ['the specified path does not exist'] },
      { text: ['the specified blob does not exist'] },
      { text: ['userinputfileisempty'] },
      { text: ['invalid object name'] },
      { text: ['invalid column name'] },
      { text: ['incorrect syntax near'] },
      { text: ['typeconversion'] },
      { text: ['delimitedtextmorecolumnsthandefined'] },
      { text: ['outofmemory'] },
      { text: ['violation of primary key'] },
      { text: ['string or binary data would be truncated'] },
      { text: ['divide by zero'] },
      { text: ['filenotfound'] },
    ],
    certain: 'Something about the data, a path or the code is wrong.',
    open: 'What.',
    causes: [],
    source: ADF,
  },
];
