import linkedServiceAuthentication from '../../src/checks/linked-service-authentication';
import type { LinkedService, SignInMethod, WorkspaceCredential } from '../../src/inventory/model';
import { aLinkedService, aPrincipalsLinkedService, aWorkspace, aWorkspaceCredential, guid } from '../fixtures/facts';
import { anInventory, judgeOne, run, type FlatVerdict } from '../fixtures/judge';

function judged(
  linkedService: LinkedService,
  options: unknown = {},
  workspaceCredentials: readonly WorkspaceCredential[] = [],
  workspace = aWorkspace(),
): FlatVerdict {
  const facts = { linkedServices: [linkedService], workspaceCredentials };
  return judgeOne(linkedServiceAuthentication, facts, { workspace, options });
}

const by = (method: SignInMethod, ...evidence: string[]): Pick<LinkedService, 'signIn'> => ({
  signIn: { method, evidence },
});
const inVault = [{ linkedService: 'vault', secretName: 'lake-key', secretVersion: null }];
const ACCEPTS = 'The target accepts a managed identity';
const INLINE = 'Its secret is stored in the linked service itself';

describe('a managed identity', () => {
  test('passes where the type accepts it', () => {
    expect(judged(aLinkedService())).toMatchObject({
      status: 'pass',
      subject: { id: `${aWorkspace().id}/linkedservices/lake`, kind: 'linkedService', name: 'lake' },
      message:
        'Linked service “lake” (Azure Data Lake Storage Gen2, contosolake.dfs.core.windows.net) of workspace “contoso” signs in as the workspace’s own managed identity.',
      evidence: {
        type: 'AzureBlobFS',
        signIn: 'systemAssignedIdentity',
        managedIdentities: 'both',
        source:
          'https://learn.microsoft.com/azure/data-factory/connector-azure-data-lake-storage#linked-service-properties',
      },
    });
  });

  test('that is user-assigned passes by its credential', () => {
    const linkedService = aLinkedService({ ...by('credential', 'credential'), credential: 'loader' });
    const verdict = judged(linkedService, {}, [aWorkspaceCredential()]);
    expect(verdict.status).toBe('pass');
    expect(verdict.message).toContain('signs in as a user-assigned managed identity.');
  });

  test('fails where the type accepts none', () => {
    const verdict = judged(aLinkedService({ type: 'HttpServer', ...by('managedIdentity', 'authenticationType') }));
    expect(verdict).toMatchObject({ status: 'fail', severity: 'high' });
    expect(verdict.message).toContain(
      'This type accepts no managed identity: connections fail (“Authentication failed for Microsoft.ManagedIdentity”).',
    );
    expect(verdict.remediation).toMatch(/^Choose a way of signing in that the type supports, or the type RestService/);
    const without = judged(aLinkedService({ type: 'Sftp', ...by('managedIdentity') })).remediation;
    expect(without).toMatch(/^Choose a way of signing in that the type supports, with its secret in a Key Vault\.\n/);
  });

  test('fails where the type accepts only the other one', () => {
    const own = judged(aLinkedService({ type: 'SqlServer', ...by('managedIdentity') }));
    expect(own).toMatchObject({ status: 'fail', severity: 'high' });
    expect(own.message).toContain('accepts only a user-assigned one, by a credential');
    expect(own.remediation).toMatch(/^Choose the identity that the type supports\.\n/);
    const byCredential = { ...by('credential'), credential: 'loader' };
    const userAssigned = judged(aLinkedService({ type: 'AzureMLService', ...byCredential }), {}, [
      aWorkspaceCredential(),
    ]);
    expect(userAssigned.message).toContain('accepts only the workspace’s own one');
    expect(judged(aLinkedService({ type: 'SqlServer', ...byCredential }), {}, [aWorkspaceCredential()]).status).toBe(
      'pass',
    );
    expect(judged(aLinkedService({ type: 'AzureMLService', ...by('managedIdentity') })).status).toBe('pass');
  });

  test('passes where the type is not known: nothing speaks against it', () => {
    expect(judged(aLinkedService({ type: 'SomethingNew', ...by('managedIdentity') }))).toMatchObject({
      status: 'pass',
      evidence: { managedIdentities: 'unknown' },
    });
  });
});

describe('a secret where a managed identity would do', () => {
  test.each(['key', 'sas', 'password', 'connectionString'] as const)('(%s) fails though it is in a vault', (method) => {
    const verdict = judged(aLinkedService({ ...by(method, 'x'), keyVaultReferences: inVault }));
    expect(verdict).toMatchObject({
      status: 'fail',
      severity: 'medium',
      evidence: { keyVaultSecrets: ['vault/lake-key/newest version'] },
    });
    expect(verdict.message).toContain(ACCEPTS);
    expect(verdict.message).not.toContain(INLINE);
  });

  test('is mended by the role and the identity it is for', () => {
    expect(judged(aLinkedService(by('key', 'accountKey'))).remediation.split('\n')).toEqual([
      `Give the workspace’s identity (${guid(401)}) access to the target: Storage Blob Data Contributor (or Reader) on the storage account. Then choose the managed identity in the linked service.`,
      'az synapse linked-service show --workspace-name contoso --name lake',
      'shows it; edit it in Synapse Studio under Manage > Linked services, test the connection and publish, or with az synapse linked-service update --file.',
    ]);
  });

  test('is mended by a user-assigned identity where the type accepts no other', () => {
    const { remediation } = judged(aLinkedService({ type: 'AzureBatch', ...by('key', 'accessKey') }));
    expect(remediation).toContain('Give a user-assigned identity of the workspace access to the target');
  });

  test('is mended without an id where the workspace has no identity', () => {
    const identity = { ...aWorkspace().identity, principalId: null };
    const { remediation } = judged(aLinkedService(by('key')), {}, [], aWorkspace({ identity }));
    expect(remediation).toContain('Give the workspace’s identity access');
  });

  test('of a service principal ranks low, and its certificate passes', () => {
    expect(judged(aPrincipalsLinkedService())).toMatchObject({
      status: 'fail',
      severity: 'low',
      evidence: { servicePrincipalId: guid(102) },
    });
    expect(judged(aPrincipalsLinkedService(by('servicePrincipalCertificate'))).status).toBe('pass');
  });

  test('in an older type points to the one that takes its place', () => {
    const verdict = judged(aLinkedService({ type: 'AzureStorage', ...by('connectionString', 'connectionString') }));
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium' });
    expect(verdict.message).toContain(`${ACCEPTS} as type AzureBlobStorage or AzureTableStorage`);
    // Of this one it is not known what the identity needs there.
    expect(judged(aLinkedService({ type: 'HttpServer', ...by('password') })).remediation).toMatch(
      /access to the target\. Then choose the managed identity as type RestService/,
    );
  });

  test('passes in a vault where the options accept that, and nowhere else', () => {
    const accept = { acceptSecretsInKeyVault: true };
    const kept = aLinkedService({ ...by('key'), keyVaultReferences: inVault });
    expect(judged(kept, accept).status).toBe('pass');
    expect(judged({ ...kept, inlineSecrets: ['accountKey'] }, accept).message).toContain(ACCEPTS);
    expect(judged(aLinkedService(by('key')), accept).message).toContain(ACCEPTS);
  });
});

describe('a secret where nothing else is possible', () => {
  const sftp = aLinkedService({ type: 'Sftp', ...by('password', 'password') });

  test('passes in a vault', () => {
    expect(judged({ ...sftp, keyVaultReferences: inVault })).toMatchObject({
      status: 'pass',
      evidence: { managedIdentities: 'none' },
    });
  });

  test('fails in the linked service itself, naming the property', () => {
    const verdict = judged({ ...sftp, inlineSecrets: ['password'] });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium', evidence: { inlineSecrets: ['password'] } });
    expect(verdict.message).toContain(`${INLINE} (password)`);
    expect(verdict.message).not.toContain(ACCEPTS);
  });

  test('fails pinned to a version', () => {
    const pinned = [{ linkedService: 'vault', secretName: null, secretVersion: 'abc' }];
    const verdict = judged({ ...sftp, keyVaultReferences: [...inVault, ...pinned] });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'medium' });
    expect(verdict.message).toContain('pinned to one version of secret “decided by an expression”:');
    expect(verdict.evidence['keyVaultSecrets']).toEqual([
      'vault/lake-key/newest version',
      'vault/decided by an expression/abc',
    ]);
  });

  test('of a type that is not known is said to be so', () => {
    const verdict = judged({ ...sftp, type: 'SomethingNew', keyVaultReferences: inVault });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'info', evidence: { source: null } });
    expect(verdict.message).toContain('(SomethingNew, contosolake.dfs.core.windows.net)');
    expect(verdict.message).toContain('Whether this type accepts a managed identity is not known here.');
  });
});

describe('what cannot be determined', () => {
  test('is no pass where an expression decides', () => {
    const verdict = judged(aLinkedService({ ...by('expression', 'authenticationType'), target: null }));
    expect(verdict).toMatchObject({ status: 'fail', severity: 'low' });
    expect(verdict.message).toBe(
      'Linked service “lake” (Azure Data Lake Storage Gen2) of workspace “contoso” signs in as a parameter says. Whether that is a managed identity cannot be determined: an expression decides it when a pipeline runs (authenticationType).',
    );
  });

  test('is no pass where the definition says nothing', () => {
    const verdict = judged(aLinkedService({ type: 'RestService' }));
    expect(verdict).toMatchObject({ status: 'fail', severity: 'info' });
    expect(verdict.message).toContain(
      'signs in in a way that is not known. It cannot be determined from its definition.',
    );
  });
});

test.each<[SignInMethod, string]>([
  ['servicePrincipalSecret', 'signs in as a service principal with a secret'],
  ['servicePrincipalCertificate', 'signs in as a service principal with a certificate'],
  ['key', 'signs in with a key or token'],
  ['sas', 'signs in with a shared access signature'],
  ['password', 'signs in with a password or client secret'],
  ['connectionString', 'signs in with a secret that Azure shows only encrypted'],
])('%s is told as: %s', (method, words) => {
  expect(judged(aPrincipalsLinkedService(by(method))).message).toContain(`of workspace “contoso” ${words}.`);
});

test('a credential that is not there fails', () => {
  const verdict = judged(aLinkedService({ ...by('credential', 'credential'), credential: 'gone' }), {}, [
    aWorkspaceCredential(),
  ]);
  expect(verdict).toMatchObject({ status: 'fail', severity: 'high', evidence: { credential: 'gone' } });
  expect(verdict.message).toContain(
    'signs in with a credential of the workspace. The workspace has no credential “gone”: every connection fails.',
  );
});

test('a linked service without sign-in passes', () => {
  expect(judged(aLinkedService({ type: 'HttpServer', ...by('anonymous') })).message).toContain('does not sign in.');
});

test('several problems are one finding, the worst first', () => {
  const verdict = judged(aPrincipalsLinkedService({ inlineSecrets: ['servicePrincipalKey'] }));
  expect(verdict.severity).toBe('medium');
  expect(verdict.message).toMatch(new RegExp(`${INLINE} .* by hand\\. ${ACCEPTS}`));
  expect(verdict.remediation.split('\n')).toHaveLength(4);
});

test.each(['linkedServices', 'workspaceCredentials'] as const)('nothing is judged without the source %s', (source) => {
  const inventory = anInventory({ linkedServices: [aLinkedService()] }, [aWorkspace()], { [source]: 'everywhere' });
  expect(run(linkedServiceAuthentication, inventory)).toMatchObject([{ status: 'notEvaluated', sources: [source] }]);
});

test('one unreadable workspace leaves the others judged', () => {
  const other = aWorkspace({ name: 'fabrikam' });
  const linkedServices = [aLinkedService(), aLinkedService({ readFrom: other.id })];
  const findings = run(
    linkedServiceAuthentication,
    anInventory({ linkedServices }, [aWorkspace(), other], { linkedServices: [other.id] }),
  );
  expect(findings.map(({ status, scope }) => [status, scope])).toEqual([
    ['pass', aWorkspace().id],
    ['notEvaluated', other.id],
  ]);
});
