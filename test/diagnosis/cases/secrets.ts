import {
  aCertificate,
  aDeletedServicePrincipal,
  anApplication,
  aPrincipalsLinkedService,
  aSecret,
  aServicePrincipal,
  aVaultLinkedService,
  aLinkedService,
  aWorkspaceIdentity,
  guid,
  inDays,
} from '../../fixtures/facts';
import { someSignIns } from '../../fixtures/sign-ins';
import { AT, HEALTHY, type DiagnosisCase } from './case';

const EXPIRED = `ErrorCode=UserErrorFailedToGetAccessTokenByServicePrincipal,'Type=Microsoft.DataTransfer.Common.Shared.HybridDeliveryException,Message=Failed to get access token by using service principal. Error: invalid_client, Error Message: AADSTS7000222: The provided client secret keys for app '${guid(102)}' are expired. Trace ID: ${guid(9001)}`;
const WRONG = `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${guid(102)}'.`;
const SIGNATURE = `AADSTS700027: Client assertion contains an invalid signature. Application ${guid(102)}`;
const NO_NUMBER =
  'ErrorCode=UserErrorFailedToGetAccessTokenByServicePrincipal,Message=Failed to get access token by using service principal. Error: invalid_client';

const ended = aSecret({ keyId: guid(1003), displayName: 'ci-2025', startedDaysAgo: 400, endsInDays: -2 });
const current = aSecret({ startedDaysAgo: 5 });
const services = (changes: Parameters<typeof aPrincipalsLinkedService>[0]) => [
  aLinkedService(),
  aPrincipalsLinkedService(changes),
  aVaultLinkedService(),
];
const inVersion = (secretVersion: string) => ({
  keyVaultReferences: [{ linkedService: 'vault', secretName: 'loader', secretVersion }],
});
const inline = { keyVaultReferences: [], inlineSecrets: ['servicePrincipalKey'], dependsOn: [] };

export const SECRET_CASES: readonly DiagnosisCase[] = [
  {
    name: 'an expired secret, nothing known of the tenant',
    text: 'invalid_client AADSTS7000222: The provided client secret keys are expired. Visit the Azure portal to create new keys for your app.',
    expected: 'secret-expired',
    source: 'https://github.com/Azure-Samples/ms-identity-python-webapp/issues/67',
  },
  {
    name: 'an expired secret that the application still has as its only one',
    text: EXPIRED,
    pipeline: 'load',
    tenant: { ...HEALTHY, applications: [anApplication({ credentials: [ended] })] },
    expected: 'secret-expired',
  },
  {
    name: 'a secret made anew several times while the old one stays in the settings: a copy in the linked service',
    text: EXPIRED,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      applications: [anApplication({ credentials: [ended, current] })],
      linkedServices: services(inline),
    },
    expected: 'rotated-secret-not-used',
    obvious: 'secret-expired',
    source: 'https://github.com/sjkp/letsencrypt-siteextension/issues/358',
  },
  {
    name: 'a rotated secret, the linked service pinned to the old version',
    text: EXPIRED,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      applications: [anApplication({ credentials: [ended, current] })],
      linkedServices: services(inVersion('0123456789abcdef')),
    },
    expected: 'rotated-secret-not-used',
    obvious: 'secret-expired',
  },
  {
    name: 'the id of a secret instead of its value',
    text: WRONG,
    expected: 'wrong-secret',
    source: 'https://aztokenwatch.com/blog/fix-aadsts7000215-invalid-client-secret',
  },
  {
    name: 'a wrong secret of an application whose secret is a year old',
    text: WRONG,
    pipeline: 'load',
    tenant: { ...HEALTHY, applications: [anApplication({ credentials: [aSecret({ startedDaysAgo: 300 })] })] },
    expected: 'wrong-secret',
  },
  {
    name: 'a wrong secret a few days after a rotation, the old one still typed into the linked service',
    text: WRONG,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      applications: [anApplication({ credentials: [current] })],
      linkedServices: services(inline),
    },
    expected: 'rotated-secret-not-used',
    obvious: 'wrong-secret',
    source:
      'https://support.auth0.com/center/s/article/microsoft-azure-ad-error-aadsts7000215-invalid-client-secret-provided',
  },
  {
    name: 'an old form of the wrong secret',
    text: 'AdalServiceException: AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided. ---> The remote server returned an error: (401) Unauthorized.',
    expected: 'wrong-secret',
    source: 'https://github.com/sjkp/letsencrypt-siteextension/issues/117',
  },
  {
    name: 'no token for a service principal, without a number, and all its secrets have ended',
    text: NO_NUMBER,
    pipeline: 'load',
    tenant: { ...HEALTHY, applications: [anApplication({ credentials: [ended] })] },
    expected: 'secret-expired',
  },
  {
    name: 'no token for a service principal, without a number, which is disabled while its secret is fine',
    text: NO_NUMBER,
    pipeline: 'load',
    tenant: { ...HEALTHY, servicePrincipals: [aServicePrincipal({ enabled: false }), aWorkspaceIdentity()] },
    expected: 'principal-disabled',
    obvious: 'secret-expired',
  },
  {
    name: 'no token for a service principal, without a number, and the sign-in log has one: conditional access',
    text: NO_NUMBER,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      servicePrincipalSignIns: [someSignIns({ applicationId: guid(102), result: '53003', last: AT })],
    },
    expected: 'conditional-access',
    obvious: 'secret-expired',
  },
  {
    name: 'a certificate that is not there',
    text: 'AADSTS700027: Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key used by client: 00AA]',
    expected: 'certificate-not-registered',
    source: 'https://github.com/pnp/cli-microsoft365/issues/1621',
  },
  {
    name: 'a refused signature, and the only certificate has ended',
    text: SIGNATURE,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      applications: [anApplication({ credentials: [aCertificate({ endsInDays: -1 })] })],
      linkedServices: services({
        signIn: { method: 'servicePrincipalCertificate', evidence: ['servicePrincipalCredentialType'] },
      }),
    },
    expected: 'certificate-expired',
  },
  {
    name: 'a refused signature, and the only certificate is valid',
    text: SIGNATURE,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      applications: [anApplication({ credentials: [aCertificate()] })],
      linkedServices: services({
        signIn: { method: 'servicePrincipalCertificate', evidence: ['servicePrincipalCredentialType'] },
      }),
    },
    expected: 'certificate-not-registered',
    obvious: 'certificate-expired',
  },
  {
    name: 'an assertion out of its time',
    text: 'AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-08-29T05:47:32Z, expiry time of assertion 2026-08-29T00:30:05Z.',
    expected: 'clock-skew',
    source: 'https://github.com/AzureAD/microsoft-authentication-library-for-java/issues/984',
  },
  {
    name: 'an assertion out of its time, in its old form, which looks like a wrong certificate',
    text: 'AADSTS70002: Error validating credentials. AADSTS50012: Client assertion is not within its valid time range.',
    expected: 'clock-skew',
    obvious: 'certificate-expired',
    source: 'https://github.com/AzureAD/azure-activedirectory-library-for-java/issues/46',
  },
  {
    name: 'an application in another tenant than the one that is asked',
    text: `AADSTS700016: Application with identifier '${guid(102)}' was not found in the directory 'Other (${guid(8888)})'. You may have sent your authentication request to the wrong tenant.`,
    pipeline: 'load',
    tenant: HEALTHY,
    expected: 'wrong-tenant',
    obvious: 'unknown-application',
    source: 'https://insightcrunch.com/2022/09/26/fix-aadsts700016-app-not-found/',
  },
  {
    name: 'a client id that nobody knows',
    text: `AADSTS700016: Application with identifier '${guid(7777)}' was not found in the directory.`,
    expected: 'unknown-application',
    source: 'https://metricsign.com/errors/powerbi-aadsts700016',
  },
  {
    name: 'an application that was deleted',
    text: `AADSTS700016: Application with identifier '${guid(105)}' was not found in the directory.`,
    pipeline: 'load',
    tenant: { ...HEALTHY, deletedServicePrincipals: [aDeletedServicePrincipal({ deletedAt: inDays(-3) })] },
    expected: 'principal-deleted',
    obvious: 'unknown-application',
  },
  {
    name: 'a resource that the tenant does not know',
    text: 'Failed to acquire token silently as no token was found in the cache. Call method AcquireToken: AADSTS500011: The resource principal named https://dev.azuresynapse.net was not found in the tenant.',
    expected: 'resource-not-in-tenant',
    source: 'https://github.com/Azure/azure-powershell/issues/12525',
  },
  {
    name: 'conditional access',
    text: 'AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    expected: 'conditional-access',
    source: 'https://github.com/Azure/azure-cli/issues/32809',
  },
  {
    name: 'a demand for a second factor',
    text: 'AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.',
    expected: 'second-factor',
    source: 'https://devopsaitoolkit.com/blog/azure-error-aadsts700016-50076/',
  },
  {
    name: 'the account of a self-hosted integration runtime is locked',
    text: 'AADSTS50053: The account is locked, you have tried to sign in too many times with an incorrect user ID or password.',
    expected: 'account-locked',
    source:
      'https://learn.microsoft.com/en-us/answers/questions/5768176/integration-runtime-user-being-locked-out-continuo',
  },
  {
    name: 'an expired secret in a message that begins with 401',
    text: 'autorest/Client: StatusCode=401 -- Original Error: adal: Refresh request failed. Status Code = 401. Response body: {"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired."}',
    expected: 'secret-expired',
    obvious: 'token-rejected',
    source: 'https://agentbeck.bot/report/94882',
  },
  {
    name: 'an expired secret of an application whose certificate is fine',
    text: `Original exception: AADSTS7000222: The provided client secret keys for app '${guid(102)}' are expired.`,
    pipeline: 'load',
    tenant: { ...HEALTHY, applications: [anApplication({ credentials: [ended, aCertificate()] })] },
    expected: 'secret-expired',
    source: 'https://github.com/dotnet/sign/issues/849',
  },
  {
    name: 'a clock in another time zone',
    text: '{"error":"invalid_client","error_description":"AADSTS700024: Client assertion is not within its valid time range. Current time: 2024-12-07T12:09:18Z, expiry time of assertion 2024-12-07T11:14:18Z"}',
    expected: 'clock-skew',
    obvious: 'wrong-secret',
    source: 'https://github.com/obikuro/Sato/issues/1',
  },
  {
    name: 'an assertion that was kept for too long',
    text: 'ClientAssertionCredential authentication failed: A configuration issue is preventing authentication. Original exception: AADSTS700024: Client assertion is not within its valid time range.',
    expected: 'clock-skew',
    source: 'https://github.com/dotnet/docker-tools/pull/1310',
  },
  {
    name: 'a new certificate that is refused for its time',
    text: 'AADSTS70002: Error validating credentials. AADSTS50012: Client assertion is not within its valid time range.',
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      applications: [anApplication({ credentials: [aCertificate({ startedDaysAgo: 0 })] })],
    },
    expected: 'clock-skew',
    obvious: 'certificate-not-registered',
    source: 'https://github.com/Azure-Samples/active-directory-dotnet-daemon-certificate-credential/issues/46',
  },
  {
    name: 'conditional access under a number that is not in the list',
    text: 'MsalInteractionRequiredException: AADSTS53005: access has been blocked by conditional access policies. The access policy does not allow token issuance.',
    expected: 'conditional-access',
    source: 'https://github.com/AzureAD/microsoft-authentication-library-for-java/issues/597',
  },
  {
    name: 'conditional access, seen from a workstation',
    text: 'AADSTS53003: Access has been blocked by Conditional Access policies. Trace ID: 00000000-0000-4000-8000-000000009002 Error Code: 53003 Device state: DomainJoined',
    expected: 'conditional-access',
    source: 'https://github.com/microsoft/azure-devops-mcp/issues/776',
  },
  {
    name: 'a token for another service, as another service says it',
    text: 'InvalidAudience: Invalid authorization token audience.',
    expected: 'wrong-audience',
    source: 'https://github.com/MicrosoftDocs/azure-docs/pull/19707',
  },
  {
    name: 'a number of Entra ID that is not known',
    text: 'AADSTS9999999: Something new.',
    expected: 'entra-refusal',
  },
];
