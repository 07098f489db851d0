import auditorOwnAccess from '../../src/checks/auditor-own-access';
import type { AuditorIdentity, RoleAssignment } from '../../src/inventory/model';
import { neededIn } from '../../src/permissions/needed';
import {
  aGroup,
  anAuditorIdentity,
  anAuditorStorage,
  anAzureRoleAssignment,
  aRole,
  aSynapseRoleAssignment,
  aWorkspace,
  guid,
  ROLES,
  SUBSCRIPTION,
} from '../fixtures/facts';
import { anInventory, flat, judge, judgeOne, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

const ME = anAuditorIdentity();
const STORAGE = anAuditorStorage();
const OWN_GROUP = `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg-auditor`;

const HEALTHY: SomeFacts = {
  auditorIdentity: [ME],
  auditorStorage: [STORAGE],
  azureRoleAssignments: [azure(ROLES.reader)],
  synapseRoleAssignments: [synapse(ROLES.artifactUser)],
};

function azure(role: RoleAssignment['role'], changes: Partial<RoleAssignment> = {}): RoleAssignment {
  return anAzureRoleAssignment({ principalId: ME.id, role, ...changes });
}

function synapse(role: RoleAssignment['role'], changes: Partial<RoleAssignment> = {}): RoleAssignment {
  return aSynapseRoleAssignment({ principalId: ME.id, role, ...changes });
}

/** The verdict about one system, of a healthy auditor with these changes. */
function verdictOn(system: 'entra' | 'azure' | 'synapse' | 'storage', changes: SomeFacts): FlatVerdict {
  const id = { entra: ME.id, azure: `${ME.id}/azure`, synapse: `${ME.id}/synapse`, storage: STORAGE.id }[system];
  const verdicts = judge(auditorOwnAccess, { ...HEALTHY, ...changes });
  const own = verdicts.filter(({ subject }) => subject.id === id);
  expect(own).toHaveLength(1);
  // What is wrong in one place spoils no other.
  for (const other of verdicts.filter(({ subject }) => subject.id !== id)) {
    expect(other.status).toBe('pass');
  }
  return flat(own[0]!);
}

function withRoles(...appRoles: AuditorIdentity['appRoles']): SomeFacts {
  return { auditorIdentity: [anAuditorIdentity({ appRoles })] };
}

function graph(permission: string, id = 'one'): AuditorIdentity['appRoles'][number] {
  return { id, graphPermission: permission, name: permission };
}

it('passes everything of a healthy auditor', () => {
  const verdicts = judge(auditorOwnAccess, HEALTHY);
  expect(verdicts.map(({ status, subject }) => [status, subject.kind, subject.id])).toEqual([
    ['pass', 'servicePrincipal', ME.id],
    ['pass', 'servicePrincipal', `${ME.id}/azure`],
    ['pass', 'servicePrincipal', `${ME.id}/synapse`],
    ['pass', 'storageAccount', STORAGE.id],
  ]);
});

describe('what is not known', () => {
  it('neither identity nor storage: nothing to judge, which is no pass', () => {
    const [finding, ...more] = run(auditorOwnAccess, anInventory({}, [aWorkspace()]));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ status: 'notApplicable' });
  });

  it('the identity alone: its storage alone is judged', () => {
    expect(judgeOne(auditorOwnAccess, { ...HEALTHY, auditorIdentity: [] }).subject.id).toBe(STORAGE.id);
  });

  it('the storage alone: the identity is judged', () => {
    const ids = judge(auditorOwnAccess, { ...HEALTHY, auditorStorage: [] }).map(({ subject }) => subject.id);
    expect(ids).toEqual([ME.id, `${ME.id}/azure`, `${ME.id}/synapse`]);
  });

  test.each(['auditorIdentity', 'auditorStorage', 'groups'] as const)('%s was refused: not evaluated', (source) => {
    const findings = run(auditorOwnAccess, anInventory(HEALTHY, [aWorkspace()], { [source]: 'everywhere' }));
    expect(findings).toMatchObject([{ status: 'notEvaluated', because: 'forbidden', sources: [source] }]);
    expect(findings[0]?.remediation).toMatch(
      /^Grant the auditor’s identity: .*(Application\.Read|storageAccounts\/read|GroupMember)/,
    );
  });

  it('roles of a subscription were refused: that is said beside what could be judged', () => {
    const findings = run(
      auditorOwnAccess,
      anInventory(HEALTHY, [aWorkspace()], { azureRoleAssignments: 'everywhere' }),
    );
    expect(findings.filter(({ status }) => status === 'notEvaluated')).toMatchObject([
      { because: 'forbidden', sources: ['azureRoleAssignments'], scope: SUBSCRIPTION },
    ]);
  });
});

describe('the principal', () => {
  it('is disabled: high', () => {
    const verdict = verdictOn('entra', { auditorIdentity: [anAuditorIdentity({ enabled: false })] });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'high', evidence: { enabled: false } });
    expect(verdict.message).toBe(
      'The auditor’s identity “id-auditor” is disabled: it gets no new tokens, so that audits end.',
    );
    expect(verdict.remediation).toContain(`az ad sp update --id ${ME.id} --set accountEnabled=true`);
  });

  it('has every permission that is needed: pass', () => {
    const roles = neededIn('Microsoft Graph').map((name) => graph(name));
    expect(roles.length).toBeGreaterThan(5);
    expect(verdictOn('entra', withRoles(...roles)).status).toBe('pass');
  });

  test.each([
    ['one that changes', graph('Application.ReadWrite.All', 'abc'), 'high'],
    ['one that is called after what it does', graph('Mail.Send', 'abc'), 'high'],
    ['one that reads more', graph('Mail.Read', 'abc'), 'medium'],
    ['one that reads a little more', graph('Mail.ReadBasic.All', 'abc'), 'medium'],
    ['one of another API', { id: 'abc', graphPermission: null, name: 'full_access of Exchange' }, 'high'],
  ])('has %s that it does not need', (_, role, severity) => {
    const verdict = verdictOn('entra', withRoles(graph('User.Read.All'), role));
    expect(verdict).toMatchObject({ status: 'fail', severity, evidence: { notNeeded: [role.name] } });
    expect(verdict.message).toContain(`that it does not need: ${role.name}. Whoever`);
    expect(verdict.remediation).toBe(
      `Take away what it does not need:\naz rest --method delete --url https://graph.microsoft.com/v1.0/servicePrincipals/${ME.id}/appRoleAssignments/abc`,
    );
  });
});

describe('Azure roles', () => {
  const LOG_READER = aRole({
    name: 'Log Analytics Reader',
    actions: [
      '*/read',
      'Microsoft.OperationalInsights/workspaces/analytics/query/action',
      'Microsoft.OperationalInsights/workspaces/search/action',
      'Microsoft.Support/*',
    ],
  });

  test.each([
    ['Reader', ROLES.reader],
    ['Log Analytics Reader', LOG_READER],
    ['a custom one that reads', aRole({ actions: neededIn('Azure RBAC') })],
    ['one whose actions are all taken away', aRole({ actions: ['Microsoft.A/b/write'], notActions: ['*/write'] })],
  ])('%s: pass', (_, role) => {
    expect(verdictOn('azure', { azureRoleAssignments: [azure(role)] })).toMatchObject({
      status: 'pass',
      evidence: { beyondReading: [] },
    });
  });

  test.each([
    ['Owner', ROLES.owner],
    ['Contributor', ROLES.contributor],
    ['one that assigns', aRole({ actions: ['*/read', 'Microsoft.Authorization/roleAssignments/write'] })],
    ['one that lists keys', aRole({ actions: ['Microsoft.Storage/storageAccounts/listKeys/action'] })],
    ['one that reads data', aRole({ actions: ['*/read'], dataActions: ['Microsoft.Storage/x/blobs/read'] })],
    ['one nobody can look into', aRole({ name: 'unknown role' })],
  ])('%s: high', (_, known) => {
    const role = known.name === 'unknown role' ? { ...known, permissions: [] } : known;
    const verdict = verdictOn('azure', { azureRoleAssignments: [azure(ROLES.reader), azure(role, { id: '/a' })] });
    expect(verdict).toMatchObject({
      status: 'fail',
      severity: 'high',
      evidence: { beyondReading: [`${role.name} on /subscriptions/${SUBSCRIPTION}`] },
    });
    expect(verdict.remediation).toContain('az role assignment delete --ids /a');
  });

  it('through a group: the way out is the group', () => {
    const group = aGroup({ id: guid(960), displayName: 'Platform', servicePrincipalIds: [ME.id] });
    const verdict = verdictOn('azure', {
      groups: [group],
      azureRoleAssignments: [azure(ROLES.owner, { principalId: group.id, principalKind: 'group' })],
    });
    expect(verdict.message).toContain('through group “Platform”');
    expect(verdict.remediation).toContain(`az ad group member remove --group ${group.id} --member-id ${ME.id}`);
  });

  it('above the subscriptions, read from two of them: told once', () => {
    const above = { id: '/x', scope: '/providers/microsoft.management/managementgroups/all' };
    const twice = [SUBSCRIPTION, guid(3)].map((readFrom) => azure(ROLES.reader, { ...above, readFrom }));
    expect(verdictOn('azure', { azureRoleAssignments: twice }).message).toContain('holds 1 Azure role in');
  });

  it('of others are none of its own', () => {
    const verdict = verdictOn('azure', { azureRoleAssignments: [azure(ROLES.owner, { principalId: guid(961) })] });
    expect(verdict).toMatchObject({ status: 'pass', evidence: { azureRoles: [] } });
  });

  const TABLES = aRole({ id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3', dataActions: ['Microsoft.Storage/x/write'] });
  const MAILS = aRole({ id: '09976791-48a7-449e-bb21-39d1a415f350', actions: ['Microsoft.Communication/*'] });
  const KEEPS = `${OWN_GROUP}/providers/microsoft.storage/storageaccounts`;
  const SENDS = 'providers/microsoft.communication/communicationservices';
  test.each([
    ['on its own storage account', TABLES, STORAGE.id, 'pass'],
    ['on another account in its group', TABLES, `${KEEPS}/other`, 'fail'],
    ['on an account whose name begins like its own', TABLES, `${STORAGE.id}2`, 'fail'],
    ['on its whole group', TABLES, OWN_GROUP, 'fail'],
    ['on a part of what is its own', MAILS, `${OWN_GROUP}/${SENDS}/acs/domains/d`, 'fail'],
    ['on what it sends mails with', MAILS, `${OWN_GROUP}/${SENDS}/acs`, 'pass'],
    ['on the same in another group', MAILS, `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg/${SENDS}/acs`, 'fail'],
    ['that the templates do not assign, on its own account', ROLES.contributor, STORAGE.id, 'fail'],
  ])('a role %s', (_, role, scope, status) => {
    expect(verdictOn('azure', { azureRoleAssignments: [azure(role, { scope })] }).status).toBe(status);
  });

  it('a data role on an account, where no setting says which one is its own: fail', () => {
    const verdict = verdictOn('azure', {
      auditorStorage: [],
      azureRoleAssignments: [azure(TABLES, { scope: STORAGE.id })],
    });
    expect(verdict.status).toBe('fail');
  });
});

describe('Synapse roles', () => {
  test.each([
    ['Synapse User', ROLES.synapseUser],
    ['Synapse Artifact User', ROLES.artifactUser],
    ['one that shows logs', aRole({ dataActions: ['Microsoft.Synapse/workspaces/bigDataPools/viewLogs/action'] })],
  ])('%s: pass', (_, role) => {
    expect(verdictOn('synapse', { synapseRoleAssignments: [synapse(role)] }).status).toBe('pass');
  });

  test.each([
    ['Synapse Administrator', ROLES.synapseAdministrator],
    ['Synapse Credential User', ROLES.credentialUser],
    ['Synapse Compute Operator', ROLES.computeOperator],
  ])('%s: high', (_, role) => {
    const verdict = verdictOn('synapse', { synapseRoleAssignments: [synapse(role, { id: guid(970) })] });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'high' });
    expect(verdict.message).toContain(`more than read in Synapse: ${role.name} on workspaces/contoso.`);
    expect(verdict.remediation).toContain(
      `az synapse role assignment delete --workspace-name contoso --ids ${guid(970)}`,
    );
  });

  it('one nobody can look into: fail', () => {
    const role = { ...aRole(), permissions: [] };
    expect(verdictOn('synapse', { synapseRoleAssignments: [synapse(role)] }).status).toBe('fail');
  });

  it('through a group: the way out is the group', () => {
    const group = aGroup({ id: guid(960), servicePrincipalIds: [ME.id] });
    const verdict = verdictOn('synapse', {
      groups: [group],
      synapseRoleAssignments: [synapse(ROLES.synapseAdministrator, { principalId: group.id, principalKind: 'group' })],
    });
    expect(verdict.remediation).toContain(`az ad group member remove --group ${group.id} --member-id ${ME.id}`);
  });
});

describe('the storage account', () => {
  test.each([
    ['takes shared keys', { sharedKeys: true }, 'high', 'A shared key opens all of it'],
    ['lets containers be public', { publicBlobs: true }, 'high', 'may be opened to everybody'],
    ['takes http', { httpsOnly: false }, 'high', 'http without encryption'],
    ['takes old TLS', { leastTls: 'TLS1_1' }, 'medium', 'TLS older than 1.2 (TLS1_1)'],
    ['takes old TLS and keys', { leastTls: 'TLS1_0', sharedKeys: true }, 'high', 'TLS older than 1.2 (TLS1_0)'],
  ])('%s', (_, changes, severity, message) => {
    const verdict = verdictOn('storage', { auditorStorage: [anAuditorStorage(changes)] });
    expect(verdict).toMatchObject({ status: 'fail', severity, evidence: changes });
    expect(verdict.message).toContain(message);
    expect(verdict.remediation).toContain(
      `az storage account update --ids ${STORAGE.id} --allow-shared-key-access false`,
    );
    expect(verdict.remediation.includes('give it the identity first')).toBe('sharedKeys' in changes);
  });

  it('may ask for newer TLS', () => {
    expect(verdictOn('storage', { auditorStorage: [anAuditorStorage({ leastTls: 'TLS1_3' })] }).status).toBe('pass');
  });
});
