import userAssignedIdentity from '../../src/checks/user-assigned-identity';
import type { UserAssignedIdentity, Workspace } from '../../src/inventory/model';
import { aLinkedService, aUserAssignedIdentity, aWorkspace, aWorkspaceCredential, guid } from '../fixtures/facts';
import { anInventory, flat, judge, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

const identity = aUserAssignedIdentity();
const attach = ({ id, clientId, principalId }: UserAssignedIdentity) => ({ id, clientId, principalId });

function attached(...identities: UserAssignedIdentity[]): Workspace {
  return aWorkspace({ identity: { ...aWorkspace().identity, userAssigned: identities.map(attach) } });
}

/** The identity exists, is attached and is named by a credential that a linked service uses. */
const healthy: SomeFacts = {
  workspaceCredentials: [aWorkspaceCredential()],
  userAssignedIdentities: [identity],
  linkedServices: [aLinkedService({ credential: 'Loader' })],
};

function judged(changes: SomeFacts = {}, workspace = attached(identity)): FlatVerdict[] {
  return judge(userAssignedIdentity, { ...healthy, ...changes }, { workspace }).map(flat);
}

test('an identity that is attached and named passes, and so does the credential', () => {
  expect(judged()).toMatchObject([
    {
      status: 'pass',
      subject: { id: `${aWorkspace().id}/identities${identity.id}`, kind: 'identity', name: 'id-loader' },
      message: 'User-assigned identity “id-loader” of workspace “contoso” is named by 1 credential: “loader”.',
    },
    {
      status: 'pass',
      subject: { id: `${aWorkspace().id}/credentials/loader`, kind: 'workspaceCredential', name: 'loader' },
      message:
        'Credential “loader” of workspace “contoso” names the user-assigned identity “id-loader”, which is attached.',
      evidence: { attached: true, identity: 'exists', linkedServices: ['lake'] },
    },
  ]);
});

test('an attached identity that no credential names fails', () => {
  const [verdict, ...more] = judged({ workspaceCredentials: [] });
  expect(more).toEqual([]);
  expect(verdict).toMatchObject({ status: 'fail', severity: 'low', evidence: { credentials: [] } });
  expect(verdict?.message).toContain('is attached, but no credential names it: no linked service can sign in as it.');
  expect(verdict?.remediation).toContain(`az role assignment list --all --assignee ${guid(502)} --output table`);
});

test('each attached identity is judged by the credentials that name it', () => {
  const other = aUserAssignedIdentity({ name: 'id-other', clientId: guid(503), principalId: guid(504) });
  const [first, second] = judged({ userAssignedIdentities: [identity, other] }, attached(identity, other));
  expect(first).toMatchObject({ status: 'pass', evidence: { credentials: ['loader'] } });
  expect(second).toMatchObject({ status: 'fail', subject: { name: 'id-other' }, evidence: { credentials: [] } });
  expect(second?.remediation).toContain(`az role assignment list --all --assignee ${guid(504)} --output table`);
});

test('an attached identity that was deleted is left to workspace-managed-identity', () => {
  expect(judged({ userAssignedIdentities: [], workspaceCredentials: [] })).toEqual([]);
});

describe('a credential', () => {
  const credentialVerdict = (changes: SomeFacts, workspace: Workspace): FlatVerdict | undefined =>
    judged(changes, workspace).find(({ subject }) => subject.kind === 'workspaceCredential');

  test('fails where its identity is not attached, naming the linked services that fail', () => {
    const verdict = credentialVerdict({}, attached());
    expect(verdict).toMatchObject({ status: 'fail', severity: 'high', evidence: { attached: false } });
    expect(verdict?.message).toBe(
      'Credential “loader” of workspace “contoso” names the user-assigned identity “id-loader”, which is not attached to the workspace. 1 linked service (“lake”) and what runs on it fail, as no token is given.',
    );
    expect(verdict?.remediation).toContain(
      `az rest --method patch --url "${aWorkspace().id}?api-version=2021-06-01" --body '{"identity":{"type":"SystemAssigned,UserAssigned","userAssignedIdentities":{"${identity.id}":{}}}}'`,
    );
  });

  test('fails where only another identity is attached', () => {
    const other = aUserAssignedIdentity({ name: 'id-other' });
    const facts = { userAssignedIdentities: [identity, other] };
    expect(credentialVerdict(facts, attached(other))).toMatchObject({ status: 'fail', evidence: { attached: false } });
  });

  test('fails all linked services that use it', () => {
    const linkedServices = [
      aLinkedService({ credential: 'loader' }),
      aLinkedService({ name: 'b', credential: 'loader' }),
    ];
    expect(credentialVerdict({ linkedServices }, attached())?.message).toContain(
      '2 linked services (“lake”, “b”) and what runs on them fail,',
    );
  });

  test('fails less where no linked service uses it', () => {
    const verdict = credentialVerdict({ linkedServices: [aLinkedService()] }, attached());
    expect(verdict?.severity).toBe('medium');
    expect(verdict?.message).toContain('No linked service uses the credential yet; one that did would get no token.');
  });

  test.each([
    ['attached', attached(identity)],
    ['detached', attached()],
  ])('fails where its identity was deleted while %s', (_, workspace) => {
    const verdict = credentialVerdict({ userAssignedIdentities: [] }, workspace);
    expect(verdict).toMatchObject({ status: 'fail', severity: 'high', evidence: { identity: 'deleted' } });
    expect(verdict?.message).toContain('which was deleted.');
    expect(verdict?.remediation).toContain('let it name an identity that exists');
  });

  test('of an identity in a subscription that was not read is not called deleted', () => {
    const elsewhere = identity.id.replace(aWorkspace().subscriptionId, guid(77));
    const facts = { workspaceCredentials: [aWorkspaceCredential({ identityId: elsewhere })] };
    const verdict = credentialVerdict(facts, attached());
    expect(verdict?.evidence['identity']).toBe('unknown');
    expect(verdict?.message).toContain('not attached to the workspace (whether it exists was not looked up).');
    // The identities of a subscription are read where one of them is attached.
    const neighbour = aUserAssignedIdentity({ id: `${elsewhere}-2` });
    expect(credentialVerdict(facts, attached(neighbour))?.evidence['identity']).toBe('deleted');
  });

  test('of the workspace itself, or of a service principal, is not judged', () => {
    const credentials = [
      aWorkspaceCredential({ name: 'WorkspaceSystemIdentity', identityId: null }),
      aWorkspaceCredential({ name: 'sp', kind: 'servicePrincipal', identityId: null, servicePrincipalId: guid(102) }),
    ];
    expect(judged({ workspaceCredentials: credentials }, attached())).toEqual([]);
  });
});

test('linked services that could not be read lower no severity, and it is said', () => {
  const inventory = anInventory({ ...healthy, linkedServices: [] }, [attached()], { linkedServices: 'everywhere' });
  expect(run(userAssignedIdentity, inventory)).toMatchObject([
    {
      status: 'fail',
      severity: 'high',
      message: expect.stringContaining('which ones could not be read'),
      evidence: { linkedServices: 'unknown (they could not be read)' },
    },
  ]);
});

test.each(['workspaceCredentials', 'userAssignedIdentities'] as const)(
  'nothing is judged without the source %s',
  (source) => {
    const inventory = anInventory(healthy, [attached(identity)], { [source]: 'everywhere' });
    expect(run(userAssignedIdentity, inventory)).toMatchObject([{ status: 'notEvaluated', sources: [source] }]);
  },
);
