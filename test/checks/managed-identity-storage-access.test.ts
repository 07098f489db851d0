import storageAccess from '../../src/checks/managed-identity-storage-access';
import type { RoleAssignment, Workspace } from '../../src/inventory/model';
import {
  aGroup,
  anAzureRoleAssignment,
  aRole,
  aStorageAccount,
  aWorkspace,
  guid,
  ROLES,
  STORAGE_ID,
  SUBSCRIPTION,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

const CONTAINER = `${STORAGE_ID}/blobservices/default/containers/work`;
const CONDITION = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'x'";

/** A role of the workspace's identity. */
function granted(changes: Partial<RoleAssignment> = {}): RoleAssignment {
  return anAzureRoleAssignment({
    principalId: guid(401),
    scope: STORAGE_ID,
    role: ROLES.blobDataContributor,
    ...changes,
  });
}

function judged(
  assignments: RoleAssignment[],
  facts: SomeFacts = {},
  workspace: Workspace = aWorkspace(),
): FlatVerdict {
  return judgeOne(storageAccess, { azureRoleAssignments: assignments, ...facts }, { workspace });
}

describe('the identity reads and writes its default storage', () => {
  test.each([
    ['on the container', CONTAINER],
    ['on the account', STORAGE_ID],
    ['on the resource group', `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg-lake`],
    ['on the subscription', `/subscriptions/${SUBSCRIPTION}`],
    ['on a management group', '/providers/microsoft.management/managementgroups/corp'],
    ['on the root', '/'],
  ])('with Storage Blob Data Contributor %s', (_, scope) => {
    expect(judged([granted({ scope })])).toMatchObject({
      status: 'pass',
      message: 'The identity of workspace “contoso” reads and writes its default storage “contosolake”/“work”.',
      evidence: { missing: [] },
    });
  });

  test('with Storage Blob Data Owner', () => {
    expect(judged([granted({ role: ROLES.blobDataOwner })]).status).toBe('pass');
  });

  test('through a group', () => {
    const verdict = judged([granted({ principalId: guid(301) })], {
      groups: [aGroup({ servicePrincipalIds: [guid(401)] })],
    });
    expect(verdict.status).toBe('pass');
    expect(verdict.evidence['roles']).toEqual([
      `Storage Blob Data Contributor on ${STORAGE_ID} through group “Loaders”`,
    ]);
  });

  test('with rights from several roles', () => {
    const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
    const writer = aRole({ dataActions: [`${blobs}/write`, `${blobs}/delete`, `${blobs}/add/action`] });
    expect(judged([granted({ role: ROLES.blobDataReader }), granted({ role: writer })]).status).toBe('pass');
  });

  test('on an account that the workspace gives by name only', () => {
    const workspace = aWorkspace({
      defaultStorage: { accountName: 'contosolake', filesystem: 'work', accountId: null },
    });
    expect(judged([granted()], { storageAccounts: [aStorageAccount()] }, workspace).status).toBe('pass');
  });
});

describe('the identity does not', () => {
  test.each([
    ['without any role', []],
    ['with the role on another container', [granted({ scope: `${STORAGE_ID}/blobservices/default/containers/other` })]],
    ['with the role on another account', [granted({ scope: `${STORAGE_ID}2` })]],
    ['with the role of somebody else', [granted({ principalId: guid(103) })]],
    [
      'with a role of a management group that another subscription is in',
      [granted({ scope: '/providers/microsoft.management/managementgroups/corp', readFrom: guid(99) })],
    ],
  ])('%s', (_, assignments) => {
    const verdict = judged(assignments);
    expect(verdict).toMatchObject({
      status: 'fail',
      severity: 'high',
      evidence: { missing: ['read', 'write', 'add', 'delete'], roles: [], accessControlLists: 'not looked at' },
    });
    expect(verdict.message).toBe(
      'The identity of workspace “contoso” may not read, write, add, delete in its default storage “contosolake”/“work”, by its roles: Spark pools do not start and pipelines fail there, unless access control lists of the lake let them through.',
    );
  });

  test.each([
    ['Owner', ROLES.owner],
    ['Contributor', ROLES.contributor],
    [
      'Storage Account Contributor',
      aRole({ name: 'Storage Account Contributor', actions: ['Microsoft.Storage/storageAccounts/*'] }),
    ],
  ])('with %s, which opens no file', (name, role) => {
    const verdict = judged([granted({ role })]);
    expect(verdict.severity).toBe('high');
    expect(verdict.message).toContain(
      ` It holds ${name} on ${STORAGE_ID}, which manages the account but opens no file in it.`,
    );
  });

  test('with Reader, which is not worth a word', () => {
    expect(judged([granted({ role: ROLES.reader })]).message).not.toContain('manages the account');
  });

  test('fully, with reading only', () => {
    expect(judged([granted({ role: ROLES.blobDataReader })])).toMatchObject({
      status: 'fail',
      severity: 'medium',
      evidence: { missing: ['write', 'add', 'delete'] },
      message: expect.stringContaining('may not write, add, delete in its default storage'),
    });
  });

  test('and is helped by a command with its own ids', () => {
    expect(judged([]).remediation).toContain(
      `az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id ${guid(401)} --assignee-principal-type ServicePrincipal --scope ${STORAGE_ID}`,
    );
  });
});

describe('a role under a condition', () => {
  test('is no confident pass: the condition is not evaluated', () => {
    const verdict = judged([granted({ condition: CONDITION })]);
    expect(verdict).toMatchObject({
      status: 'fail',
      severity: 'low',
      evidence: {
        missing: [],
        conditions: [`Storage Blob Data Contributor on ${STORAGE_ID}: condition not evaluated`],
      },
    });
    expect(verdict.message).toContain(
      `only under a condition (Storage Blob Data Contributor on ${STORAGE_ID}), which is not evaluated here`,
    );
  });

  test('does no harm beside one without', () => {
    expect(judged([granted({ condition: CONDITION }), granted({ scope: CONTAINER })])).toMatchObject({
      status: 'pass',
      evidence: { conditions: [`Storage Blob Data Contributor on ${STORAGE_ID}: condition not evaluated`] },
    });
  });

  test('counts, where more is missing', () => {
    const verdict = judged([granted({ role: ROLES.blobDataReader, condition: CONDITION })]);
    expect(verdict).toMatchObject({ severity: 'medium', evidence: { missing: ['write', 'add', 'delete'] } });
    expect(verdict.evidence['conditions']).toEqual([
      `Storage Blob Data Reader on ${STORAGE_ID}: condition not evaluated`,
    ]);
  });

  test('on something that opens no file is not mentioned', () => {
    expect(judged([granted({ role: ROLES.owner, condition: CONDITION })]).evidence['conditions']).toEqual([]);
  });
});

test('an account that was not collected is not guessed at', () => {
  const workspace = aWorkspace({ defaultStorage: { accountName: 'gonelake', filesystem: 'work', accountId: null } });
  const inventory = anInventory({ storageAccounts: [aStorageAccount()] }, [workspace]);
  expect(run(storageAccess, inventory)).toMatchObject([
    {
      status: 'notEvaluated',
      message: expect.stringContaining('Where the storage account gonelake is was not collected'),
    },
  ]);
});

test.each([
  ['default storage', aWorkspace({ defaultStorage: null })],
  ['identity', aWorkspace({ identity: { ...aWorkspace().identity, systemAssigned: false, principalId: null } })],
])('a workspace without %s is not judged', (_, workspace) => {
  expect(judge(storageAccess, { azureRoleAssignments: [granted()] }, { workspace })).toEqual([]);
});

test.each(['storageAccounts', 'azureRoleAssignments', 'groups'] as const)(
  'nothing is judged without the source %s',
  (source) => {
    const inventory = anInventory({ azureRoleAssignments: [granted()] }, [aWorkspace()], { [source]: 'everywhere' });
    expect(run(storageAccess, inventory)).toMatchObject([{ status: 'notEvaluated', sources: [source] }]);
  },
);
