import * as z from 'zod';
import {
  defineTenantCheck,
  defineVaultCheck,
  defineWorkspaceCheck,
  type VaultUse,
  type Verdict,
} from '../../src/audit/check';
import type { DriftChange } from '../../src/audit/baseline';
import { evaluate } from '../../src/audit/evaluate';
import { compare } from '../../src/audit/compare';
import { fingerprint, isWorse, oneStepLower } from '../../src/audit/finding';
import type { Application, LogTable, RoleAssignment, StorageAccount, Workspace } from '../../src/inventory/model';
import { SOURCES } from '../../src/inventory/sources';
import { aKeyVault, aUserAssignedIdentity, aVaultLinkedService, VAULT_HOST } from '../fixtures/facts';
import { NO_SIGN_INS } from '../fixtures/judge';
import type { Collected, CollectedScope, Inventory, Scope } from '../../src/inventory/sources';

const tenantId = '11111111-1111-1111-1111-111111111111';
const context = {
  now: new Date('2026-03-01T02:00:00Z'),
  tenantId,
  portal: 'https://portal.azure.com',
  graph: 'https://graph.microsoft.com',
  options: {},
  drift: { compared: [], changes: [] },
  signIns: NO_SIGN_INS,
};
const tenant: Scope = { kind: 'tenant', id: tenantId, name: 'tenant' };
const description = {
  title: 'Something holds',
  severity: 'high',
  why: 'Because.',
  remediation: ['Do it'],
  link: 'https://learn.microsoft.com/',
} as const;

const application = { id: 'app-1', displayName: 'Loader' } as Application;
const workspaceIn = (subscription: string, name: string): Workspace => ({
  id: `/subscriptions/${subscription}/resourcegroups/rg/providers/microsoft.synapse/workspaces/${name}`,
  name,
  subscriptionId: subscription,
  resourceGroup: 'rg',
  location: 'westeurope',
  tags: {},
  devEndpoint: null,
  identity: { systemAssigned: true, principalId: 'p', tenantId, userAssigned: [] },
  defaultStorage: null,
  customerManagedKey: null,
  workspaceType: 'Normal',
  entraOnlyAuthentication: true,
  publicNetworkAccess: false,
  approvedPrivateEndpoints: 1,
});
const ws1 = workspaceIn('sub-1', 'one');
const ws2 = workspaceIn('sub-2', 'two');

const read = <T>(scope: Scope, data: readonly T[]): CollectedScope<T> => ({ scope, result: { ok: true, data } });
const refused = (scope: Scope, message = 'Missing permission: X.'): CollectedScope<never> => ({
  scope,
  result: { ok: false, because: 'forbidden', message },
});
const subscription = (id: string): Scope => ({ kind: 'subscription', id, name: id });
const scopeOf = (workspace: Workspace): Scope => ({ kind: 'workspace', id: workspace.id, name: workspace.name });

const pass = (id: string): Verdict => ({
  status: 'pass',
  subject: { id, kind: 'secret', name: id },
  message: 'fine',
  evidence: {},
});
const fail = (id: string, severity: 'critical' | 'low' | 'info' = 'low'): Verdict => ({
  ...pass(id),
  status: 'fail',
  severity,
  remediation: 'mend it',
});

const perTenant = (judge: (apps: readonly Application[]) => Verdict[]) =>
  defineTenantCheck({
    ...description,
    id: 'tenant-check',
    requires: ['applications', 'synapseRoleAssignments'],
    options: z.strictObject({}),
    evaluate: ({ applications }) => judge(applications),
  });
const perWorkspace = (judge: (workspace: Workspace, assignments: readonly RoleAssignment[]) => Verdict[]) =>
  defineWorkspaceCheck({
    ...description,
    id: 'workspace-check',
    requires: ['synapseRoleAssignments'],
    options: z.strictObject({}),
    evaluate: (workspace, { synapseRoleAssignments }) => judge(workspace, synapseRoleAssignments),
  });

const inventory: Inventory = {
  applications: [read(tenant, [application])],
  workspaces: [read(subscription('sub-1'), [ws1]), read(subscription('sub-2'), [ws2])],
  synapseRoleAssignments: [read(scopeOf(ws1), []), read(scopeOf(ws2), [])],
};

describe('a check of the tenant', () => {
  const check = perTenant((apps) => apps.map((app) => fail(app.id)));

  it('judges what was read', () => {
    const [finding, ...others] = evaluate([check], inventory, context);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      fingerprint: fingerprint('tenant-check', 'APP-1'),
      status: 'fail',
      severity: 'low',
      scope: tenantId,
      remediation: 'mend it',
    });
  });

  it('is not even called when a source of the tenant is missing', () => {
    const untouched = perTenant(() => {
      throw new Error('must not be called');
    });
    const findings = evaluate([untouched], { ...inventory, applications: [refused(tenant)] }, context);
    expect(findings).toMatchObject([
      { status: 'notEvaluated', because: 'forbidden', sources: ['applications'], severity: 'high' },
    ]);
    expect(findings[0]).toMatchObject({
      subject: { id: tenantId, kind: 'tenant', name: tenantId, link: 'https://portal.azure.com' },
      message: 'Not evaluated for the tenant: Missing permission: X.',
      evidence: { missingSources: ['applications'] },
      remediation: `Grant the auditor’s identity: ${SOURCES.applications.permission} (Microsoft Graph).`,
    });
  });

  it('is told where Microsoft Graph of its cloud is', () => {
    const asking = defineTenantCheck({
      ...description,
      id: 'asking-check',
      requires: ['applications'],
      options: z.strictObject({}),
      evaluate: (_facts, { graph }) => [fail(graph)],
    });
    const findings = evaluate([asking], inventory, { ...context, graph: 'https://graph.microsoft.us' });
    expect(findings.map(({ subject }) => subject.id)).toEqual(['https://graph.microsoft.us']);
  });

  it('that judges scope by scope of itself is called all the same, and what is missing is reported', () => {
    const partial = defineTenantCheck({
      ...description,
      id: 'partial-check',
      requires: ['applications', 'synapseRoleAssignments'],
      partial: true,
      options: z.strictObject({}),
      evaluate: (_facts, { drift }) => drift.changes.map(({ key }) => fail(key)),
    });
    const change = { key: 'changed' } as DriftChange;
    const findings = evaluate(
      [partial],
      { ...inventory, applications: [refused(tenant)] },
      { ...context, drift: { compared: [], changes: [change] } },
    );
    expect(findings.map(({ status, subject }) => [status, subject.id])).toEqual([
      ['fail', 'changed'],
      ['notEvaluated', tenantId],
    ]);
  });

  it('is not evaluated when a source was never collected', () => {
    const { applications: _left, ...rest } = inventory;
    expect(evaluate([check], rest, context)).toMatchObject([
      {
        status: 'notEvaluated',
        because: 'upstream',
        message: `Not evaluated for the tenant: ${SOURCES.applications.title} were not collected in this run.`,
        remediation: expect.stringMatching(/^Nothing to grant as far as known/) as string,
      },
    ]);
  });

  it('judges the rest and names each scope that could not be read', () => {
    const partly: Inventory = { ...inventory, synapseRoleAssignments: [read(scopeOf(ws1), []), refused(scopeOf(ws2))] };
    expect(evaluate([check], partly, context).map(({ status, scope }) => [status, scope])).toEqual([
      ['fail', tenantId],
      ['notEvaluated', ws2.id],
    ]);
  });

  it('with nothing to judge is not applicable, not a pass', () => {
    expect(evaluate([perTenant(() => [])], inventory, context)).toMatchObject([
      {
        status: 'notApplicable',
        severity: 'info',
        message: 'Nothing to judge in the tenant: no such subject exists.',
        remediation: '',
      },
    ]);
  });

  it('that throws blinds itself and says why', () => {
    const broken = perTenant(() => {
      throw new Error('oops');
    });
    expect(evaluate([broken], inventory, context)).toMatchObject([
      {
        status: 'notEvaluated',
        because: 'checkThrew',
        sources: [],
        severity: 'high',
        message: 'The check tenant-check failed on the tenant: oops',
        remediation: expect.stringContaining('defect of the auditor') as string,
      },
    ]);
  });

  it('that judges a subject twice keeps the worse verdict, whatever the order', () => {
    const twice = [fail('a'), pass('a'), fail('A', 'critical')];
    for (const verdicts of [twice, [...twice].reverse()]) {
      expect(evaluate([perTenant(() => verdicts)], inventory, context)).toMatchObject([
        { status: 'fail', severity: 'critical' },
      ]);
    }
  });

  it('that judges a subject twice keeps a failure, however little urgent', () => {
    const twice = [pass('a'), fail('a', 'info')];
    for (const verdicts of [twice, [...twice].reverse()]) {
      expect(evaluate([perTenant(() => verdicts)], inventory, context)).toMatchObject([{ status: 'fail' }]);
    }
  });

  it('that passes has nothing urgent to say, and nothing to mend', () => {
    expect(evaluate([perTenant(() => [pass('a')])], inventory, context)).toMatchObject([
      { status: 'pass', severity: 'info', remediation: '' },
    ]);
  });
});

describe('a check of each workspace', () => {
  const check = perWorkspace((workspace) => [pass(workspace.id)]);

  it('leaves the others judged when one can’t be read', () => {
    const partly: Inventory = { ...inventory, synapseRoleAssignments: [refused(scopeOf(ws1)), read(scopeOf(ws2), [])] };
    expect(evaluate([check], partly, context).map(({ status, scope }) => [scope, status])).toEqual([
      [ws1.id, 'notEvaluated'],
      [ws2.id, 'pass'],
    ]);
  });

  it('names a subscription whose workspaces are unknown', () => {
    const partly: Inventory = {
      ...inventory,
      workspaces: [read(subscription('sub-1'), [ws1]), refused(subscription('sub-2'))],
    };
    const findings = evaluate([check], partly, context);
    expect(findings.map(({ status, scope }) => [scope, status])).toEqual([
      ['sub-2', 'notEvaluated'],
      [ws1.id, 'pass'],
    ]);
    expect(findings[0]).toMatchObject({
      message: 'Not evaluated for subscription sub-2: Missing permission: X.',
      subject: { kind: 'subscription', link: `https://portal.azure.com/#@${tenantId}/resource/subscriptions/sub-2` },
    });
  });

  it('says all that is missing, and grants what can be granted', () => {
    const both = defineWorkspaceCheck({
      ...description,
      id: 'both-check',
      requires: ['synapseRoleAssignments', 'sqlAuditing'],
      options: z.strictObject({}),
      evaluate: (workspace) => [pass(workspace.id)],
    });
    const failed: CollectedScope<never> = {
      scope: scopeOf(ws1),
      result: { ok: false, because: 'upstream', message: 'It timed out.' },
    };
    const one: Inventory = { ...inventory, workspaces: [read(subscription('sub-1'), [ws1])] };
    const { synapseRoleAssignments: roles, sqlAuditing: auditing } = SOURCES;
    const permissions = `${roles.permission} (${roles.grantedIn}); ${auditing.permission} (${auditing.grantedIn})`;
    const partly = { ...one, synapseRoleAssignments: [refused(scopeOf(ws1))], sqlAuditing: [failed] };
    expect(evaluate([both], partly, context)).toMatchObject([
      {
        because: 'forbidden',
        message: 'Not evaluated for workspace one: Missing permission: X. It timed out.',
        subject: { kind: 'workspace', link: `https://portal.azure.com/#@${tenantId}/resource${ws1.id}` },
        remediation: `Grant the auditor’s identity: ${permissions}.`,
      },
    ]);
    const down = { ...one, synapseRoleAssignments: [failed], sqlAuditing: [failed] };
    expect(evaluate([both], down, context)).toMatchObject([
      { because: 'upstream', remediation: expect.stringMatching(/^Nothing to grant as far as known/) as string },
    ]);
  });

  it('with nothing to judge in a workspace is not applicable there', () => {
    expect(evaluate([perWorkspace(() => [])], inventory, context)).toMatchObject([
      { status: 'notApplicable', scope: ws1.id, message: 'Nothing to judge in workspace one: no such subject exists.' },
      { status: 'notApplicable', scope: ws2.id },
    ]);
  });

  it('is blind everywhere to a source that was never collected', () => {
    const { synapseRoleAssignments: _left, ...rest } = inventory;
    expect(evaluate([check], rest, context)).toMatchObject([
      { status: 'notEvaluated', because: 'upstream', scope: ws1.id },
      { status: 'notEvaluated', because: 'upstream', scope: ws2.id },
    ]);
  });

  it('does not take a workspace that nobody read for one without assignments', () => {
    const partly: Inventory = { ...inventory, synapseRoleAssignments: [read(scopeOf(ws1), [])] };
    expect(evaluate([check], partly, context)[1]).toMatchObject({
      status: 'notEvaluated',
      because: 'upstream',
      scope: ws2.id,
      message: expect.stringContaining('were not collected in this run.') as string,
    });
  });

  it('sees its own workspace’s data only', () => {
    const own = [{ id: 'a' }] as RoleAssignment[];
    const judged = perWorkspace((workspace, assignments) => [
      { ...pass(workspace.id), evidence: { n: assignments.length } },
    ]);
    const findings = evaluate(
      [judged],
      { ...inventory, synapseRoleAssignments: [read(scopeOf(ws1), own), read(scopeOf(ws2), [])] },
      context,
    );
    expect(findings.map(({ evidence }) => evidence['n'])).toEqual([1, 0]);
  });

  it('without any workspace is not applicable', () => {
    const empty: Inventory = { ...inventory, workspaces: [read(subscription('sub-1'), [])] };
    expect(evaluate([check], empty, context)).toMatchObject([
      { status: 'notApplicable', subject: { id: tenantId, kind: 'tenant', name: tenantId } },
    ]);
  });

  it('needs the role assignments of the subscription its storage is in', () => {
    const storageCheck = defineWorkspaceCheck({
      ...description,
      id: 'storage-check',
      requires: ['storageAccounts', 'azureRoleAssignments'],
      options: z.strictObject({}),
      evaluate: (workspace, { azureRoleAssignments }) => [
        { ...pass(workspace.id), evidence: { from: azureRoleAssignments.map((assignment) => assignment.readFrom) } },
      ],
    });
    const account: StorageAccount = { name: 'lake', id: '/subscriptions/sub-9/resourcegroups/rg/providers/x/lake' };
    const roles = (id: string): CollectedScope<RoleAssignment> =>
      read(subscription(id), [{ readFrom: id } as RoleAssignment]);
    const one: Inventory = {
      workspaces: [read(subscription('sub-1'), [ws1])],
      storageAccounts: [read(scopeOf(ws1), [account])],
      azureRoleAssignments: [roles('sub-1'), roles('sub-9')],
    };
    expect(evaluate([storageCheck], one, context)[0]?.evidence).toEqual({ from: ['sub-1', 'sub-9'] });
    const unread: Inventory = { ...one, azureRoleAssignments: [roles('sub-1'), refused(subscription('sub-9'))] };
    expect(evaluate([storageCheck], unread, context)).toMatchObject([{ status: 'notEvaluated', scope: ws1.id }]);
    const second: Inventory = {
      ...one,
      workspaces: [read(subscription('sub-2'), [ws2])],
      storageAccounts: [read(scopeOf(ws1), []), read(scopeOf(ws2), [account])],
      azureRoleAssignments: [roles('sub-1'), roles('sub-2'), roles('sub-9')],
    };
    expect(evaluate([storageCheck], second, context)[0]?.evidence).toEqual({ from: ['sub-2', 'sub-9'] });
    const unlisted: Inventory = { ...one, storageAccounts: [read(scopeOf(ws2), [])] };
    expect(evaluate([storageCheck], unlisted, context)).toMatchObject([{ status: 'notEvaluated', scope: ws1.id }]);
  });

  it('needs the role assignments of its own subscription where its storage does not matter, nor its identities', () => {
    const rolesCheck = defineWorkspaceCheck({
      ...description,
      id: 'roles-check',
      requires: ['azureRoleAssignments'],
      options: z.strictObject({}),
      evaluate: (workspace) => [pass(workspace.id)],
    });
    const attached = { id: '/subscriptions/sub-8/resourcegroups/rg/providers/x/id', clientId: null, principalId: null };
    const workspace = { ...ws1, identity: { ...ws1.identity, userAssigned: [attached] } };
    const one: Inventory = {
      workspaces: [read(subscription('sub-1'), [workspace])],
      storageAccounts: [refused(scopeOf(ws1))],
      azureRoleAssignments: [read(subscription('sub-1'), [])],
    };
    expect(evaluate([rolesCheck], one, context)).toMatchObject([{ status: 'pass' }]);
  });

  it('needs the identities of the subscriptions that its attached ones are in, wherever its storage is', () => {
    const identityCheck = defineWorkspaceCheck({
      ...description,
      id: 'identity-check',
      requires: ['userAssignedIdentities'],
      options: z.strictObject({}),
      evaluate: (workspace, { userAssignedIdentities }) => [
        { ...pass(workspace.id), evidence: { names: userAssignedIdentities.map(({ name }) => name) } },
      ],
    });
    const attached = { id: '/subscriptions/sub-8/resourcegroups/rg/providers/x/id', clientId: null, principalId: null };
    const workspace = { ...ws1, identity: { ...ws1.identity, userAssigned: [attached] } };
    const identities = (id: string) => read(subscription(id), [aUserAssignedIdentity({ name: `id in ${id}` })]);
    const one: Inventory = {
      workspaces: [read(subscription('sub-1'), [workspace])],
      storageAccounts: [read(scopeOf(ws1), [{ name: 'lake', id: '/subscriptions/sub-9/x' }])],
      userAssignedIdentities: ['sub-1', 'sub-8', 'sub-7'].map(identities),
    };
    expect(evaluate([identityCheck], one, context)[0]?.evidence).toEqual({ names: ['id in sub-1', 'id in sub-8'] });
    const unread: Inventory = { ...one, userAssignedIdentities: [identities('sub-1'), refused(subscription('sub-8'))] };
    expect(evaluate([identityCheck], unread, context)).toMatchObject([{ status: 'notEvaluated', scope: ws1.id }]);
  });

  it('sees all of a source of the tenant, and of every vault', () => {
    const everything = defineWorkspaceCheck({
      ...description,
      id: 'everything-check',
      requires: ['applications', 'keyVaultSecrets'],
      options: z.strictObject({}),
      evaluate: (workspace, facts) => [
        {
          ...pass(workspace.id),
          evidence: { applications: facts.applications.length, vaults: facts.keyVaultSecrets.length },
        },
      ],
    });
    const vaults: Scope[] = ['a', 'b'].map((id) => ({ kind: 'vault', id, name: id }));
    const secrets = vaults.map((scope) =>
      read(scope, [{ vault: { host: scope.id, id: scope.id, name: scope.id }, items: [] }]),
    );
    const one: Inventory = {
      workspaces: [read(subscription('sub-1'), [ws1])],
      applications: [read(tenant, [application])],
      keyVaultSecrets: secrets,
    };
    expect(evaluate([everything], one, context)[0]?.evidence).toEqual({ applications: 1, vaults: 2 });
    const unread: Inventory = { ...one, keyVaultSecrets: [secrets[0]!, refused(vaults[1]!)] };
    expect(evaluate([everything], unread, context)).toMatchObject([{ status: 'notEvaluated', scope: ws1.id }]);
  });
});

it('one storage account out of sight leaves the other workspaces judged', () => {
  const storageCheck = defineWorkspaceCheck({
    ...description,
    id: 'storage-check',
    requires: ['storageAccounts'],
    options: z.strictObject({}),
    evaluate: (workspace) => [pass(workspace.id)],
  });
  const partly: Inventory = { ...inventory, storageAccounts: [refused(scopeOf(ws1)), read(scopeOf(ws2), [])] };
  expect(evaluate([storageCheck], partly, context).map(({ status, scope }) => [scope, status])).toEqual([
    [ws1.id, 'notEvaluated'],
    [ws2.id, 'pass'],
  ]);
});

describe('a source that is only used to say more', () => {
  const result: Collected<RoleAssignment> = { ok: true, data: [] };
  const check = defineTenantCheck({
    ...description,
    id: 'using-check',
    requires: ['applications'],
    uses: ['synapseRoleAssignments'],
    options: z.strictObject({}),
    evaluate: (_facts, _context, { synapseRoleAssignments: { complete, missing } }) => [
      { ...pass('a'), evidence: { complete, missing } },
    ],
  });

  it('is complete when every scope was read', () => {
    const [finding] = evaluate(
      [check],
      { ...inventory, synapseRoleAssignments: [{ scope: scopeOf(ws1), result }] },
      context,
    );
    expect(finding?.evidence).toEqual({ complete: true, missing: [] });
  });

  it('names what is missing and does not blind the check', () => {
    const [finding] = evaluate([check], { ...inventory, synapseRoleAssignments: [refused(scopeOf(ws1))] }, context);
    expect(finding).toMatchObject({ status: 'pass', evidence: { complete: false, missing: ['workspace one'] } });
  });

  it('is that of the workspace alone in a check of each workspace', () => {
    const using = defineWorkspaceCheck({
      ...description,
      id: 'using-workspace-check',
      requires: ['workspaces'],
      uses: ['synapseRoleAssignments'],
      options: z.strictObject({}),
      evaluate: (workspace, _facts, _context, { synapseRoleAssignments: { data, complete } }) => [
        { ...pass(workspace.id), evidence: { roles: data.length, complete } },
      ],
    });
    const partly: Inventory = {
      ...inventory,
      synapseRoleAssignments: [read(scopeOf(ws1), [{ id: 'a' } as RoleAssignment]), refused(scopeOf(ws2))],
    };
    expect(evaluate([using], partly, context).map(({ evidence }) => evidence)).toEqual([
      { roles: 1, complete: true },
      { roles: 0, complete: false },
    ]);
  });

  it('is incomplete when it was never collected', () => {
    const { synapseRoleAssignments: _left, ...rest } = inventory;
    expect(evaluate([check], rest, context)[0]).toMatchObject({ status: 'pass', evidence: { complete: false } });
  });
});

describe('findings', () => {
  it('of the runner and of a check about one workspace have different fingerprints', () => {
    const check = perWorkspace((workspace) => [fail(workspace.id)]);
    const partly: Inventory = { ...inventory, synapseRoleAssignments: [refused(scopeOf(ws1)), read(scopeOf(ws2), [])] };
    const blind = evaluate([check], partly, context)[0];
    const judged = evaluate([check], inventory, context)[0];
    expect(blind?.subject.id).toBe(judged?.subject.id);
    expect(blind?.fingerprint).not.toBe(judged?.fingerprint);
  });

  it('options come from the settings, else from the defaults', () => {
    const check = defineTenantCheck({
      ...description,
      id: 'options-check',
      requires: ['applications'],
      options: z.strictObject({ days: z.number().default(3) }),
      evaluate: (_facts, { options }) => [{ ...pass('a'), evidence: { days: options.days } }],
    });
    expect(evaluate([check], inventory, context)[0]?.evidence).toEqual({ days: 3 });
    const set = { ...context, options: { 'options-check': { days: 9 } } };
    expect(evaluate([check], inventory, set)[0]?.evidence).toEqual({ days: 9 });
  });

  it('severities compare and step', () => {
    expect(isWorse('critical', 'high')).toBe(true);
    expect(isWorse('high', 'high')).toBe(false);
    expect(oneStepLower('critical')).toBe('high');
    expect(oneStepLower('info')).toBe('info');
  });
});

describe('logs', () => {
  const arm = '/subscriptions/sub-1/resourcegroups/monitoring/providers/microsoft.operationalinsights/workspaces/logs';
  const byId: Scope = { kind: 'logAnalytics', id: '22222222-2222-4222-8222-222222222222', name: '22222222' };
  const byArm: Scope = { kind: 'logAnalytics', id: arm, name: 'logs' };
  const logCheck = (per: 'tenant' | 'workspace') => {
    const own = { ...description, id: `${per}-logs`, requires: ['logTables'] as const, options: z.strictObject({}) };
    return per === 'tenant'
      ? defineTenantCheck({ ...own, evaluate: ({ logTables }) => logTables.map(({ table }) => pass(table)) })
      : defineWorkspaceCheck({ ...own, evaluate: (_, { logTables }) => logTables.map(({ table }) => pass(table)) });
  };
  const table: LogTable = { readFrom: arm, table: 'SigninLogs', rows: 1, newest: null };
  const inventory: Inventory = { workspaces: [read(subscription('sub-1'), [ws1])], logTables: [read(byArm, [table])] };
  const refusedLogs: Inventory = { ...inventory, logTables: [read(byArm, [table]), refused(byId)] };

  it('of one Log Analytics workspace that was refused leave those of others judged for the tenant', () => {
    expect(evaluate([logCheck('tenant')], refusedLogs, context)).toMatchObject([
      { status: 'pass', subject: { id: 'SigninLogs' } },
      {
        status: 'notEvaluated',
        message: 'Not evaluated for Log Analytics workspace 22222222: Missing permission: X.',
        // A GUID alone has no page.
        subject: { kind: 'logAnalytics', id: byId.id, link: 'https://portal.azure.com' },
      },
    ]);
  });

  it('that are known by ARM id are linked', () => {
    const [finding] = evaluate([logCheck('tenant')], { ...inventory, logTables: [refused(byArm)] }, context);
    expect(finding?.subject.link).toBe(`https://portal.azure.com/#@${tenantId}/resource${arm}`);
  });

  it('are all needed to judge a workspace, whose own may be anywhere', () => {
    expect(evaluate([logCheck('workspace')], inventory, context)).toMatchObject([{ status: 'pass', scope: ws1.id }]);
    expect(evaluate([logCheck('workspace')], refusedLogs, context)).toMatchObject([
      { status: 'notEvaluated', scope: ws1.id, sources: ['logTables'] },
    ]);
  });
});

describe('a vault check', () => {
  const OTHER = 'other-kv.vault.azure.net';
  const vaultScope = (host: string): Scope => ({ kind: 'vault', id: host, name: host.split('.')[0] ?? '' });
  const vault = (host: string, subscriptionId: string) =>
    aKeyVault({
      host,
      id: `/subscriptions/${subscriptionId}/resourcegroups/rg/providers/microsoft.keyvault/vaults/${host}`,
    });
  const naming = (workspace: Workspace, ...hosts: string[]) =>
    hosts.map((target, index) => aVaultLinkedService({ readFrom: workspace.id, name: `vault-${index}`, target }));
  const check = (
    vaults: VaultUse = 'linkedServices',
    judge = (workspace: Workspace, host: string, seen: object): Verdict[] => [
      { ...fail(`${workspace.name}/${host}`), evidence: { ...seen } },
    ],
  ) =>
    defineVaultCheck({
      ...description,
      id: 'vault-check',
      vaults,
      requires: ['keyVaults', 'keyVaultSecrets', 'azureRoleAssignments'],
      uses: ['keyVaultKeys'],
      options: z.strictObject({}),
      evaluate: (place, { keyVaults, keyVaultSecrets, azureRoleAssignments }, _context, { keyVaultKeys }) =>
        judge(place.workspace, place.vault.host, {
          vaults: keyVaults.length,
          secrets: keyVaultSecrets.map((secrets) => secrets.vault.host),
          roles: azureRoleAssignments.map(({ id }) => id),
          keys: keyVaultKeys.complete,
        }),
    });
  const items = (host: string) => ({ vault: { host, id: host, name: host }, items: [] });
  const assignment = (id: string) => ({ id }) as RoleAssignment;
  const vaultInventory: Inventory = {
    workspaces: [read(subscription('sub-1'), [ws1]), read(subscription('sub-2'), [ws2])],
    linkedServices: [
      read(scopeOf(ws1), naming(ws1, VAULT_HOST, OTHER, VAULT_HOST)),
      read(scopeOf(ws2), naming(ws2, OTHER)),
    ],
    keyVaults: [
      read(vaultScope(VAULT_HOST), [vault(VAULT_HOST, 'sub-1')]),
      read(vaultScope(OTHER), [vault(OTHER, 'sub-3')]),
    ],
    keyVaultSecrets: [read(vaultScope(VAULT_HOST), [items(VAULT_HOST)]), read(vaultScope(OTHER), [items(OTHER)])],
    keyVaultKeys: [read(vaultScope(VAULT_HOST), [items(VAULT_HOST)]), refused(vaultScope(OTHER))],
    azureRoleAssignments: ['sub-1', 'sub-2', 'sub-3'].map((id) =>
      read(subscription(id), [assignment(`role in ${id}`)]),
    ),
  };
  const ids = (findings: readonly { readonly status: string; readonly subject: { readonly id: string } }[]) =>
    findings.map(({ status, subject }) => `${status} ${subject.id}`);

  it('is called for each workspace with each vault once, with what concerns that vault', () => {
    const findings = evaluate([check()], vaultInventory, context);
    expect(ids(findings)).toEqual([`fail one/${VAULT_HOST}`, `fail one/${OTHER}`, `fail two/${OTHER}`]);
    expect(findings.map(({ scope }) => scope)).toEqual([ws1.id, ws1.id, ws2.id]);
    expect(findings.map(({ evidence }) => evidence)).toEqual([
      { vaults: 1, secrets: [VAULT_HOST], roles: ['role in sub-1'], keys: true },
      { vaults: 1, secrets: [OTHER], roles: ['role in sub-3'], keys: false },
      { vaults: 1, secrets: [OTHER], roles: ['role in sub-3'], keys: false },
    ]);
  });

  it('may ask for the vault of the customer’s key instead, whatever linked services say', () => {
    const customerManagedKey = { status: null, vault: OTHER, keyName: 'k', identityId: null };
    const { linkedServices: _left, ...rest } = vaultInventory;
    const encrypted: Inventory = { ...rest, workspaces: [read(tenant, [ws1, { ...ws2, customerManagedKey }])] };
    const findings = evaluate([check('customerManagedKey')], encrypted, context);
    expect(ids(findings)).toEqual([`notApplicable ${ws1.id}`, `fail two/${OTHER}`]);
  });

  it.each([
    [
      'the vault',
      { keyVaults: [read(vaultScope(VAULT_HOST), [vault(VAULT_HOST, 'sub-1')]), refused(vaultScope(OTHER))] },
    ],
    [
      'what is in it',
      { keyVaultSecrets: [read(vaultScope(VAULT_HOST), [items(VAULT_HOST)]), refused(vaultScope(OTHER))] },
    ],
    [
      'the roles where it is',
      { azureRoleAssignments: [read(subscription('sub-1'), []), refused(subscription('sub-3'))] },
    ],
    ['the vault, never asked for', { keyVaults: [read(vaultScope(VAULT_HOST), [vault(VAULT_HOST, 'sub-1')])] }],
  ] as [string, Inventory][])('is blind to one vault without %s, in each workspace that uses it', (_, change) => {
    const findings = evaluate([check()], { ...vaultInventory, ...change }, context);
    expect(ids(findings)).toEqual([
      `fail one/${VAULT_HOST}`,
      `notEvaluated ${ws1.id}/vaults/${OTHER}`,
      `notEvaluated ${ws2.id}/vaults/${OTHER}`,
    ]);
    expect(findings[1]).toMatchObject({
      message: expect.stringContaining('Not evaluated for vault other-kv: ') as string,
      subject: { kind: 'vault', name: 'other-kv', link: expect.stringContaining('Microsoft.KeyVault') as string },
      scope: ws1.id,
    });
  });

  it('is blind to a vault of which nothing came, though nothing was refused', () => {
    const keyVaults = [read(vaultScope(VAULT_HOST), [vault(VAULT_HOST, 'sub-1')]), read(vaultScope(OTHER), [])];
    const findings = evaluate([check()], { ...vaultInventory, keyVaults }, context);
    expect(findings[1]).toMatchObject({ status: 'notEvaluated', because: 'failed', subject: { name: 'other-kv' } });
  });

  it('needs identities where the workspace is, not where the vault is', () => {
    const identities = defineVaultCheck({
      ...description,
      id: 'vault-identities',
      vaults: 'linkedServices',
      requires: ['keyVaults', 'userAssignedIdentities'],
      options: z.strictObject({}),
      evaluate: ({ workspace, vault: { host } }) => [pass(`${workspace.name}/${host}`)],
    });
    const userAssignedIdentities = ['sub-1', 'sub-2'].map((id) => read(subscription(id), []));
    const findings = evaluate([identities], { ...vaultInventory, userAssignedIdentities }, context);
    expect(findings.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass']);
  });

  it('is blind to a workspace whose linked services are unread, and calls nothing there resolved', () => {
    const blind = { ...vaultInventory, linkedServices: [refused(scopeOf(ws1)), vaultInventory.linkedServices![1]!] };
    const before = evaluate([check()], vaultInventory, context);
    const after = evaluate([check()], blind, context);
    expect(ids(after)).toEqual([`notEvaluated ${ws1.id}`, `fail two/${OTHER}`]);
    const open = before.map((finding) => ({ finding, firstSeen: '2026-02-01T00:00:00.000Z' }));
    const { changes } = compare(open, after, { now: context.now, tenantId, checkIds: ['vault-check'] });
    expect(changes.map(({ kind }) => kind).sort()).toEqual(['opened', 'unchanged', 'unconfirmed', 'unconfirmed']);
  });

  it('calls no problem with a vault resolved that it is blind to', () => {
    const blind = {
      ...vaultInventory,
      keyVaults: [read(vaultScope(VAULT_HOST), [vault(VAULT_HOST, 'sub-1')]), refused(vaultScope(OTHER))],
    };
    const open = evaluate([check()], vaultInventory, context).map((finding) => ({
      finding,
      firstSeen: '2026-02-01T00:00:00.000Z',
    }));
    const after = evaluate([check()], blind, context);
    const { changes } = compare(open, after, { now: context.now, tenantId, checkIds: ['vault-check'] });
    expect(changes.filter(({ kind }) => kind === 'resolved')).toEqual([]);
    expect(changes.filter(({ kind }) => kind === 'unconfirmed')).toHaveLength(2);
  });

  it('is not applicable to a workspace without vaults', () => {
    const findings = evaluate(
      [check()],
      { ...vaultInventory, linkedServices: [read(scopeOf(ws1), []), read(scopeOf(ws2), [])] },
      context,
    );
    expect(ids(findings)).toEqual([`notApplicable ${ws1.id}`, `notApplicable ${ws2.id}`]);
  });

  it('that throws blinds its vault only', () => {
    const throwing = check('linkedServices', (workspace, host) => {
      if (host === OTHER) {
        throw new Error('no');
      }
      return [pass(workspace.id)];
    });
    expect(ids(evaluate([throwing], vaultInventory, context))).toContain(`pass ${ws1.id}`);
  });
});
