import {
  anAzureRoleAssignment,
  aLinkedService,
  aServicePrincipal,
  aUserAssignedIdentity,
  aWorkspace,
  aWorkspaceCredential,
  guid,
  ROLES,
  STORAGE_ID,
} from '../../fixtures/facts';
import { HEALTHY, type DiagnosisCase } from './case';

const MISMATCH =
  "ErrorCode=ADLSGen2OperationFailed,Message=ADLS Gen2 operation failed for: Operation returned an invalid status code 'Forbidden'. Account: 'contosolake'. ErrorCode: 'AuthorizationPermissionMismatch'. Message: 'This request is not authorized to perform this operation using this permission.'.";
const FORBIDDEN =
  "ErrorCode=ADLSGen2ForbiddenError,Message=ADLS Gen2 failed for forbidden: Storage operation '' on container 'work' get failed with 'Operation returned an invalid status code 'Forbidden''. https://contosolake.dfs.core.windows.net/work";
const FAILURE =
  'AuthorizationFailure: This request is not authorized to perform this operation. https://contosolake.blob.core.windows.net';
const withRoles = (...azureRoleAssignments: ReturnType<typeof anAzureRoleAssignment>[]) => ({
  ...HEALTHY,
  azureRoleAssignments,
});
const blob = anAzureRoleAssignment({ principalId: guid(401), role: ROLES.blobDataContributor, scope: STORAGE_ID });
const written = (minute: string) => [
  {
    at: new Date(`2026-11-22T${minute}:00.000Z`),
    who: 'ada@example.com',
    operation: 'microsoft.authorization/roleassignments/write',
    resourceId: blob.id,
    readFrom: guid(2),
  },
];

export const STORAGE_CASES: readonly DiagnosisCase[] = [
  {
    name: 'no right on the data, nothing known of the tenant',
    text: MISMATCH,
    expected: 'storage-role-missing',
    source: 'https://metricsign.com/blog/adf-pipeline-permission-errors',
  },
  {
    name: 'Contributor on the account, which opens no file',
    text: MISMATCH,
    pipeline: 'load',
    tenant: withRoles(anAzureRoleAssignment({ principalId: guid(401), role: ROLES.contributor, scope: STORAGE_ID })),
    expected: 'storage-role-missing',
    source:
      'https://yeongseon.github.io/azure-storage-practical-guide/troubleshooting/playbooks/security/authorization-failures/',
  },
  {
    name: 'the role was verified many times, but assigned minutes before the run',
    text: MISMATCH,
    pipeline: 'load',
    tenant: { ...withRoles(blob), activityLog: written('01:55') },
    expected: 'role-propagation',
    obvious: 'storage-role-missing',
    source:
      'https://easihub.com/community/t/synapse-analytics-managed-identity-permission-denied-for-erp-data-ingestion-from-secure-storage-account/8101',
  },
  {
    name: 'the role was assigned after the run',
    text: MISMATCH,
    pipeline: 'load',
    tenant: { ...withRoles(blob), activityLog: written('02:30') },
    expected: 'role-propagation',
    obvious: 'storage-role-missing',
  },
  {
    name: 'the workspace was made anew: the role is still its predecessor’s',
    text: FORBIDDEN,
    pipeline: 'load',
    tenant: withRoles({ ...blob, principalId: guid(499) }),
    expected: 'orphaned-assignment',
    obvious: 'storage-role-missing',
  },
  {
    name: 'forbidden, and no role',
    text: FORBIDDEN,
    pipeline: 'load',
    tenant: withRoles(),
    expected: 'storage-role-missing',
  },
  {
    name: 'forbidden, though the identity has its role: the firewall',
    text: FORBIDDEN,
    pipeline: 'load',
    tenant: withRoles(blob),
    expected: 'storage-firewall',
    obvious: 'storage-role-missing',
    source: 'https://www.kloudvin.com/article/azure-troubleshooting-storage-403-firewall-private-endpoint-rbac-sas',
  },
  {
    name: 'a refused request in spite of the role',
    text: FAILURE,
    expected: 'storage-firewall',
    source: 'https://zeeshan.net/?p=1228',
  },
  {
    name: 'a user-assigned identity, for which trusted services do not count',
    text: FAILURE,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      linkedServices: [
        aLinkedService({ signIn: { method: 'credential', evidence: ['credential'] }, credential: 'loader' }),
      ],
      workspaceCredentials: [aWorkspaceCredential()],
      userAssignedIdentities: [aUserAssignedIdentity()],
    },
    workspace: aWorkspace({
      identity: { ...aWorkspace().identity, userAssigned: [aUserAssignedIdentity()] },
    }),
    expected: 'storage-firewall',
    source: 'https://docs.azure.cn/en-us/data-factory/data-factory-service-identity',
  },
  {
    name: 'a role under a condition',
    text: MISMATCH,
    pipeline: 'load',
    tenant: withRoles({ ...blob, condition: "@Resource[...] StringEquals 'x'" }),
    expected: 'role-conditional',
    obvious: 'storage-role-missing',
  },
  {
    name: 'an account that takes no keys',
    text: 'KeyBasedAuthenticationNotPermitted: Key based authentication is not permitted on this storage account.',
    expected: 'storage-key-refused',
    source:
      'https://learn.microsoft.com/troubleshoot/azure/azure-storage/blobs/authentication/storage-troubleshoot-403-errors',
  },
  {
    name: 'a Web activity with a shared access signature that does not fit',
    text: '{"odata.error":{"code":"AuthenticationFailed","message":{"value":"Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature."}}}',
    errorCodes: ['2108'],
    expected: 'storage-key-refused',
    source: 'https://thedebonair.co.uk/post/listing-the-tables-in-the-storage-account-using-adf-web',
  },
  {
    name: 'no right on the data, and the roles could not be read',
    text: MISMATCH,
    pipeline: 'load',
    tenant: { ...HEALTHY, servicePrincipals: [aServicePrincipal()] },
    unread: ['azureRoleAssignments'],
    expected: 'storage-role-missing',
  },
];
