/** What single rules make of a tenant, beyond what the table of cases shows. */
import type { DriftChange } from '../../src/audit/baseline';
import type { CauseId } from '../../src/diagnosis/causes';
import { explain } from '../../src/diagnosis/explain';
import {
  aCertificate,
  aDeletedServicePrincipal,
  aKeyVault,
  aKeyVaultSecret,
  aLinkedService,
  anAccessPolicy,
  anApplication,
  anAzureRoleAssignment,
  aPipeline,
  aPrincipalsLinkedService,
  aRole,
  aSecret,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aUserAssignedIdentity,
  aVaultLinkedService,
  aWorkspace,
  aWorkspaceCredential,
  aWorkspaceIdentity,
  guid,
  inDays,
  ROLES,
  STORAGE_ID,
  TENANT,
  theItems,
  VAULT_ID,
} from '../fixtures/facts';
import type { SomeFacts } from '../fixtures/judge';
import { someSignIns } from '../fixtures/sign-ins';
import { AT, failureOf, HEALTHY, knowledgeOf, type DiagnosisCase } from './cases/case';

const run = (text: string, tenant: SomeFacts = {}, more: Partial<DiagnosisCase> = {}) => {
  const one = { name: '', text, expected: null, pipeline: 'load', tenant: { ...HEALTHY, ...tenant }, ...more };
  return explain(failureOf(one), knowledgeOf(one));
};
const first = (...args: Parameters<typeof run>) => run(...args).causes[0];
const causeIn = (id: CauseId, ...args: Parameters<typeof run>) => run(...args).causes.find((cause) => cause.id === id);
const whyNot = (id: CauseId, ...args: Parameters<typeof run>) =>
  run(...args).ruledOut.find((cause) => cause.id === id)?.why;

const MISMATCH = 'AuthorizationPermissionMismatch https://contosolake.dfs.core.windows.net';
const APP = `application '${guid(102)}'`;
const MI = "Authentication failed for 'Microsoft.ManagedIdentity'";

function changed(change: Partial<DriftChange>): DiagnosisCase['drift'] {
  return {
    compared: [],
    changes: [
      {
        state: 'open',
        source: 'conditionalAccessPolicies',
        scope: { kind: 'tenant', id: TENANT, name: 'tenant' },
        key: 'policy-1',
        kind: 'conditionalAccessPolicy',
        name: 'Block all',
        before: { state: 'disabled' },
        after: { state: 'enabled' },
        confirmed: true,
        lastBefore: '2026-11-21T03:00:00.000Z',
        firstSeen: '2026-11-22T03:00:00.000Z',
        by: { who: 'ada@example.com', at: '2026-11-21T20:00:00.000Z', log: 'directory audit log' },
        ...change,
      },
    ],
  };
}

describe('what was changed', () => {
  test('is shown with who did it', () => {
    const drift = changed({})!;
    expect(first('AADSTS53003', {}, { drift })?.evidenceFor[0]).toMatch(
      /^conditionalAccessPolicy “Block all” was changed after 2026-11-21T03:00Z \(.*ada@example\.com/,
    );
    expect(causeIn('changed-setting', 'mise12034', {}, { drift })).toMatchObject({
      about: { key: 'policy-1', kind: 'setting' },
    });
  });

  test.each([
    ['was added', { before: null }],
    ['was removed', { after: null }],
  ])('is worded as what it is: %s', (words, change) => {
    expect(causeIn('changed-setting', 'mise12034', {}, { drift: changed(change)! })?.evidenceFor[0]).toContain(words);
  });

  test('is ruled out where nothing was, or only elsewhere, and unknown where nobody compared', () => {
    const elsewhere = changed({ scope: { kind: 'workspace', id: 'other', name: 'other' } })!;
    expect(whyNot('changed-setting', 'mise12034', {}, { drift: { compared: [], changes: [] } })).toContain(
      'No setting',
    );
    expect(whyNot('changed-setting', 'mise12034', {}, { drift: elsewhere })).toContain('No setting');
    expect(causeIn('changed-setting', 'mise12034')).toMatchObject({ certainty: 'possible', evidenceFor: [] });
  });
});

describe('a missing right on storage', () => {
  test('comes with the exact command', () => {
    expect(first(MISMATCH, { azureRoleAssignments: [] })).toMatchObject({
      id: 'storage-role-missing',
      certainty: 'certain',
      sentence: 'the identity of workspace “contoso” lacks access to the data in storage account “contosolake”',
      remedy: `az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id ${guid(401)} --assignee-principal-type ServicePrincipal --scope ${STORAGE_ID}\nA new assignment takes some minutes to work.`,
    });
  });

  test('names the role that was lost', () => {
    const drift = changed({
      kind: 'azureRole',
      name: 'Storage Blob Data Contributor',
      before: { principalId: guid(401), scope: STORAGE_ID },
      after: null,
    })!;
    expect(first(MISMATCH, { azureRoleAssignments: [] }, { drift })?.evidenceFor).toContainEqual(
      `It lost Storage Blob Data Contributor on ${STORAGE_ID} after 2026-11-21T03:00Z.`,
    );
  });

  test('is only likely on an account that is no workspace’s own, as roles of groups there are not read', () => {
    const other = STORAGE_ID.replace('contosolake', 'otherlake');
    const azureRoleAssignments = [anAzureRoleAssignment({ scope: other })];
    const found = first(MISMATCH.replace('contosolake', 'otherlake'), {
      azureRoleAssignments,
      linkedServices: [aLinkedService({ target: 'otherlake.dfs.core.windows.net' })],
    });
    expect(found).toMatchObject({ id: 'storage-role-missing', certainty: 'likely' });
    expect(found?.evidenceAgainst[0]).toContain('A group may give it');
  });

  test('is no more than the error says where a role is not known, or nobody knows where the account is', () => {
    const unknown = anAzureRoleAssignment({
      principalId: guid(401),
      role: { ...aRole(), permissions: [] },
      scope: STORAGE_ID,
    });
    expect(first(MISMATCH, { azureRoleAssignments: [unknown] })).toMatchObject({
      certainty: 'likely',
      evidenceFor: [],
    });
    expect(first(MISMATCH.replace('contosolake', 'nowhere'))).toMatchObject({ certainty: 'likely', evidenceFor: [] });
  });

  test('is told of a service principal as well', () => {
    const linkedServices = [
      aPrincipalsLinkedService({ name: 'lake', type: 'AzureBlobFS', target: 'contosolake.dfs.core.windows.net' }),
    ];
    expect(first(MISMATCH, { linkedServices })).toMatchObject({
      id: 'storage-role-missing',
      sentence: expect.stringContaining('service principal “Nightly loader” lacks'),
    });
  });
});

describe('an Azure action', () => {
  const text = `object id '${guid(103)}' does not have authorization to perform action 'Microsoft.EventGrid/eventSubscriptions/write' over scope '${STORAGE_ID}'`;
  test('that a role includes now is ruled out, and may have been too late', () => {
    const azureRoleAssignments = [anAzureRoleAssignment({ scope: STORAGE_ID })];
    expect(whyNot('azure-role-missing', text, { azureRoleAssignments })).toContain('Contributor on');
    expect(first(text, { azureRoleAssignments })).toMatchObject({ id: 'role-propagation', certainty: 'possible' });
  });
  test('that none includes is missing, with the scope in the command', () => {
    expect(first(text)).toMatchObject({
      id: 'azure-role-missing',
      remedy: expect.stringContaining(`--scope ${STORAGE_ID}`),
    });
  });
});

describe('a Synapse role', () => {
  const text = (action: string) =>
    `The principal '${guid(103)}' lacks the required Synapse RBAC permission. Action: Microsoft.Synapse/workspaces/${action}, Scope: workspaces/contoso/*`;
  test.each([
    ['read', 'Synapse User'],
    ['artifacts/read', 'Synapse Artifact User'],
    ['pipelines/write', 'Synapse Artifact Publisher'],
    ['roleAssignments/write', 'Synapse Administrator'],
    ['bigDataPools/useCompute/action', 'Synapse Compute Operator'],
  ])('for %s that is given for it is %s', (action, role) => {
    expect(first(text(action))?.remedy).toContain(`--role "${role}" --assignee-object-id ${guid(103)}`);
  });
  test('of an identity that is gone is orphaned', () => {
    const orphan = aSynapseRoleAssignment({ id: guid(777), principalId: guid(778), role: ROLES.synapseContributor });
    const found = causeIn('orphaned-assignment', text('pipelines/write'), { synapseRoleAssignments: [orphan] });
    expect(found).toMatchObject({ certainty: 'likely', about: { key: guid(777), kind: 'roleAssignment' } });
    expect(found?.remedy).toContain(
      `az synapse role assignment delete --workspace-name contoso --ids ${guid(777)} --yes`,
    );
  });
  test.each([
    ['a user', { principalKind: 'user' as const }],
    ['a restorable principal', { principalId: guid(104) }],
  ])('of %s is not', (_, change) => {
    const synapseRoleAssignments = [aSynapseRoleAssignment({ principalId: guid(778), ...change })];
    const tenant = { synapseRoleAssignments, deletedServicePrincipals: [aDeletedServicePrincipal()] };
    expect(causeIn('orphaned-assignment', text('pipelines/write'), tenant)).toBeUndefined();
  });
});

describe('principals', () => {
  test('one that is enabled again was disabled nevertheless', () => {
    expect(first(`AADSTS7000112 ${APP}`)).toMatchObject({
      id: 'principal-disabled',
      certainty: 'likely',
      evidenceAgainst: ['“Nightly loader” is enabled now: somebody may have enabled it since.'],
    });
  });
  test('an application without service principal is told how to get one', () => {
    expect(first(`AADSTS7000229 ${APP}`, { servicePrincipals: [aWorkspaceIdentity()] })).toMatchObject({
      id: 'unknown-application',
      remedy: expect.stringContaining(`az ad sp create --id ${guid(102)}`),
    });
  });
  test('a wrong tenant is certain where the error names another one and the application is here', () => {
    expect(first(`AADSTS700016 ${APP} directory 'Other (${guid(8)})'`)).toMatchObject({
      id: 'wrong-tenant',
      certainty: 'certain',
    });
    expect(first(`AADSTS700016 ${APP}`)).toMatchObject({ id: 'wrong-tenant', certainty: 'likely' });
    expect(whyNot('wrong-tenant', `AADSTS700016 ${APP} directory 'Own (${TENANT})'`)).toBe(
      'The error names the audited tenant.',
    );
    expect(first(`AADSTS90002: Tenant '${guid(8)}' not found`)?.evidenceFor).toEqual([
      `The error names tenant ${guid(8)}; the audited one is ${TENANT}.`,
    ]);
  });
  test('one that was made anew after its deletion is not called deleted', () => {
    const tenant = { deletedServicePrincipals: [aDeletedServicePrincipal({ appId: guid(102) })] };
    expect(causeIn('principal-deleted', `AADSTS700016 ${APP}`, tenant)).toBeUndefined();
  });
});

describe('certificates and secrets', () => {
  test('a removed expired secret is said to be gone', () => {
    expect(
      first(`AADSTS7000222 ${APP}`, { applications: [anApplication({ credentials: [] })] })?.evidenceAgainst,
    ).toEqual(['“Nightly loader” has no expired secret now: it may have been removed since.']);
  });
  test('a valid certificate beside an expired one keeps it from being certain', () => {
    const credentials = [aCertificate({ endsInDays: -1 }), aCertificate({ keyId: guid(7) })];
    expect(
      causeIn('certificate-expired', `client assertion: key used is expired ${APP}`, {
        applications: [anApplication({ credentials })],
      }),
    ).toMatchObject({
      certainty: 'likely',
      evidenceAgainst: [expect.stringContaining('is valid.')],
    });
  });
  test('a signing pair of SAML signs in nobody', () => {
    const credentials = [aCertificate({ endsInDays: -1, usage: 'samlSigning' })];
    expect(
      causeIn('certificate-expired', `AADSTS700027 ${APP}`, { applications: [anApplication({ credentials })] }),
    ).toBeUndefined();
  });
  test('a secret that the vault still has the old value of leads to the vault', () => {
    const credentials = [aSecret({ keyId: guid(7), endsInDays: -3 }), aSecret({ startedDaysAgo: 4 })];
    const found = first(`AADSTS7000222 ${APP}`, { applications: [anApplication({ credentials })] });
    expect(found).toMatchObject({ id: 'rotated-secret-not-used', certainty: 'likely' });
    expect(found?.remedy).toContain('az keyvault secret list-versions --vault-name contoso-kv --name loader');
  });
});

describe('identities', () => {
  const identity = aUserAssignedIdentity();
  const tenant: SomeFacts = {
    pipelines: [aPipeline({ linkedServices: ['lake'] })],
    linkedServices: [aLinkedService({ signIn: { method: 'credential', evidence: [] }, credential: 'loader' })],
    workspaceCredentials: [aWorkspaceCredential()],
  };
  test('one that is not attached comes with the request that attaches it', () => {
    expect(first(MI, { ...tenant, userAssignedIdentities: [identity] })?.remedy).toContain(
      `az rest --method patch --url "${aWorkspace().id}?api-version=2021-06-01" --body '{"identity":{"type":"SystemAssigned,UserAssigned","userAssignedIdentities":{"${identity.id}":{}}}}'`,
    );
  });
  test('one in a subscription that was not read is not called deleted', () => {
    const elsewhere = identity.id.replace(aWorkspace().subscriptionId, guid(77));
    const workspaceCredentials = [aWorkspaceCredential({ identityId: elsewhere })];
    expect(causeIn('identity-deleted', MI, { ...tenant, workspaceCredentials })).toBeUndefined();
  });
  test('a refusal in the sign-in log is evidence', () => {
    const row = someSignIns({
      kind: 'managedIdentity',
      principalId: guid(401),
      resource: 'Azure Storage',
      result: '700016',
      last: AT,
    });
    expect(causeIn('identity-not-ready', MI, { managedIdentitySignIns: [row] })).toMatchObject({
      certainty: 'likely',
      evidenceFor: [
        'Sign-in log: The identity of workspace “contoso” was refused a token for “Azure Storage” (AADSTS700016) at 2026-11-22T02:00Z.',
      ],
    });
    const long = { ...row, first: inDays(-1), last: inDays(-1) };
    expect(causeIn('identity-not-ready', MI, { managedIdentitySignIns: [long] })).toMatchObject({ evidenceFor: [] });
  });
});

describe('key vaults', () => {
  const FORBIDDEN = 'ForbiddenByRbac https://contoso-kv.vault.azure.net';
  test('the command names what the identity has already', () => {
    const keyVaults = [aKeyVault({ rbac: false, accessPolicies: [anAccessPolicy({ secrets: ['list'] })] })];
    expect(first(FORBIDDEN, { keyVaults, azureRoleAssignments: [] })?.remedy).toContain(
      `--object-id ${guid(401)} --secret-permissions list get`,
    );
  });
  test('one in a subscription whose roles were not read is not judged', () => {
    const keyVaults = [aKeyVault({ id: VAULT_ID.replace(aWorkspace().subscriptionId, guid(77)) })];
    expect(first(FORBIDDEN, { keyVaults, azureRoleAssignments: [] })).toMatchObject({
      id: 'vault-access-missing',
      certainty: 'likely',
      evidenceFor: [],
    });
  });
  test('one that the error names and nobody knows is none of the others', () => {
    expect(first('ForbiddenByRbac https://another-kv.vault.azure.net', { azureRoleAssignments: [] })).toMatchObject({
      evidenceFor: [],
    });
  });
  test('a right under a condition may not be enough', () => {
    const azureRoleAssignments = [
      anAzureRoleAssignment({ principalId: guid(401), role: ROLES.secretsUser, scope: VAULT_ID, condition: 'x' }),
    ];
    expect(first(FORBIDDEN, { azureRoleAssignments })).toMatchObject({ id: 'role-conditional', certainty: 'likely' });
  });
  test('a right that is there by a policy may be a late one', () => {
    const keyVaults = [aKeyVault({ rbac: false, accessPolicies: [anAccessPolicy()] })];
    expect(first(FORBIDDEN, { keyVaults })).toMatchObject({ id: 'role-propagation', certainty: 'possible' });
  });
  test.each([
    ['closed', { openToAllNetworks: false, trustsMicrosoftServices: false }, 'certain', '--bypass AzureServices'],
    ['trusted services', { openToAllNetworks: false }, 'certain', 'managed private endpoint'],
    [
      'private endpoints',
      { openToAllNetworks: false, trustsMicrosoftServices: false, approvedPrivateEndpoints: 1 },
      'certain',
      '--bypass AzureServices',
    ],
    ['all networks', {}, 'likely', 'az keyvault update'],
  ] as const)('a firewall that admits %s', (_, change, certainty, remedy) => {
    expect(
      first('ForbiddenByFirewall https://contoso-kv.vault.azure.net', { keyVaults: [aKeyVault(change)] }),
    ).toMatchObject({
      id: 'vault-firewall',
      certainty,
      remedy: expect.stringContaining(remedy),
    });
  });
  test('a secret that has ended is told by its day, one that is back by that it is', () => {
    const text = 'SecretDisabled https://contoso-kv.vault.azure.net';
    const services = { linkedServices: [aLinkedService(), aPrincipalsLinkedService(), aVaultLinkedService()] };
    expect(
      first(text, { ...services, keyVaultSecrets: [theItems(aKeyVaultSecret({ endsInDays: -2 }))] })?.sentence,
    ).toBe('secret “loader” in key vault “contoso-kv” has ended on 2026-11-20');
    expect(first(text, services)).toMatchObject({
      certainty: 'possible',
      evidenceAgainst: [expect.stringContaining('enabled now')],
    });
    expect(first('SecretNotFound https://contoso-kv.vault.azure.net', services)).toMatchObject({
      certainty: 'possible',
    });
  });
  test('a version that is not there any more while the secret is', () => {
    const reference = { linkedService: 'vault', secretName: 'loader', secretVersion: 'abc' };
    const linkedServices = [
      aLinkedService(),
      aPrincipalsLinkedService({ keyVaultReferences: [reference] }),
      aVaultLinkedService(),
    ];
    expect(first('SecretNotFound', { linkedServices })).toMatchObject({
      id: 'rotated-secret-not-used',
      certainty: 'likely',
    });
  });
});

test('a key is told not to count as a trusted service', () => {
  const linkedServices = [aLinkedService({ signIn: { method: 'key', evidence: ['accountKey'] } })];
  const found = first('AuthorizationFailure https://contosolake.blob.core.windows.net', { linkedServices });
  expect(found?.evidenceFor[0]).toContain(
    'signs in with a key, for which “trusted services” of a firewall do not count',
  );
  expect(found?.remedy).toContain(
    `az storage account network-rule add --account-name contosolake --resource-id ${aWorkspace().id} --tenant-id ${TENANT} --resource-group <resource group>`,
  );
});

test('runs that one linked service broke belong together', () => {
  const linkedServices = [
    aLinkedService({
      name: 'shop',
      type: 'AzureSqlDatabase',
      target: 'shop.database.windows.net',
      signIn: { method: 'password', evidence: [] },
    }),
  ];
  const pipelines = [aPipeline({ linkedServices: ['shop'] })];
  expect(first("Login failed for user 'x'", { linkedServices, pipelines })?.about).toMatchObject({
    key: `${aWorkspace().id}/linkedservices/shop`,
    kind: 'linkedService',
  });
});

test('who is disabled among several is not certain to be meant', () => {
  const other = aPrincipalsLinkedService({ name: 'second', servicePrincipalId: guid(112) });
  const tenant: SomeFacts = {
    pipelines: [aPipeline({ linkedServices: ['orders', 'second'] })],
    linkedServices: [aPrincipalsLinkedService(), other, aVaultLinkedService()],
    servicePrincipals: [
      aServicePrincipal(),
      aServicePrincipal({ id: guid(113), appId: guid(112), enabled: false }),
      aWorkspaceIdentity(),
    ],
  };
  expect(causeIn('principal-disabled', 'invalid_client', tenant)).toMatchObject({
    certainty: 'likely',
    about: { key: guid(112) },
  });
});
