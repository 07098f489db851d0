/** Night after night on one simulated tenant and one Azurite: what is told of a change, and when it falls silent. */
import type { Sandbox } from '../../sandbox/azure/server';
import type { Azurite } from '../../sandbox/azurite';
import { scopeIdOf } from '../../sandbox/azure/resource-ids';
import { loadScenario } from '../../sandbox/scenarios/load-scenario';
import type { Scenario } from '../../sandbox/scenarios/schema';
import { guidOf } from '../../sandbox/scenarios/symbolic-id';
import { appServices } from '../../src/app-services';
import type { Finding } from '../../src/audit/finding';
import type { ReportHeader } from '../../src/audit/report';
import { runAudit } from '../../src/audit/run-audit';
import { newRunId } from '../../src/audit/run-id';
import { startAzurite } from '../setup/start-azurite';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { reportOf } from '../storage/stored-things';

const FIRST_NIGHT = new Date('2026-03-01T02:00:00Z');
const contoso = loadScenario('contoso');
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let sandbox: Sandbox;
let azurite: Azurite;

beforeAll(async () => {
  [sandbox, azurite] = await Promise.all([startTestSandbox(contoso, FIRST_NIGHT), startAzurite()]);
  Object.assign(process.env, sandbox.environment, { AzureWebJobsStorage: azurite.connectionString });
});
afterAll(() => Promise.all([sandbox.close(), azurite.close()]));

interface Night {
  readonly header: ReportHeader;
  readonly drift: readonly Finding[];
  readonly all: readonly Finding[];
  readonly mails: number;
}

/** The check, and the one that names lost roles: what else grows older night by night is left out. */
const JUDGED = ['authentication-drift', 'synapse-pipeline-permission'];

/** Audits that many nights after the first. Dates of the scenario stay relative to the first night. */
async function audit(night: number, scenario: Scenario): Promise<Night> {
  sandbox.load({ ...scenario, tenant: contoso.tenant, settings: contoso.settings });
  sandbox.forget();
  const now = () => new Date(FIRST_NIGHT.getTime() + night * 86_400_000);
  const chosen = await appServices().chooseChecks();
  const checks = chosen.checks.filter(({ id }) => JUDGED.includes(id));
  const services = { ...appServices(), chooseChecks: () => Promise.resolve({ ...chosen, checks }), now };
  const run = {
    runId: newRunId(now()),
    trigger: 'schedule',
    audit: 'full',
    stop: new AbortController().signal,
    log,
  } as const;
  const header = await runAudit(services, run);
  const { findings: all } = await (await reportOf(services.storage, header.runId)).findings({ top: 10_000 });
  const drift = all.filter(({ checkId }) => checkId === 'authentication-drift');
  return { header, all, drift, mails: sandbox.outbox().length };
}

const failing = ({ drift }: Night): readonly Finding[] => drift.filter(({ status }) => status === 'fail');
const about = ({ drift }: Night, name: string): Finding | undefined =>
  drift.find(({ subject }) => subject.name.includes(name));

const LAKE_ROLE = contoso.azureRoleAssignments.find(({ scope }) => scope.startsWith('storage:'))!;
const lakeRoleId = `${scopeIdOf(LAKE_ROLE.scope, contoso)}/providers/Microsoft.Authorization/roleAssignments/${guidOf(
  `assignment:${LAKE_ROLE.principal}/${LAKE_ROLE.role}/${LAKE_ROLE.scope}`,
)}`;
const LOST = { principal: 'sp:nightly-loader', role: 'Synapse Credential User' };
const opened = { name: 'everybody', start: '0.0.0.0', end: '255.255.255.255' };

/** Contoso on the second day: a firewall opened, a policy switched off, a Synapse role and an Azure role taken away. */
const changed: Scenario = {
  ...contoso,
  workspaces: contoso.workspaces.map((workspace) =>
    workspace.name === 'retail-analytics'
      ? {
          ...workspace,
          firewallRules: [...workspace.firewallRules, opened],
          roleAssignments: workspace.roleAssignments.filter(
            ({ principal, role }) => principal !== LOST.principal || role !== LOST.role,
          ),
        }
      : workspace,
  ),
  azureRoleAssignments: contoso.azureRoleAssignments.filter((assignment) => assignment !== LAKE_ROLE),
  conditionalAccessPolicies: contoso.conditionalAccessPolicies.map((policy) =>
    policy.id === 'policy:mfa' ? { ...policy, state: 'disabled' as const } : policy,
  ),
  activity: [
    {
      at: '+20h',
      by: 'user:ben',
      operation: 'Microsoft.Synapse/workspaces/firewallRules/write',
      resource: 'workspace:retail-analytics/firewallRules/everybody',
      status: 'Succeeded',
    },
    {
      at: '+22h',
      by: 'sp:release-pipeline',
      operation: 'Microsoft.Authorization/roleAssignments/delete',
      resource: lakeRoleId,
      status: 'Succeeded',
    },
  ],
  directoryAudits: [
    {
      at: '+21h',
      by: 'user:carla',
      activity: 'Update conditional access policy',
      category: 'Policy',
      target: 'policy:mfa',
      result: 'success',
    },
  ],
};
/** The next day the firewall is as it was; nothing new is in the logs. */
const mended: Scenario = {
  ...changed,
  workspaces: changed.workspaces.map((workspace) => ({
    ...workspace,
    firewallRules: workspace.firewallRules.filter((rule) => rule !== opened),
  })),
};
const SUBJECTS = [
  'Azure role Storage Blob Data Contributor',
  'Synapse role Synapse Credential User',
  'conditional access policy Multifactor authentication for all',
  'firewall rule everybody',
];
const namesOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ subject }) => subject.name).sort();

describe('night after night', () => {
  const nights: Night[] = [];
  beforeAll(async () => {
    nights.push(await audit(0, contoso));
    nights.push(await audit(1, changed));
    nights.push(await audit(2, changed));
    nights.push(await audit(3, { ...changed, refuse: ['firewallRules', 'synapseRoleAssignments', 'directoryAudits'] }));
    nights.push(await audit(4, mended));
    nights.push(await audit(8, mended));
    nights.push(await audit(9, mended));
  }, 120_000);

  it('the first takes the baseline: no change, no alarm', () => {
    expect(failing(nights[0]!)).toEqual([]);
  });

  it('the second tells each change as a finding of its own, and mails it', () => {
    expect(namesOf(failing(nights[1]!))).toEqual(SUBJECTS);
    expect(nights[1]?.mails).toBe(1);
    expect(nights[1]?.header).toMatchObject({ overall: 'attention', changes: { resolved: 0, unconfirmed: 0 } });
  });

  it.each([
    ['firewall rule', 'high', 'ben@contoso.example', '2026-03-01T22:00:00.000Z', 'activity log'],
    ['conditional access', 'high', 'carla@contoso.example', '2026-03-01T23:00:00.000Z', 'directory audit log'],
    ['Azure role', 'medium', '“Release Pipeline” (', '2026-03-02T00:00:00.000Z', 'activity log'],
  ])('a changed %s comes with who changed it, when, and how that is known', (name, severity, who, when, log) => {
    for (const night of nights.slice(1, 3)) {
      expect(about(night, name)).toMatchObject({
        status: 'fail',
        severity,
        evidence: { changedBy: expect.stringContaining(who) as string, changedAt: when, howKnown: log },
      });
    }
  });

  it('a lost Synapse role says why nobody can be named, and the principal’s own finding names the lost role', () => {
    expect(about(nights[1]!, 'Synapse role')?.message).toContain('SynapseRbacOperations');
    const permission = (night: Night) =>
      night.all.find(
        ({ checkId, subject }) => checkId === 'synapse-pipeline-permission' && subject.name === 'Nightly Loader',
      );
    expect(permission(nights[0]!)?.status).toBe('pass');
    expect(permission(nights[1]!)).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('It lost Synapse Credential User on workspaces/retail-analytics') as string,
    });
  });

  it('the third knows the same changes and is silent', () => {
    expect(failing(nights[2]!).map(({ fingerprint }) => fingerprint)).toEqual(
      failing(nights[1]!).map(({ fingerprint }) => fingerprint),
    );
    expect(nights[2]?.header.changes).toMatchObject({ opened: 0, worsened: 0, resolved: 0 });
    expect(nights[2]?.mails).toBe(0);
  });

  it('one that may not look calls nothing resolved, nothing removed, and keeps the baseline', () => {
    expect(nights[3]?.header.overall).toBe('incomplete');
    expect(nights[3]?.header.changes.resolved).toBe(0);
    expect(namesOf(failing(nights[3]!))).toEqual(SUBJECTS);
    expect(about(nights[3]!, 'firewall rule')?.message).toContain('It could not be looked at this time.');
    expect(about(nights[3]!, 'Azure role')?.message).not.toContain('could not be looked at');
  });

  it('what is changed back is resolved, and the rest goes on', () => {
    expect(about(nights[4]!, 'firewall rule')).toMatchObject({
      status: 'pass',
      message: expect.stringContaining('is as it was: not there') as string,
    });
    expect(namesOf(failing(nights[4]!))).toEqual(SUBJECTS.slice(0, 3));
    expect(nights[4]?.header.changes.opened).toBe(0);
  });

  it('after a week what is still changed is the baseline, which is said once', () => {
    expect(failing(nights[5]!)).toEqual([]);
    expect(about(nights[5]!, 'conditional access')).toMatchObject({
      status: 'pass',
      message: expect.stringContaining('stays changed for 7 days') as string,
    });
    expect(nights[5]?.header.changes.resolved).toBe(3);
    expect(nights[6]?.drift.map(({ status, subject }) => [status, subject.kind])).toEqual(
      [...contoso.workspaces.map(() => ['pass', 'workspace']), ['pass', 'tenant']].sort(),
    );
    expect(nights[6]?.mails).toBe(0);
  });
});

describe('a run that fails', () => {
  it('leaves the baseline of the last report', async () => {
    await audit(20, contoso);
    const { storage } = appServices();
    const before = await (await reportOf(storage)).baseline();
    const now = new Date(FIRST_NIGHT.getTime() + 21 * 86_400_000);
    const lease = await storage.runs.begin({
      runId: newRunId(now),
      trigger: 'schedule',
      now,
      expiresAt: new Date(now.getTime() + 60_000),
    });
    await storage.runs.fail(lease, 'stopped by the test', now);
    expect(await (await reportOf(storage)).baseline()).toEqual(before);
    expect(before?.takenAt).toBe(new Date(FIRST_NIGHT.getTime() + 20 * 86_400_000).toISOString());
  });
});
