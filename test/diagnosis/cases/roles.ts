import {
  aDeletedServicePrincipal,
  aGroup,
  anApplication,
  aSecret,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aWorkspaceIdentity,
  guid,
  ROLES,
} from '../../fixtures/facts';
import type { DriftChange } from '../../../src/audit/baseline';
import { aWorkspace } from '../../fixtures/facts';
import { HEALTHY, type DiagnosisCase } from './case';

const refused = (id: string, action: string, scope = 'workspaces/contoso/*') =>
  `{"error":{"code":"Unauthorized","message":"The principal '${id}' does not have the required Synapse RBAC permission to perform this action. Required permission: Action: Microsoft.Synapse/workspaces/${action}, Scope: ${scope}."}}`;
const USE_SECRET = `{"code":"AccessControlUnauthorized","message":"The principal '${guid(103)}' lacks Microsoft.Synapse/workspaces/credentials/useSecret/action"}`;
const ARTICLE = 'Token authentication failed - response status code does not indicate success: 401 (unauthorized)';

const credentialUser = aSynapseRoleAssignment({
  role: ROLES.credentialUser,
  scope: 'workspaces/contoso/credentials/WorkspaceSystemIdentity',
});
const given = (lastBefore: string, firstSeen: string): DriftChange => ({
  state: 'open',
  source: 'synapseRoleAssignments',
  scope: { kind: 'workspace', id: aWorkspace().id, name: 'contoso' },
  key: `${aWorkspace().id}/${guid(701)}`,
  kind: 'synapseRole',
  name: 'Synapse Credential User',
  before: null,
  after: { principalId: guid(103), roleId: ROLES.credentialUser.id, scope: credentialUser.scope, condition: null },
  confirmed: true,
  lastBefore,
  firstSeen,
  by: { unknown: 'the log does not hold it' },
});

export const ROLE_CASES: readonly DiagnosisCase[] = [
  {
    name: 'a principal without any Synapse role',
    text: refused(guid(103), 'read'),
    expected: 'synapse-role-missing',
    source: 'https://github.com/Azure/azure-sdk-for-net/issues/24423',
  },
  {
    name: 'an Azure Owner without a Synapse role',
    text: `(Unauthorized) ${refused(guid(103), 'read')}`,
    pipeline: 'load',
    tenant: HEALTHY,
    expected: 'synapse-role-missing',
    source: 'https://github.com/MicrosoftDocs/azure-docs/issues/100560',
  },
  {
    name: 'a principal that may read and wants to change roles',
    text: refused(guid(103), 'roleAssignments/write'),
    pipeline: 'load',
    tenant: { ...HEALTHY, synapseRoleAssignments: [aSynapseRoleAssignment({ role: ROLES.synapseUser })] },
    expected: 'synapse-role-missing',
    source: 'https://github.com/Azure/azure-cli/issues/25790',
  },
  {
    name: 'Synapse Contributor, which the article calls sufficient, cannot use the credential',
    text: USE_SECRET,
    pipeline: 'load',
    tenant: { ...HEALTHY, synapseRoleAssignments: [aSynapseRoleAssignment()] },
    expected: 'use-secret-missing',
    obvious: 'synapse-role-missing',
  },
  {
    name: 'the right to use the credential was given after the run',
    text: USE_SECRET,
    pipeline: 'load',
    tenant: { ...HEALTHY, synapseRoleAssignments: [credentialUser] },
    drift: { compared: [], changes: [given('2026-11-22T02:30:00.000Z', '2026-11-22T03:00:00.000Z')] },
    expected: 'role-propagation',
    obvious: 'use-secret-missing',
  },
  {
    name: 'the right to use the credential comes through a group',
    text: USE_SECRET,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      groups: [aGroup({ servicePrincipalIds: [guid(103)] })],
      synapseRoleAssignments: [{ ...credentialUser, principalId: guid(301), principalKind: 'group' }],
    },
    expected: 'role-propagation',
    obvious: 'use-secret-missing',
  },
  {
    name: 'the principal was deleted, with its roles still there',
    text: refused(guid(104), 'pipelines/read'),
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      deletedServicePrincipals: [aDeletedServicePrincipal()],
      synapseRoleAssignments: [aSynapseRoleAssignment({ principalId: guid(104), role: ROLES.synapseUser })],
    },
    expected: 'principal-deleted',
    obvious: 'synapse-role-missing',
  },
  {
    name: 'a trigger that may not subscribe to events of a storage account',
    text: `{"code":"BadRequest","message":"The client '${guid(401)}' with object id '${guid(401)}' does not have authorization to perform action 'Microsoft.EventGrid/eventSubscriptions/write' over scope '/subscriptions/${guid(2)}/resourceGroups/rg-lake/providers/Microsoft.Storage/storageAccounts/contosolake' or the scope is invalid."}`,
    expected: 'azure-role-missing',
    source: 'https://github.com/Azure-Samples/modern-data-warehouse-dataops/pull/568',
  },
  {
    name: 'the article’s error, nothing known of the tenant',
    text: ARTICLE,
    expected: 'token-rejected',
  },
  {
    name: 'the article’s error, and the only caller’s secret has ended',
    text: ARTICLE,
    pipeline: 'web',
    tenant: {
      ...HEALTHY,
      applications: [anApplication({ credentials: [aSecret({ endsInDays: -1 })] })],
      servicePrincipals: [aServicePrincipal(), aWorkspaceIdentity()],
      synapseRoleAssignments: [aSynapseRoleAssignment()],
    },
    expected: 'secret-expired',
    obvious: 'use-secret-missing',
  },
  {
    name: 'a token for Resource Manager at the workspace’s endpoint',
    text: 'Operation on target Check for Valid SYN Pipeline Name failed: {"code":"InvalidTokenAuthenticationAudience","message":"Token Authentication failed with SecurityTokenInvalidAudienceException - IDX10214: Audience validation failed."}',
    errorCodes: ['BadRequest'],
    pipeline: 'load',
    tenant: { ...HEALTHY, synapseRoleAssignments: [] },
    expected: 'wrong-audience',
    obvious: 'synapse-role-missing',
    source: 'https://github.com/mrpaulandrew/procfwk/issues/104',
  },
  {
    name: 'an audience with a slash at its end',
    text: '{"code":"InvalidTokenAuthenticationAudience","message":"Token Authentication failed with SecurityTokenInvalidAudienceException - IDX10214: Audience validation failed."}',
    expected: 'wrong-audience',
    source: 'https://github.com/Azure/azure-rest-api-specs/issues/10500',
  },
  {
    name: 'a caller without token',
    text: '{"code":"AuthenticationFailed","message":"Token Authentication failed - BearerToken not found in request"}',
    expected: 'token-missing',
  },
  {
    name: 'a caller outside the workspace’s firewall',
    text: '{"code":"ClientIpAddressNotAuthorized","message":"Client Ip address : 203.0.113.9"}',
    expected: 'workspace-firewall',
  },
];
