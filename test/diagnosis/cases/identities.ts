import {
  aDataset,
  aLinkedService,
  aPipeline,
  aUserAssignedIdentity,
  aWorkspace,
  aWorkspaceCredential,
  aWorkspaceIdentity,
} from '../../fixtures/facts';
import { HEALTHY, type DiagnosisCase } from './case';

const ARTICLE = "Authentication failed for 'Microsoft.ManagedIdentity'";
const identity = aUserAssignedIdentity();
const byCredential = aLinkedService({
  signIn: { method: 'credential', evidence: ['credential'] },
  credential: 'loader',
});
const one = {
  pipelines: [aPipeline({ datasets: ['files'] })],
  datasets: [aDataset({ name: 'files', linkedService: 'lake' })],
};
const withCredential = {
  ...HEALTHY,
  ...one,
  linkedServices: [byCredential],
  workspaceCredentials: [aWorkspaceCredential()],
};

export const IDENTITY_CASES: readonly DiagnosisCase[] = [
  {
    name: 'the article’s error, nothing known of the tenant',
    text: ARTICLE,
    expected: 'identity-not-ready',
  },
  {
    name: 'the article’s error in a workspace without identity',
    text: ARTICLE,
    pipeline: 'load',
    tenant: { ...HEALTHY, ...one, linkedServices: [aLinkedService()] },
    workspace: aWorkspace({ identity: { systemAssigned: false, principalId: null, tenantId: null, userAssigned: [] } }),
    expected: 'identity-missing',
  },
  {
    name: 'the article’s error with a user-assigned identity that is not attached',
    text: ARTICLE,
    pipeline: 'load',
    tenant: { ...withCredential, userAssignedIdentities: [identity] },
    expected: 'identity-not-attached',
  },
  {
    name: 'the article’s error with a user-assigned identity that was deleted',
    text: ARTICLE,
    pipeline: 'load',
    tenant: { ...withCredential, userAssignedIdentities: [] },
    expected: 'identity-deleted',
    obvious: 'identity-not-attached',
  },
  {
    name: 'the article’s error with a credential that is not there',
    text: ARTICLE,
    pipeline: 'load',
    tenant: { ...withCredential, workspaceCredentials: [] },
    expected: 'credential-missing',
  },
  {
    name: 'the article’s error with a target that takes no managed identity',
    text: ARTICLE,
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      ...one,
      linkedServices: [
        aLinkedService({
          type: 'SharePointOnlineList',
          signIn: { method: 'managedIdentity', evidence: ['authenticationType'] },
          target: 'contoso.sharepoint.com',
        }),
      ],
    },
    expected: 'identity-not-supported',
    source: 'https://github.com/Azure-Samples/Synapse/issues/166',
  },
  {
    name: 'an identity whose service principal is disabled',
    text: 'ManagedIdentityCredential authentication failed',
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      ...one,
      linkedServices: [aLinkedService()],
      servicePrincipals: [aWorkspaceIdentity({ enabled: false })],
    },
    expected: 'principal-disabled',
    obvious: 'identity-not-ready',
  },
  {
    name: 'no token by MSI',
    text: 'AzureResponseError: Failed to connect to MSI. Please make sure MSI is configured correctly. Get Token request returned: <Response [400]>',
    expected: 'identity-not-ready',
    source: 'https://github.com/solliancenet/azure-synapse-analytics-ga-content-packs/issues/4',
  },
  {
    name: 'no token by MSI, by its number alone',
    text: 'The pipeline could not obtain an access token.',
    errorCodes: ['2403'],
    expected: 'identity-not-ready',
    source: 'https://metricsign.com/errors/fabric-pipeline-error-2403',
  },
  {
    name: 'a deployment that dropped the authentication of the linked service',
    text: 'The linked service test failed.',
    errorCodes: ['9512'],
    pipeline: 'load',
    tenant: {
      ...HEALTHY,
      ...one,
      linkedServices: [aLinkedService({ type: 'AzureMLService', target: null })],
    },
    expected: 'authentication-not-stated',
    source: 'https://github.com/Azure/azure-powershell/issues/21930',
  },
  {
    name: 'an audience that the token service of notebooks does not know',
    text: 'mssparkutils.credentials.getToken failed: 400: {"result":"DependencyError","errorId":"BadRequest","errorMessage":"Audience has invalid characters"}',
    expected: 'wrong-audience',
    source:
      'https://learn.microsoft.com/en-us/answers/questions/5900453/mssparkutils-credentials-gettoken()-does-not-suppo',
  },
];
