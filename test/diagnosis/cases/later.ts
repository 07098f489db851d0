/** Threads that were looked up after the catalogue and the rules were written. */
import { aPipeline, guid } from '../../fixtures/facts';
import { HEALTHY, type DiagnosisCase } from './case';

const MISMATCH =
  'Operation failed: "This request is not authorized to perform this operation using this permission.", 403, HEAD, https://contosolake.dfs.core.windows.net/users/tmp/hive?upn=false&timeout=90';

export const LATER_CASES: readonly DiagnosisCase[] = [
  {
    name: 'a code that stands for another tenant or for too many jobs, with the text of the latter',
    text: 'We cannot accept your job at this moment. Too many requests: the maximum number of queued jobs is 200.',
    errorCodes: ['2709'],
    expected: null,
    obvious: 'wrong-tenant',
    source:
      'https://github.com/MicrosoftDocs/azure-docs/blob/main/articles/data-factory/data-factory-troubleshoot-guide.md',
  },
  {
    name: 'a Web activity that calls what is not there',
    text: 'Error calling the endpoint. Response status code: 404. Not found.',
    errorCodes: ['2108'],
    expected: null,
    obvious: 'caller-refused-by-target',
    source:
      'https://github.com/MicrosoftDocs/azure-docs/blob/main/articles/data-factory/data-factory-troubleshoot-guide.md',
  },
  {
    name: 'a custom activity whose storage is not linked by a key',
    text: 'Cannot create Shared Access Signature unless Account Key credentials are used.',
    errorCodes: ['2505'],
    expected: 'identity-not-supported',
    source:
      'https://github.com/MicrosoftDocs/azure-docs/blob/main/articles/data-factory/data-factory-troubleshoot-guide.md',
  },
  {
    name: 'an OData service that refuses',
    text: "Operation on target Copy Statements failed: Failure happened on 'Source' side. 'Type=Microsoft.DataTransfer.Common.Shared.HybridDeliveryException,Message=Requesting response from path Statements and query failed with status code Unauthorized and message .,Source=Microsoft.DataTransfer.Runtime.ODataConnector,'",
    expected: 'caller-refused-by-target',
    source: 'https://github.com/MicrosoftDocs/azure-docs/issues/77902',
  },
  {
    name: 'a stored procedure as an identity that the database does not know',
    text: "Execution fail against sql server. Sql error number: 18456. Error Message: Login failed for user 'NT AUTHORITY\\ANONYMOUS LOGON'.",
    errorCodes: ['2402'],
    expected: 'sql-user-missing',
    obvious: 'sql-password-refused',
    source: 'https://github.com/MicrosoftDocs/azure-docs/issues/39170',
  },
  {
    name: 'a function app that admits nobody without its audience',
    text: '401 Unauthorized: You do not have permission to view this directory or page',
    expected: 'caller-refused-by-target',
    obvious: 'token-rejected',
    source: 'https://github.com/Azure/Azure-DataFactory/issues/327',
  },
  {
    name: 'an identity on no access policy',
    text: `Operation on target Clean Analytics failed: ErrorCode=AkvAccessDeniedByCallerNotAuthorized,Message=Caller was not found on any access policy in this key vault, secretName: SQL-USER, secretVersion: , vaultBaseUrl: https://contoso-kv.vault.azure.net/. The user, group or application 'appid=${guid(402)};oid=${guid(401)};iss=https://sts.windows.net/${guid(3)}/' does not have secrets get permission on key vault 'contoso-kv;location=westus2'.`,
    expected: 'vault-access-missing',
    source: 'https://github.com/microsoft/Azure-Analytics-and-AI-Engagement/issues/34',
  },
  {
    name: 'a deployment that reads a vault too early',
    text: "Operation returned an invalid status code 'Forbidden' Code: Forbidden Message: The user, group or application 'appid=***;oid=x' does not have secrets get permission on key vault 'contoso-kv;location=westus'.",
    expected: 'vault-access-missing',
    source: 'https://github.com/Azure/AnalyticsinaBox/issues/17',
  },
  {
    name: 'a role on keys of another sort than it takes',
    text: 'RESPONSE 403: 403 Forbidden ERROR CODE: Forbidden {"error":{"code":"Forbidden","message":"Caller is not authorized to perform action on resource. If role assignments, deny assignments or role definitions changed recently, please observe propagation time.","innererror":{"code":"ForbiddenByRbac"}}}',
    expected: 'vault-access-missing',
    source: 'https://github.com/getsops/sops/issues/1487',
  },
  {
    name: 'a token of another tenant',
    text: 'The access token is from the wrong tenant.',
    errorCodes: ['2709'],
    expected: 'wrong-tenant',
    source: 'https://metricsign.com/errors/adf-pipeline-error-2709',
  },
  {
    name: 'Contributor everywhere, and no right on the data',
    text: MISMATCH,
    expected: 'storage-role-missing',
    source: 'https://github.com/Azure-Samples/Synapse/issues/30',
  },
  {
    name: 'a notebook as whoever runs it, while the workspace has its role',
    text: `org.apache.spark.sql.AnalysisException: java.lang.RuntimeException: ${MISMATCH}`,
    pipeline: 'load',
    tenant: { ...HEALTHY, pipelines: [aPipeline({ runsUnread: true })] },
    expected: 'storage-role-missing',
    source: 'https://github.com/MicrosoftDocs/azure-docs/issues/55550',
  },
  {
    name: 'a token that storage does not take',
    text: 'java.nio.file.AccessDeniedException: Operation failed: "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.", 401, HEAD, https://contosolake.dfs.core.windows.net/users/',
    expected: 'token-rejected',
    source: 'https://github.com/MicrosoftDocs/azure-docs/issues/82966',
  },
  {
    name: 'a user-assigned identity before a storage firewall',
    text: '<Code>AuthorizationFailure</Code><Message>This request is not authorized to perform this operation.</Message>',
    expected: 'storage-firewall',
    obvious: 'storage-role-missing',
    source: 'https://github.com/Azure/azure-storage-azcopy/issues/2982',
  },
  {
    name: 'a service principal that lacks a right in a vault, in other words',
    text: 'The service principal does not have read permissions for secrets within Key Vault https://contoso-kv.vault.azure.net/. Please add the principal with read permissions to secrets.',
    expected: 'vault-access-missing',
    source: 'https://github.com/MicrosoftDocs/dynamics-365-unified-operations-public/pull/4459',
  },
  {
    name: 'a user who may not assign roles',
    text: "The client 'x' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/s/resourceGroups/g/storageAccounts/a/providers/Microsoft.Authorization/roleAssignments' or the scope is invalid.",
    expected: 'azure-role-missing',
    source: 'https://github.com/MicrosoftDocs/powerapps-docs/pull/4192',
  },
  {
    name: 'a compute that could not be asked for',
    text: 'Data transfer job failed with unexpected error: Failure in GetComputeResourceAndSecrets while calling service WorkspaceResource; HttpMethod: GET; Response StatusCode: Unauthorized',
    expected: 'caller-refused-by-target',
    source: 'https://github.com/Azure/MachineLearningNotebooks/issues/1059',
  },
];
